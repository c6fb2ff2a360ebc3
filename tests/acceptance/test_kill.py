"""Exactly once, proved by kill -9: at thirty moments spread over the whole life of runs, by clock and by progress.

One office with one ledger and one number sequence lives through all of it, as a real one would: a life is a set of
new records that has to go out; its run is killed up to three times and resumed, or run anew, as a person would do.
"""

from __future__ import annotations

import json
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from kit import Office
from sink import Sink, sink_server

from docgen.model import DeliveryState, ItemState, Outcome, Run, RunState
from docgen.paging import each_delivery
from docgen.protocols import Ledger
from docgen.store import open_ledger

RECORDS = 60
CONNECTIONS = 3
KILLS_A_LIFE = 6
#: Place -> what is wrong there: no name; an address that is found wrong only when the message is made.
FAULTY = {20: "", 30: "no address"}
#: Moments -> how many kills: by the clock over the whole process, and by what the run has reached.
MOMENTS = {"clock": 8, "planning": 2, "merging": 3, "publishing": 2, "sending": 9, "archiving": 3, "finishing": 3}

LETTER = """\
kind: letter
fields:
  number: {type: text, required: true}
  no: {type: text, required: true}
  name: {type: text, required: true}
"""
NOTE = """\
kind: message
subject: "Letter {{ number }}"
fields:
  number: {type: text, required: true}
  no: {type: text, required: true}
"""
JOB = """\
title: Letters
data:
  tables: {customers: ../data/customers.csv}
  key: no
numbers: {number: "L-{n:05}"}
documents:
  letter: {template: letter, format: txt, file: "{{ number }}"}
deliver:
  - email: {when: email, to: "{{ name }} <{{ email }}>", template: note, attach: [letter]}
  - folder: {path: archive, documents: [letter]}
"""
#: Moments that have no half-way.
ONCE = ("clock", "planning", "finishing")
RUN = ["run", "jobs/letters.yaml"]
#: What can still happen to a run that is found in this state.
TO_COME = {
    None: frozenset(MOMENTS),
    RunState.MERGING: frozenset({"merging", "publishing", "sending", "archiving", "finishing"}),
    RunState.DELIVERING: frozenset({"sending", "archiving", "finishing"}),
}


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with sink_server(tmp_path / "sink") as server:
        # Slow enough that a kill finds messages between the final dot and the answer.
        server.behave(delay_s=0.005)
        yield server


@pytest.fixture
def driver(office: Office, sink: Sink) -> Driver:
    server = f"  transport: smtp\n  host: 127.0.0.1\n  port: {sink.port}\n  security: none\n"
    office.edit("config.yaml", "email:\n", f"email:\n{server}  connections: {CONNECTIONS}\n")
    office.write("templates/letter/template.yaml", LETTER)
    office.write("templates/letter/body.txt", "{{ number }}\n{{ no }} {{ name }}\n")
    office.write("templates/note/template.yaml", NOTE)
    office.write("templates/note/body.txt", "{{ no }}\n")
    office.write("jobs/letters.yaml", JOB)
    return Driver(office, sink, random.Random(20260504))


@dataclass(frozen=True)
class Kill:
    """A kill that happened: what set it off, where it found the run, and what it left in doubt."""

    moment: str
    phase: str
    in_doubt: int


