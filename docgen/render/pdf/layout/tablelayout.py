"""Floor 2, edges: tables: widths, heights, cells, splitting over frames, as Platypus does it.

Knows no RML: `tables` reads it. A part of a split table is a table of its own; parts share what `Manner` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from math import inf
from typing import cast

from lxml import etree

from docgen.limits import current_work
from docgen.render.pdf.layout import tablesplit
from docgen.render.pdf.layout.blocks import NO_INK, TINY, Block, Ink, Sheet
from docgen.render.pdf.layout.edges import stay_on_page
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.tablecells import (
    BOUNDLESS,
    Content,
    Sizes,
    check_room,
    draw_blocks,
    draw_text,
    is_fixed,
    least_width,
    measure,
    text_height,
)
from docgen.render.pdf.layout.tablegrid import Looks, change
from docgen.render.pdf.layout.tableinrow import Row, Split, split_own, split_row, stretch
from docgen.render.pdf.layout.tableplan import plan_of
from docgen.render.pdf.layout.tablerules import Grid, at_row, fill_ink, line_ink
from docgen.render.pdf.layout.tablespans import NO_SPANS, Rect, Spans, closed_rows, find_spans, rect_of, widen
from docgen.render.pdf.layout.tablestyle import Area, CellStyle, Fill, Line, Setting, TableStyle
from docgen.render.pdf.layout.tabletags import NO_THREAD, Halved, Tags, Thread
from docgen.render.pdf.layout.tablewidths import Given, add_up, balance, divide, is_settled

#: Backgrounds and lines of a row's own cells, which count rows from it.
Own = tuple[tuple[Fill, ...], tuple[Line, ...]]

#: Of so many rows one looks at the clock, less one.
_OFTEN = 15


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
        style: the whole of what is said of them, where that is one style; rules of equal tables are kept by it.
        begins: the elements of the row that its first one goes on with; `stops` of the last, which goes on elsewhere.
        origins: the looks that the first row had before it was split.
    """

    rows: list[list[Content]]
    looks: list[Looks]
    heights: list[float | None]
    widths: tuple[Given, ...]
    fills: Sequence[Fill] = ()
    lines: Sequence[Line] = ()
    own: list[Own | None] | None = None
    spans: Sequence[Area] = ()
    nosplits: Sequence[Area] = ()
    settings: Sequence[Setting] = ()
    sizes: list[list[Sizes | None]] = field(default_factory=list)
    style: TableStyle | None = None
    begins: Halved | None = None
    stops: Halved | None = None
    origins: Looks | None = None


