"""Small RML documents on either path, without templates and merging."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lxml import etree

from docgen.errors import raise_faults
from docgen.render.pdf.compiled import Press
from docgen.render.pdf.fonts import load_fonts
from docgen.render.pdf.layout.blocks import Document
from docgen.render.pdf.reference.rml import Settings, make_pdf
from docgen.render.pdf.safety import Rules, make_safe

FILE = "body.rml"
TODAY = date(2026, 3, 4)
DOCUMENT = """<document filename="x.pdf" title="A test" author="Ahorn">
<template pageSize="(400, 500)"><pageTemplate id="main">%s
<frame id="f" x1="50" y1="50" width="300" height="400"/></pageTemplate></template>
<stylesheet><paraStyle name="text" fontName="SourceSans3" fontSize="11" leading="14"/>%s</stylesheet>
<story>
%s
</story></document>
"""


def rml(story: str, styles: str = "", graphics: str = "") -> str:
    drawn = f"<pageGraphics>{graphics}</pageGraphics>" if graphics else ""
    return DOCUMENT % (drawn, styles, story)


def checked(source: str, folder: Path) -> etree._Element:
    root = etree.fromstring(source)
    raise_faults(make_safe(root, Rules(FILE, folder, load_fonts(folder).names)))
    return root


def press(source: str, folder: Path = Path("."), language: str = "en") -> bytes:
    """Return what the compiled path makes of RML."""
    return pressed(source, folder, language)[0]


def pressed(source: str, folder: Path = Path("."), language: str = "en") -> tuple[bytes, Document]:
    """Return what the compiled path makes of RML, and the document that was laid out."""
    return Press(load_fonts(folder), FILE, folder).make_pdf(checked(source, folder), language, TODAY)


def referred(source: str, folder: Path = Path("."), language: str = "en") -> bytes:
    """Return what the reference path makes of RML."""
    return make_pdf(checked(source, folder), Settings(FILE, load_fonts(folder), language, TODAY))[0]
