"""Floor 2, edges: the styles of one document as joining compares them, its theme's fonts and colours written out."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lxml import etree

from docgen.render.docx.joining.order import value
from docgen.render.docx.package import Package, parse_xml
from docgen.render.docx.spot import W, w

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_EMPTY = f'<w:styles xmlns:w="{W}"/>'.encode()
#: Attribute that names a font of the theme -> the one that names a font.
_FONTS = {"asciiTheme": "ascii", "hAnsiTheme": "hAnsi", "eastAsiaTheme": "eastAsia", "cstheme": "cs"}
#: Beside these, Word always writes the colour itself.
_COLOURS = ("themeColor", "themeTint", "themeShade", "themeFill", "themeFillTint", "themeFillShade")
_SCRIPTS = {"latin": ("Ascii", "HAnsi"), "ea": ("EastAsia",), "cs": ("Bidi",)}


def theme_bytes(package: Package) -> bytes:
    """Return the theme of a document."""
    return b"".join(package.parts[name] for name in package.related(package.main, "theme")[:1])


def style_bytes(package: Package) -> bytes:
    """Return the styles of a document."""
    return b"".join(package.parts[name] for name in package.related(package.main, "styles")[:1])


def write_out(root: etree._Element, fonts: dict[str, str]) -> None:
    """Name fonts and colours themselves where the theme is referred to.

    Args:
        root: elements, changed in place.
        fonts: of the theme.
    """
    for node in root.iter(w("rFonts")):
        for themed, plain in _FONTS.items():
            font = fonts.get(node.attrib.pop(w(themed), ""))
            if font:
                node.set(w(plain), font)
    for node in root.iter(etree.Element):
        for name in _COLOURS:
            node.attrib.pop(w(name), None)


def theme_fonts(content: bytes) -> dict[str, str]:
    """Return what `minorHAnsi` and its like are."""
    found: dict[str, str] = {}
    if content:
        root = parse_xml(content)
        for group in ("major", "minor"):
            for script, names in _SCRIPTS.items():
                font = root.find(f".//{_A}{group}Font/{_A}{script}")
                typeface = font.get("typeface", "") if font is not None else ""
                found.update({f"{group}{name}": typeface for name in names if typeface})
    return found


@dataclass(frozen=True)
class Counted:
    """That a style numbers its paragraphs.

    Attributes:
        num: the list.
        level: in it.
        indent: what the style says against the list's own indents, None where it says nothing.
    """

    num: str
    level: str
    indent: etree._Element | None


class StyleSheet:
    """The styles of one document."""

    def __init__(self, styles: bytes, theme: bytes) -> None:
        root = parse_xml(styles or _EMPTY)
        self.fonts = theme_fonts(theme)
        write_out(root, self.fonts)
        self.styles = {value(style, "styleId"): style for style in root.iter(w("style"))}
        self.names = {value(style.find(w("name"))).lower() for style in self.styles.values()}
        self.defaults = {
            value(style, "type"): key
            for key, style in self.styles.items()
            if value(style, "default") in ("1", "true", "on")
        }
        self.basics = {
            "pPr": root.find(f"{w('docDefaults')}/{w('pPrDefault')}/{w('pPr')}"),
            "rPr": root.find(f"{w('docDefaults')}/{w('rPrDefault')}/{w('rPr')}"),
        }
        self.content = cache(self._content)
        self.counted = cache(self._counted)

    def _content(self, key: str) -> bytes:
        """Return what equal styles share."""
        bare = copy.deepcopy(self.styles[key])
        for node in bare.findall(w("rsid")):
            bare.remove(node)
        return bytes(etree.tostring(bare, method="c14n"))

    def bases(self, key: str) -> Iterator[etree._Element]:
        """Yield a style and what it is based on, the nearest first."""
        seen: set[str] = set()
        while key in self.styles and key not in seen:
            seen.add(key)
            yield self.styles[key]
            key = value(self.styles[key].find(w("basedOn")))

    def _counted(self, key: str) -> Counted | None:
        """Return how a style numbers its paragraphs, None where it does not."""
        indent = None
        for style in self.bases(key):
            look = style.find(w("pPr"))
            if look is None:
                continue
            indent = look.find(w("ind")) if indent is None else indent
            numbering = look.find(w("numPr"))
            if numbering is not None and (num := value(numbering.find(w("numId")))):
                level = value(numbering.find(w("ilvl"))) or "0"
                return Counted(num, level, indent) if num != "0" else None
        return None

    @property
    def counts(self) -> bool:
        """Whether any style numbers its paragraphs."""
        return any(self.counted(key) for key in self.styles)
