"""Floor 2, edges: backgrounds and lines of a table as operators, in the order and geometry of ReportLab."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from docgen.render.pdf.layout.attributes import Colour, fill_operator, stroke_operator
from docgen.render.pdf.layout.blocks import NO_INK, Ink
from docgen.render.pdf.layout.resources import Opacity, Store
from docgen.render.pdf.layout.tablespans import FUZZ, NO_SPANS, Hidden, Spans, hidden_lines, rect_of
from docgen.render.pdf.layout.tablestyle import Area, Fill, Line

#: Draws from the first to the second, at the third: a place on the other axis.
_Stroke = Callable[[float, float, float], None]


@dataclass
class Grid:
    """Where the rows and columns of a table lie.

    Attributes:
        xs: left edges of the columns, and the table's right edge.
        ys: upper edges of the rows from the table's foot, and 0.
    """

    xs: Sequence[float]
    ys: Sequence[float]
    spans: Spans = NO_SPANS
    hidden: tuple[Hidden, Hidden] = field(init=False)

    def __post_init__(self) -> None:
        self.hidden = hidden_lines(self.spans, self.xs, self.ys) if self.spans.ranges else ({}, {})

    @property
    def columns(self) -> int:
        """Return how many there are."""
        return len(self.xs) - 1

    @property
    def rows(self) -> int:
        """Return how many there are."""
        return len(self.ys) - 1


def fill_ink(fills: Iterable[Fill], grid: Grid, store: Store) -> Ink:
    """Return the backgrounds of a table around its lower left corner."""
    pen = _Pen(store)
    for fill in fills:
        if not fill.area.at:
            _fill(fill, grid, pen)
    return pen.ink()


def line_ink(lines: Iterable[Line], grid: Grid, store: Store) -> Ink:
    """Return the lines of a table around its lower left corner."""
    pen = _Pen(store)
    for line in lines:
        if not line.area.at:
            _draw(line, grid, pen)
    return pen.ink()


class _Pen:
    """Writes operators, and what they need only where it changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._out: list[str] = []
        self._resources: set[str] = set()
        self._state: dict[str, object] = {"alpha": 1.0, "dash": ()}

    def ink(self) -> Ink:
        """Return what was drawn."""
        return Ink("".join(self._out), frozenset(), frozenset(self._resources)) if self._out else NO_INK

    def rect(self, colour: Colour, x: float, y: float, width: float, height: float) -> None:
        """Fill a rectangle."""
        if self._changes("fill", colour):
            self._out.append(fill_operator(colour))
            self._see_through(colour[3])
        self._out.append(f"{x:.4f} {y:.4f} {width:.4f} {height:.4f} re f\n")

    def take(self, line: Line) -> None:
        """Make ready for a line."""
        if self._changes("cap", line.cap):
            self._out.append(f"{line.cap} J\n")
        if self._changes("dash", line.dash):
            self._out.append(f"[{' '.join(f'{part:.4g}' for part in line.dash)}] 0 d\n")
        if self._changes("join", line.join):
            self._out.append(f"{line.join} j\n")

    def colour(self, line: Line) -> None:
        """Take a line's colour and weight; a weight of 0 leaves the one before, as in ReportLab."""
        if self._changes("stroke", line.colour):
            self._out.append(stroke_operator(line.colour))
            self._see_through(line.colour[3])
        if line.weight and self._changes("weight", line.weight):
            self._out.append(f"{line.weight:.4g} w\n")

    def across(self, start: float, end: float, y: float) -> None:
        """Draw a horizontal line."""
        self._out.append(f"{start:.4f} {y:.4f} m {end:.4f} {y:.4f} l S\n")

    def upright(self, start: float, end: float, x: float) -> None:
        """Draw a vertical line."""
        self._out.append(f"{x:.4f} {start:.4f} m {x:.4f} {end:.4f} l S\n")

    def _see_through(self, alpha: float) -> None:
        if self._changes("alpha", alpha):
            name = self._store.add(Opacity(alpha, alpha))
            self._resources.add(name)
            self._out.append(f"/{name} gs\n")

    def _changes(self, what: str, value: object) -> bool:
        if self._state.get(what) == value:
            return False
        self._state[what] = value
        return True


