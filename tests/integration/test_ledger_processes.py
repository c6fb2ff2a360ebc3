"""Several processes at one ledger: each delivery is claimed once, and a killed process leaves no lock behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from ledgers import NOW, a_plan, open_run_with, own_schema
from services import start_postgresql

import docgen
from docgen.errors import JobRunning
from docgen.model import DeliveryState
from docgen.protocols import Ledger
from docgen.store import open_ledger

# Each program prints "ready", waits for a line, and only then works: so all of them start at once, without sleeping.
OPEN = """
import sys
from docgen.store import open_ledger
print("ready", flush=True)
sys.stdin.readline()
ledger = open_ledger(sys.argv[1])
print(len(ledger.runs()), flush=True)
"""

CLAIM = """
import sys
from datetime import UTC, datetime
from docgen.model import Outcome, Receipt
from docgen.store import open_ledger
ledger = open_ledger(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
mine = []
for run in sys.argv[2:]:
    for delivery in ledger.deliveries(run):
        if ledger.claim(delivery.id, datetime.now(UTC)):
            mine.append(delivery.identity)
            ledger.settle(delivery.id, Receipt(Outcome.SENT), datetime.now(UTC))
print(*mine, flush=True)
"""

HOLD = """
import sys
from datetime import UTC, datetime
from docgen.store import open_ledger
ledger = open_ledger(sys.argv[1])
with ledger.lock("invoices"):
    assert ledger.claim(int(sys.argv[2]), datetime.now(UTC))
    print("claimed", flush=True)
    sys.stdin.readline()
"""

NUMBERS = """
import sys
from datetime import UTC, datetime
from docgen.model import RunSpec
from docgen.store import open_ledger
ledger = open_ledger(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for n in range(10):
    run = ledger.open_run(RunSpec("letters", "", "letters.yaml", "", "/srv/out", datetime(2026, 5, 4, tzinfo=UTC)))
    ledger.reserve_numbers(run, "INV", [(f"{run}-{m}", "INV-") for m in range(5)])
    print(run)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with start_postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a ledger that nobody has opened yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/var/ledger.sqlite"
    else:
        with own_schema(request.getfixturevalue("server"), f"p{zlib.crc32(request.node.name.encode()):x}") as own:
            yield own


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    environ = os.environ | {"PYTHONPATH": str(Path(docgen.__file__).parents[1])}
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    )


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def run_at_once(program: str, *argument_lists: tuple[str, ...]) -> list[list[str]]:
    """Start a process for each argument list, let all go at the same moment, and return the words each printed."""
    processes = [start(program, *arguments) for arguments in argument_lists]
    for process in processes:
        assert read_line(process) == "ready", process.communicate()[1]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate() for process in processes]
    for process, (_, errors) in zip(processes, ended, strict=True):
        assert process.returncode == 0, errors
    return [output.split() for output, _ in ended]


@contextmanager
def lock_soon(ledger: Ledger) -> Iterator[None]:
    """Hold the job. A PostgreSQL server hears of its client's death a moment later; a file lock is free at once."""
    for _ in range(500):
        with suppress(JobRunning), ledger.lock("invoices"):
            yield
            return
    raise AssertionError("the lock is still held")


def test_processes_that_open_a_fresh_ledger_at_once_all_succeed(url: str) -> None:
    assert run_at_once(OPEN, (url,), (url,)) == [["0"], ["0"]]


def test_processes_that_claim_the_same_deliveries_share_them_without_a_double(url: str) -> None:
    ledger = open_ledger(url)
    plans = [a_plan(f"i{n}") for n in range(40)]
    # Two runs want the same forty things done: forty are done, not eighty.
    runs = [open_run_with(ledger, *plans), open_run_with(ledger, *plans)]
    claimed = run_at_once(CLAIM, (url, *runs), (url, *runs[::-1]), (url, *runs))
    assert sorted(identity for mine in claimed for identity in mine) == sorted(plan.identity for plan in plans)
    settled = [each for run in runs for each in ledger.deliveries(run, state=DeliveryState.SETTLED)]
    assert sorted(each.identity for each in settled) == sorted(plan.identity for plan in plans)
    ledger.close()


def test_processes_that_open_runs_and_reserve_at_once_get_neither_gaps_nor_doubles(url: str) -> None:
    ledger = open_ledger(url)
    opened = [run for words in run_at_once(NUMBERS, (url,), (url,)) for run in words]
    assert sorted(opened) == [f"letters/2026-05-04-{n:03}" for n in range(1, 21)]
    given = [n for run in opened for _, n in ledger.numbers(run)["INV"].values()]
    assert sorted(given) == list(range(1, 101))
    ledger.close()


def test_a_process_killed_after_its_claim_leaves_it_claimed_and_the_lock_free(url: str) -> None:
    ledger = open_ledger(url)
    run = open_run_with(ledger, a_plan("i0"))
    [delivery] = ledger.deliveries(run)
    holder = start(HOLD, url, str(delivery.id))
    assert read_line(holder) == "claimed"
    with pytest.raises(JobRunning) as caught:
        ledger.lock("invoices").__enter__()
    since = r"since \d\d:\d\d"
    assert str(caught.value).startswith(f'the job "invoices" is taken: process {holder.pid} has been working on it')
    caught.match(since)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with lock_soon(ledger):
        [left] = ledger.deliveries(run)
    assert left.state is DeliveryState.CLAIMED
    assert not ledger.claim(delivery.id, NOW)
    ledger.close()
