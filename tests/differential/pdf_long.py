"""The long run: `python -m tests.differential.pdf_long --cases 20000 --seed 1 [--first 0] [--keep FOLDER]`.

Each case has a number, and the same number is always the same document, so that a run can be split over processes and
machines by `--first`. Says which elements stand in documents that differ, makes the first of each kind small and keeps
it. Ends with 1 where anything differs.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from differential.pdf_cases import compare, held, outcome
from differential.pdf_shrink import shrunk
from differential.pdf_stories import seeded

from docgen.model import Making

_BATCH = 50
_SHRUNK = 12


@dataclass
class Report:
    """What a run found.

    Attributes:
        differing: number of the case -> what differs.
        outcomes: how often the reference made a document, met a fault, or did not end.
        elements: element -> (documents it stands in, those of them that differ).
    """

    differing: dict[int, list[str]] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    elements: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, other: Report) -> None:
        """Take another report in."""
        self.differing |= other.differing
        self.outcomes += other.outcomes
        for name, counts in other.elements.items():
            self.elements[name] = self.elements.get(name, Counter()) + counts


def run(seed: int, first: int, last: int) -> Report:
    """Return what the cases from first to last, which is not one of them, show."""
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, last):
            _try(seed, number, Path(folder), report)
    return report


def _try(seed: int, number: int, folder: Path, report: Report) -> None:
    body = seeded(seed, number)
    reference = outcome(folder, body, Making.REFERENCE)
    report.outcomes["document" if isinstance(reference, bytes) else reference] += 1
    try:
        found = held(outcome(folder, body, Making.COMPILED), reference)
    except Exception as error:  # what is no fault of the document is one of the engine
        found = [f"{type(error).__name__}: {error}"]
    for tag in set(re.findall(r"<(\w+)", body)):
        report.elements.setdefault(tag, Counter()).update(["all", *(["differ"] if found else [])])
    if found:
        report.differing[number] = found


def kind(line: str) -> str:
    """Return what sort of difference a line tells, without names and numbers."""
    return re.sub(r'"[^"]*"|[-\d.]+', "…", line)[:80]


def table(report: Report) -> Iterator[str]:
    """Yield the report for people."""
    cases = sum(report.outcomes.values())
    yield f"{cases} cases, {len(report.differing)} differ; the reference: {dict(report.outcomes)}"
    share = {tag: counts["differ"] / counts["all"] for tag, counts in report.elements.items() if counts["differ"]}
    for tag in sorted(share, key=lambda tag: -share[tag])[:20]:
        counts = report.elements[tag]
        yield f"  <{tag}>: {counts['differ']} of {counts['all']}"
    for sort, count in Counter(kind(lines[0]) for lines in report.differing.values()).most_common(20):
        yield f"  {count:5}  {sort}"


def keep(report: Report, seed: int, folder: Path) -> Iterator[str]:
    """Write the first document of each kind of difference, made small, and yield where it is."""
    firsts: dict[str, int] = {}
    for number in sorted(report.differing):
        firsts.setdefault(kind(report.differing[number][0]), number)
    folder.mkdir(parents=True, exist_ok=True)
    for sort, number in list(firsts.items())[:_SHRUNK]:
        small = shrunk(seeded(seed, number), lambda body, sort=sort: sort in _kinds(body), attempts=150)
        (folder / f"{seed}-{number}.rml").write_text(small, encoding="utf-8")
        yield f"{folder / f'{seed}-{number}.rml'}: {sort}\n    {report.differing[number][0]}"


def _kinds(body: str) -> set[str]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            return {kind(line) for line in compare(Path(folder), body)[:1]}
        except Exception as error:
            return {kind(f"{type(error).__name__}: {error}")}


def main() -> int:
    """Run and say what was found."""
    parser = argparse.ArgumentParser(description="Compare both engines over random documents.")
    for name, value in (("cases", 20_000), ("seed", 1), ("first", 0), ("processes", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "pdf-differences")
    told = parser.parse_args()
    report, last = Report(), told.first + told.cases
    starts = range(told.first, last, _BATCH)
    with ProcessPoolExecutor(told.processes) as pool:
        for part in pool.map(run, [told.seed] * len(starts), starts, [min(s + _BATCH, last) for s in starts]):
            report.add(part)
    for line in (*table(report), *keep(report, told.seed, told.keep)):
        print(line, flush=True)
    return 1 if report.differing else 0


if __name__ == "__main__":
    sys.exit(main())
