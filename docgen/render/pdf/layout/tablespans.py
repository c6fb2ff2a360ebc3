"""Floor 2, edges: cells of a table that span others: which they cover, how large they are, where lines stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from docgen.render.pdf.layout.tablestyle import Area

Cell = tuple[int, int]
#: Left, bottom, width and height, from the table's lower left corner.
Rect = tuple[float, float, float, float]
#: Where a line at a position is hidden: from and to.
Hidden = Mapping[float, Sequence[tuple[float, float]]]
FUZZ = 1e-6


class Spans(NamedTuple):
    """Cells by column and row.

    Attributes:
        ranges: a cell that spans -> its area; a cell that is covered -> None; others are not in it.
        across: every cell within a span over columns; `down` likewise over rows.
    """

    ranges: Mapping[Cell, Area | None]
    across: frozenset[Cell]
    down: frozenset[Cell]


NO_SPANS = Spans({}, frozenset(), frozenset())


def find_spans(areas: Iterable[Area], rows: int, columns: int) -> Spans:
    """Return which cells areas cover.

    Raises:
        ValueError: an area reaches beyond the table.
    """
    ranges: dict[Cell, Area | None] = {}
    across: set[Cell] = set()
    down: set[Cell] = set()
    for area in areas:
        found = _within(area, rows, columns)
        if found.left == found.right and found.top == found.bottom:
            continue
        cells = [(x, y) for y in range(found.top, found.bottom + 1) for x in range(found.left, found.right + 1)]
        if found.left != found.right:
            across.update(cells)
        if found.top != found.bottom:
            down.update(cells)
        ranges.update(dict.fromkeys(cells))
        ranges[found.left, found.top] = found
    return Spans(ranges, frozenset(across), frozenset(down))


def _within(area: Area, rows: int, columns: int) -> Area:
    left, right = (x + columns if x < 0 else x for x in (area.left, area.right))
    top, bottom = (y + rows if y < 0 else y for y in (area.top, area.bottom))
    if not (0 <= left < columns and 0 <= right < columns and 0 <= top < rows and 0 <= bottom < rows):
        raise ValueError(
            f"a span from {area.left},{area.top} to {area.right},{area.bottom} reaches beyond "
            f"{columns} columns and {rows} rows"
        )
    return Area(min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def closed_rows(spans: Spans) -> set[int]:
    """Return the rows before which the table cannot be split."""
    return {
        row
        for cell in spans.down
        if (area := spans.ranges[cell]) is not None
        for row in range(area.top + 1, area.bottom + 1)
    }


def widen(given: Sequence[float | None], found: list[float], wanted: Mapping[tuple[int, int], float]) -> None:
    """Widen rows or columns that have no given size, until what spans them has room; in place.

    Args:
        given: sizes that were given; None may grow.
        found: sizes so far.
        wanted: first and last row or column -> size; the largest come first.
    """
    more: dict[int, float] = {}
    for size, (first, last) in sorted(((size, ends) for ends, size in wanted.items()), reverse=True):
        if first >= len(found):
            continue
        span = range(first, last + 1)
        lacking = size - sum(found[at] + more.get(at, 0) for at in span)
        free = [at for at in span if given[at] is None]
        if lacking <= FUZZ or not free:
            continue
        for at in free:
            more[at] = more.get(at, 0) + lacking / len(free)
    for at, size in more.items():
        found[at] += size


def hidden_lines(spans: Spans, xs: Sequence[float], ys: Sequence[float]) -> tuple[Hidden, Hidden]:
    """Return where horizontal and vertical lines are hidden by spans: by height, and by distance from the left."""
    horizontal: dict[float, list[tuple[float, float]]] = {}
    vertical: dict[float, list[tuple[float, float]]] = {}
    for area in spans.ranges.values():
        if area is None:
            continue
        for column in range(area.left + 1, area.right + 1):
            vertical.setdefault(xs[column], []).append((ys[area.bottom + 1], ys[area.top]))
        for row in range(area.top + 1, area.bottom + 1):
            horizontal.setdefault(ys[row], []).append((xs[area.left], xs[area.right + 1]))
    for hidden in (*horizontal.values(), *vertical.values()):
        hidden.sort()
    return horizontal, vertical


def rect_of(area: Area, xs: Sequence[float], ys: Sequence[float]) -> Rect:
    """Return where an area lies."""
    left, bottom = xs[area.left], ys[area.bottom + 1]
    return left, bottom, xs[area.right + 1] - left, ys[area.top] - bottom
