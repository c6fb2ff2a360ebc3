"""Floor 2, edges: the TrueType fonts a PDF may use: those shipped and those a template folder brings along.

Knows ReportLab's font registry and nothing of RML, templates or records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont as FontFile
from fontTools.ttLib import TTLibError
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from docgen.errors import TemplateError
from docgen.model import Where

SHIPPED = Path(__file__).resolve().parents[2] / "fonts"
DEFAULT_FONT = "SourceSans3"

#: ReportLab knows these by itself; they cover Windows-1252 only and are not embedded.
BUILT_IN = frozenset(
    {
        "Courier", "Courier-Bold", "Courier-BoldOblique", "Courier-Oblique",
        "Helvetica", "Helvetica-Bold", "Helvetica-BoldOblique", "Helvetica-Oblique",
        "Symbol", "Times-Bold", "Times-BoldItalic", "Times-Italic", "Times-Roman", "ZapfDingbats",
    }
)  # fmt: skip


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
        return frozenset(self.fonts) | {family.name for family in self.families} | BUILT_IN

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
    fonts = {
        name: TTFont(name, str(SHIPPED / f"{name}.ttf"))
        for name in (f"{DEFAULT_FONT}-{face}" for face in ("Regular", "Semibold", "Bold", "It", "BoldIt"))
    }
    regular, semibold, bold, italic, bold_italic = fonts
    # Tables and page drawings take names of fonts, not of families: let the family's name be one. ReportLab sees
    # that both have one face and embeds it once.
    fonts[DEFAULT_FONT] = copy(fonts[regular])
    fonts[DEFAULT_FONT].fontName = DEFAULT_FONT
    families = (
        Family(DEFAULT_FONT, DEFAULT_FONT, bold, italic, bold_italic),
        Family(semibold, semibold, bold, bold_italic, bold_italic),
    )
    return FontSet(fonts, families)


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