def _fill(fill: Fill, grid: Grid, pen: _Pen) -> None:
    (left, top, right, bottom, _), xs, ys = fill.area, grid.xs, grid.ys
    left, right = (x + grid.columns if x < 0 else x for x in (left, right))
    top, bottom = (y + grid.rows if y < 0 else y for y in (top, bottom))
    if not (-grid.columns <= left <= grid.columns and -grid.rows <= top <= grid.rows):
        return
    if right < -grid.columns - 2 or bottom < -grid.rows - 2:
        return
    # Rows still below 0 lie outside of the table; ReportLab counts them from its end once more.
    x, y = xs[left], ys[top]
    width, height = xs[min(right + 1, grid.columns)] - x, ys[min(bottom + 1, grid.rows)] - y
    if fill.kind == "ROWS":
        for number, row in enumerate(range(top, min(bottom, grid.rows - 1) + 1)):
            high = ys[row % grid.rows] - ys[row % grid.rows + 1]
            if shade := fill.colours[number % len(fill.colours)]:
                pen.rect(shade, x, y, width, -high)
            y -= high
    elif fill.kind == "COLUMNS":
        for number, column in enumerate(range(left, min(right, grid.columns - 1) + 1)):
            wide = xs[column % grid.columns + 1] - xs[column % grid.columns]
            if shade := fill.colours[number % len(fill.colours)]:
                pen.rect(shade, x, y, wide, height)
            x += wide
    elif shade := fill.colours[0]:
        spanned = grid.spans.ranges.get((left, top)) if (left, top) == (right, bottom) else None
        pen.rect(shade, *(rect_of(spanned, xs, ys) if spanned else (x, y, width, height)))


def _draw(line: Line, grid: Grid, pen: _Pen) -> None:
    left, top, right, bottom, _ = line.area
    left, right = (x + grid.columns if x < 0 else x for x in (left, right))
    top, bottom = (y + grid.rows if y < 0 else y for y in (top, bottom))
    left, right, top, bottom = max(0, left), min(grid.columns - 1, right), max(0, top), min(grid.rows - 1, bottom)
    pen.take(line)
    kind = line.kind
    if kind in ("BOX", "OUTLINE", "GRID"):
        _across(line, grid, pen, left, top, right, top)
        _across(line, grid, pen, left, bottom + 1, right, bottom + 1)
        _upright(line, grid, pen, left, top, left, bottom)
        _upright(line, grid, pen, right + 1, top, right + 1, bottom)
    if kind in ("INNERGRID", "GRID"):
        _across(line, grid, pen, left, top + 1, right, bottom)
        _upright(line, grid, pen, left + 1, top, right, bottom)
    elif kind == "LINEABOVE":
        _across(line, grid, pen, left, top, right, bottom)
    elif kind == "LINEBELOW":
        _across(line, grid, pen, left, top + 1, right, bottom + 1)
    elif kind == "LINEBEFORE":
        _upright(line, grid, pen, left, top, right, bottom)
    elif kind == "LINEAFTER":
        _upright(line, grid, pen, left + 1, top, right + 1, bottom)


def _across(line: Line, grid: Grid, pen: _Pen, left: int, top: int, right: int, bottom: int) -> None:
    ends, places = grid.xs[left : right + 2], grid.ys[top : bottom + 1]
    if len(ends) > 1 and places:
        pen.colour(line)
        for y in places:
            _rule(line, pen.across, ends[0], ends[-1], y, grid.hidden[0])


def _upright(line: Line, grid: Grid, pen: _Pen, left: int, top: int, right: int, bottom: int) -> None:
    ends, places = grid.ys[top : bottom + 2], grid.xs[left : right + 1]
    if len(ends) > 1 and places:
        pen.colour(line)
        for x in places:
            _rule(line, pen.upright, ends[-1], ends[0], x, grid.hidden[1])


def _rule(line: Line, stroke: _Stroke, start: float, end: float, at: float, hidden: Hidden) -> None:
    """Draw one line, or several beside each other, but where a span hides it."""
    gap = line.weight + line.space
    places = [at + (0.5 * (line.times - 1) - number) * gap for number in range(line.times)]
    for piece_start, piece_end in _seen(start, end, hidden.get(at, ())):
        for place in places:
            stroke(piece_start, piece_end, place)


def _seen(start: float, end: float, hidden: Sequence[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    if not hidden or start >= hidden[-1][1] - FUZZ or end <= hidden[0][0] + FUZZ:
        return [(start, end)]
    seen = []
    for hidden_start, hidden_end in hidden:
        if hidden_end <= start + FUZZ or hidden_start >= end - FUZZ:
            continue
        if hidden_start > start:
            seen.append((start, hidden_start))
        start = min(end, hidden_end)
    if start < end - FUZZ:
        seen.append((start, end))
    return seen


def at_row(area: Area, row: int) -> Area:
    """Return the area of a cell's own command, which counts rows from its row."""
    return Area(area.left, row, area.right, row)
