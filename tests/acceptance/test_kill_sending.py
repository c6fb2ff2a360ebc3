"""kill -9 at fifty random moments of sending, pipelined, into Postfix's smtp-sink: counted there by Message-ID."""

from __future__ import annotations

import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit import Office
from mailers import smtp_sink

from docgen.model import Delivery, DeliveryState, Outcome
from docgen.paging import each_delivery
from docgen.store import open_ledger

KILLS, CONNECTIONS, RECORDS = 50, 3, 1500
NOTE = """\
kind: message
subject: "No. {{ no }}"
fields:
  no: {type: text, required: true}
"""
JOB = """\
title: Notes
data:
  tables: {people: ../data/people.csv}
  key: no
deliver:
  - email: {to: "{{ email }}", template: note}
"""


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    return tmp_path / "taken"


@pytest.fixture
def mailing(office: Office, taken: Path) -> Iterator[Office]:
    # A little slow, so that a kill finds messages between the final dot and the answer; as many files as messages.
    with smtp_sink(taken=taken) as port:
        server = f"  transport: smtp\n  host: 127.0.0.1\n  port: {port}\n  security: none\n"
        office.edit("config.yaml", "email:\n", f"email:\n{server}  connections: {CONNECTIONS}\n")
        office.write("templates/note/template.yaml", NOTE)
        office.write("templates/note/body.txt", "{{ no }}\n")
        office.write("jobs/notes.yaml", JOB)
        rows = "\n".join(f"{n:04},p{n}@example.org" for n in range(RECORDS))
        office.write("data/people.csv", f"no,email\n{rows}\n")
        yield office


def _deliveries(office: Office) -> list[Delivery]:
    ledger = open_ledger(f"sqlite:///{office.root}/var/ledger.sqlite")
    try:
        return [delivery for run in ledger.runs() for delivery in each_delivery(ledger, run.id)]
    finally:
        ledger.close()


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.iterdir())


def _ids(folder: Path) -> Counter[str]:
    """Count messages that came whole: smtp-sink keeps beginnings of others as well, but they are not accepted."""
    texts = (path.read_text() for path in folder.iterdir())
    whole = (text for text in texts if re.search(r"^\d{4}$", text, re.MULTILINE))
    return Counter(re.search(r"^Message-ID: (\S+)", text, re.MULTILINE | re.IGNORECASE)[1] for text in whole)  # type: ignore[index]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_fifty_kills_lose_no_message_and_double_none(mailing: Office, taken: Path) -> None:
    chance, kills, doubts = random.Random(20260504), 0, Counter[int]()
    command = ["run", "jobs/notes.yaml"]
    while kills < KILLS:
        goal = _count(taken) + chance.randint(1, 25)
        process = mailing.spawn(*command)
        while process.poll() is None and _count(taken) < goal:
            time.sleep(chance.random() * 0.002)
        process.kill()
        out, err = process.communicate()
        assert process.returncode == -signal.SIGKILL, out + err
        kills += 1
        deliveries = _deliveries(mailing)
        claimed = sum(delivery.state is DeliveryState.CLAIMED for delivery in deliveries)
        assert claimed <= CONNECTIONS
        doubts[claimed] += 1
        command = ["resume", deliveries[0].run]
    result = mailing.call(*command)
    assert result.code in (0, 4), result.err
    _check(_deliveries(mailing), _ids(taken), sum(claimed * times for claimed, times in doubts.items()))
    print(f"{kills} kills; messages in doubt at each: {dict(doubts)}")


def _check(deliveries: list[Delivery], got: Counter[str], in_doubt: int) -> None:
    sent = {d.message_id for d in deliveries if d.outcome is Outcome.SENT}
    unknown = {d.message_id for d in deliveries if d.outcome is Outcome.UNKNOWN}
    assert len(deliveries) == RECORDS == len(sent) + len(unknown)
    assert max(got.values()) == 1
    assert sent <= set(got) <= sent | unknown
    assert len(unknown) <= in_doubt
