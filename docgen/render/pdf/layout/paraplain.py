"""Floor 2, edges: paragraphs of plain text, which most of a document's blocks are: set once, drawn as one string.

They are paragraphs like others; what takes the short way is text without markup of which nothing is to be said but
that it is a paragraph. All else, and the parting of any, is left to `paragraph`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from docgen.render.pdf.layout.blocks import Block, FontUse, Node, Sheet
from docgen.render.pdf.layout.inline import base_look
from docgen.render.pdf.layout.kept import Shelf
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.parabroken import break_text
from docgen.render.pdf.layout.paragraph import Paragraph, normal
from docgen.render.pdf.layout.paraink import Placing, draw_easy
from docgen.render.pdf.layout.parastyle import ParaStyle

_FUZZ = 1e-6
#: What an entry takes besides its characters.
_ENTRY = 300


class Setting(NamedTuple):
    """A text set in lines: its height, its operators around its lower left corner, and the fonts they use."""

    height: float
    ops: str
    fonts: frozenset[FontUse]


class Setter(Shelf):
    """Sets texts in one style, width and language, and keeps them: those that take the long way as False."""

    __slots__ = ("_style", "_width")

    def __init__(self, style: ParaStyle, width: float) -> None:
        super().__init__()
        self._style = style
        self._width = width

    def set(self, text: str, maker: Maker) -> Setting | Literal[False]:
        """Return a text set that is not among the recent ones."""
        found: Setting | Literal[False] | None = self.older.get(text)
        if found is None:
            found = self._set(normal(text), maker)
        self.recent[text] = found
        maker.cache.count(len(text) + _ENTRY + (len(found.ops) if found else 0))
        return found

    def _set(self, text: str, maker: Maker) -> Setting | Literal[False]:
        style = self._style
        if style.language:
            return False
        broken = break_text(text, style, maker, self._width)
        if not broken.easy or not broken.lines:
            return False
        face = base_look(style, maker).face
        placing = Placing(style, self._width, broken.height, broken.first, plain=True)
        (part,) = draw_easy(broken.lines, placing, broken.look, maker.letters.number(face)).parts
        return Setting(broken.height, part.ink.ops, part.ink.fonts)


class PlainParagraph(Paragraph):
    """A paragraph of plain text."""

    _setting: Setting | Literal[False] = False
    _width = 0.0

    def __init__(self, style: ParaStyle, maker: Maker, text: str) -> None:
        self.space_before = style.space_before
        self.space_after = style.space_after
        self.keep_with_next = style.keep_with_next
        self._style = style
        self._maker = maker
        self._key = text

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its width, which is all there is, and its height."""
        if width < _FUZZ or self._stop >= 0:
            return super().wrap(width, height)
        style, maker = self._style, self._maker
        key = style, width, maker.document.language
        setter = maker.cache.shelves.get(key)
        if setter is None:
            setter = maker.cache.shelf(key, lambda: Setter(style, width))
        setting = setter.recent.get(self._key)
        if setting is None:
            setting = setter.set(self._key, maker)  # type: ignore[attr-defined]
        if not setting:
            return super().wrap(width, height)
        self._setting = setting
        self._width = width
        return width, setting[0]

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return its first lines and the others, as widows and orphans allow."""
        if self._setting:
            self._setting = False
            self._broken = self._break(self._width)
        return super().split(width, height)

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it."""
        setting = self._setting
        if not setting:
            super().draw(sheet, x, y, spare)
            return
        _, ops, fonts = setting
        sheet.fonts.update(fonts)
        document = sheet.document
        if document.silent:
            sheet.out.append(f"/Artifact BMC\nq 1 0 0 1 {x:.3f} {y:.3f} cm\n{ops}Q\nEMC\n")
            return
        marks, node = sheet.marks, Node("P")
        mark = len(marks)
        marks.append(node)
        node.kids.append((sheet.number, mark))
        document.at.kids.append(node)
        sheet.out.append(f"/P <</MCID {mark}>> BDC\nq 1 0 0 1 {x:.3f} {y:.3f} cm\n{ops}Q\nEMC\n")
