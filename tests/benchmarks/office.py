"""PDF from Word: docgen's warm LibreOffice beside one start of the program for each document, and one for all.

All ways have a LibreOffice of the same version, a profile that is there already where the way allows it, and the same
documents; the text of every PDF is compared before a figure counts. CPU is that of docgen, of the
worker and of LibreOffice together.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import docx
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from rendering import pdf_text, saved

from docgen.errors import RenderError
from docgen.model import MEDIA_TYPES, Artifact, Format
from docgen.render import office
from docgen.render.office import once
from docgen.render.office.program import find_office

#: Documents for the way that starts the program for each; the others get all.
FEW = 10
MANY = 100
LIMIT_S = 60.0
#: How much better than the first way docgen must be, its start included.
AIM = 5.0


@dataclass(frozen=True)
class Figures:
    """One way: seconds of computing and of waiting, for so many documents."""

    documents: int
    cpu: float
    wall: float


def contract(number: int) -> Artifact:
    """A contract of three pages: 34 paragraphs and a table of 20 rows."""
    body = docx.Document()
    body.add_heading(f"Supply agreement {number:05}", 0)
    for clause in range(1, 35):
        text = f"Clause {clause}. Customer Nr. {number} Žąsytė accepts delivery {number + clause} as agreed. "
        body.add_paragraph(text * 3)
    table = body.add_table(rows=20, cols=4, style="Table Grid")
    for row, cells in enumerate(table.rows):
        for column, text in enumerate((f"{row + 1}", f"Item {number}-{row}", f"{row + 1}", f"{number}.{row:02}")):
            cells.cells[column].text = text
    return Artifact(saved(body), MEDIA_TYPES[Format.DOCX], f"contract {number:05}.docx")


def start_for_each(documents: Sequence[Artifact]) -> list[bytes]:
    """`soffice --convert-to pdf` once per document, all with one profile, made beforehand."""
    program = find_office()
    assert program is not None
    made = []
    with tempfile.TemporaryDirectory(prefix="docgen-bench-") as name:
        folder = Path(name)
        for document in documents:
            (folder / document.file_name).write_bytes(document.content)
            command = [program, f"-env:UserInstallation={(_profile / 'each').as_uri()}", "--headless"]
            command += ["--convert-to", "pdf", "--outdir", name, str(folder / document.file_name)]
            subprocess.run(command, check=True, capture_output=True)
            made.append((folder / document.file_name).with_suffix(".pdf").read_bytes())
    return made


def start_for_all(documents: Sequence[Artifact]) -> list[bytes]:
    """docgen's way without `uno`."""
    program = find_office()
    assert program is not None
    return [pdf for pdf in once.convert(program, documents, LIMIT_S, {}) if pdf is not None]


def warm(documents: Sequence[Artifact]) -> list[bytes]:
    """docgen's way, which starts LibreOffice first."""
    made = office.convert_to_pdf(documents, LIMIT_S)
    return [one.content for one in made if not isinstance(one, RenderError)]


WAYS: dict[str, tuple[Callable[[Sequence[Artifact]], list[bytes]], int]] = {
    "one start for each document": (start_for_each, FEW),
    "one start for all (without uno)": (start_for_all, MANY),
    "docgen: a warm process, its start included": (warm, MANY),
    "docgen: a warm process": (warm, MANY),
}
_profile = Path()


@contextmanager
def _watched(figures: list[float]) -> Iterator[None]:
    """Append the seconds of computing and of waiting."""
    cpu, wall = _cpu(), time.perf_counter()
    yield
    figures += [_cpu() - cpu, time.perf_counter() - wall]


def _cpu() -> float:
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = time.process_time() + ended.ru_utime + ended.ru_stime
    for process in psutil.Process().children(recursive=True):
        times = process.cpu_times()
        total += times.user + times.system
    return total


def measure(documents: Sequence[Artifact], way: Callable[[Sequence[Artifact]], list[bytes]]) -> Figures:
    """Convert, compare, and return what it took."""
    figures: list[float] = []
    with _watched(figures):
        made = way(documents)
    for document, pdf in zip(documents, made, strict=True):
        _compare(document, pdf)
    return Figures(len(documents), *figures)


_texts: dict[str, str] = {}


def _compare(document: Artifact, pdf: bytes) -> None:
    """End the benchmark when a PDF does not say what the first way made it say, or not what its document says."""
    text = pdf_text(pdf)
    number = document.file_name.split()[1].partition(".")[0]
    if text != _texts.setdefault(document.file_name, text) or f"Item {int(number)}-19" not in text:
        raise SystemExit(f"{document.file_name}: the PDF has another text: the figures would not count")


def table() -> list[str]:
    """Return the lines of a Markdown table; the ratios are to the first way."""
    global _profile
    lines = [
        "| PDF from Word | documents | a CPU second | ratio | a second | ratio |",
        "|---|---|---|---|---|---|",
    ]
    documents = [contract(number) for number in range(MANY)]
    with tempfile.TemporaryDirectory(prefix="docgen-bench-") as folder:
        _profile = Path(folder)
        start_for_each(documents[:1])  # makes the profile
        base: Figures | None = None
        for name, (way, count) in WAYS.items():
            if "included" in name:
                office.close_office()
            figures = measure(documents[:count], way)
            base = base or figures
            lines.append(_line(name, figures, base))
            print(lines[-1], file=sys.stderr, flush=True)
            if way is warm and min(_ratios(figures, base)) < AIM:
                raise SystemExit(f"{name}: less than {AIM:g} times as fast as {next(iter(WAYS))}")
        office.close_office()
    return lines


def _ratios(figures: Figures, base: Figures) -> tuple[float, float]:
    each = (figures.cpu / figures.documents, figures.wall / figures.documents)
    return base.cpu / base.documents / each[0], base.wall / base.documents / each[1]


def _line(name: str, figures: Figures, base: Figures) -> str:
    cpu, wall = figures.documents / figures.cpu, figures.documents / figures.wall
    cpu_ratio, wall_ratio = _ratios(figures, base)
    return f"| {name} | {figures.documents} | {cpu:.2f} | {cpu_ratio:.1f} | {wall:.2f} | {wall_ratio:.1f} |"
