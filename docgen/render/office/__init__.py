"""Floor 2, edges: Word documents to PDF through LibreOffice.

Where a Python can talk to LibreOffice, processes are kept warm (`warm`) and indexes, references and page counts are
brought up to date; else one start converts many (`once`). Each start has a profile of its own, so that it neither
disturbs nor is disturbed by one that a person has open; macros are off and nothing is fetched. Knows no record.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from types import MappingProxyType

import pikepdf

from docgen.errors import DocgenError, RenderError, ToolMissing
from docgen.model import MEDIA_TYPES, Artifact, Format, Where
from docgen.render.office import once
from docgen.render.office.glyphs import missing_glyphs
from docgen.render.office.missing import find_missing
from docgen.render.office.program import INSTALL, find_office, find_python
from docgen.render.office.reproducible import make_reproducible
from docgen.render.office.warm import Pool

__all__ = ["close_office", "convert_to_pdf", "find_missing", "find_office", "make_reproducible"]

_NO_SUBSTITUTES: Mapping[str, str] = MappingProxyType({})
_Key = tuple[str, str, tuple[tuple[str, str], ...]]

_pools: dict[_Key, Pool] = {}
_lock = Lock()


def convert_to_pdf(
    documents: Sequence[Artifact], limit_s: float = 60.0, substitutes: Mapping[str, str] = _NO_SUBSTITUTES
) -> list[Artifact | DocgenError]:
    """Convert Word documents, each to one PDF, in order.

    A document that LibreOffice cannot convert yields a RenderError in its place, one that would print boxes
    GlyphMissing; the others are converted all the same. Equal documents give equal bytes on one version of
    LibreOffice and its fonts.

    Args:
        documents: `.docx` artifacts.
        limit_s: how long one of them may take.
        substitutes: font family -> the family that stands in for it.

    Raises:
        ToolMissing: LibreOffice is not installed.
        RenderError: it does not start.
    """
    program = find_office()
    if program is None:
        hint = INSTALL.get(sys.platform, "install it from libreoffice.org")
        raise ToolMissing("making PDF files from Word documents needs LibreOffice, which is not installed", hint=hint)
    boxes = [missing_glyphs(document, program) for document in documents]
    wanted = [document for document, fault in zip(documents, boxes, strict=True) if fault is None]
    made = iter(_convert(program, wanted, limit_s, substitutes))
    return [fault or _result(document, next(made)) for document, fault in zip(documents, boxes, strict=True)]


def _convert(
    program: str, documents: Sequence[Artifact], limit_s: float, substitutes: Mapping[str, str]
) -> Iterable[bytes | str | None]:
    if not documents:
        return []
    python = find_python(program)
    if python is None:
        return once.convert(program, documents, limit_s, substitutes)
    return _pool(program, python, substitutes).convert(documents, limit_s)


def _pool(program: str, python: str, substitutes: Mapping[str, str]) -> Pool:
    """Return this process's pool; a forked child must not talk to the processes of its parent."""
    key = (program, python, tuple(sorted(substitutes.items())))
    with _lock:
        pool = _pools.get(key)
        if pool is None or pool.pid != os.getpid():
            pool = _pools[key] = Pool(program, python, substitutes, os.cpu_count() or 1)
        return pool


@atexit.register
def close_office() -> None:
    """End the LibreOffice processes of this process; they are started again when they are needed."""
    with _lock:
        pools = [pool for pool in _pools.values() if pool.pid == os.getpid()]
        _pools.clear()
    for pool in pools:
        pool.close()


def _result(document: Artifact, made: bytes | str | None) -> Artifact | RenderError:
    where = Where(document.file_name)
    if not isinstance(made, bytes):
        problem = "LibreOffice could not convert it to PDF" + (f": {made}" if made else "")
        return RenderError(problem, where=where, hint="open it in LibreOffice to see why")
    try:
        content, pages = make_reproducible(made)
    except pikepdf.PdfError as error:
        return RenderError(f"LibreOffice wrote a PDF that cannot be read: {error}", where=where)
    return Artifact(content, MEDIA_TYPES[Format.PDF], f"{Path(document.file_name).stem}.pdf", pages)
