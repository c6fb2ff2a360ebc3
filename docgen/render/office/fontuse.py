"""Floor 2, edges: which fonts a Word document sets its text in, as Word works them out: run, styles, theme.

Only text counts that is printed: not tags of the template that print nothing, not hidden text, not styles that nobody
uses. Knows nothing of the fonts that a machine has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from docgen.render.docx.package import Package, parse_xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_STORIES = ("header", "footer", "footnotes", "endnotes")
_SLOTS = ("ascii", "hAnsi", "eastAsia", "cs")
#: What Word takes where nothing says otherwise.
_LAST = "Times New Roman"
#: Tags that print nothing.
_SILENT = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
#: Scripts that Word sets in the font for complex scripts, and in the one for East Asia.
_COMPLEX = re.compile("[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0eff\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufefc]")
_EAST = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_THEME = re.compile(r"(major|minor)(Ascii|HAnsi|EastAsia|Bidi)")
_THEME_ELEMENTS = {"Ascii": "latin", "HAnsi": "latin", "EastAsia": "ea", "Bidi": "cs"}

Fonts = Mapping[str, str]
"""Slot -> family, as far as something says so."""


@dataclass(frozen=True, slots=True)
class FontUse:
    """A family and the text that is the first to need it.

    Attributes:
        part: `text`, `header 1`, `footnotes 1`.
        text: some of the paragraph.
    """

    family: str
    part: str
    text: str


def fonts_used(package: Package) -> dict[str, FontUse]:
    """Return family -> its first use; without those that the document brings along."""
    sheet = _Sheet(package)
    found: dict[str, FontUse] = {}
    for part, label in _stories(package):
        for paragraph in parse_xml(package.parts[part]).iter(f"{_W}p"):
            for family, text in sheet.families(paragraph):
                found.setdefault(family, FontUse(family, label, text))
    return {family: use for family, use in found.items() if family not in sheet.embedded}


def _stories(package: Package) -> Iterator[tuple[str, str]]:
    yield package.main, "text"
    for kind in _STORIES:
        yield from ((name, f"{kind} {n}") for n, name in enumerate(package.related(package.main, kind), 1))


@dataclass
class _Sheet:
    """The styles, theme and numbering of a document, looked up by paragraphs."""

    package: Package
    _chains: dict[str, Fonts] = field(default_factory=dict)

    def _tree(self, kind: str) -> etree._Element:
        names = self.package.related(self.package.main, kind)
        return parse_xml(self.package.parts[names[0]]) if names else etree.Element("none")

    @cached_property
    def embedded(self) -> frozenset[str]:
        fonts = self._tree("fontTable").iter(f"{_W}font")
        return frozenset(
            font.get(f"{_W}name", "") for font in fonts if any("}embed" in str(child.tag) for child in font)
        )

    @cached_property
    def _theme(self) -> dict[str, str]:
        found = {}
        tree = self._tree("theme")
        for size in ("major", "minor"):
            for element in ("latin", "ea", "cs"):
                node = tree.find(f".//{_A}{size}Font/{_A}{element}")
                found[size + element] = node.get("typeface", "") if node is not None else ""
        return found

    @cached_property
    def _styles(self) -> dict[str, etree._Element]:
        return {style.get(f"{_W}styleId", ""): style for style in self._tree("styles").iter(f"{_W}style")}

    @cached_property
    def _standard(self) -> Fonts:
        return self._own(self._tree("styles").find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr"))

    @cached_property
    def _usual(self) -> dict[str, str]:
        """Kind of style -> id of the one that applies where none is named."""
        chosen = (style for style in self._styles.values() if style.get(f"{_W}default") in ("1", "true", "on"))
        return {style.get(f"{_W}type", ""): style.get(f"{_W}styleId", "") for style in chosen}

    def _own(self, properties: etree._Element | None) -> Fonts:
        fonts = properties.find(f"{_W}rFonts") if properties is not None else None
        if fonts is None:
            return {}
        found = {slot: fonts.get(f"{_W}{slot}", "") for slot in _SLOTS}
        for slot in _SLOTS:
            theme = _THEME.match(fonts.get(f"{_W}{slot}Theme") or fonts.get(f"{_W}{slot.lower()}theme") or "")
            if theme:
                found[slot] = self._theme[theme[1] + _THEME_ELEMENTS[theme[2]]] or found[slot]
        return {slot: family for slot, family in found.items() if family}

    def _style(self, name: str) -> Fonts:
        """Return what a style says, with what it is based on."""
        if name not in self._chains:
            self._chains[name] = {}  # a style based on itself ends here
            style = self._styles.get(name)
            if style is not None:
                base = style.find(f"{_W}basedOn")
                inherited = self._style(base.get(f"{_W}val", "")) if base is not None else {}
                self._chains[name] = {**inherited, **self._own(style.find(f"{_W}rPr"))}
        return self._chains[name]

    def families(self, paragraph: etree._Element) -> Iterator[tuple[str, str]]:
        """Yield each family that a paragraph's text is set in, with some of the text."""
        look = _named(paragraph, "pPr", "pStyle") or self._usual.get("paragraph", "")
        table = next(paragraph.iterancestors(f"{_W}tbl"), None)
        table_look = _named(table, "tblPr", "tblStyle") or self._usual.get("table", "") if table is not None else ""
        outer = {**self._standard, **self._style(table_look), **self._style(look)}
        runs = [run for run in paragraph.iter(f"{_W}r") if next(run.iterancestors(f"{_W}p"), None) is paragraph]
        texts = _printed(runs)
        shown = " ".join("".join(texts).split())[:60]
        for run, text in zip(runs, texts, strict=True):
            yield from ((node.get(f"{_W}font", _LAST), shown) for node in run.iter(f"{_W}sym"))
            if text.strip() and not _says(run, "vanish"):
                own = self._own(run.find(f"{_W}rPr"))
                fonts = {**outer, **self._style(_named(run, "rPr", "rStyle")), **own}
                for slot in _slots(text, complex_script=_says(run, "rtl") or _says(run, "cs")):
                    yield fonts.get(slot) or fonts.get("ascii") or _LAST, shown


def _printed(runs: Iterable[etree._Element]) -> list[str]:
    """Return the text of each run without tags that print nothing, which Word may have split over runs."""
    texts = ["".join(node.text or "" for node in run.iterchildren(f"{_W}t")) for run in runs]
    whole = "".join(texts)
    hidden = {at for tag in _SILENT.finditer(whole) for at in range(*tag.span())}
    printed, start = [], 0
    for text in texts:
        printed.append("".join(char for at, char in enumerate(text, start) if at not in hidden))
        start += len(text)
    return printed


def _slots(text: str, *, complex_script: bool) -> Iterator[str]:
    if complex_script:
        yield "cs"
        return
    rest = _EAST.sub("", _COMPLEX.sub("", text))
    if not rest.isascii():
        yield "hAnsi"
    if re.search(r"[!-~]", rest):
        yield "ascii"
    if _EAST.search(text):
        yield "eastAsia"
    if _COMPLEX.search(text):
        yield "cs"


def _named(node: etree._Element, properties: str, kind: str) -> str:
    found = node.find(f"{_W}{properties}/{_W}{kind}")
    return found.get(f"{_W}val", "") if found is not None else ""


def _says(run: etree._Element, switch: str) -> bool:
    found = run.find(f"{_W}rPr/{_W}{switch}")
    return found is not None and found.get(f"{_W}val") not in ("0", "false", "off")
