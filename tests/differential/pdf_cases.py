"""One RML document on both engines: what it makes, or which fault, and what differs.

Platypus goes on for ever with some documents (a row of a list that is to stay with the next one and does not fit). Such
a document is left out: there is nothing to hold the compiled path to, but that path has to end.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from differential.pdf_compare import differences, picture_differences
from rendering import make_context, make_template, picture

from docgen.errors import DocgenError, RenderError, TemplateError
from docgen.model import Making
from docgen.render.pdf import prepare
from docgen.render.pdf.overfull import Overfull

ENDLESS = "no end"
#: Processor time for one document, in seconds.
_LIMIT_S = 1.5


class _TooLong(BaseException):
    """Not an Exception, which engines would take for a fault of the document."""


def make_folder(folder: Path) -> Path:
    """Return a template's folder with the pictures that the cases name."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "logo.png").exists():
        picture(folder / "logo.png")
    return folder


def render(folder: Path, body: str, making: Making, values: Mapping[str, object] | None = None) -> bytes:
    """Return the PDF of a body."""
    template = make_template(make_folder(folder), body, ".rml")
    return prepare(template, engine=making).render(make_context(values or {})).content


def outcome(folder: Path, body: str, making: Making) -> bytes | str:
    """Return the PDF, the kind of its fault, or ENDLESS."""
    try:
        with _limit():
            return render(folder, body, making)
    except DocgenError as fault:
        return type(fault).__name__
    except _TooLong:
        return ENDLESS


@contextmanager
def _limit() -> Iterator[None]:
    running = True

    def stop(*_: object) -> None:
        if running:
            raise _TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    # Again and again: what is raised where Python or a library passes over it would be lost.
    signal.setitimer(signal.ITIMER_VIRTUAL, _LIMIT_S, _LIMIT_S / 10)
    try:
        yield
    finally:
        running = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def compare(folder: Path, body: str) -> list[str]:
    """Return what differs between what both engines make of a body."""
    compiled, reference = (outcome(folder, body, making) for making in (Making.COMPILED, Making.REFERENCE))
    return held(compiled, reference)


def held(compiled: bytes | str, reference: bytes | str) -> list[str]:
    """Return what differs between two outcomes, what pages look like included."""
    found = told(compiled, reference)
    if isinstance(compiled, bytes) and isinstance(reference, bytes):
        found += picture_differences(compiled, reference)
    return found


def told(compiled: bytes | str, reference: bytes | str) -> list[str]:
    """Return what two outcomes say differently."""
    if isinstance(compiled, bytes) and isinstance(reference, bytes):
        return differences(compiled, reference)
    # Where ReportLab goes on for ever or breaks down, there is nothing to hold the compiled path to but that it ends.
    if reference in (ENDLESS, RenderError.__name__) and compiled != ENDLESS:
        return []
    # A column without room for its text is what is wrong; ReportLab tells it by a height that no page has.
    if (compiled, reference) == (TemplateError.__name__, Overfull.__name__):
        return []
    shown = [made if isinstance(made, str) else "a document" for made in (compiled, reference)]
    return [] if compiled == reference else [f"compiled: {shown[0]}, reference: {shown[1]}"]
