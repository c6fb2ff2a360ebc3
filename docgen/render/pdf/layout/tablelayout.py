"""Floor 2, edges: tables: widths, heights, cells, splitting over frames, as Platypus does it.

Knows no RML: `tables` reads it. A part of a split table is a table of its own; parts share what `Manner` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lxml import etree

from docgen.render.pdf.layout import tablesplit
from docgen.render.pdf.layout.blocks import Block, Ink, Sheet
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.tablecells import (
    Content,
    Sizes,
    draw_blocks,
    draw_text,
    is_fixed,
    least_width,
    measure,
    text_height,
)
from docgen.render.pdf.layout.tablegrid import Looks, change
from docgen.render.pdf.layout.tableinrow import Row, Split, split_own, split_row, stretch
from docgen.render.pdf.layout.tablerules import Grid, at_row, fill_ink, line_ink
from docgen.render.pdf.layout.tablespans import NO_SPANS, Rect, Spans, closed_rows, find_spans, rect_of, widen
from docgen.render.pdf.layout.tablestyle import Area, CellStyle, Fill, Line, Setting
from docgen.render.pdf.layout.tabletags import Tags
from docgen.render.pdf.layout.tablewidths import Given, balance, divide, is_settled

#: Backgrounds and lines of a row's own cells, which count rows from it.
Own = tuple[tuple[Fill, ...], tuple[Line, ...]]


@dataclass
class Manner:
    """What the parts of a table share.

    Attributes:
        align: of the table in a frame.
        by_row: whether it may be split between rows; `in_row` within them.
        repeat: rows at its head that stand again on each part.
        tags: its structure; None where it only lays out.
    """

    element: etree._Element
    maker: Maker
    align: str = "CENTER"
    by_row: bool = True
    in_row: bool = False
    repeat: int = 0
    tags: Tags | None = None


@dataclass
class Body:
    """Rows of a table and what is said of them: lists run by row.

    Attributes:
        heights: as given; None is as high as the content.
        own: what cells say of themselves; None where no cell does.
        settings: looks that take effect at splits.
    """

    rows: list[list[Content]]
    looks: list[Looks]
    heights: list[float | None]
    widths: Sequence[Given]
    fills: Sequence[Fill] = ()
    lines: Sequence[Line] = ()
    own: list[Own | None] | None = None
    spans: Sequence[Area] = ()
    nosplits: Sequence[Area] = ()
    settings: Sequence[Setting] = ()
    sizes: list[list[Sizes | None]] = field(default_factory=list)


class Table:
    """A table, or a part of one."""

    __slots__ = (
        "_body",
        "_height",
        "_heights",
        "_inner",
        "_manner",
        "_repeated",
        "_spans",
        "_xs",
        "keep_with_next",
        "space_after",
        "space_before",
    )

    def __init__(self, manner: Manner, body: Body, repeated: int = 0) -> None:
        self.space_before = self.space_after = 0.0
        self.keep_with_next = False
        self._manner = manner
        self._body = body
        self._repeated = repeated
        self._heights: list[float] = []
        self._height = 0.0
        self._inner: Sequence[float | None] = ()
        self._xs: list[float] = []
        self._spans = self._find_spans(body.spans) if body.spans else NO_SPANS

    # --- sizes ---

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size; where it is higher than there is room for, as much of its height as is known by then.

        Raises:
            TemplateError: a column is too narrow.
        """
        try:
            if not self._xs:
                self._settle_widths(width)
            if len(self._heights) < len(self._body.rows):
                self._settle_heights(height)
        except ValueError as error:
            raise self._fault(str(error)) from error
        return self._xs[-1], self._height

    def min_width(self) -> float:
        """Return the least width it takes."""
        given = self._body.widths
        return sum(width if isinstance(width, float) else self._least(at) for at, width in enumerate(given))

    def _settle_widths(self, available: float) -> None:
        given = self._body.widths
        if is_settled(given):
            widths: Sequence[float | None] = given  # type: ignore[assignment]
        elif (None in given or "*" in given) and not self._is_fixed():
            widths = self._body.widths = balance(given, available, self._least)
        else:
            widths = divide(given, available)
        self._inner = widths
        found = self._fit_columns(widths) if None in widths else widths
        self._body.widths = found
        x = 0.0
        self._xs = [0.0]
        for width in found:
            x += width  # type: ignore[operator]
            self._xs.append(x)

    def _is_fixed(self) -> bool:
        return all(
            isinstance(content, str) or all(map(is_fixed, content)) for row in self._body.rows for content in row
        )

    def _least(self, column: int) -> float:
        body, maker = self._body, self._manner.maker
        return max(
            [
                0.0,
                *(
                    least_width(row[column], look[column], maker)
                    for row, look in zip(body.rows, body.looks, strict=True)
                ),
            ]
        )

    def _fit_columns(self, given: Sequence[float | None]) -> list[float]:
        """Make columns without a width as wide as their cells."""
        wanted: dict[tuple[int, int], float] = {}
        widths = []
        for column, width in enumerate(given):
            widths.append(self._fit_column(column, wanted) if width is None else width)
        widen(given, widths, wanted)
        return widths

    def _fit_column(self, column: int, wanted: dict[tuple[int, int], float]) -> float:
        body, spans, widest = self._body, self._spans, 0.0
        for number, (row, look) in enumerate(zip(body.rows, body.looks, strict=True)):
            area = spans.ranges.get((column, number))
            if area is None and (column, number) in spans.across:
                continue
            least = least_width(row[column], look[column], self._manner.maker)
            if area is not None and area.left != area.right:
                ends = area.left, area.right
                wanted[ends] = max(wanted.get(ends, least), least)
            else:
                widest = max(widest, least)
        return widest

    def _settle_heights(self, limit: float) -> None:
        """Measure rows until they are higher than the limit."""
        body, heights = self._body, self._heights
        if None not in body.heights:
            heights[:] = body.heights  # type: ignore[assignment]
        wanted: dict[tuple[int, int], float] = {}
        total = sum(heights)
        for row in range(len(heights), len(body.rows)):
            given = body.heights[row]
            height = self._measure_row(row, wanted) if given is None else given
            heights.append(height)
            total += height
            if total > limit and given is None and all(last <= row for _, last in wanted):
                break
        if wanted:
            widen(body.heights, heights, wanted)
        self._height = sum(heights) if wanted else total

    def _measure_row(self, row: int, wanted: dict[tuple[int, int], float]) -> float:
        body = self._body
        if self._spans is not NO_SPANS:
            return self._measure_spanned(row, wanted)
        height = 0.0
        sizes: list[Sizes | None] = []
        for content, look, width in zip(body.rows[row], body.looks[row], self._inner, strict=True):
            if isinstance(content, str):
                sizes.append(None)
                needed = text_height(content, look)
            else:
                size, needed = measure(content, look, width)
                sizes.append(size)
            needed += look.top + look.bottom
            if needed > height:
                height = needed
        self._keep_sizes(row, sizes)
        return height

    def _measure_spanned(self, row: int, wanted: dict[tuple[int, int], float]) -> float:
        body, spans, height = self._body, self._spans, 0.0
        sizes: list[Sizes | None] = [None] * len(self._inner)
        for column, (content, look) in enumerate(zip(body.rows[row], body.looks[row], strict=True)):
            cell, width = (column, row), self._inner[column]
            area = spans.ranges.get(cell)
            if area is None and cell in spans.down:
                continue
            if isinstance(content, str):
                needed = text_height(content, look)
            elif cell in spans.across:
                if area is None:
                    continue
                width = max(self._xs[area.right + 1] - self._xs[area.left], width or 0)
                sizes[column], needed = measure(content, look, width)
            else:
                sizes[column], needed = measure(content, look, width)
            needed += look.top + look.bottom
            if area is not None and area.top != area.bottom:
                ends = area.top, area.bottom
                wanted[ends] = max(wanted.get(ends, needed), needed)
            else:
                height = max(height, needed)
        self._keep_sizes(row, sizes)
        return height

    def _keep_sizes(self, row: int, sizes: list[Sizes | None]) -> None:
        kept = self._body.sizes
        while len(kept) < row:
            kept.append([])
        if len(kept) == row:
            kept.append(sizes)
        else:
            kept[row] = sizes

    # --- splitting ---

    def split(self, width: float, height: float) -> Sequence[Block]:
        """Return the rows that fit the height, and the others; nothing where not even one does."""
        self.wrap(width, height)
        manner = self._manner
        parts: Sequence[Block] = ()
        if manner.by_row or manner.in_row:
            parts = self._split_rows(height) if manner.by_row else self._split_in_row(height)
        if not parts and manner.in_row:
            parts = self._split_in_row(height) if manner.by_row else self._split_rows(height)
        return parts

    def _split_rows(self, height: float) -> Sequence[Block]:
        cut = self._find_cut(height, closed_rows(self._spans))
        if cut <= self._manner.repeat:
            return ()
        return (self,) if cut == len(self._body.rows) else self._cut(cut)

    def _split_in_row(self, height: float) -> Sequence[Block]:
        body = self._body
        row = self._find_cut(height, set())
        if row < self._manner.repeat:
            return ()
        if row == len(body.rows):
            return (self,)
        covered = [self._spans.ranges.get((x, row), _SINGLE) is None for x in range(len(body.widths))]
        widths = [right - left for left, right in pairwise(self._xs)]
        whole = Row(body.rows[row], body.looks[row], widths, self._heights[row], covered)
        halves = split_row(whole, height - sum(self._heights[:row]), self._height)
        return self._part(self._with_halves(row, halves), self._repeated)._cut(row + 1, True) if halves else ()

    def _with_halves(self, row: int, halves: Split) -> Body:
        """Return the body with one row more: the one that was split."""
        body, count = self._body, len(self._body.rows)
        own = body.own
        heights = [*self._heights, *body.heights[len(self._heights) :]]
        return Body(
            [*body.rows[:row], *halves.cells, *body.rows[row + 1 :]],
            [*body.looks[:row], *halves.looks, *body.looks[row + 1 :]],
            [*heights[:row], *halves.heights, *heights[row + 1 :]],
            body.widths,
            [fill._replace(area=stretch(fill.area, row, count)) for fill in body.fills],
            [line._replace(area=stretch(line.area, row, count, line.kind)) for line in body.lines],
            [*own[:row], *split_own(own[row]), *own[row + 1 :]] if own else None,
            [stretch(area, row, count) for area in body.spans],
            [stretch(area, row, count) for area in body.nosplits],
            body.settings,
        )

    def _find_cut(self, height: float, closed: set[int]) -> int:
        """Return the number of rows that fit, at the last place where a split is allowed."""
        if self._body.nosplits:
            closed |= closed_rows(self._find_spans(self._body.nosplits))
        cut, used = 0, 0.0
        for row, row_height in enumerate(self._heights, start=1):
            if used + row_height > height:
                break
            if row not in closed:
                cut = row
            used += row_height
        return cut

    def _cut(self, cut: int, in_row: bool = False) -> tuple[Table, Table]:
        body, repeat = self._body, self._manner.repeat
        count, columns = len(body.rows), len(body.widths)
        lines = tablesplit.split_lines(body.lines, cut, count, columns, in_row)
        heights = [*self._heights, *body.heights[len(self._heights) :]]
        first = Body(
            body.rows[:cut],
            body.looks[:cut],
            heights[:cut],
            body.widths,
            tablesplit.fills_above(body.fills, cut, count),
            tablesplit.lines_above(lines, cut, count),
            body.own[:cut] if body.own else None,
            [part for area in body.spans for part in tablesplit.above(area, cut, count)],
            [part for area in body.nosplits for part in tablesplit.above(area, cut, count)],
            body.settings,
            body.sizes[:cut],
        )
        rest = Body(
            body.rows[:repeat] + body.rows[cut:],
            body.looks[:repeat] + body.looks[cut:],
            heights[:repeat] + heights[cut:],
            body.widths,
            tablesplit.fills_below(body.fills, cut, count, repeat),
            tablesplit.lines_below(lines, cut, count, repeat),
            body.own[:repeat] + body.own[cut:] if body.own else None,
            [part for area in body.spans for part in tablesplit.below(area, cut, count, repeat)],
            [part for area in body.nosplits for part in tablesplit.below(area, cut, count, repeat)],
            body.settings,
            body.sizes[:repeat] + body.sizes[cut:],
        )
        if body.own:
            self._cut_own(first, rest, cut)
        if body.settings:
            _set_at_split(first, "splitlast", cut - 1)
            _set_at_split(rest, "splitfirst", 0)
            if repeat:  # ReportLab's parts share the looks of repeated rows
                _set_at_split(first, "splitfirst", 0)
        return self._part(first, self._repeated), self._part(rest, repeat)

    def _cut_own(self, first: Body, rest: Body, cut: int) -> None:
        """Draw the line between two cells on both sides of the split."""
        own = self._body.own
        assert own is not None
        assert first.own is not None
        assert rest.own is not None
        above, below = own[cut - 1], own[cut]
        if below and (lines := [line for line in below[1] if line.kind == "LINEABOVE"]):
            fills, others = above or ((), ())
            first.own[-1] = fills, (*others, *(line._replace(kind="LINEBELOW") for line in lines))
        if above and (lines := [line for line in above[1] if line.kind == "LINEBELOW"]):
            fills, others = below or ((), ())
            rest.own[self._manner.repeat] = fills, (*(line._replace(kind="LINEABOVE") for line in lines), *others)

    def _part(self, body: Body, repeated: int) -> Table:
        return Table(self._manner, body, repeated)

    # --- drawing ---

    def draw(self, sheet: Sheet, x: float, y: float, spare: float = 0.0) -> None:
        """Draw it."""
        if spare:
            x += {"CENTER": 0.5 * spare, "RIGHT": spare}.get(self._manner.align, 0.0)
        body, store = self._body, self._manner.maker.store
        grid = self._make_grid()
        if fills := [*body.fills, *self._own_fills()]:
            _decorate(sheet, fill_ink(fills, grid, store), x, y)
        self._draw_cells(sheet, x, y, grid)
        if lines := [*body.lines, *self._own_lines()]:
            _decorate(sheet, line_ink(lines, grid, store), x, y)

    def _make_grid(self) -> Grid:
        ys, y = [0.0], 0.0
        for height in reversed(self._heights):
            y += height
            ys.append(y)
        ys.reverse()
        return Grid(self._xs, ys, self._spans)

    def _own_fills(self) -> Iterator[Fill]:
        for row, own in enumerate(self._body.own or ()):
            for fill in own[0] if own else ():
                yield fill._replace(area=at_row(fill.area, row))

    def _own_lines(self) -> Iterator[Line]:
        for row, own in enumerate(self._body.own or ()):
            for line in own[1] if own else ():
                yield line._replace(area=at_row(line.area, row))

    def _draw_cells(self, sheet: Sheet, x: float, y: float, grid: Grid) -> None:
        document = sheet.document
        tags = None if document.silent else self._manner.tags
        for row in range(self._repeated):
            with document.decoration():
                self._draw_row(sheet, x, y, grid, row, None)
        for row in range(self._repeated, grid.rows):
            if tags is not None:
                tags.begin_row(document)
            self._draw_row(sheet, x, y, grid, row, tags)

    def _draw_row(self, sheet: Sheet, x: float, y: float, grid: Grid, row: int, tags: Tags | None) -> None:
        ranges, xs, ys = self._spans.ranges, grid.xs, grid.ys
        bottom = ys[row + 1]
        height = ys[row] - bottom
        body, document = self._body, sheet.document
        for column, content in enumerate(body.rows[row]):
            area: Area | None = None
            rect = (x + xs[column], y + bottom, xs[column + 1] - xs[column], height)
            if ranges:
                area = ranges.get((column, row), _SINGLE)
                if area is None:
                    continue
                if area is not _SINGLE:
                    left, low, width, high = rect_of(area, xs, ys)
                    rect = (x + left, y + low, width, high)
            if tags is None:
                self._draw_cell(sheet, row, column, content, rect)
            else:
                with document.inside(tags.add_cell(column, area)):
                    self._draw_cell(sheet, row, column, content, rect, tagged=True)

    def _draw_cell(
        self, sheet: Sheet, row: int, column: int, content: Content, rect: Rect, tagged: bool = False
    ) -> None:
        look = self._body.looks[row][column]
        if isinstance(content, str):
            if content:
                node = sheet.document.at if tagged or sheet.document.silent else sheet.document.at.add("P")
                draw_text(sheet, content, look, self._manner.maker, rect, node)
        elif content:
            draw_blocks(sheet, content, self._sizes(row, column, content, look, rect[2]), look, rect)

    def _sizes(self, row: int, column: int, content: tuple[Block, ...], look: CellStyle, width: float) -> Sizes:
        kept = self._body.sizes
        sizes = kept[row][column] if row < len(kept) and kept[row] else None
        if sizes is None:
            try:
                sizes, _ = measure(content, look, width)
            except ValueError as error:
                raise self._fault(str(error)) from error
        return sizes

    def _find_spans(self, areas: Sequence[Area]) -> Spans:
        try:
            return find_spans(areas, len(self._body.rows), len(self._body.widths))
        except ValueError as error:
            raise self._fault(str(error)) from error

    def _fault(self, problem: str) -> Exception:
        return self._manner.maker.fault(self._manner.element, f"<blockTable>: {problem}")


_SINGLE = Area(0, 0, 0, 0)


def _decorate(sheet: Sheet, ink: Ink, x: float, y: float) -> None:
    """Draw rules; the place is exact, since thin lines look different for a thousandth of a point."""
    if ink.ops:
        sheet.draw(f"q 1 0 0 1 {x:.6f} {y:.6f} cm\n{ink.ops}Q\n")
        sheet.resources.update(ink.resources)


def _set_at_split(body: Body, at: str, row: int) -> None:
    """Change the looks of a row as settings at the split say."""
    columns = len(body.widths)
    for setting in body.settings:
        if setting.area.at == at:
            left, right = (x + columns if x < 0 else x for x in (setting.area.left, setting.area.right))
            body.looks[row] = change(body.looks[row], range(max(0, left), min(columns - 1, right) + 1), setting.changes)
