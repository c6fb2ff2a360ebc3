"""Floor 2, edges: the faces of a template by the names that RML writes, each with its number in the file.

Numbers follow from the names alone, so that ink cached for one document serves the next, and a document's bytes do not
depend on what was set before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from zlib import crc32

from docgen.render.pdf.fonts import DEFAULT_FONT, FontSet
from docgen.render.pdf.typeset.chains import Chain
from docgen.render.pdf.typeset.faces import Face

_NUMBERS = 1_000_000


class Letters:
    """What a template may set its text in."""

    def __init__(self, fonts: FontSet) -> None:
        self._fonts = fonts
        self._faces = dict(sorted(fonts.faces.items()))
        self._numbers: dict[Face, int] = {}
        self._by_number: dict[int, Face] = {}
        for face in self._faces.values():
            self.number(face)
        self._variants = {
            (family.name.lower(), bold, italic): name
            for family in fonts.families
            for (bold, italic), name in {
                (False, False): family.regular,
                (True, False): family.bold,
                (False, True): family.italic,
                (True, True): family.bold_italic,
            }.items()
        }
        self._families = {name.lower(): (name, False, False) for name in self._faces}
        self._families |= {name.lower(): key for key, name in self._variants.items()}
        self._variants = {(name.lower(), False, False): name for name in self._faces} | self._variants

    def register(self) -> None:
        """Make the fonts known to ReportLab, which draws charts and codes."""
        self._fonts.register()

    @property
    def faces(self) -> Mapping[str, Face]:
        """Every face by its name."""
        return self._faces

    def face(self, name: str) -> Face:
        """Return the face of a font's name; of the shipped font where the name is one of PDF's built-in fonts."""
        return self._faces.get(name) or self._faces[DEFAULT_FONT]

    def chain(self, name: str, language: str = "") -> Chain:
        """Return the face of a name with those that stand in where it lacks characters."""
        return self._fonts.chain(self.face(name), language)

    def number(self, face: Face) -> int:
        """Return the number of a face in the file: its resource is `/F<number>`."""
        found = self._numbers.get(face)
        if found is None:
            found = crc32(f"{face.name} {face.glyph_count}".encode()) % _NUMBERS
            while found in self._by_number:
                found += 1
            self._numbers[face] = found
            self._by_number[found] = face
        return found

    def numbered(self, number: int) -> Face:
        """Return the face with a number."""
        return self._by_number[number]

    def variant(self, family: str, bold: bool, italic: bool) -> str:
        """Return the font's name of a family, bold or not, italic or not; the name itself where it is no family."""
        return self._variants.get((family.lower(), bold, italic), family)

    def family_of(self, name: str) -> tuple[str, bool, bool]:
        """Return the family of a font's name in any case, and whether the font is bold and italic."""
        return self._families.get(name.lower(), (name, False, False))

    def concrete(self, family: str, bold: bool, italic: bool) -> str:
        """Return the font's name of a family, or of a font of one, bold and italic besides what it is itself."""
        found = self._variants.get((family.lower(), bold, italic))
        if found is None:
            family, is_bold, is_italic = self.family_of(family)
            found = self._variants.get((family.lower(), bold or is_bold, italic or is_italic), family)
        return found
