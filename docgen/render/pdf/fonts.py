"""Floor 2, edges: the fonts a PDF may use: those shipped, those config.yaml names, those a template folder brings.

Knows which names bodies may write and what stands in for what; nothing of RML, templates or records. ReportLab's own
fonts are made when something is drawn by ReportLab.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from docgen.errors import TemplateError
from docgen.model import Where
from docgen.render.pdf.typeset.chains import Chain, cjk_variant
from docgen.render.pdf.typeset.faces import Face, load_face
from docgen.render.pdf.typeset.fontfiles import configured_faces, faces_of, font_files

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
    """The fonts of one template.

    Attributes:
        faces: name as bodies write it -> the face.
        families: what `<b>` and `<i>` lead to.
        extra: faces that stand in where others lack characters, before those docgen ships.
    """

    faces: Mapping[str, Face] = field(repr=False)
    families: tuple[Family, ...]
    extra: tuple[Face, ...] = ()
    _chains: dict[tuple[Face, str], Chain] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name a body may write."""
        return frozenset(self.faces) | {family.name for family in self.families}

    def chain(self, face: Face, language: str = "") -> Chain:
        """Return a face with all that stands in where it lacks characters.

        Args:
            face: what the author chose.
            language: of the text, as a tag: decides between the fonts of East Asia.
        """
        key = (face, language)
        if key not in self._chains:
            shipped = load_face(SHIPPED / f"{DEFAULT_FONT}-{_nearest_shipped(face)}.ttf")
            others = [other for other in _by_likeness(self.extra, face, language) if other is not face]
            first = [face] if shipped is face else [face, shipped]
            self._chains[key] = Chain([*first, *others], language, _shipped_for)
        return self._chains[key]

    @property
    def fonts(self) -> dict[str, TTFont]:
        """The faces that ReportLab can draw with, by the names bodies write."""
        return self._drawable[0]

    @cached_property
    def _drawable(self) -> tuple[dict[str, TTFont], dict[str, TemplateError]]:
        fonts: dict[str, TTFont] = {}
        refused: dict[str, TemplateError] = {}
        made: dict[Face, TTFont] = {}
        for name, face in self.faces.items():
            try:
                # One face under two names: ReportLab sees that and embeds it once.
                fonts[name] = _renamed(made[face], name) if face in made else _reportlab_font(name, face)
                made.setdefault(face, fonts[name])
            except TemplateError as error:
                refused[name] = error
        refused |= {family.name: refused[family.regular] for family in self.families if family.regular in refused}
        return fonts, refused

    def check_drawable(self, names: Iterable[str]) -> None:
        """Refuse fonts that ReportLab cannot draw with.

        Args:
            names: what a body names, fonts among it.

        Raises:
            TemplateError: one of them is such a font.
        """
        for name in names:
            if name in self._drawable[1]:
                raise self._drawable[1][name]

    def register(self) -> None:
        """Make the fonts known to ReportLab, before each document, since z3c.rml empties the registry."""
        fonts = self.fonts
        for name, font in fonts.items():
            pdfmetrics.registerFont(font)
            addMapping(name, 0, 0, name)
        for family in self.families:
            faces = (family.regular, family.bold, family.italic, family.bold_italic)
            for (bold, italic), face in zip(((0, 0), (1, 0), (0, 1), (1, 1)), faces, strict=True):
                if face in fonts:
                    addMapping(family.name, bold, italic, face)


def _renamed(font: TTFont, name: str) -> TTFont:
    other = copy(font)
    other.fontName = name
    return other


def _reportlab_font(name: str, face: Face) -> TTFont:
    try:
        if face.is_cff:
            raise TTFError("its outlines are PostScript's")
        return TTFont(name, str(face.path), subfontIndex=face.number)
    except (TTFError, ValueError, KeyError, IndexError, struct.error) as error:
        raise TemplateError(
            f"the font {name} cannot be used in a PDF that ReportLab draws",
            where=Where(file=str(face.path)),
            hint=f"only TrueType fonts (.ttf with glyf outlines) ({error})",
        ) from error


