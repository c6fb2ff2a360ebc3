"""A crash before every single commit of a run, one after the other, and what the next command makes of it.

The process does not really die here: from the crash on every call of the ledger fails, so that nothing of the run can
go on, which is quick enough to try each point. `test_kill` has the real thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from kit import Office
from pypdfium2 import PdfDocument

from docgen.model import DeliveryState
from docgen.store import open_ledger
from docgen.store.ledger import SqlLedger

WRITES = {"open_run", "set_state", "add_items", "put_results", "move", "skip", "approve"}
WRITES |= {"reserve_numbers", "release_numbers", "close_gaps", "seal_numbers"}

CUSTOMERS = """\
no,name,email
1,Ona,ona@example.com
2,,janis@example.com
3,Bad,no address
4,Smith & Co,
5,Hans,hans@example.org
6,Zoë,zoe@example.net
7,Kim,
"""
LETTER = """\
kind: letter
fields:
  number: {type: text, required: true}
  name: {type: text, required: true}
"""
BODY = """\
<?xml version="1.0" encoding="utf-8"?>
<document filename="letter.pdf">
  <template pageSize="A4"><pageTemplate id="all"><frame id="f" x1="50" y1="50" width="400" height="700"/></pageTemplate>
  </template>
  <story><para>{{ number }} {{ name }}</para></story>
</document>
"""
NOTE = """\
kind: message
subject: "{{ number }}"
fields:
  number: {type: text, required: true}
"""
JOB = """\
title: Letters
data:
  tables: {customers: ../data/customers.csv}
  key: no
numbers: {number: "L-{n}"}
documents:
  letter: {template: letter, format: pdf, file: "{{ number }}"}
deliver:
  - email: {when: email, to: "{{ email }}", template: note, attach: [letter]}
  - print: {when: not email, documents: [letter], address: "{{ name }}"}
  - folder: {path: archive, documents: [letter]}
"""
RUN = ("run", "jobs/letters.yaml")
LETTERS = ["L-1 Ona", "L-2 Smith & Co", "L-3 Hans", "L-4 Zoë", "L-5 Kim"]
PAPERS = {"documents", "outbox", "print", "manifest.jsonl", "report.html", "quarantine.csv"}


UNFINISHED = ("merging", "waiting", "delivering", "paused")


class Crash(SystemExit):
    """The process is gone: what even an event loop lets through."""


@contextmanager
def crash_at(place: int, *, after: bool = False) -> Iterator[list[str]]:
    """Let every call of the ledger fail from its n-th commit on, or from right after it.

    Yields:
        The names of the commits, which grow as they are made.
    """
    made: list[str] = []
    dead = False

    def wrap(name: str, method: Any) -> Any:
        def call(self: SqlLedger, *arguments: Any, **options: Any) -> Any:
            nonlocal dead
            is_the_one = False
            if name in WRITES and not dead:
                is_the_one = len(made) == place
                made.append(name)
            dead = dead or (is_the_one and not after)
            if dead:
                raise Crash
            result = method(self, *arguments, **options)
            if is_the_one:
                dead = True
                raise Crash
            return result

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name, method in vars(SqlLedger).items():
            if callable(method) and not name.startswith("_") and name not in ("lock", "close"):
                patch.setattr(SqlLedger, name, wrap(name, method))
        yield made


def crash(office: Office, place: int, *command: str, after: bool = False) -> list[str]:
    """Run a command up to its n-th commit; return the commits."""
    with crash_at(place, after=after) as made, suppress(Crash, BaseExceptionGroup):
        office.call(*command)
    return made


def make_office(root: Path) -> Office:
    office = Office(root)
    office.write("data/customers.csv", CUSTOMERS)
    (root / "templates/letter/body.txt").unlink()
    office.write("templates/letter/template.yaml", LETTER)
    office.write("templates/letter/body.rml", BODY)
    office.write("templates/note/template.yaml", NOTE)
    office.write("templates/note/body.txt", "{{ number }}")
    office.write("jobs/letters.yaml", JOB)
    return office


@pytest.fixture(scope="module")
def commits(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The commits of an undisturbed run."""
    return crash(make_office(tmp_path_factory.mktemp("undisturbed")), 10_000, *RUN)


