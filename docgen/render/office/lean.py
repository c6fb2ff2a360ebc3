"""Floor 2, edges: what is done to a Word document before LibreOffice reads it; the PDF is the same.

Word's own templates and python-docx's have some hundred table styles, and reading those that no table of the document
has takes a third of LibreOffice's time.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from docgen.render.docx.package import parse_xml, write_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STYLES = "word/styles.xml"
_TEXT = re.compile(r"word/(?!styles\.xml)[^/]+\.xml")
_TABLE_STYLE = re.compile(rb"""<\w+:tblStyle\s[^>]*?val=["']([^"']*)["']""")
#: A field's instruction, in a part of its own or as an attribute.
_CLOCK = re.compile(rb"""(?:>|instr=["'])\s*(?:DATE|TIME)\b""")
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, EOFError)


@dataclass(frozen=True, slots=True)
class Lean:
    """A document for LibreOffice.

    Attributes:
        dated: it has fields that print the time at which it is looked at.
    """

    content: bytes
    dated: bool = False


def make_lean(content: bytes) -> Lean:
    """Return a document without the table styles that no table has; what is no document stays as it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = {name: package.read(name) for name in package.namelist()}
    except _UNREADABLE:
        return Lean(content)  # LibreOffice will say what is wrong with it
    texts = [part for name, part in members.items() if _TEXT.fullmatch(name)]
    dated = any(_CLOCK.search(text) for text in texts)
    used = frozenset(html.unescape(name.decode()) for text in texts for name in _TABLE_STYLE.findall(text))
    styles = members.get(_STYLES)
    if styles is None or (shorter := _without_unused(styles, used)) is None:
        return Lean(content, dated)
    return Lean(_zipped({**members, _STYLES: shorter}), dated)


@lru_cache(maxsize=16)
def _without_unused(styles: bytes, used: frozenset[str]) -> bytes | None:
    """Return the styles without those of tables that are not used; None when there is nothing to leave out."""
    try:
        root = parse_xml(styles)
    except etree.XMLSyntaxError:
        return None
    tables = {
        style.get(f"{_W}styleId", ""): style for style in root.iter(f"{_W}style") if style.get(f"{_W}type") == "table"
    }
    wanted = {name for name, style in tables.items() if name in used or style.get(f"{_W}default")}
    for name in list(wanted):
        while (name := _base(tables.get(name))) and name not in wanted:
            wanted.add(name)
    unused = [style for name, style in tables.items() if name not in wanted]
    for style in unused:
        root.remove(style)
    return write_xml(root) if unused else None


def _base(style: etree._Element | None) -> str:
    found = style.find(f"{_W}basedOn") if style is not None else None
    return found.get(f"{_W}val", "") if found is not None else ""


def _zipped(members: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as package:
        for name, content in members.items():
            package.writestr(zipfile.ZipInfo(name), content)
    return output.getvalue()
