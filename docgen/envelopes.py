"""Floor 1, rules: where the window of an envelope shows the sheet. Pure geometry; knows no PDF.

All figures are millimetres from the top left corner of the first page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Text may touch the edge of the window by as much as a glyph's outline is rounded.
TOLERANCE_MM = 0.1


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the sheet, edges in mm from its left and top."""

    left_mm: float
    top_mm: float
    right_mm: float
    bottom_mm: float


@dataclass(frozen=True, slots=True)
class Window:
    """The window of an envelope, or the field behind it.

    Attributes:
        name: as jobs write it.
        x_mm: left edge, from the left of the sheet.
        y_mm: top edge, from the top of the sheet.
        source: where the figures come from.
    """

    name: str
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    source: str

    def __str__(self) -> str:
        right, bottom = self.x_mm + self.width_mm, self.y_mm + self.height_mm
        return f"{self.name} (x {self.x_mm:g} to {right:g} mm, y {self.y_mm:g} to {bottom:g} mm)"

    def overhang(self, box: Box) -> dict[str, float]:
        """Return by how many mm a box leaves the window, by side; empty when it lies inside."""
        by_side = {
            "left": self.x_mm - box.left_mm,
            "right": box.right_mm - (self.x_mm + self.width_mm),
            "above": self.y_mm - box.top_mm,
            "below": box.bottom_mm - (self.y_mm + self.height_mm),
        }
        return {side: mm for side, mm in by_side.items() if mm > TOLERANCE_MM}


_DIN = "DIN 5008, as in KOMA-Script's letter options DINmtext and DIN5008B"
_SWISS = "Swiss letters, as in KOMA-Script's letter options SN and SNleft"
_FRENCH = "French letters, as in KOMA-Script's letter option NF"
_US = "US commercial #9 and #10 envelopes, as in KOMA-Script's letter options UScommercial9 and UScommercial9DW"

WINDOWS: Mapping[str, Window] = {
    window.name: window
    for window in (
        Window("din-5008-a", 20, 27, 85, 45, _DIN),
        Window("din-5008-b", 20, 45, 85, 45, _DIN),
        Window("swiss-left", 20, 35.5, 100, 45, _SWISS),
        Window("swiss-right", 112, 45, 90, 45, _SWISS),
        Window("france-right", 100, 35, 100, 45, _FRENCH),
        Window("us-10", 17.5, 55.6, 114.3, 28.6, _US),
        Window("us-10-double", 14.3, 55.6, 92.1, 28.6, _US),
    )
}
