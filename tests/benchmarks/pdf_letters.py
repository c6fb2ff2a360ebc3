"""Ten thousand letters of one page in one file: memory, size, and time a page beside that of separate files.

Each way runs in a process of its own: `python -m tests.benchmarks.pdf_letters WAY COUNT FOLDER`.
"""

from __future__ import annotations

import gc
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any

import pypdfium2

from docgen.deliver.joined import JoinedFile
from docgen.deliver.print_run import PrintTransport
from docgen.merge import build_context
from docgen.model import MEDIA_TYPES, Format, Parcel, StagedFile
from docgen.protocols import Prepared
from docgen.render.pdf import prepare
from docgen.template import load_template

from .pdf_invoice import build_records, money, write_sources
from .peers.environments import ROOT
from .peers.loop import peak_kb

SIZES = (1_000, 10_000)
#: Peak memory of the larger file may be this many times that of the smaller.
MEMORY_RATIO = 1.1
#: What a letter may add to the file, in kB.
LETTER_KB = 2.5

#: So many CPU seconds are spent on separate files; where that is not enough for all letters, they come again.
_SEPARATE_S = 20.0
_CHECKED = 20


@dataclass(frozen=True)
class Run:
    """One way with so many letters: CPU seconds, peak memory in kB, size of all files in bytes."""

    letters: int
    cpu_s: float
    peak_kb: int
    size: int

    @property
    def page_ms(self) -> float:
        """CPU time of a page."""
        return self.cpu_s / self.letters * 1e3


def build_letters(number: int) -> Iterator[dict[str, Any]]:
    """Yield invented records; the same ones each time."""
    chance = random.Random(5)
    people = cycle(build_records(100))
    for at, record in enumerate(islice(people, number)):
        yield record | {
            "customer": f"{10_000 + at}", "street": f"Lange Straße {at}", "rise": str(chance.randint(2, 6)),
            "turnover": money(chance.randint(100_000, 9_000_000)), "rebate": str(chance.randint(2, 15)),
        }  # fmt: skip


def _prepared(folder: Path) -> Prepared:
    return prepare(load_template(folder / "letter", shown="letter"))


def _contexts(number: int) -> Iterator[Mapping[str, object]]:
    for record in build_letters(number):
        yield build_context(record, locale="en", company={"name": "Eiche Büromöbel AG"}, today=date(2026, 3, 31))


# --- the ways -------------------------------------------------------------------------------------


def separate(number: int, folder: Path) -> int:
    """Make a file for each letter, as far as the time goes; return how many.

    Files of an earlier run are written anew, since letters are the same each time.
    """
    prepared, begin, made = _prepared(folder), time.process_time(), 0
    for made, context in enumerate(_contexts(number), 1):
        (folder / "separate" / f"{made:05}.pdf").write_bytes(prepared.render(context).content)
        if time.process_time() - begin > _SEPARATE_S:
            break
    return made


def bind(number: int, folder: Path) -> int:
    """Bind the separate files as the print transport does."""
    files = sorted((folder / "separate").glob("*.pdf"))
    staged = [StagedFile(f, f.name, MEDIA_TYPES[Format.PDF], sha256(f.read_bytes()).hexdigest(), 1) for f in files]
    parcels = (
        Parcel(at, f"{at:05}", record["name"], (file,), sort=(f"{at:05}",))
        for at, record, file in zip(count(), build_letters(number), cycle(staged), strict=False)
    )
    PrintTransport(folder / "bound").send_batch(parcels)
    return number


def join(number: int, folder: Path) -> int:
    """Make one file of all letters as a stream, fonts and picture shared, a bookmark for each letter."""
    prepared = _prepared(folder)
    with (folder / "joined.pdf").open("wb") as output:
        joined = JoinedFile(output)
        for record, context in zip(build_letters(number), _contexts(number), strict=True):
            joined.add(prepared.render(context).content, record["name"])
        joined.close()
    return number


#: Way -> what it does, and the file it makes.
WAYS: Mapping[str, Callable[[int, Path], int]] = {"separate": separate, "bind": bind, "join": join}
_FILES = {"bind": "bound/print.pdf", "join": "joined.pdf"}


def main(way: str, number: str, folder: str) -> None:
    """Run one way and print what it took."""
    gc.collect()
    begin = time.process_time()
    letters = WAYS[way](int(number), Path(folder))
    print(json.dumps({"letters": letters, "cpu_s": time.process_time() - begin, "peak_kb": peak_kb()}))


