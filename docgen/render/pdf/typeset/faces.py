"""Floor 2, edges: one face of a font file: its metrics, its glyphs, widths of text and text as glyph numbers.

Widths are ReportLab's to the last bit, so that text set here breaks and ends where ReportLab's does. `width` and
`hex` are the functions that documents spend their time in. Knows nothing of scripts, fallback, lines or PDF files.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from docgen.render.pdf.typeset import groups, sfnt

#: Characters that steer text and print nothing; a face need not have them.
UNPRINTED = frozenset(
    map(
        chr,
        (*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x034F, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x2028, 0x202F),
         *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF),
    )
)  # fmt: skip
_FORMS = re.compile("(?:CJK|Han(?:Sans|Serif))[- ]?(jp|kr|sc|tc|hk)", re.IGNORECASE)
#: Faces with no more glyphs are read at once, so that damage shows where the template is read.
_EAGER = 8_000
_KEPT_TEXTS = 1 << 16
_LONGEST_KEPT = 64
_SYMBOLIC, _ITALIC, _FIXED, _FORCE_BOLD = 1 << 2, 1 << 6, 1 << 0, 1 << 18


@dataclass(frozen=True)
class Subset:
    """What a PDF file embeds of a face.

    Attributes:
        font_file: the font program, not deflated: TrueType (FontFile2), or bare CFF keyed by CID (FontFile3,
            CIDFontType0C).
        is_cff: which of the two.
        widths: glyph -> advance per 1000, of every embedded glyph.
        to_unicode: glyph -> the text it stands for; glyphs that stand for none are not in it.
    """

    font_file: bytes = field(repr=False)
    is_cff: bool
    widths: dict[int, float] = field(repr=False)
    to_unicode: dict[int, str] = field(repr=False)


class _PerChar(dict[str, "float | str | int"]):
    """Answers per character, found once."""

    def __init__(self, find: Callable[[str], float | str | int]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, char: str) -> float | str | int:
        found = self[char] = self._find(char)
        return found


class Face:
    """One face of a font file; immutable but for what it remembers. Made by `load_face`."""

    def __init__(self, path: Path, number: int, font: sfnt.Sfnt) -> None:
        self.path = path
        self.number = number
        self.name = sfnt.read_name(font)
        self.family = sfnt.read_family(font)
        self.units_per_em = font.units_per_em
        self.glyph_count = font.glyph_count
        self.is_cff = "CFF" in font.tables
        self._scale = 1 if font.units_per_em == 1000 else 1000 / font.units_per_em  # ReportLab's own arithmetic
        self._font = font
        self._read_metrics(font)
        self._units = _PerChar(lambda char: self.advance(self.glyph(char)))
        self._codes = _PerChar(lambda char: f"{self.glyph(char):04X}")
        self._char_groups = _PerChar(lambda char: self.group_of(self.glyph(char)))
        self._widths: dict[str, float] = {}
        self._hexes: dict[str, str] = {}
        self._text_groups: dict[str, frozenset[int]] = {}

    def _read_metrics(self, font: sfnt.Sfnt) -> None:
        scale = self._scale
        box = font.unpack("head", "4h", 36)
        self.bbox = tuple(scale * side for side in box)
        weight, style = 500, 0
        self.ascent, self.descent = scale * box[3], scale * box[1]
        self.cap_height = self.ascent
        if "OS/2" in font.tables:
            version, weight = font.unpack("OS/2", "H2xH")
            style, ascent, descent = font.unpack("OS/2", "H4xhh", 62)
            self.ascent, self.descent = scale * ascent, scale * descent
            self.cap_height = scale * font.unpack("OS/2", "h", 88)[0] if version > 1 else self.ascent
        self.is_italic, self.is_bold = bool(style & 0x01), bool(style & 0x20)
        self.stem_v = 50 + int((weight / 65.0) ** 2)
        whole, part, fixed = font.unpack("post", "hH4xI", 4)
        self.italic_angle = whole + part / 65536.0
        self.flags = (
            _SYMBOLIC
            | (_ITALIC if self.italic_angle else 0)
            | (_FORCE_BOLD if weight >= 600 else 0)
            | (_FIXED if fixed else 0)
        )

    @cached_property
    def _advances(self) -> array[int]:
        with sfnt.reading(self.path):
            return sfnt.read_advances(self._font)

    @cached_property
    def _glyphs(self) -> dict[int, int]:
        with sfnt.reading(self.path):
            glyphs = sfnt.read_characters(self._font)
        if 0x20 in glyphs:  # as in ReportLab, the space that does not break is a space
            glyphs[0xA0] = glyphs[0x20]
        elif 0xA0 in glyphs:
            glyphs[0x20] = glyphs[0xA0]
        return glyphs

    @cached_property
    def _covered(self) -> frozenset[str]:
        return frozenset(map(chr, self._glyphs)) | UNPRINTED | {"\u00a0"}

    @property
    def chars(self) -> Iterator[str]:
        """Every character that has a glyph."""
        return map(chr, self._glyphs)

    @property
    def east_asian_forms(self) -> str:
        """Whose ideographs a face for East Asia has, as its name tells: jp, kr, sc, tc or hk."""
        found = _FORMS.search(self.name)
        return found[1].lower() if found else ""

    def read(self) -> None:
        """Read what is otherwise read when it is first needed: collections for East Asia have ten large faces.

        Raises:
            TemplateError: it is damaged.
        """
        _ = self._advances, self._covered

    def __repr__(self) -> str:
        return f"Face({self.name})"

    def __reduce__(self) -> tuple[object, ...]:
        return (load_face, (self.path, self.number))

    def glyph(self, char: str) -> int:
        """Return the glyph of a character, 0 where there is none."""
        return self._glyphs.get(ord(char), 0)

    def covers(self, text: str) -> bool:
        """Return whether every character has a glyph or prints nothing."""
        return self._covered.issuperset(text)

    def advance(self, glyph: int) -> float:
        """Return how far a glyph moves on, per 1000 of the size."""
        return self._advances[glyph] * self._scale

    def width(self, text: str, size: float) -> float:
        """Return the width of text set glyph by glyph, as ReportLab gives it."""
        try:
            units = self._widths[text]
        except KeyError:
            units = self._remember_width(text)
        return 0.001 * size * units

    def _remember_width(self, text: str) -> float:
        units: float = sum(map(self._units.__getitem__, text))  # type: ignore[arg-type]
        if len(text) <= _LONGEST_KEPT:
            if len(self._widths) >= _KEPT_TEXTS:
                self._widths.clear()
            self._widths[text] = units
        return units

    def hex(self, text: str) -> str:
        """Return the glyphs of text as a PDF string writes them, four digits each."""
        try:
            return self._hexes[text]
        except KeyError:
            pass
        digits = self.digits(text)
        if len(text) <= _LONGEST_KEPT:
            if len(self._hexes) >= _KEPT_TEXTS:
                self._hexes.clear()
            self._hexes[text] = digits
        return digits

    def digits(self, text: str) -> str:
        """Return what `hex` does and keep nothing, for texts of which something else is kept."""
        return "".join(map(self._codes.__getitem__, text))  # type: ignore[arg-type]

    def groups(self, text: str) -> frozenset[int]:
        """Return the groups that the glyphs of a text belong to."""
        found = self._text_groups.get(text)
        if found is None:
            found = frozenset(map(self._char_groups.__getitem__, text))  # type: ignore[arg-type]
            if len(text) <= _LONGEST_KEPT:
                if len(self._text_groups) >= _KEPT_TEXTS:
                    self._text_groups.clear()
                self._text_groups[text] = found
        return found

    def group_of(self, glyph: int) -> int:
        """Return the group that a glyph belongs to."""
        char = self._chars.get(glyph)
        return groups.group_of_char(char, glyph) if char else groups.group_of_unnamed(glyph, self.glyph_count)

    def glyphs_in(self, wanted: Iterable[int]) -> frozenset[int]:
        """Return the glyphs of some groups, and glyph 0, which every font has to have."""
        return frozenset(glyph for group in wanted for glyph in self._members(group)) | {0}

    def text_of(self, glyph: int) -> str:
        """Return the text a glyph most likely stands for, "" if that is unknown."""
        return self._chars.get(glyph, "")

    def subset(self, wanted: frozenset[int]) -> Subset:
        """Return a font of the glyphs of some groups, each under its number in the whole font.

        Raises:
            TemplateError: the outlines are broken.
        """
        from docgen.render.pdf.typeset.subsets import make_subset

        return make_subset(self, wanted)

    @cached_property
    def _chars(self) -> dict[int, str]:
        """Glyph -> its character; where it has several, the one that is no variant of another, then the lowest."""
        found: dict[int, int] = {}
        for code in sorted(self._glyphs):
            glyph = self._glyphs[code]
            if glyph not in found or (_is_variant(found[glyph]) and not _is_variant(code)):
                found[glyph] = code
        return {glyph: chr(code) for glyph, code in found.items()}

    def _members(self, group: int) -> Iterable[int]:
        candidates = groups.candidates(group, self._glyphs)
        return (glyph for glyph in candidates if glyph < self.glyph_count and self.group_of(glyph) == group)


def _is_variant(code: int) -> bool:
    char = chr(code)
    return 0xE000 <= code < 0xF900 or unicodedata.normalize("NFKC", char) != char


def load_face(path: Path, number: int = 0) -> Face:
    """Read a face, once while its file stays as it is.

    Args:
        path: .ttf, .otf, .ttc or .otc.
        number: which face of a collection.

    Raises:
        TemplateError: the file is no sound font, or its maker forbids to embed it.
    """
    with sfnt.reading(path):
        stat = path.stat()
    return _load_face(path, number, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _load_face(path: Path, number: int, _mtime: int, _size: int) -> Face:
    with sfnt.reading(path):
        font = sfnt.read_sfnt(path, number)
        _check_usable(font)
        face = Face(path, number, font)
    if face.glyph_count <= _EAGER:
        face.read()
    return face


def _check_usable(font: sfnt.Sfnt) -> None:
    if "CFF2" in font.tables:
        raise sfnt.BrokenFont("it is a variable font with CFF2 outlines, which PDF does not know")
    if "glyf" not in font.tables and "CFF" not in font.tables:
        raise sfnt.BrokenFont("it has no outlines")
    if "OS/2" in font.tables:
        (rights,) = font.unpack("OS/2", "H", 8)
        if rights & 0x000F == 0x0002 or rights & 0x0300:
            raise sfnt.BrokenFont("its maker forbids to embed it")
