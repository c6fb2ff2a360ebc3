"""Floor 2, edges: `<pto>`: what is printed where a story goes on overleaf, before and after the page's end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy

from lxml import etree
from reportlab.lib.sequencer import Sequencer

from docgen.render.pdf.layout.actions import Indent
from docgen.render.pdf.layout.blocks import TINY, Block, Document, Sheet
from docgen.render.pdf.layout.inline import COUNTING
from docgen.render.pdf.layout.keeping import ENDLESS, Container, draw_stack, inside, measure
from docgen.render.pdf.layout.lists import List
from docgen.render.pdf.layout.maker import Maker

#: Less than this share of the frame is not worth a part of a block.
_WORTH = 0.05
_NEARLY = 0.99999
_AT_TURN = ("pto_header", "pto_trailer")


class Rest:
    """What is left of a frame, used up."""

    space_before = space_after = 0.0
    keep_with_next = False

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Take all but nothing."""
        return width, height - 1e-8

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return nothing."""
        return ()

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw nothing."""


class Repeated:
    """A block printed at the turn of a page, which readers pass over."""

    def __init__(self, block: Block, document: Document) -> None:
        self._block, self._document = block, document
        self.space_before, self.space_after = block.space_before, block.space_after
        self.keep_with_next = block.keep_with_next

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size."""
        return self._block.wrap(width, height)

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return its parts."""
        return [Repeated(part, self._document) for part in self._block.split(width, height)]

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it as decoration."""
        with self._document.decoration():
            self._block.draw(sheet, x, y, spare)


class _Turn:
    """What is printed at the turn of a page: made anew each time, but what it counts is counted once."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self._said: dict[str, tuple[etree._Element, Sequencer | None]] = {}

    def note(self, element: etree._Element) -> None:
        """Take a header or a trailer where it stands, and count what counts in it."""
        document, before = self._maker.document, None
        if next(element.iter(*COUNTING), None) is not None:
            before = deepcopy(document.sequencer)
            inside(element, self._maker)
        self._said[element.tag] = element, before

    def blocks(self, tag: str) -> list[Block]:
        """Return new blocks of the header or the trailer."""
        if tag not in self._said:
            return []
        document = self._maker.document
        element, before = self._said[tag]
        now = document.sequencer
        document.sequencer = deepcopy(before) if before is not None else now
        made = inside(element, self._maker)
        document.sequencer = now
        return [block if isinstance(block, Indent) else Repeated(block, document) for block in made]


class TurnOver(Container):
    """Blocks that say where they go on overleaf."""

    def __init__(self, blocks: Sequence[Block], turn: _Turn) -> None:
        super().__init__([item for block in blocks for item in (block.blocks if isinstance(block, List) else [block])])
        self._turn = turn
        self._size = 0.0, 0.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return the size of the blocks."""
        stack = measure(self.blocks, width)
        self._size = stack.width, stack.height
        return self._size

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw the blocks, which all have room."""
        draw_stack(self.blocks, sheet, x, y + self._size[1], self._size[0])

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return what has room with the trailer, the trailer, and the rest, which begins with the header."""
        if height < 0:
            return ()
        trailer = self._turn.blocks("pto_trailer")
        before, at, width, room, indents = self._place(trailer, width, height)
        parts: Sequence[Block] = ()
        if room >= _WORTH * height:
            parts = self.blocks[at].split(width, room)
        dedent, again = _indents(indents)
        if len(parts) > 1:
            first = [*before, parts[0]]
            rest = [*parts[1:], *self.blocks[at + 1 :]]
        elif not before:
            return ()
        else:
            count = self._kept_back(len(before)) if not parts else len(before)
            first, rest = before[:count], self.blocks[count:]
        later = TurnOver([*self._turn.blocks("pto_header"), *again, *rest], self._turn)
        return [*first, *dedent, *trailer, Rest(), later]

    def _place(
        self, trailer: list[Block], width: float, height: float
    ) -> tuple[list[Block], int, float, float, tuple[float, float]]:
        """Return the blocks that fit, the index of the first that does not, and the width and height left for it."""
        below = measure(trailer, width).height
        lead = trailer[0].space_before if trailer else 0.0
        total = after = extra = used = needs = 0.0
        left = right = 0.0
        count = at = 0
        for at, block in enumerate(self.blocks):
            used = block.wrap(width, ENDLESS)[1]
            if isinstance(block, Indent):
                width -= block.left + block.right
                left, right = left + block.left, right + block.right
                after = extra = 0.0
            else:
                if at:
                    extra = max(block.space_before - after, 0.0)
                    used += extra
                after = block.space_after
            total += used + after
            needs = below + max(lead, after)
            if total + needs >= height - TINY:
                break
            count += 1
        total -= used + after
        return self.blocks[:count], at, width, (height - total - needs - extra) * _NEARLY, (left, right)

    def _kept_back(self, count: int) -> int:
        """Return how many blocks stay where the last of them are kept with the next."""
        kept = count
        while kept > 1 and self.blocks[kept - 1].keep_with_next:
            kept -= 1
            self.blocks[kept].keep_with_next = False
        if kept == 1 and self.blocks[0].keep_with_next:
            self.blocks[0].keep_with_next = False
            return count
        return kept


def _indents(indents: tuple[float, float]) -> tuple[list[Block], list[Block]]:
    """Return what ends the indents under way, and what begins them anew."""
    left, right = indents
    if abs(left) + abs(right) <= 1e-8:
        return [], []
    return [Indent(-left, -right)], [Indent(left, right)]


def build(element: etree._Element, maker: Maker) -> Iterator[Block]:
    """Return the block of a `<pto>`."""
    parent = element.getparent()
    if parent is None or parent.tag != "story":
        raise maker.fault(element, "<pto> stands only in the story itself")
    turn = _Turn(maker)
    blocks: list[Block] = []
    for child in element.iterchildren(etree.Element):
        if child.tag in _AT_TURN:
            turn.note(child)
        else:
            blocks += maker.build(child)
    yield TurnOver(blocks, turn)
