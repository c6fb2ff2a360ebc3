"""Floor 2, edges: frames: the boxes of a page that a story fills from the top. Knows no pages and no RML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docgen.render.pdf.layout.blocks import TINY, Block, Sheet


@dataclass(frozen=True, slots=True)
class FramePlan:
    """Where a frame is on its page; the room inside is what its paddings leave."""

    name: str
    left: float
    bottom: float
    width: float
    height: float
    padding_left: float = 0.0
    padding_bottom: float = 0.0
    padding_right: float = 0.0
    padding_top: float = 0.0
    boundary: bool = False

    @property
    def room_width(self) -> float:
        """The width within the paddings."""
        return self.left + self.width - self.left - self.padding_left - self.padding_right

    @property
    def floor(self) -> float:
        """The height on the page where the room ends."""
        return self.bottom + self.padding_bottom

    @property
    def top(self) -> float:
        """The height on the page where the room begins."""
        return self.bottom + self.height - self.padding_top


class Frame:
    """A frame being filled.

    Attributes:
        at_top: nothing that takes room stands in it yet.
        y: where the next block begins, space between blocks apart.
        indents: what `<indent>` takes away on the left and on the right.
    """

    __slots__ = ("_after", "at_top", "indents", "plan", "y")

    def __init__(self, plan: FramePlan) -> None:
        self.plan = plan
        self.y = plan.top
        self.at_top = True
        self.indents = (0.0, 0.0)
        self._after = 0.0

    @property
    def x(self) -> float:
        """The left edge of what stands in it."""
        return self.plan.left + self.plan.padding_left + self.indents[0]

    @property
    def width(self) -> float:
        """The room for blocks."""
        return self.plan.room_width - self.indents[0] - self.indents[1]

    def indent(self, left: float, right: float) -> None:
        """Narrow the room for what follows."""
        self.indents = self.indents[0] + left, self.indents[1] + right

    def room_for(self, block: Block) -> tuple[float, float]:
        """Return the height left for a block, and the space that parts it from the one before."""
        space = 0.0 if self.at_top else max(block.space_before - self._after, 0.0)
        return self.y - self.plan.floor - space, space

    def add(self, block: Block, sheet: Sheet) -> bool:
        """Draw a block at the place reached; return whether there was room."""
        height, space = self.room_for(block)
        if height <= 0:
            return False
        width = self.width
        used_width, used = block.wrap(width, height)
        y = self.y - used - space
        if y < self.plan.floor - TINY:
            return False
        block.draw(sheet, self.x, y, width - used_width)
        self._after = block.space_after
        y -= self._after
        self.at_top = self.at_top and y == self.y
        self.y = y
        return True

    def split(self, block: Block) -> Sequence[Block]:
        """Return the parts of a block, the first of which has room; none where it cannot be parted."""
        height, _ = self.room_for(block)
        if height <= 0:
            return ()
        # Platypus gives the whole width here; blocks of text use the lines they were just wrapped into.
        width = self.plan.room_width if getattr(block, "splits_by_frame", False) else self.width
        return block.split(width, height)
