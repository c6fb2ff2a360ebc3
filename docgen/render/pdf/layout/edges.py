"""Floor 2, edges: what is wider than its frame may stand in the margin, and may not reach over the edge of the page."""

from __future__ import annotations

from docgen.render.pdf.layout.blocks import IDENTITY, Sheet

#: Sizes of pages and columns are rounded.
_TOLERANCE = 2.0
_MM = 72 / 25.4


class BeyondPage(ValueError):
    """Part of a table or picture would not be on the paper."""


def stay_on_page(sheet: Sheet, x: float, width: float) -> None:
    """Check that what begins at x is on the page. What is turned or made smaller may be anywhere.

    Raises:
        BeyondPage: it is not.
    """
    if sheet.matrix == IDENTITY and not sheet.rotation:
        check_edges(x, x + width, sheet.width)


def check_edges(left: float, right: float, page: float) -> None:
    """Check that what is between two places across is on a page of a width. Raises BeyondPage."""
    if left < -_TOLERANCE or right > page + _TOLERANCE:
        wide, paper = (f"{length / _MM:.0f} mm" for length in (right - left, page))
        side = "left" if right <= page + _TOLERANCE else "right"
        raise BeyondPage(
            f"it is {wide} wide and reaches over the {side} edge of the page, which is {paper} wide; make it narrower, "
            "or its columns, or the frame wider"
        )
