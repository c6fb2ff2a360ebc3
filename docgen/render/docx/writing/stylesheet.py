"""Floor 2, edges: the styles of a Word template, as far as text that comes from data asks for them. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from docgen.render.docx.package import Assembly, parse_xml
from docgen.render.docx.spot import w

_DEFAULT_SIZE = 20  # half points, where a document says nothing (ECMA-376 part 1, 17.3.2.38)


@dataclass(frozen=True, slots=True)
class Style:
    """A style.

    Attributes:
        id: what elements refer to it by.
        kind: paragraph, character, table or numbering.
        num: the list it puts its paragraphs into, "" for none.
        level: in that list.
        left: its indent in twips, None where it says none.
        size: in half points, None where it says none.
        close: its paragraphs stand close together, None where it does not say.
        heads: a table style that gives first rows a look of their own.
    """

    id: str
    kind: str
    based_on: str = ""
    num: str = ""
    level: int = 0
    left: int | None = None
    size: int | None = None
    close: bool | None = None
    custom: bool = False
    heads: bool = False


class StyleSheet:
    """The styles of a document."""

    def __init__(self, content: bytes) -> None:
        self._ids: dict[str, Style] = {}
        self._names: dict[tuple[str, str], Style] = {}
        self._defaults: dict[str, Style] = {}
        self._size = _DEFAULT_SIZE
        if content:
            self._read(parse_xml(content))

    def _read(self, root: etree._Element) -> None:
        for node in root.iter(w("style")):
            style = _style(node)
            self._ids.setdefault(style.id, style)
            self._names.setdefault((style.kind, value(node.find(w("name"))).lower()), style)
            if node.get(w("default")) in ("1", "true", "on"):
                self._defaults.setdefault(style.kind, style)
        said = value(root.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}/{w('sz')}"))
        self._size = int(said) if said.isdigit() else self._size

    def find(self, kind: str, *names: str) -> str | None:
        """Return the id of the first style there is of these names, in lower case."""
        found = (self._names.get((kind, name)) for name in names)
        return next((style.id for style in found if style is not None), None)

    def table_style(self) -> Style | None:
        """Return the style for tables: one that the template's author made, else Word's grid."""
        own = (style for (kind, _), style in self._names.items() if kind == "table" and style.custom)
        return next(own, None) or self._names.get(("table", "table grid"))

    def list_of(self, style: str | None) -> tuple[str, int] | None:
        """Return list and level that a paragraph style puts its paragraphs into."""
        found = next((one for one in self._bases(style) if one.num), None)
        return (found.num, found.level) if found is not None and found.num != "0" else None

    def left_of(self, style: str | None) -> int | None:
        """Return the indent of a paragraph style in twips."""
        return next((one.left for one in self._bases(style) if one.left is not None), None)

    def is_close(self, style: str | None) -> bool:
        """Return whether paragraphs of a style have no space between them."""
        return next((one.close for one in self._bases(style) if one.close is not None), False)

    def size_of(self, style: str | None) -> int:
        """Return the size of a paragraph's text in half points."""
        default = self._defaults.get("paragraph")
        bases = self._bases(style or (default.id if default else None))
        return next((one.size for one in bases if one.size is not None), self._size)

    def _bases(self, style: str | None) -> Iterator[Style]:
        seen: set[str] = set()
        while style in self._ids and style not in seen:
            seen.add(style)
            yield self._ids[style]
            style = self._ids[style].based_on


def style_sheet(assembly: Assembly) -> StyleSheet:
    """Return the styles of a document in the making."""
    if StyleSheet not in assembly.memory:
        names = assembly.package.related(assembly.package.main, "styles")
        assembly.memory[StyleSheet] = _read(assembly.read(names[0])) if names else StyleSheet(b"")
    sheet: StyleSheet = assembly.memory[StyleSheet]
    return sheet


@lru_cache(maxsize=16)
def _read(content: bytes) -> StyleSheet:
    return StyleSheet(content)


def _style(node: etree._Element) -> Style:
    look, indent = node.find(w("pPr")), node.find(f"{w('pPr')}/{w('ind')}")
    numbering = look.find(w("numPr")) if look is not None else None
    left = number(indent, "left") if number(indent, "left") is not None else number(indent, "start")
    close = look.find(w("contextualSpacing")) if look is not None else None
    return Style(
        id=node.get(w("styleId"), ""),
        kind=node.get(w("type"), "paragraph"),
        based_on=value(node.find(w("basedOn"))),
        num=value(numbering.find(w("numId"))) if numbering is not None else "",
        level=(number(numbering.find(w("ilvl")), "val") or 0) if numbering is not None else 0,
        left=left,
        size=number(node.find(f"{w('rPr')}/{w('sz')}"), "val"),
        close=is_on(close) if close is not None else None,
        custom=node.get(w("customStyle")) in ("1", "true", "on"),
        heads=any(part.get(w("type")) == "firstRow" for part in node.iter(w("tblStylePr"))),
    )


def is_on(node: etree._Element) -> bool:
    """Return whether a switch is on; without a value it is."""
    return node.get(w("val"), "1") not in ("0", "false", "off")


def value(node: etree._Element | None) -> str:
    """Return `w:val`, "" where it or the element is not there."""
    return str(node.get(w("val"), "")) if node is not None else ""


def number(node: etree._Element | None, name: str) -> int | None:
    """Return an attribute that is a whole number, None where it is not there or something else."""
    said = node.get(w(name), "") if node is not None else ""
    return int(said) if said.removeprefix("-").isdigit() else None
