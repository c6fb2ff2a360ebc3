"""Peak memory and speed of a run of text documents, for growing numbers of records.

Three ways: `--dry-run` (merge and render, keep nothing), a run that keeps its documents, and one that also writes a
message for each to the outbox. Each in a process of its own; memory is the sum over docgen and its workers, sampled.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from kit import Office

#: Run -> what to add to the command, whether messages are made, and the numbers of records to compare.
RUNS: Mapping[str, tuple[Sequence[str], bool, Sequence[int]]] = {
    "dry run": (("--dry-run",), False, (10_000, 100_000)),
    "documents": ((), False, (10_000, 100_000)),
    "documents and messages": ((), True, (2_000, 20_000)),
}


@dataclass(frozen=True)
class Figures:
    """One run: peak resident memory over all its processes in bytes, wall seconds, records made."""

    peak: int
    seconds: float
    records: int


def prepare(root: Path, records: int, *, email: bool) -> Office:
    """Write a job with that many generated customers."""
    office = Office(root)
    with (root / "data/customers.csv").open("w", encoding="utf-8") as file:
        file.write("no,name,email,city,amount\n")
        for n in range(records):
            file.write(f"{n:07},Customer Nr. {n} Žąsytė,c{n}@example.com,Klaipėda,{n}.50\n")
    office.edit("config.yaml", "workers: 1\n", "workers: 2\n")
    office.edit("jobs/letters.yaml", "  - folder: {path: archive, documents: [letter]}\n", "")
    if not email:
        job = office.read("jobs/letters.yaml")
        office.write("jobs/letters.yaml", job[: job.index("deliver:")])
    return office


def measure(office: Office, *arguments: str) -> Figures:
    """Run the job and watch its processes."""
    begin = time.perf_counter()
    process = office.spawn("run", "jobs/letters.yaml", "--json", *arguments)
    watched = psutil.Process(process.pid)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(watched))
        time.sleep(0.05)
    out, err = process.communicate()
    seconds = time.perf_counter() - begin
    if process.returncode:
        raise SystemExit(f"the run failed: {out}{err}")
    return Figures(peak, seconds, json.loads(out)["items"]["ready"])


def _resident(process: psutil.Process) -> int:
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            total += one.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total


def table() -> list[str]:
    """Return the lines of a Markdown table; `ratio` is to the smaller number of records of the same run."""
    lines = ["| run | records | peak MB | ratio | records a second |", "|---|---|---|---|---|"]
    for name, (arguments, email, sizes) in RUNS.items():
        base = 0
        for size in sizes:
            with tempfile.TemporaryDirectory(prefix="docgen-bench-") as folder:
                figures = measure(prepare(Path(folder), size, email=email), *arguments)
            if figures.records != size:
                raise SystemExit(f"{figures.records} of {size} records were made: the figures would not count")
            base = base or figures.peak
            rate = size / figures.seconds
            lines.append(f"| {name} | {size:,} | {figures.peak / 1e6:.0f} | {figures.peak / base:.2f} | {rate:,.0f} |")
            print(lines[-1], file=sys.stderr, flush=True)
    return lines
