"""The examples of docs/rml.md as whole documents, and what their pictures were made of.

A comment `<!-- test: picture NAME -->` before a block says that `docs/pictures/rml/NAME.png` shows it. Blocks that are
no whole document are completed: styles go into `<stylesheet>`, page graphics (marked `page`) into a page, the rest
into `<story>`. Of a document marked `top` the upper part is shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handbook import ROOT, Block, page
from lxml import etree

from docgen.render.body import words

NAME = "docs/rml.md"
FOLDER = ROOT / "docs/pictures/rml"
RECORD = FOLDER / "pictures.json"
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40">
<rect width="80" height="40" rx="4" fill="#14586A"/>
<path d="M14 28 L26 12 L38 28 Z" fill="#FFFFFF"/><rect x="44" y="12" width="24" height="4" fill="#FFFFFF"/>
<rect x="44" y="20" width="16" height="4" fill="#7CC4D4"/></svg>
"""
_STYLES = words("paraStyle spanStyle listStyle blockTableStyle initialize")
_WHOLE = """<document filename="example.pdf">
<template title="Example"><pageTemplate id="main" pagesize="(440, 700)">
<pageGraphics>{graphics}</pageGraphics><frame id="main" x1="20" y1="20" width="400" height="660"/>
</pageTemplate></template>
<stylesheet>
<initialize>
<color id="accent" RGB="#14586A"/><color id="muted" RGB="#64727A"/><color id="hairline" RGB="#C6CFD2"/>
<color id="pale" RGB="#EEF3F4"/>
</initialize>
<paraStyle name="Normal" fontName="SourceSans3" fontSize="10" leading="14" textColor="#1B2227" spaceAfter="4"/>
<paraStyle name="Code" fontName="SourceSans3" fontSize="9" leading="12" textColor="#1B2227"/>
<paraStyle name="Title" parent="Normal" fontName="SourceSans3-Semibold" fontSize="20" leading="24" spaceAfter="6"/>
{headings}
{styles}
</stylesheet>
<story>
{story}
</story>
</document>
"""
_HEADING = '<paraStyle name="Heading{}" parent="Normal" fontName="SourceSans3-Semibold" fontSize="{}" leading="{}"/>'


@dataclass(frozen=True)
class Example:
    """A block with a picture."""

    name: str
    block: Block

    @property
    def document(self) -> str:
        """The whole document."""
        return self.block.text if self.is_whole else complete(self.block.text, self.block.mark("page") is not None)

    @property
    def is_whole(self) -> bool:
        return self.block.text.lstrip().startswith("<document")

    @property
    def picture(self) -> Path:
        return FOLDER / f"{self.name}.png"

    @property
    def digest(self) -> str:
        """What the picture was made of."""
        return hashlib.sha256("".join((self.document, LOGO, *self.block.marks)).encode()).hexdigest()[:16]


def examples() -> Iterator[Example]:
    """Yield all blocks that a picture shows, in the order of the page."""
    for block in page(NAME).blocks:
        name = block.mark("picture")
        if name is not None:
            yield Example(name, block)


def complete(text: str, drawn: bool = False) -> str:
    """Return a whole document around a part of one."""
    headings = "".join(_HEADING.format(level, 18 - 2 * level, 22 - 2 * level) for level in range(1, 7))
    parts = {"graphics": "", "styles": "", "story": "", "headings": headings}
    if drawn:
        return _WHOLE.format(**parts | {"graphics": text, "story": "<spacer length='1'/>"})
    for element in etree.fromstring(f"<part>{text}</part>"):
        kind = "styles" if element.tag in _STYLES else "story"
        parts[kind] += etree.tostring(element, encoding="unicode")
    return _WHOLE.format(**parts)


def recorded() -> dict[str, str]:
    """Return name -> what each picture was made of."""
    return dict(json.loads(RECORD.read_text(encoding="utf-8"))) if RECORD.exists() else {}