def measure(way: str, number: int, folder: Path) -> Run:
    """Run one way in a process of its own.

    Raises:
        SystemExit: it fails, or its file does not hold the letters.
    """
    command = [sys.executable, "-m", "tests.benchmarks.pdf_letters", way, str(number), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{way}: {done.stderr.strip().splitlines()[-1]}")
    said = json.loads(done.stdout)
    if way in _FILES:
        file = folder / _FILES[way]
        different = len(list((folder / "separate").glob("*.pdf"))) if way == "bind" else number
        if fault := fault_of(file, number, different):
            raise SystemExit(f"{way}: another file, so no figure counts: {fault}")
        size = file.stat().st_size
    else:
        size = sum(one.stat().st_size for one in (folder / way).glob("*.pdf"))
    return Run(said["letters"], said["cpu_s"], said["peak_kb"], size)


def fault_of(file: Path, number: int, different: int) -> str:
    """Return what the file of many letters lacks; "" where it is right.

    Args:
        different: after so many letters they come again.
    """
    document = pypdfium2.PdfDocument(file)
    try:
        if len(document) != number:
            return f"{len(document)} pages instead of {number}"
        if (marks := sum(1 for _ in document.get_toc())) != number:
            return f"{marks} bookmarks instead of {number}"
        letters = list(build_letters(number))
        for at in range(0, number, number // _CHECKED):
            words = document[at].get_textpage().get_text_range().split()
            wanted = letters[at % different]
            missing = {wanted["customer"], wanted["turnover"], *wanted["contact"].split()}.difference(
                word.strip(".,;") for word in words
            )
            if missing:
                return f"page {at + 1} lacks {' '.join(sorted(missing))}"
    finally:
        document.close()
    return ""


# --- the table ------------------------------------------------------------------------------------


def table() -> tuple[list[str], list[str]]:
    """Return the lines of a Markdown table, and what does not hold."""
    lines = [
        "| letters of one page | letters | ms a page | peak MB | kB a letter | shared kB |",
        "|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory(prefix="docgen-bench-") as name:
        folder = _write_folder(Path(name))
        apart = [measure("separate", size, folder) for size in SIZES]
        lines += [_line("separate files", run, run.size / run.letters / 1e3) for run in apart]
        bound = [measure("bind", size, folder) for size in SIZES]
        lines += _lines("separate files, then bound by the print transport", bound, apart[-1].page_ms)
        try:
            joined = [measure("join", size, folder) for size in SIZES]
        except SystemExit as error:
            return [*lines, f"| joined as they are made | not measured: {error} | | | | |"], [str(error)]
    return [*lines, *_lines("joined as they are made", joined)], faults(joined, apart[-1])


def _write_folder(folder: Path) -> Path:
    write_sources(folder)
    for name in ("letter", "separate", "bound"):
        (folder / name).mkdir()
    shutil.copy(folder / "letter.rml", folder / "letter/body.rml")
    shutil.copy(folder / "logo.png", folder / "letter")
    (folder / "letter/template.yaml").write_text("title: Letter\nkind: letter\n", encoding="utf-8")
    return folder


def _lines(name: str, runs: Sequence[Run], before_ms: float = 0) -> list[str]:
    """Return a line for each run; `before_ms` is what a page took before."""
    each = letter_kb(runs)
    shared = max(0.0, runs[0].size / 1e3 - each * runs[0].letters)
    return [_line(name, run, each, shared, before_ms) for run in runs]


def _line(name: str, run: Run, each: float, shared: float = 0, before_ms: float = 0) -> str:
    return (
        f"| {name} | {run.letters:,} | {run.page_ms + before_ms:.2f} | {run.peak_kb / 1024:.0f} | {each:.1f} | "
        f"{shared:.0f} |"
    )


def letter_kb(runs: Sequence[Run]) -> float:
    """Return what a letter adds to the file: the slope between the smaller and the larger one."""
    small, large = runs
    return (large.size - small.size) / (large.letters - small.letters) / 1e3


def faults(joined: Sequence[Run], apart: Run) -> list[str]:
    """Return where the joined file does not hold what it must; `apart` is what separate files took."""
    small, large = joined
    found = []
    if large.peak_kb > small.peak_kb * MEMORY_RATIO:
        found.append(
            f"memory grows from {small.peak_kb // 1024} MB for {small.letters:,} joined letters "
            f"to {large.peak_kb // 1024} MB for {large.letters:,}"
        )
    if letter_kb(joined) > LETTER_KB:
        found.append(f"a letter adds {letter_kb(joined):.1f} kB to the joined file, not {LETTER_KB:g}")
    if large.page_ms >= apart.page_ms:
        found.append(f"a page of the joined file takes {large.page_ms:.2f} ms, a separate one {apart.page_ms:.2f}")
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
