"""Floor 2, edges: paragraphs: runs of text broken into lines, measured once and cached as ink."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml import etree

from docgen.render.pdf.fonts import DEFAULT_FONT
from docgen.render.pdf.layout.attributes import BLACK, fill_operator
from docgen.render.pdf.layout.blocks import Block, Ink, Sheet
from docgen.render.pdf.layout.maker import Maker


class Paragraph:
    """A paragraph of one font and one line (to be replaced)."""

    space_before = space_after = 0.0
    keep_with_next = False

    def __init__(self, text: str, maker: Maker, role: str) -> None:
        self._text = text
        self._letters = maker.letters
        self._document = maker.document
        self._role = role

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size."""
        return width, 12.0

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return nothing."""
        return ()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it."""
        face = self._letters.face(DEFAULT_FONT)
        number = self._letters.number(face)
        ops = f"BT {fill_operator(BLACK)}/F{number} 10 Tf 0 2 Td <{face.hex(self._text)}> Tj ET\n"
        fonts = frozenset((number, group) for group in face.groups(self._text))
        sheet.put(Ink(ops, fonts), x, y, self._document.at.add(self._role))


def build(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the paragraph of a `<para>`."""
    yield Paragraph("".join(element.itertext()), maker, "P")
