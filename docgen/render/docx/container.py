"""Floor 2, edges: the members of a zip that may be damaged, or meant to harm. Knows zips and the first bytes of files.

Nothing is unpacked before its size is known to be bearable, and what is unpacked is no more than was claimed. Parts are
plain UTF-8 without a document type: what a parser might unfold into gigabytes, or fetch, never reaches one.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence

from lxml import etree

from docgen.errors import TemplateError, TemplateSyntax
from docgen.model import Where

MAX_PARTS = 5_000
MAX_BYTES = 200_000_000
#: XML packs well, but nobody's letter packs a thousandfold.
_MAX_RATIO = 300
#: A part of which this much is packed too well is worth looking at.
_SMALL = 1_000_000
SAVE_AS_DOCX = 'open it in Word and save it as "Word document (.docx)"'

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)")
_KINDS = (
    (b"{\\rtf", "is a Rich Text file (.rtf)"),
    (b"%PDF", "is a PDF file"),
    (b"<!DOCTYPE html", "is a web page"),
    (b"<html", "is a web page"),
    (b"<?xml", "is a single XML file"),
)


def read_members(content: bytes, where: Where, *, own: bool = False) -> dict[str, bytes]:
    """Return the members of a zip by name.

    Args:
        content: the file.
        where: what to call it.
        own: docgen made it, so that it may be as large, and packed as well, as what it was made of.

    Raises:
        TemplateSyntax: it is no zip, or a damaged one; says what it is instead, where that can be told.
        TemplateError: it would fill memory, or holds what no Word writes.
    """
    if not own:
        _check_kind(content, where)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            infos = [info for info in package.infolist() if not info.is_dir()]
            if not own:
                _check_claims(infos, len(content), where)
            return {info.filename: package.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise TemplateSyntax("is not a Word document", where=where, hint=SAVE_AS_DOCX) from error


def _check_kind(content: bytes, where: Where) -> None:
    if len(content) > MAX_BYTES:
        raise TemplateError(f"is {len(content) // 1_000_000} MB, more than {MAX_BYTES // 1_000_000} MB", where=where)
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            hint = 'open it in Word and take the password away: File, Info, "Protect Document"'
            raise TemplateSyntax("is protected by a password", where=where, hint=hint)
        raise TemplateSyntax("is a document of Word 97 to 2003 (.doc)", where=where, hint=SAVE_AS_DOCX)
    for begin, kind in _KINDS:
        if content[:40].lstrip().lower().startswith(begin.lower()):
            raise TemplateSyntax(f"is not a Word document: it {kind}", where=where, hint=SAVE_AS_DOCX)


def _check_claims(infos: Sequence[zipfile.ZipInfo], size: int, where: Where) -> None:
    if len(infos) > MAX_PARTS:
        raise TemplateError(f"has {len(infos)} parts, more than {MAX_PARTS}", where=where)
    names = [info.filename for info in infos]
    twice = next((name for name in names if names.count(name) > 1), "") if len(set(names)) < len(names) else ""
    if twice:
        raise TemplateError(f"holds {twice} twice", where=where, hint=SAVE_AS_DOCX)
    whole = sum(info.file_size for info in infos)
    if whole > MAX_BYTES:
        raise TemplateError(f"is {whole // 1_000_000} MB unpacked, more than {MAX_BYTES // 1_000_000} MB", where=where)
    if sum(info.compress_size for info in infos) > size:
        raise TemplateError("has parts that overlap", where=where, hint=SAVE_AS_DOCX)
    for info in infos:
        if info.flag_bits & 1:
            raise TemplateSyntax("is protected by a password", where=where, hint="save it without one")
        if info.file_size > _SMALL and info.file_size > _MAX_RATIO * max(info.compress_size, 1):
            raise TemplateError(f"{info.filename} unpacks to more than {_MAX_RATIO} times its size", where=where)


def is_xml(name: str, media_type: str) -> bool:
    """Tell whether a part is XML that somebody parses; drawings in SVG are pictures."""
    return name.endswith((".xml", ".rels")) or (media_type.endswith("xml") and not media_type.startswith("image/"))


def check_xml(name: str, content: bytes, where: Where) -> None:
    """Make sure that a part can be parsed without harm.

    Raises:
        TemplateError: it is not what Word writes; says why.
    """
    text = content.removeprefix(b"\xef\xbb\xbf")
    head = text[:200]
    encoding = _ENCODING.match(head)
    other = encoding is not None and encoding[1].lower() not in (b"utf-8", b"us-ascii")
    if other or b"\0" in head or not head.lstrip().startswith(b"<"):
        raise TemplateError(f"{name} is not UTF-8", where=where, hint=SAVE_AS_DOCX)
    if b"<!DOCTYPE" in text:
        raise TemplateError(f"{name} declares a document type, as no Word does", where=where, hint=SAVE_AS_DOCX)
    try:
        # Without huge_tree, lxml itself bounds depth and the length of texts.
        etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        message = error.msg or ""
        if "depth" in message:
            raise TemplateError(f"{name} is nested more deeply than Word writes", where=where) from error
        if "huge" in message.lower() or "too long" in message.lower():
            raise TemplateError(f"{name} holds a text of more than 10 million characters", where=where) from error
        raise TemplateSyntax(f"is damaged: {name}: {message}", where=where, hint=SAVE_AS_DOCX) from error
