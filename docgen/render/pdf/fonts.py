"""Floor 2, edges: the TrueType fonts a PDF may use: those shipped and those a template folder brings along.

Knows ReportLab's font registry and nothing of RML, templates or records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

from fontTools.ttLib import TTFont as FontFile
from fontTools.ttLib import TTLibError
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from docgen.errors import TemplateError
from docgen.model import Where

#: ReportLab keeps fonts, colours and settings in module globals: who uses them holds this.
REPORTLAB = Lock()
SHIPPED = Path(__file__).resolve().parents[2] / "fonts"
DEFAULT_FONT = "SourceSans3"

CODE_FONT = "SourceCodePro"

_SANS, _CODE = DEFAULT_FONT, f"{CODE_FONT}-Regular"
#: PDF's built-in fonts are never embedded and cover Windows-1252 only. RML and ReportLab name them all the same, by
#: default too; a shipped font is set where they do.
STAND_INS = {
    **dict.fromkeys(("Helvetica", "Times-Roman", "Symbol", "ZapfDingbats"), f"{_SANS}-Regular"),
    **dict.fromkeys(("Helvetica-Bold", "Times-Bold"), f"{_SANS}-Bold"),
    **dict.fromkeys(("Helvetica-Oblique", "Times-Italic"), f"{_SANS}-It"),
    **dict.fromkeys(("Helvetica-BoldOblique", "Times-BoldItalic"), f"{_SANS}-BoldIt"),
    **dict.fromkeys(("Courier", "Courier-Oblique"), _CODE),
    **dict.fromkeys(("Courier-Bold", "Courier-BoldOblique"), f"{CODE_FONT}-Bold"),
}


@dataclass(frozen=True)
class Family:
    """Four faces by the name a body writes as `fontName`; a face that is not there is the nearest other one."""

    name: str
    regular: str
    bold: str
    italic: str
    bold_italic: str


@dataclass(frozen=True)
class FontSet:
    """Fonts parsed once and registered before each document, since z3c.rml empties the registry.

    Attributes:
        fonts: name -> ReportLab font.
        families: what `<b>` and `<i>` lead to.
    """

    fonts: Mapping[str, TTFont] = field(repr=False)
    families: tuple[Family, ...]

    @property
    def names(self) -> frozenset[str]:
        """Return every name a body may write."""
        return frozenset(self.fonts) | {family.name for family in self.families}

    def register(self) -> None:
        """Make the fonts known to ReportLab."""
        for name, font in self.fonts.items():
            pdfmetrics.registerFont(font)
            addMapping(name, 0, 0, name)
        for family in self.families:
            faces = (family.regular, family.bold, family.italic, family.bold_italic)
            for (bold, italic), face in zip(((0, 0), (1, 0), (0, 1), (1, 1)), faces, strict=True):
                addMapping(family.name, bold, italic, face)


def load_fonts(folder: Path | None = None) -> FontSet:
    """Return the shipped fonts and those of `folder/fonts`, a template's own winning over shipped ones.

    Raises:
        TemplateError: a font file cannot be used.
    """
    shipped = _shipped()
    own_files = sorted((folder / "fonts").glob("*.[to]tf")) if folder else []
    if not own_files:
        return shipped
    faces = [_read_face(path) for path in own_files]
    fonts = dict(shipped.fonts) | {name: font for face in faces for name, font in face.fonts.items()}
    families = {family.name: family for family in (*shipped.families, *_families(faces))}
    return FontSet(fonts, tuple(families.values()))


@lru_cache(maxsize=1)
def _shipped() -> FontSet:
    faces = tuple(f"{DEFAULT_FONT}-{face}" for face in ("Regular", "Semibold", "Bold", "It", "BoldIt"))
    codes = (_CODE, f"{CODE_FONT}-Bold")
    fonts = {name: TTFont(name, str(SHIPPED / f"{name}.ttf")) for name in (*faces, *codes)}
    # Tables and page drawings take names of fonts, not of families: let the family's name be one. ReportLab sees
    # that both have one face and embeds it once.
    others = {DEFAULT_FONT: f"{DEFAULT_FONT}-Regular", CODE_FONT: _CODE, **STAND_INS}
    fonts |= {name: _renamed(fonts[face], name) for name, face in others.items()}
    _, semibold, bold, italic, bold_italic = faces
    families = (
        Family(DEFAULT_FONT, DEFAULT_FONT, bold, italic, bold_italic),
        Family(semibold, semibold, bold, bold_italic, bold_italic),
        Family(CODE_FONT, CODE_FONT, codes[1], CODE_FONT, codes[1]),
        Family("Helvetica", "Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
        Family("Times-Roman", "Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
        Family("Courier", "Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
    )
    return FontSet(fonts, families)


def _renamed(font: TTFont, name: str) -> TTFont:
    other = copy(font)
    other.fontName = name
    return other


@dataclass(frozen=True)
class _Face:
    family: str
    name: str
    bold: bool
    italic: bool
    font: TTFont = field(repr=False)

    @property
    def fonts(self) -> dict[str, TTFont]:
        return {self.name: self.font}


def _read_face(path: Path) -> _Face:
    try:
        with path.open("rb") as opened, FontFile(opened, lazy=True) as file:
            names, style = file["name"], file["OS/2"].fsSelection
            family = str(names.getBestFamilyName() or path.stem).replace(" ", "")
            name = str(names.getDebugName(6) or path.stem)
        return _Face(family, name, bool(style & 0x20), bool(style & 0x01), TTFont(name, str(path)))
    except (TTFError, TTLibError, KeyError, OSError, ValueError) as error:
        raise TemplateError(
            "the font cannot be used in a PDF",
            where=Where(file=str(path)),
            hint=f"only TrueType fonts (.ttf with glyf outlines) that may be embedded ({error})",
        ) from error


def _families(faces: Iterable[_Face]) -> list[Family]:
    grouped: dict[str, dict[tuple[bool, bool], str]] = {}
    for face in faces:
        grouped.setdefault(face.family, {}).setdefault((face.bold, face.italic), face.name)
    families = []
    for name, styles in grouped.items():
        regular = styles.get((False, False)) or next(iter(styles.values()))
        bold, italic = styles.get((True, False), regular), styles.get((False, True), regular)
        families.append(Family(name, regular, bold, italic, styles.get((True, True), bold)))
    return families