def load_fonts(folder: Path | None = None, extra: Sequence[Path] = ()) -> FontSet:
    """Return the shipped fonts, those of config.yaml and those of `folder/fonts`, later ones winning by name.

    Args:
        folder: the template's.
        extra: folders and files that config.yaml names.

    Raises:
        TemplateError: a font file cannot be used.
    """
    shipped = _shipped()
    own = [face for path in font_files(folder / "fonts") for face in faces_of(path)] if folder else []
    configured = configured_faces(extra)
    further = [*configured, *own]
    if not further:
        return shipped
    faces = dict(shipped.faces) | {face.name: face for face in further}
    families = {family.name: family for family in (*shipped.families, *_families(further))}
    return FontSet(faces, tuple(families.values()), (*own, *configured))


@lru_cache(maxsize=1)
def _shipped() -> FontSet:
    styles = tuple(f"{DEFAULT_FONT}-{style}" for style in ("Regular", "Semibold", "Bold", "It", "BoldIt"))
    codes = (_CODE, f"{CODE_FONT}-Bold")
    faces = {name: load_face(SHIPPED / f"{name}.ttf") for name in (*styles, *codes)}
    # Tables and page drawings take names of fonts, not of families: let the family's name be one.
    others = {DEFAULT_FONT: f"{DEFAULT_FONT}-Regular", CODE_FONT: _CODE, **STAND_INS}
    faces |= {name: faces[face] for name, face in others.items()}
    _, semibold, bold, italic, bold_italic = styles
    families = (
        Family(DEFAULT_FONT, DEFAULT_FONT, bold, italic, bold_italic),
        Family(semibold, semibold, bold, bold_italic, bold_italic),
        Family(CODE_FONT, CODE_FONT, codes[1], CODE_FONT, codes[1]),
        Family("Helvetica", "Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
        Family("Times-Roman", "Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
        Family("Courier", "Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
    )
    return FontSet(faces, families)


#: Script -> the family docgen ships for it, each in Regular and Bold.
_SHIPPED_SCRIPTS = {
    "Arab": "NotoNaskhArabic",
    "Hebr": "NotoSansHebrew",
    "Deva": "NotoSansDevanagari",
    "Thai": "NotoSansThai",
}


def _shipped_for(script: str, bold: bool) -> Face | None:
    family = _SHIPPED_SCRIPTS.get(script)
    return load_face(SHIPPED / f"{family}-{'Bold' if bold else 'Regular'}.ttf") if family else None


def _nearest_shipped(face: Face) -> str:
    if face.is_italic:
        return "BoldIt" if face.is_bold else "It"
    return "Bold" if face.is_bold else "Regular"


def _by_likeness(faces: Iterable[Face], face: Face, language: str) -> list[Face]:
    """Return faces with those of the same weight and slant, and of the language's East Asian forms, first."""

    def unlike(other: Face) -> tuple[bool, bool, bool]:
        wrong_forms = bool(other.east_asian_forms) and other.east_asian_forms != cjk_variant(language)
        return (wrong_forms, other.is_bold != face.is_bold, other.is_italic != face.is_italic)

    return sorted(faces, key=unlike)


def _families(faces: Iterable[Face]) -> list[Family]:
    grouped: dict[str, dict[tuple[bool, bool], str]] = {}
    for face in faces:
        grouped.setdefault(face.family, {}).setdefault((face.is_bold, face.is_italic), face.name)
    families = []
    for name, styles in grouped.items():
        regular = styles.get((False, False)) or next(iter(styles.values()))
        bold, italic = styles.get((True, False), regular), styles.get((False, True), regular)
        families.append(Family(name, regular, bold, italic, styles.get((True, True), bold)))
    return families
