"""Floor 2, edges: a page of another PDF file as objects that draw it as one form. Knows pikepdf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from docgen.pdfobjects import REFERENCE, outside_texts
from docgen.render.pdf.stationery import open_stationery

#: Of a stream, which is written anew.
_LENGTH = outside_texts(rb"(/Length (?:\d+ \d+ R|\d+))")


@dataclass(frozen=True, slots=True)
class Imported:
    """An object of another file.

    Attributes:
        body: as written, with the numbers of this list in its references; of a stream its dictionary without Length.
        data: of a stream, as it is encoded there.
    """

    number: int
    body: bytes
    data: bytes | None


def import_page(path: Path, page: int) -> tuple[Imported, ...]:
    """Return a page, counted from 1, with all it refers to; the form first.

    Raises:
        TemplateError: the file is no PDF, is locked, has no such page, or cannot be archived.
    """
    paper = open_stationery(path)
    return tuple(_walk(paper.file, paper.picture(page).form))


def _walk(target: pikepdf.Pdf, form: pikepdf.Object) -> Iterator[Imported]:
    first = form.objgen[0]
    waiting, seen = [first], {first}
    while waiting:
        at = waiting.pop(0)
        one = target.get_object(at, 0)
        is_stream = isinstance(one, pikepdf.Stream)
        body = one.stream_dict.unparse(resolved=True) if is_stream else one.unparse(resolved=True)
        if is_stream:
            body = _LENGTH.sub(lambda found: b"" if found[1] else found[0], body)
        inner = dict.fromkeys(int(found[1]) for found in REFERENCE.finditer(body) if found[1])
        waiting += [number for number in inner if number not in seen]
        seen.update(inner)
        yield Imported(at, body, one.read_raw_bytes() if is_stream else None)