@dataclass
class Driver:
    """Runs, kills and resumes like a person who knows nothing but what `docgen runs` says."""

    office: Office
    sink: Sink
    chance: random.Random
    kills: list[Kill] = field(default_factory=list)
    wanted: dict[str, str] = field(default_factory=dict)
    old_runs: set[str] = field(default_factory=set)
    before: dict[str, int] = field(default_factory=dict)
    lives: int = 0
    lifetime_s: float = 0.0

    # --- lives ---

    def live_undisturbed(self) -> None:
        """Measure how long a run takes, once its modules are compiled."""
        self.begin()
        self.office.spawn("runs").communicate(timeout=60)
        began = time.monotonic()
        process = self.office.spawn(*RUN)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 4, out + err  # two records are quarantined
        self.lifetime_s = time.monotonic() - began
        self.end()

    def live(self, moments: list[str]) -> None:
        """Kill at some of these moments, which are taken from the list, and bring everything to its end."""
        self.begin()
        kills = 0
        command: list[str] | None = RUN
        while command is not None:
            moment = self.next_moment(moments) if kills < KILLS_A_LIFE else None
            if moment is None:
                result = self.office.call(*command)
                assert result.code in (0, 4), result.err
            elif self.try_to_kill(moment, command):
                moments.remove(moment)
                kills += 1
            else:
                kills += 1  # the run ended first: the moment waits for another life
            command = self.next_command(may_abandon=kills < KILLS_A_LIFE)
        self.end()

    def begin(self) -> None:
        """Put new records in place."""
        self.lives += 1
        self.old_runs = {run["run"] for run in self.runs()}
        self.before.clear()
        self.before = {moment: self.progress(moment) for moment in MOMENTS}
        self.write_customers(FAULTY)

    def end(self) -> None:
        """Deal with the runs that were given up, put the records right and run once more."""
        for run in self.runs():
            if run["run"] not in self.old_runs and run["state"] in ("merging", "delivering"):
                command = self.chance.choice(["resume", "cancel"])
                result = self.office.call(command, run["run"])
                assert result.code in (0, 4), result.err
        self.write_customers({})
        result = self.office.call(*RUN, *(f"--record={self.key(n)}" for n in FAULTY), "--json")
        assert result.code == 0, result.out + result.err
        assert result.json["deliveries"] == {"email": {"sent": 2}, "folder": {"sent": 2}}

    def write_customers(self, faults: dict[int, str]) -> None:
        rows = ["no,name,email"]
        for n in range(RECORDS):
            key = self.key(n)
            self.wanted[key] = "" if n % 10 == 9 else f"r{key}@example.com"
            name = "" if faults.get(n) == "" else f"Customer {key}"
            rows.append(f"{key},{name},{faults.get(n) or self.wanted[key]}")
        self.office.write("data/customers.csv", "\n".join(rows) + "\n")

    def key(self, n: int) -> str:
        return f"{self.lives:02}-{n:02}"

    def runs(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.office.call("runs", "--limit", "500", "--json").json["runs"]
        return found

    def newest(self) -> dict[str, str] | None:
        """This life's newest run."""
        return next((run for run in self.runs() if run["run"] not in self.old_runs), None)

    def next_moment(self, moments: list[str]) -> str | None:
        newest = self.newest()
        state = RunState(newest["state"]) if newest else None
        moments = [moment for moment in moments if moment in ONCE or self.progress(moment) < RECORDS // 2]
        # The earliest first, so that many fit into a life.
        return next((moment for moment in MOMENTS if moment in moments and moment in TO_COME.get(state, ())), None)

    def next_command(self, *, may_abandon: bool) -> list[str] | None:
        """Run what has not begun, resume what is unfinished, or, now and then, forget it and run anew."""
        newest = self.newest()
        if newest is None:
            return RUN
        if newest["state"] == "done":
            return None
        return RUN if may_abandon and self.chance.random() < 0.2 else ["resume", newest["run"]]

    # --- kills ---

    def try_to_kill(self, moment: str, command: list[str]) -> bool:
        """Start the command and kill it when the moment has come; False when it ended before."""
        has_come = self.condition(moment)
        process = self.office.spawn(*command)
        while process.poll() is None and not has_come():
            time.sleep(0.002)
        process.kill()
        _, err = process.communicate()
        if process.returncode != -signal.SIGKILL:
            assert process.returncode in (0, 4), err
            return False
        self.kills.append(self.inspect(moment))
        return True

    def condition(self, moment: str) -> Callable[[], bool]:
        """Return a cheap question: has the moment come?"""
        began, some = time.monotonic(), self.chance.random()
        if moment == "clock":
            return lambda: time.monotonic() - began > some * self.lifetime_s
        done = self.progress(moment)
        todo = 1 if moment in ONCE else RECORDS - done
        goal = done + 1 + int(some * todo * 0.8)
        return lambda: self.progress(moment) >= goal

    def progress(self, moment: str) -> int:
        """Count what this life's runs have left behind at a step."""
        runs = [run for run in entries(self.office.root / "out/letters") if f"letters/{run.name}" not in self.old_runs]
        match moment:
            case "planning":
                found = sum((run / "work").exists() for run in runs)
            case "merging":
                found = sum(len(entries(run / "messages")) for run in runs)
            case "publishing":
                found = sum(len(entries(run / "documents")) for run in runs)
            case "sending":
                found = self.sink.count()
            case "archiving":
                found = len(entries(self.office.root / "out/archive"))
            case "finishing":
                found = sum((run / "manifest.jsonl").exists() for run in runs)
            case _:
                found = 0
        return found - self.before.get(moment, 0)

    def inspect(self, moment: str) -> Kill:
        with self.ledger() as ledger:
            run = next((run for run in ledger.runs(limit=1) if run.id not in self.old_runs), None)
            claimed = ledger.deliveries(run.id, state=DeliveryState.CLAIMED, transport="smtp") if run else []
            return Kill(moment, phase_of(ledger, run), len(claimed))

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        ledger = open_ledger(f"sqlite:///{self.office.root}/var/ledger.sqlite")
        try:
            yield ledger
        finally:
            ledger.close()


def entries(folder: Path) -> list[Path]:
    """What is in a folder; nothing when it is not there yet."""
    return list(folder.iterdir()) if folder.is_dir() else []


def phase_of(ledger: Ledger, run: Run | None) -> str:
    """Say what a killed run was doing."""
    if run is None:
        return "starting"
    items = ledger.count_items(run.id)
    if run.state is RunState.MERGING:
        if not items:
            return "planning"
        return "merging" if items.get(ItemState.PLANNED) else "publishing"
    if run.state is RunState.DONE:
        return "ended"
    is_open = any(delivery.state is not DeliveryState.SETTLED for delivery in each_delivery(ledger, run.id))
    return "delivering" if is_open else "finishing"


@pytest.mark.slow
def test_everybody_gets_one_message_and_numbers_have_no_gap_whenever_docgen_is_killed(driver: Driver) -> None:
    driver.live_undisturbed()
    moments = [moment for moment, count in MOMENTS.items() for _ in range(count)]
    while moments:
        assert driver.lives < 30, f"these moments never came: {moments}"
        driver.live(moments)

    assert len(driver.kills) == sum(MOMENTS.values())
    assert all(kill.in_doubt <= CONNECTIONS for kill in driver.kills), driver.kills
    check_messages(driver)
    check_numbers(driver)
    check_folders(driver)
    report(driver)


def check_messages(driver: Driver) -> None:
    """Exactly one message each; where docgen was killed before the answer, none or one, and the ledger says unknown."""
    got = driver.sink.recipients()
    assert max(got.values()) == 1
    found = outcomes(driver)
    sent, unknown = found[Outcome.SENT], set(found[Outcome.UNKNOWN])
    assert len(sent) == len(set(sent))
    assert set(sent) <= set(got)
    assert not unknown & set(sent)
    assert {email for email in driver.wanted.values() if email} == set(sent) | unknown
    assert len(unknown) <= sum(kill.in_doubt for kill in driver.kills)


def outcomes(driver: Driver) -> dict[str, list[str]]:
    """Outcome -> recipients of e-mail deliveries, as `docgen show` lists them."""
    found: dict[str, list[str]] = defaultdict(list)
    for run in driver.runs():
        for delivery in driver.office.call("show", run["run"], "--json").json["results"]:
            if delivery["step"] == "email":
                found[delivery["outcome"]].append(delivery["recipient"])
    return found


def check_numbers(driver: Driver) -> None:
    """The ledger, the archive and the messages agree on one number a record, and nothing is missing between."""
    with driver.ledger() as ledger:
        numbers: dict[str, int] = {}
        for run in ledger.runs(limit=500):
            for given in ledger.numbers(run.id).values():
                numbers |= {key: n for key, (_, n) in given.items()}
    assert sorted(numbers.values()) == list(range(1, len(driver.wanted) + 1))
    assert numbers.keys() == driver.wanted.keys()
    for message in driver.sink.messages():
        key = message.get_body().get_content().strip()  # type: ignore[union-attr]
        (letter,) = message.iter_attachments()
        assert message["Subject"] == f"Letter L-{numbers[key]:05}"
        assert letter.get_filename() == f"L-{numbers[key]:05}.txt"
        assert letter.get_content().splitlines() == [f"L-{numbers[key]:05}", f"{key} Customer {key}"]
        assert message["X-Sink-Recipients"] == driver.wanted[key]
    archive = driver.office.root / "out" / "archive"
    letters = {path.name: path.read_text().split()[:2] for path in archive.iterdir()}
    assert letters == {f"L-{n:05}.txt": [f"L-{n:05}", key] for key, n in numbers.items()}


def check_folders(driver: Driver) -> None:
    """Every run that was brought to its end has its papers, whole, and no staging."""
    root = driver.office.root
    assert not list(root.glob("out/**/.docgen-*"))
    for run in driver.runs():
        folder = Path(run["folder"])
        if run["state"] == "done":
            assert (folder / "report.html").read_text().rstrip().endswith("</html>")
            documents = {p.name for p in (folder / "documents").iterdir()}
            lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
            assert {Path(line["file"]).name for line in lines if line["kind"] == "artifact"} == documents


def report(driver: Driver) -> None:
    """Print the figures; `pytest -s` shows them."""
    by_phase = Counter(kill.phase for kill in driver.kills)
    doubt = Counter(kill.in_doubt for kill in driver.kills)
    unknown, got = outcomes(driver)[Outcome.UNKNOWN], driver.sink.recipients()
    arrived = sum(address in got for address in unknown)
    print(f"{len(driver.kills)} kills in {driver.lives} lives, a run takes {driver.lifetime_s:.1f} s: {dict(by_phase)}")
    print(f"messages in doubt at a kill: {dict(doubt)}; unknown {len(unknown)}, of which {arrived} had arrived")
    print(f"{len(driver.wanted)} records, {driver.sink.count()} messages")
