"""Floor 2, edges: one row of a table split into two, where a table may be split within rows, as in ReportLab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from docgen.render.pdf.layout.blocks import Block
from docgen.render.pdf.layout.lists import List
from docgen.render.pdf.layout.tablecells import Content, check_width, measure
from docgen.render.pdf.layout.tablegrid import Looks
from docgen.render.pdf.layout.tablestyle import Area, CellStyle, Fill, Line

Halves = tuple[Content, Content]


class Row(NamedTuple):
    """A row that is as high as it is; cells that others cover have no say in where it is split.

    Attributes:
        origins: of a row that was split before, the looks that its cells had at the first split.
    """

    cells: Sequence[Content]
    looks: Looks
    widths: Sequence[float]
    height: float
    covered: Sequence[bool]
    origins: Looks | None = None


class Split(NamedTuple):
    """The two rows that one became, with their looks and heights; `origins` as of rows, for the second."""

    cells: tuple[list[Content], list[Content]]
    looks: tuple[Looks, Looks]
    heights: tuple[float, float]
    origins: Looks


def split_row(row: Row, room: float, table_height: float) -> Split | None:
    """Return a row split such that its first half fits the room; None where it cannot be.

    Raises:
        ValueError: a column is narrower than the paddings of its cell.
    """
    first, last, highest = _bounds(row)
    if first + last > row.height or first > room:
        return None
    at = min(room, highest - last)
    if at < 0 or table_height - at < 1:
        return None
    upper: list[Content] = []
    lower: list[Content] = []
    looks: tuple[list[CellStyle], list[CellStyle]] = ([], [])
    heights = [0.0, 0.0]
    origins = row.origins or row.looks
    for content, look, origin, width in zip(row.cells, row.looks, origins, row.widths, strict=True):
        halves = _split_cell(content, look, row.height, at, width)
        if halves is None:
            return None
        above, below = _looks(halves, look, origin, row.height, width)
        for half, number in zip(halves, (0, 1), strict=True):
            check_width(half, above, width)
            heights[number] = max(heights[number], _height(half, above, width) + above.top + above.bottom)
        upper.append(halves[0])
        lower.append(halves[1])
        looks[0].append(above)
        looks[1].append(below)
    used = min(at, heights[0])
    both = tuple(looks[0]), tuple(looks[1])
    return Split((upper, lower), both, (used, max(heights[1], row.height - used)), row.origins or both[0])


def _bounds(row: Row) -> tuple[float, float, float]:
    """Return the least heights of the halves, and the greatest height of the content."""
    first = last = highest = 0.0
    for content, look, width, covered in zip(row.cells, row.looks, row.widths, row.covered, strict=True):
        if covered:
            continue
        height = _height(content, look, width) + look.top + look.bottom
        if isinstance(content, str):
            first, last = max(first, 1.2 * look.size + look.top), max(last, 1.2 * look.size + look.bottom)
        highest = max(highest, height)
    return first, last, highest


def _height(content: Content, look: CellStyle, width: float) -> float:
    if isinstance(content, str):
        return (content.count("\n") + 1) * 1.2 * look.size if content else 0.0
    return measure(content, look, width)[1] if content else 0.0


def _looks(
    halves: Halves, look: CellStyle, origin: CellStyle, height: float, width: float
) -> tuple[CellStyle, CellStyle]:
    """Return the looks of two halves; as in ReportLab, the second looks like the cell did at its first split."""
    if look.valign != "MIDDLE":
        return look, origin
    if halves[0] and halves[1]:
        return look._replace(valign="BOTTOM"), origin._replace(valign="TOP")
    margin = (height - _height(halves[0] or halves[1], look, width)) / 2
    if halves[0]:
        return look._replace(top=look.top + margin), origin
    return look, origin._replace(bottom=origin.bottom + margin) if halves[1] else origin


def _split_cell(content: Content, look: CellStyle, height: float, at: float, width: float) -> Halves | None:
    if isinstance(content, str):
        return _split_text(content, look, at - look.top, height - look.top - at)
    if not content:
        return (), ()
    sizes, total = measure(content, look, width)
    used = (height - total) / 2 if look.valign == "MIDDLE" else 0.0
    room = at - look.top
    for number, (block, (_, block_height)) in enumerate(zip(content, sizes, strict=True)):
        if used + block_height + block.space_before <= room:
            used += block_height + block.space_before + block.space_after
            continue
        first, rest = _parts(block, width - look.left - look.right, room - used - block.space_before)
        if first and rest:
            return (*content[:number], *first), (*rest, *content[number + 1 :])
        if not number and look.valign == "TOP":
            return None
        return content[:number], content[number:]
    return content, ()


def _parts(block: Block, width: float, height: float) -> tuple[Sequence[Block], Sequence[Block]]:
    if isinstance(block, List):
        return block.part(width, height)
    parts = block.split(width, height)
    return parts[:1], parts[1:]


def _split_text(text: str, look: CellStyle, above: float, below: float) -> Halves | None:
    lines = text.split("\n")
    line_height = 1.2 * look.size
    total = (look.leading or line_height) * len(lines)
    if look.valign == "TOP" and total <= above:
        return text, ""
    if look.valign == "BOTTOM" and total <= below:
        return "", text
    if look.valign == "MIDDLE":
        return ("", text) if below > above else (text, "")
    if len(lines) < 2:
        return None
    at = int(above // line_height) if look.valign == "TOP" else int(len(lines) - below // line_height)
    return "\n".join(lines[:at]), "\n".join(lines[at:])


def stretch(area: Area, row: int, rows: int, kind: str = "") -> Area:
    """Return an area of a command after a row became two; `kind` is that of a line."""
    left, top, right, bottom, at = area
    if at:
        return area
    top, bottom = (y + rows if y < 0 else y for y in (top, bottom))
    if bottom > row or (bottom == row and (top < row or (top == row and kind != "LINEABOVE"))):
        bottom += 1
    if top > row or (top == row and kind == "LINEBELOW"):
        top += 1
    return Area(left, top, right, bottom)


def split_own(
    own: tuple[tuple[Fill, ...], tuple[Line, ...]] | None,
) -> tuple[tuple[tuple[Fill, ...], tuple[Line, ...]] | None, tuple[tuple[Fill, ...], tuple[Line, ...]] | None]:
    """Return what cells say of themselves, for the two halves of their row."""
    if own is None:
        return None, None
    fills, lines = own
    upper = tuple(line for line in lines if line.kind != "LINEBELOW")
    return (fills, upper), (fills, tuple(line for line in lines if line.kind != "LINEABOVE"))
