"""Floor 2, edges: the .docx file as a zip: read with bounds, written the same way each time. Knows no Word markup."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

from docgen.errors import TemplateError, TemplateSyntax
from docgen.model import Where

_MAX_PARTS = 5_000
_MAX_BYTES = 200_000_000
#: XML packs well, but nobody's letter packs a thousandfold.
_MAX_RATIO = 300
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NOT_A_DOCUMENT = 'open it in Word and save it as "Word document (.docx)"'


def check_package(content: bytes, where: Where) -> None:
    """Refuse what is not a Word document, and what would fill memory when unpacked.

    Raises:
        TemplateError: it cannot be used; says why.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            _check_sizes(parts, where)
            names = {part.filename for part in parts}
            if "word/document.xml" not in names or "[Content_Types].xml" not in names:
                raise TemplateSyntax("is not a Word document", where=where, hint=_NOT_A_DOCUMENT)
            for part in parts:
                if PurePosixPath(part.filename).suffix in {".xml", ".rels"} and b"<!DOCTYPE" in package.read(part):
                    raise TemplateError(f"{part.filename} declares a document type, as no Word does", where=where)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise TemplateSyntax("is not a Word document", where=where, hint=_NOT_A_DOCUMENT) from error


def _check_sizes(parts: list[zipfile.ZipInfo], where: Where) -> None:
    if len(parts) > _MAX_PARTS:
        raise TemplateError(f"has {len(parts)} parts, more than {_MAX_PARTS}", where=where)
    size = sum(part.file_size for part in parts)
    if size > _MAX_BYTES:
        raise TemplateError(f"is {size // 1_000_000} MB unpacked, more than {_MAX_BYTES // 1_000_000} MB", where=where)
    for part in parts:
        if part.file_size > 1_000_000 and part.file_size > _MAX_RATIO * max(part.compress_size, 1):
            raise TemplateError(f"{part.filename} unpacks to more than {_MAX_RATIO} times its size", where=where)


def repack(content: bytes) -> bytes:
    """Return the same parts with times and attributes that are always the same."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(output, "w") as after:
        for part in before.infolist():
            entry = zipfile.ZipInfo(part.filename, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            entry.create_system = 3
            after.writestr(entry, before.read(part))
    return output.getvalue()
