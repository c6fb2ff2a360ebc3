"""Floor 2, edges: a page of another PDF file as objects that draw it as one form. Knows pikepdf."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pikepdf

from docgen.errors import TemplateError
from docgen.pdfobjects import REFERENCE

#: What links a form to the page and document that it was; without it, only what draws is left.
_LEFT_OUT = ("/Length", "/StructParent", "/StructParents", "/LastModified", "/PieceInfo", "/OC", "/Metadata", "/AF")


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


@lru_cache(maxsize=32)
def import_page(content: bytes, page: int) -> tuple[Imported, ...]:
    """Return a page, counted from 0, with all it refers to; the form first.

    Raises:
        TemplateError: the file is no PDF, is locked, or has no such page.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as source, pikepdf.new() as target:
            if source.is_encrypted:
                raise TemplateError("the stationery is encrypted", hint="save it without a password or restrictions")
            if not 0 <= page < len(source.pages):
                raise TemplateError(f"the stationery has {len(source.pages)} pages and page {page + 1} is asked for")
            form = target.copy_foreign(source.pages[page].as_form_xobject())
            return tuple(_walk(target, form))
    except pikepdf.PasswordError as error:
        raise TemplateError("the stationery is locked with a password") from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise TemplateError(f"the stationery cannot be read as a PDF: {error}") from error


def _walk(target: pikepdf.Pdf, form: pikepdf.Object) -> Iterator[Imported]:
    first = form.objgen[0]
    waiting, seen = [first], {first}
    while waiting:
        at = waiting.pop(0)
        one = target.get_object(at, 0)
        is_stream = isinstance(one, pikepdf.Stream)
        if is_stream:
            for key in _LEFT_OUT:
                if key in one:
                    del one[key]
        body = (one.stream_dict if is_stream else one).unparse(resolved=True)
        inner = dict.fromkeys(int(found[1]) for found in REFERENCE.finditer(body) if found[1])
        waiting += [number for number in inner if number not in seen]
        seen.update(inner)
        yield Imported(at, body, one.read_raw_bytes() if is_stream else None)
