"""Floor 2, edges: a heading and what it is kept with. Before a table, its first rows are enough to stay with."""

from __future__ import annotations

from docgen.render.pdf.layout.actions import NextFrame, Nothing
from docgen.render.pdf.layout.blocks import TINY, Action
from docgen.render.pdf.layout.keeping import KeepTogether, Stack, measure


class KeptWithNext(KeepTogether):
    """Blocks that are each kept with the next one.

    Unlike in Platypus, a table at their end may be parted: a page is not left empty since the table is long.
    """

    def begin(self, stack: Stack, height: float) -> Action | None:
        """Return the frame's end where neither all blocks nor the first rows of a table at their end have room."""
        action = super().begin(stack, height)
        return Nothing() if isinstance(action, NextFrame) and self._first_rows_fit(height) else action

    def _first_rows_fit(self, height: float) -> bool:
        *before, last = self.blocks
        pouring = self._maker.pouring
        if pouring is None or not before or not getattr(last, "has_rows", False):
            return False
        width = pouring.frame.width
        above = measure(before, width).height + max(before[-1].space_after, last.space_before)
        return height - above > TINY and bool(last.split(width, height - above))
