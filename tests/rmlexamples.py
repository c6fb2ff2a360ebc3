"""The examples of docs/rml.md as whole documents, and what their pictures were made of.

A comment `<!-- test: picture NAME -->` before a block says that `docs/pictures/rml/NAME.png` shows it; one
`<!-- test: example NAME -->` that it can be drawn and there is nothing to show. Blocks that are no whole document are
completed: styles go into `<stylesheet>`, page graphics (marked `page`) into a page, the rest into `<story>`. Of a
document marked `top` the upper part is shown.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import reportlab
from handbook import ROOT, Block, page
from lxml import etree
from rendering import make_template

from docgen.merge import build_context
from docgen.render.body import words
from docgen.render.pdf import prepare
from docgen.svg import rasterise, read_svg

NAME = "docs/rml.md"
FOLDER = ROOT / "docs/pictures/rml"
RECORD = FOLDER / "pictures.json"
_TOOL = ROOT / "tools/make_rml_pictures.py"
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40">
<rect width="80" height="40" rx="4" fill="#14586A"/>
<path d="M14 28 L26 12 L38 28 Z" fill="#FFFFFF"/><rect x="44" y="12" width="24" height="4" fill="#FFFFFF"/>
<rect x="44" y="20" width="16" height="4" fill="#7CC4D4"/></svg>
"""
#: Files that examples name, beside the logo: name -> RML they are made of.
PAPERS = {
    "stationery.pdf": """<document filename="x.pdf"><template pagesize="(105mm, 84mm)"><pageTemplate id="first">
<pageGraphics><fill color="#14586A"/><rect x="0" y="80mm" width="105mm" height="4mm" fill="1" stroke="0"/>
<image file="logo.svg" x="10mm" y="66mm" width="18mm" height="9mm"/>
<setFont name="SourceSans3-Semibold" size="12"/><drawString x="32mm" y="69mm">Northwind Joinery</drawString>
<fill color="#64727A"/><setFont name="SourceSans3" size="7"/>
<drawString x="10mm" y="4mm">Mill Lane 4 · 10115 Berlin · northwind.example.com</drawString></pageGraphics>
<frame id="main" x1="10mm" y1="10mm" width="80mm" height="50mm"/></pageTemplate><pageTemplate id="next"><pageGraphics>
<fill color="#14586A"/><rect x="0" y="80mm" width="105mm" height="4mm" fill="1" stroke="0"/></pageGraphics>
<frame id="main" x1="10mm" y1="10mm" width="80mm" height="50mm"/></pageTemplate></template><stylesheet/>
<story><setNextTemplate name="next"/><spacer length="1"/><nextPage/><spacer length="1"/></story></document>""",
    "terms.pdf": """<document filename="x.pdf"><template pagesize="(70mm, 84mm)"><pageTemplate id="only"><pageGraphics>
<fill color="#EEF3F4"/><rect x="0" y="0" width="70mm" height="84mm" fill="1" stroke="0"/></pageGraphics>
<frame id="main" x1="6mm" y1="6mm" width="58mm" height="72mm"/></pageTemplate></template><stylesheet>
<paraStyle name="Normal" fontName="SourceSans3" fontSize="9" leading="13" textColor="#1B2227"/>
<paraStyle name="head" parent="Normal" fontName="SourceSans3-Semibold" fontSize="12" leading="20"/></stylesheet><story>
<para style="head">General terms</para><para>1. Prices hold for six weeks and include delivery.</para>
<para>2. What we make stays ours until it is paid.</para><para>3. We mend what breaks within five years.</para>
<nextPage/><para style="head">Care of oak</para><para>Oil it once a year, in spring, and wipe it dry.</para>
</story></document>""",
}
#: Fonts that examples name, of those that come with ReportLab: name -> file.
_FONTS = {
    "plain.ttf": "Vera.ttf", "bold.ttf": "VeraBd.ttf", "slanted.ttf": "VeraIt.ttf",
    "script.afm": "callig15.afm", "script.pfb": "callig15.pfb",
}  # fmt: skip
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
    """A block that can be drawn; `shown` tells whether a picture shows it."""

    name: str
    block: Block
    shown: bool

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
        made_of = (self.document, LOGO, *PAPERS.values(), *self.block.marks, _TOOL.read_text(encoding="utf-8"))
        return hashlib.sha256("".join(made_of).encode()).hexdigest()[:16]


def examples() -> Iterator[Example]:
    """Yield all blocks that can be drawn, in the order of the page."""
    for block in page(NAME).blocks:
        name = block.mark("picture") or block.mark("example")
        if name is not None:
            yield Example(name, block, shown=block.mark("picture") is not None)


def render(example: Example, folder: Path) -> bytes:
    """Return the PDF of an example, made in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "logo.svg").write_text(LOGO, encoding="utf-8")
    (folder / "logo.png").write_bytes(rasterise(read_svg(LOGO.encode())))
    for name, file in _FONTS.items():
        if name in example.document:
            shutil.copy(Path(reportlab.__file__).parent / "fonts" / file, folder / name)
    for name, document in PAPERS.items():
        if name in example.document:
            (folder / name).write_bytes(_made(document, folder))
    return _made(example.document, folder)


def _made(document: str, folder: Path) -> bytes:
    context = build_context({}, locale="en", company={"name": "Northwind Joinery"}, today=date(2026, 11, 20))
    return prepare(make_template(folder, document, ".rml")).render(context).content


def complete(text: str, drawn: bool = False) -> str:
    """Return a whole document around a part of one."""
    headings = "".join(_HEADING.format(level, 18 - 2 * level, 22 - 2 * level) for level in range(1, 7))
    parts = {"graphics": "", "styles": "", "story": "", "headings": headings}
    if drawn:
        return _WHOLE.format(**parts | {"graphics": text, "story": "<spacer length='1'/>"})
    part = etree.fromstring(f"<part>{text}</part>")
    parts["story"] = (part.text or "").lstrip()
    for element in part:
        kind = "styles" if element.tag in _STYLES else "story"
        parts[kind] += etree.tostring(element, encoding="unicode")
    return _WHOLE.format(**parts)


def recorded() -> dict[str, str]:
    """Return name -> what each picture was made of."""
    return dict(json.loads(RECORD.read_text(encoding="utf-8"))) if RECORD.exists() else {}