def unfinished(office: Office) -> list[str]:
    """Runs that have not ended, the newest first."""
    found = office.call("runs", "--json").json["runs"]
    return [run["run"] for run in found if run["state"] in UNFINISHED]


def claimed_by(office: Office) -> set[str]:
    """Transports of what is claimed."""
    ledger = open_ledger(f"sqlite:///{office.root}/var/ledger.sqlite")
    with closing(ledger):
        claimed = [each for run in ledger.runs() for each in ledger.deliveries(run.id, state=DeliveryState.CLAIMED)]
    return {each.transport for each in claimed}


def bring_to_end(office: Office) -> None:
    """Resume what is unfinished; run when nothing is."""
    for command in [("resume", run) for run in unfinished(office)] or [RUN]:
        result = office.call(*command)
        assert result.code in (0, 4), result.err


def check(office: Office, where: str) -> None:
    """Everything once: messages, print files, archive, numbers; nothing half-made lies about."""
    out = office.root / "out"
    messages = sorted(read_message(path) for path in out.glob("letters/*/outbox/*.eml"))
    assert messages == [("hans@example.org", "L-3"), ("ona@example.com", "L-1"), ("zoe@example.net", "L-4")], where
    printed = sorted(page for path in out.glob("letters/*/print/*.pdf") for page in read_pages(path))
    assert printed == ["L-2 Smith & Co", "L-5 Kim"], where
    archive = {path.name: read_pages(path) for path in (out / "archive").iterdir()}
    assert archive == {f"{text.split()[0]}.pdf": [text] for text in LETTERS}, where
    assert {path.name for path in out.glob("letters/*/*")} <= PAPERS, where
    assert not list(out.glob("**/.docgen-*")), where


def read_message(path: Path) -> tuple[str, str]:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return message["To"], message["Subject"]


def read_pages(path: Path) -> list[str]:
    with closing(PdfDocument(path)) as document:
        return [page.get_textpage().get_text_range().strip() for page in document]


@pytest.mark.slow
def test_a_run_that_crashed_before_any_of_its_commits_is_completed_by_resume(
    tmp_path: Path, commits: list[str]
) -> None:
    assert {"open_run", "reserve_numbers", "close_gaps", "move"} <= set(commits)
    for place, name in enumerate(commits):
        office = make_office(tmp_path / str(place))
        # How many outcomes and claims one commit holds is up to the event loop.
        assert set(crash(office, place, *RUN)) <= set(commits)
        bring_to_end(office)
        check(office, f"crash before commit {place}, {name}")


@pytest.mark.slow
def test_a_job_run_anew_beside_a_crashed_run_delivers_nothing_twice(tmp_path: Path, commits: list[str]) -> None:
    for place, name in list(enumerate(commits))[::3]:
        office = make_office(tmp_path / str(place))
        crash(office, place, *RUN)
        assert office.call(*RUN).code == 4  # two records are quarantined
        if unfinished(office):
            bring_to_end(office)
        check(office, f"crash before commit {place}, {name}, then run anew")


@pytest.mark.slow
def test_what_was_claimed_and_not_begun_is_delivered_by_resume(tmp_path: Path, commits: list[str]) -> None:
    for place in [place for place, name in enumerate(commits) if name == "move"]:
        office = make_office(tmp_path / str(place))
        if crash(office, place, *RUN, after=True)[-1] != "move":
            continue
        bring_to_end(office)
        check(office, f"crash after the move {place}")


@pytest.mark.slow
def test_cancelling_a_crashed_run_after_the_job_was_run_anew_loses_nobody_from_the_archive(
    tmp_path: Path, commits: list[str]
) -> None:
    tried = 0
    for place in [place for place, name in enumerate(commits) if name == "move"]:
        office = make_office(tmp_path / str(place))
        if crash(office, place, *RUN, after=True)[-1] != "move" or claimed_by(office) != {"folder"}:
            continue
        tried += 1
        (crashed,) = unfinished(office)
        assert office.call(*RUN).code == 4  # two records are quarantined
        assert office.call("cancel", crashed).code == 0
        check(office, f"crash after the move {place}, run anew, cancel")
    assert tried
