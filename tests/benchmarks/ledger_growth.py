"""A million recipients in the ledger: planned, claimed and settled, in flat memory and constant time for each.

The very calls of a run, in its sizes: records and results by the hundred, pages of pending deliveries, and claims and
outcomes of ten connections in one commit. `python -m tests.benchmarks ledger` takes 100,000 recipients,
`ledger --million` a million; `DOCGEN_TEST_POSTGRESQL` names a PostgreSQL database to measure besides.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import psutil

from docgen.dispatch import payload_of
from docgen.model import (
    DeliveryState,
    Envelope,
    ItemResult,
    ItemState,
    Moves,
    NewDelivery,
    NewItem,
    Outcome,
    Receipt,
    RunSpec,
    StagedFile,
)
from docgen.protocols import Ledger
from docgen.run import BATCH
from docgen.store import open_ledger

RECIPIENTS, MANY = 100_000, 1_000_000
CONNECTIONS, PAGE = 10, 500
#: How much more the last tenth may take than the first, in memory and in CPU time for one.
MOST = {"memory": 1.1, "time": 1.5}
FOLDER = Path(__file__).parents[2] / ".bench"
_NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass
class Watch:
    """Memory and CPU time of a step, by tenths."""

    total: int
    memory: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    _began: float = field(default_factory=time.process_time)

    def over(self, sizes: Iterator[int]) -> None:
        """Go through a step that tells how many it has done each time."""
        done = 0
        for size in sizes:
            done += size
            while len(self.memory) < 10 and done * 10 >= self.total * (len(self.memory) + 1):
                now = time.process_time()
                self.cpu_us.append((now - self._began) / (self.total / 10) * 1e6)
                self.memory.append(psutil.Process().memory_info().rss / 1e6)
                self._began = now


def table(recipients: int = RECIPIENTS) -> list[str]:
    """Return the table; fails where memory or time grows."""
    lines = [
        "| ledger | recipients | step | µs each, first tenth | last tenth | ratio | MB at 10 % | 50 % | 100 % |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    wrong = []
    FOLDER.mkdir(exist_ok=True)
    for name, url in _urls():
        for step, watch in _measure(url, recipients).items():
            times, memory = watch["cpu_us"], watch["memory"]
            ratio, more = times[-1] / times[0], memory[-1] / memory[0]
            cells = [name, f"{recipients:,}", step, f"{times[0]:.0f}", f"{times[-1]:.0f}", f"{ratio:.2f}"]
            lines.append(f"| {' | '.join([*cells, *(f'{memory[at]:.0f}' for at in (0, 4, 9))])} |")
            if ratio > MOST["time"] or more > MOST["memory"]:
                wrong.append(f"{name}, {step}: {ratio:.2f} times the time, {more:.2f} times the memory")
    if wrong:
        print(*lines, sep="\n")
        raise SystemExit("; ".join(wrong))
    return lines


def _urls() -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="ledger-", dir=FOLDER) as folder:
        yield "SQLite", f"sqlite:///{folder}/ledger.sqlite"
    if url := os.environ.get("DOCGEN_TEST_POSTGRESQL"):
        yield "PostgreSQL", url


def _measure(url: str, recipients: int) -> Mapping[str, Mapping[str, list[float]]]:
    """Measure in a process of its own, whose memory nothing else has grown."""
    command = [sys.executable, "-m", "tests.benchmarks.ledger_growth", url, str(recipients)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": "."})
    found: Mapping[str, Mapping[str, list[float]]] = json.loads(done.stdout)
    return found


def _steps(url: str, recipients: int) -> dict[str, dict[str, list[float]]]:
    ledger = open_ledger(url)
    run = ledger.open_run(RunSpec("news", "1", "news.yaml", "", ".", _NOW, False, {}))
    found = {}
    for name, step in _STEPS.items():
        watch = Watch(recipients)
        watch.over(step(ledger, run, recipients))
        found[name] = {"memory": watch.memory, "cpu_us": watch.cpu_us}
        print(name, [round(each) for each in watch.cpu_us], file=sys.stderr)
    assert ledger.count_outcomes(run) == {("email", Outcome.SENT): recipients}
    ledger.close()
    return found


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _register(ledger: Ledger, run: str, recipients: int) -> Iterator[int]:
    for first in range(0, recipients, BATCH):
        items = [NewItem(n, f"K-{n:07}", _hash(f"data {n}")) for n in range(first, first + BATCH)]
        ledger.add_items(run, items)
        yield len(items)


def _plan(ledger: Ledger, run: str, recipients: int) -> Iterator[int]:
    for first in range(0, recipients, BATCH):
        waiting = ledger.items(run, state=ItemState.PLANNED, after=first - 1, limit=BATCH)
        results = [ItemResult(item.ordinal, item.key, (), (_delivery(item.ordinal),), (), "en") for item in waiting]
        assert not ledger.earlier([delivery.identity for result in results for delivery in result.deliveries])
        ledger.put_results(run, results)
        yield len(results)


def _delivery(n: int) -> NewDelivery:
    address, digest = f"k-{n:07}@example.org", _hash(f"message {n}")
    file = StagedFile(Path("messages") / f"{n:06}-email.eml", f"K-{n:07} {address}.eml", "message/rfc822", digest)
    payload = payload_of([file], envelope=Envelope("shop@example.com", (address,)))
    message_id = f"<{digest[:40]}@example.com>"
    return NewDelivery("email", "smtp", address, _hash(f"identity {n}"), payload, message_id=message_id)


def _deliver(ledger: Ledger, run: str, recipients: int) -> Iterator[int]:
    """Claim as ten connections do: each gives the outcome before with its next claim."""
    after, under_way = 0, []
    while page := ledger.deliveries(run, state=DeliveryState.PENDING, transport="smtp", after=after, limit=PAGE):
        after = page[-1].id
        for at in range(0, len(page), CONNECTIONS):
            wanted = page[at : at + CONNECTIONS]
            assert not ledger.suppressed([each.recipient for each in wanted])
            claimed = ledger.move(Moves(under_way, claims=[each.id for each in wanted]), _NOW)
            assert len(claimed) == len(wanted)
            sent = {each.id: Receipt(Outcome.SENT, "250 2.0.0 Ok", {each.recipient: Outcome.SENT}) for each in wanted}
            under_way = [(each, sent[each.id], _NOW) for each in wanted]
            yield len(wanted)
    ledger.move(Moves(under_way), _NOW)


_STEPS: Mapping[str, Callable[[Ledger, str, int], Iterator[int]]] = {
    "take records": _register,
    "plan deliveries": _plan,
    "claim and settle": _deliver,
}

if __name__ == "__main__":
    print(json.dumps(_steps(sys.argv[1], int(sys.argv[2]))))
