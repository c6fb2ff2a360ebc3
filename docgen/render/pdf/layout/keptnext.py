"""Floor 2, edges: a heading and what it is kept with. Before a long table, its first rows are enough to stay with."""

from __future__ import annotations

from docgen.render.pdf.layout.actions import NextFrame, Nothing
from docgen.render.pdf.layout.blocks import TINY, Action
from docgen.render.pdf.layout.keeping import KeepTogether, Stack, measure

#: A table that takes more of a frame with its heading is long: to keep it whole might leave so much empty.
_LONG = 0.5


class KeptWithNext(KeepTogether):
    """Blocks that are each kept with the next one.

    Unlike in Platypus, a long table at their end may be parted, and no page is left nearly empty because of it.
    """

    def begin(self, stack: Stack, height: float) -> Action | None:
        """Return the frame's end where neither all blocks nor the first rows of a long table at their end have room."""
        action = super().begin(stack, height)
        if not isinstance(action, NextFrame) or not self._first_rows_fit(stack, height):
            return action
        return Nothing()

    def _first_rows_fit(self, stack: Stack, height: float) -> bool:
        *before, last = self.blocks
        pouring = self._maker.pouring
        if pouring is None or not before or not getattr(last, "has_rows", False):
            return False
        if stack.height <= _LONG * pouring.next_frame().height:
            return False
        width = pouring.frame.width
        above = measure(before, width).height + max(before[-1].space_after, last.space_before)
        return height - above > TINY and bool(last.split(width, height - above))
