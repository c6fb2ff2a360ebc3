"""Floor 2, edges: files that lie in a PDF file (ISO 32000-1, 7.11.4; ISO 19005-3, 6.8): an electronic invoice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from docgen.pdfmetadata import pdf_date
from docgen.pdfobjects import Pool, name, stream, text, text_order

#: How a file relates to the document it lies in.
Relationship = Literal["Source", "Data", "Alternative", "Supplement", "Unspecified"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that lies in the document. `name` is that of the file, `description` what a person reads."""

    name: str
    content: bytes
    media_type: str
    relationship: Relationship = "Unspecified"
    description: str = ""


def put_attachments(pool: Pool, attachments: Sequence[Attachment], today: date | None) -> str:
    """Add files; return what the catalog says of them, nothing where there are none.

    Args:
        pool: takes the objects.
        attachments: of different names.
        today: when they were last changed; PDF/A wants a date, so it has to be known.
    """
    if not attachments:
        return ""
    if today is None:
        raise ValueError("attachments need the date of the document")
    numbers = {one.name: _put(pool, one, today) for one in attachments}
    if len(numbers) < len(attachments):
        raise ValueError("two attachments of one name")
    listed = "".join(f"{text(key)}{numbers[key]} 0 R" for key in sorted(numbers, key=text_order))
    associated = " ".join(f"{at} 0 R" for at in numbers.values())
    return f"/Names<</EmbeddedFiles<</Names[{listed}]>>>>/AF[{associated}]"


def _put(pool: Pool, one: Attachment, today: date) -> int:
    check = hashlib.md5(one.content, usedforsecurity=False).hexdigest()
    parameters = f"<</Size {len(one.content)}/ModDate{pdf_date(today)}/CheckSum<{check}>>>"
    content = stream(one.content, f"/Type/EmbeddedFile/Subtype{name(one.media_type)}/Params{parameters}")
    at = pool.add_stream(content)
    described = f"/Desc{text(one.description)}" if one.description else ""
    return pool.add(
        f"<</Type/Filespec/F{text(one.name)}/UF{text(one.name)}/EF<</F {at} 0 R/UF {at} 0 R>>"
        f"/AFRelationship/{one.relationship}{described}>>"
    )