class Table:
    """A table, or a part of one."""

    __slots__ = (
        "_body",
        "_height",
        "_heights",
        "_inner",
        "_manner",
        "_repeated",
        "_room",
        "_shares",
        "_spans",
        "_xs",
        "keep_with_next",
        "space_after",
        "space_before",
    )
    has_rows = True  # whoever keeps something with it is content with the first of them

    def __init__(self, manner: Manner, body: Body, repeated: int = 0) -> None:
        self.space_before = self.space_after = 0.0
        self.keep_with_next = False
        self._manner = manner
        self._body = body
        self._repeated = repeated
        self._heights: list[float] = []
        self._height = 0.0
        self._inner: Sequence[float | None] = ()
        self._xs: tuple[float, ...] = ()
        self._shares: tuple[Given, ...] = ()  # of the room, which may change
        self._room = 0.0
        self._spans = self._find_spans(body.spans) if body.spans else NO_SPANS

    # --- sizes ---

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Return its size; where it is higher than there is room for, as much of its height as is known by then.

        Raises:
            TemplateError: a column is too narrow.
        """
        try:
            if self._shares and width != self._room:
                self._body.widths, self._xs, self._heights = self._shares, (), []
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

    def remaining(self) -> float:
        """Return what becomes less with each split: its rows, or its height where rows are split as well."""
        return self.wrap(self._room, inf)[1] if self._manner.in_row else float(len(self._body.rows))

    @property
    def _widths(self) -> Sequence[float]:
        """The widths of columns; only once they are settled."""
        return cast("Sequence[float]", self._body.widths)

    def _settle_widths(self, available: float) -> None:
        given = self._body.widths
        if is_settled(given):
            self._xs = add_up(given)
            self._inner = given  # type: ignore[assignment]
            return
        if (None in given or "*" in given) and not self._is_fixed():
            widths: Sequence[float | None] = balance(given, available, self._least)
        else:
            widths = divide(given, available)
            self._shares, self._room = given, available
        self._inner = widths
        found = tuple(self._fit_columns(widths)) if None in widths else tuple(widths)
        self._body.widths = found
        self._xs = add_up(found)

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
        check_time = current_work().check_time
        for row in range(len(heights), len(body.rows)):
            if not row & _OFTEN:
                check_time()
            given = body.heights[row]
            height = self._measure_row(row, wanted) if given is None else given
            heights.append(height)
            total += height
            # A frame takes what is higher than its room by a trifle; beyond that, no row may be left unmeasured there.
            if total > limit + 2 * TINY and given is None and all(last <= row for _, last in wanted):
                break
        if wanted:
            widen(body.heights, heights, wanted)
        self._height = sum(heights) if wanted else total

    def _measure_row(self, row: int, wanted: dict[tuple[int, int], float]) -> float:
        if self._spans is not NO_SPANS:
            return self._measure_spanned(row, wanted)
        body = self._body
        height = 0.0
        sizes: list[Sizes | None] = []
        if self._inner is not body.widths:
            return self._measure_loose(row)
        plan = plan_of(body.looks[row], self._xs, self._widths, self._manner.maker.cache)
        for content, step in zip(body.rows[row], plan, strict=True):
            if content.__class__ is str:
                sizes.append(None)
                needed = step.line * (content.count("\n") + 1)
            elif step.inner >= 0 and len(content) == 1:
                size = content[0].wrap(step.inner, BOUNDLESS - step.pad)  # type: ignore[union-attr]
                sizes.append([size])
                needed = size[1]
            else:
                several, needed = measure(content, step.look, step.width)  # type: ignore[arg-type]
                sizes.append(several)
            if needed + step.pad > height:
                height = needed + step.pad
        check_room(height)
        self._keep_sizes(row, sizes)
        return height

    def _measure_loose(self, row: int) -> float:
        """Measure a row while the widths of columns are not settled: what is in those is as wide as it is."""
        body, height = self._body, 0.0
        sizes: list[Sizes | None] = []
        for content, look, width in zip(body.rows[row], body.looks[row], self._inner, strict=True):
            size, needed = (
                (None, text_height(content, look)) if isinstance(content, str) else measure(content, look, width)
            )
            sizes.append(size)
            height = max(height, needed + look.top + look.bottom)
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
        origins = body.origins if row == self._manner.repeat else None
        whole = Row(body.rows[row], body.looks[row], self._widths, self._heights[row], covered, origins)
        halves = split_row(whole, height - sum(self._heights[:row]), self._height)
        return self._cut_row(row, halves) if halves else ()

    def _cut_row(self, row: int, halves: Split) -> Sequence[Block]:
        first, rest = self._part(self._with_halves(row, halves), self._repeated)._cut(row + 1, True)
        first._body.stops = rest._body.begins = {}
        rest._body.origins = halves.origins
        return first, rest

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
            begins=body.begins,
            stops=body.stops,
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
        body, head = self._body, self._manner.repeat
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
            begins=body.begins,
        )
        rest = Body(
            body.rows[:head] + body.rows[cut:],
            body.looks[:head] + body.looks[cut:],
            heights[:head] + heights[cut:],
            body.widths,
            tablesplit.fills_below(body.fills, cut, count, head),
            tablesplit.lines_below(lines, cut, count, head),
            body.own[:head] + body.own[cut:] if body.own else None,
            [part for area in body.spans for part in tablesplit.below(area, cut, count, head)],
            [part for area in body.nosplits for part in tablesplit.below(area, cut, count, head)],
            body.settings,
            body.sizes[:head] + body.sizes[cut:],
            stops=body.stops,
        )
        if body.own:
            self._cut_own(first, rest, cut)
        if body.settings:
            _set_at_split(first, "splitlast", cut - 1)
            _set_at_split(rest, "splitfirst", 0)
            if head:  # ReportLab's parts share the looks of repeated rows
                _set_at_split(first, "splitfirst", 0)
        return self._part(first, self._repeated), self._part(rest, head)

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
        if spare <= 0:
            stay_on_page(sheet, x, self._xs[-1])
        ys = self._edges()
        fills, lines = self._rules(ys)
        _decorate(sheet, fills, x, y)
        document, manner = sheet.document, self._manner
        before = document.at
        if self._repeated:
            with document.decoration():
                self._draw_rows(sheet, x, y, ys, range(self._repeated), None)
        tags = None if document.silent else manner.tags
        self._draw_rows(sheet, x, y, ys, range(self._repeated, len(ys) - 1), tags)
        document.at = before
        _decorate(sheet, lines, x, y)

    def _edges(self) -> list[float]:
        """Return the upper edges of the rows from the table's foot, and 0."""
        ys, y = [0.0], 0.0
        for height in reversed(self._heights):
            y += height
            ys.append(y)
        ys.reverse()
        return ys

    def _rules(self, ys: Sequence[float]) -> tuple[Ink, Ink]:
        """Return backgrounds and lines."""
        body, maker = self._body, self._manner.maker
        if not (body.fills or body.lines or body.own):
            return NO_INK, NO_INK
        key = ("table rules", id(body.style), self._xs, tuple(ys))
        if body.style is not None:
            found = maker.cache.get(key)
            if found is not None and found[0] is body.style:
                return found[1], found[2]
        grid = Grid(self._xs, ys, self._spans)
        own = body.own or ()
        fills = [fill._replace(area=at_row(fill.area, row)) for row, said in enumerate(own) if said for fill in said[0]]
        lines = [line._replace(area=at_row(line.area, row)) for row, said in enumerate(own) if said for line in said[1]]
        inks = fill_ink([*body.fills, *fills], grid, maker.store), line_ink([*body.lines, *lines], grid, maker.store)
        if body.style is not None:
            maker.cache.keep(key, (body.style, *inks))
        return inks

    def _draw_rows(self, sheet: Sheet, x: float, y: float, ys: Sequence[float], rows: range, tags: Tags | None) -> None:
        body, document, cache = self._body, sheet.document, self._manner.maker.cache
        sizes, split = body.sizes, body.begins is not None or body.stops is not None
        outer, around = document.at, sheet.cell
        thread = NO_THREAD
        for row in rows:
            if split:
                thread = self._thread(row)
            if tags is not None:
                tags.begin_row(document, thread)
            if body.spans:
                self._draw_spanned(sheet, x, y, ys, row, tags, thread)
                continue
            top, bottom = y + ys[row], y + ys[row + 1]
            measured = sizes[row] if row < len(sizes) and sizes[row] else _UNKNOWN
            steps = plan_of(body.looks[row], self._xs, self._widths, cache)
            for column, (content, step, size) in enumerate(zip(body.rows[row], steps, measured, strict=False)):
                if tags is not None:
                    document.at = tags.add_cell(column, None, thread)
                elif split:
                    document.at = thread.holder(outer, column)
                if step.quick and size is not None and len(size) == 1 and not step.linked:
                    sheet.cell = step.look
                    content[0].draw(sheet, x + step.start, top - step.look.top - size[0][1])  # type: ignore[union-attr]
                elif content or step.linked:
                    rect = (x + step.left, bottom, step.width, top - bottom)
                    self._draw_cell(sheet, content, step.look, size, rect, tags is not None, thread, column)
        sheet.cell = around

    def _thread(self, row: int) -> Thread:
        """Return what ties a row to the parts of the table before and after it."""
        body = self._body
        begins = body.begins if row == self._repeated else None
        return Thread(begins, body.stops if row == len(body.rows) - 1 else None)

    def _draw_spanned(
        self, sheet: Sheet, x: float, y: float, ys: Sequence[float], row: int, tags: Tags | None, thread: Thread
    ) -> None:
        ranges, xs, body = self._spans.ranges, self._xs, self._body
        measured = body.sizes[row] if row < len(body.sizes) and body.sizes[row] else [None] * len(xs)
        for column, content in enumerate(body.rows[row]):
            area = ranges.get((column, row), Area(column, row, column, row))
            if area is None:
                continue
            if tags is not None:
                sheet.document.at = tags.add_cell(column, area, thread)
            look = body.looks[row][column]
            left, bottom, width, height = rect_of(area, xs, ys)
            if content or look.href or look.destination:
                rect = (x + left, y + bottom, width, height)
                # The width may be another one by the last digit, which decides where words are divided.
                sizes = measured[column] if width == self._inner[column] else None
                self._draw_cell(sheet, content, look, sizes, rect, tags is not None, thread, column)

    def _draw_cell(
        self,
        sheet: Sheet,
        content: Content,
        look: CellStyle,
        sizes: Sizes | None,
        rect: Rect,
        tagged: bool,
        thread: Thread,
        column: int,
    ) -> None:
        if look.href or look.destination:
            self._draw_link(sheet, content, look, sizes, rect, tagged, thread, column)
        elif isinstance(content, str):
            if content:
                document = sheet.document
                node = document.at if tagged or document.silent else thread.element(document, "P", column)
                draw_text(sheet, content, look, self._manner.maker, rect, node)
        elif content:
            try:
                if sizes is None:
                    sizes, _ = measure(content, look, rect[2])
                sheet.cell = look
                draw_blocks(sheet, content, sizes, look, rect)
            except ValueError as error:
                raise self._fault(str(error)) from error

    def _draw_link(
        self,
        sheet: Sheet,
        content: Content,
        look: CellStyle,
        sizes: Sizes | None,
        rect: Rect,
        tagged: bool,
        thread: Thread,
        column: int,
    ) -> None:
        """Draw a cell all of which leads somewhere; what it says is what the link says."""
        bare, document = look._replace(href="", destination=""), sheet.document
        with document.inside(thread.element(document, "Link", column)) as node:
            self._draw_cell(sheet, content, bare, sizes, rect, tagged, thread, column)
        left, bottom, width, height = rect
        target = look.href or f"#{look.destination}"
        said = content if isinstance(content, str) and content else target
        sheet.link(node, left, bottom, left + width, bottom + height, target, said)

    def _find_spans(self, areas: Sequence[Area]) -> Spans:
        try:
            return find_spans(areas, len(self._body.rows), len(self._body.widths))
        except ValueError as error:
            raise self._fault(str(error)) from error

    def _fault(self, problem: str) -> Exception:
        return self._manner.maker.fault(self._manner.element, f"<blockTable>: {problem}")


_SINGLE = Area(0, 0, 0, 0)
_UNKNOWN: Iterable[Sizes | None] = repeat(None)


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
