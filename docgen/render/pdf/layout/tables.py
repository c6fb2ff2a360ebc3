"""Floor 2, edges: `<blockTable>` as a table: its rows, what its style and its cells say. Lays nothing out itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree

from docgen.errors import did_you_mean
from docgen.render.pdf.layout import tablestyle
from docgen.render.pdf.layout.attributes import count, length, share, switch
from docgen.render.pdf.layout.blocks import Block
from docgen.render.pdf.layout.keeping import indented
from docgen.render.pdf.layout.maker import Maker
from docgen.render.pdf.layout.tablecells import Content
from docgen.render.pdf.layout.tablegrid import Looks, looks_of
from docgen.render.pdf.layout.tablelayout import Body, Manner, Own, Table
from docgen.render.pdf.layout.tableplan import changed
from docgen.render.pdf.layout.tablerules import at_row
from docgen.render.pdf.layout.tablestyle import ALIGNMENTS, PLAIN, Area, Fill, Setting, TableStyle, choose
from docgen.render.pdf.layout.tabletags import Tags
from docgen.render.pdf.layout.tablewidths import Given
from docgen.render.pdf.layout.wrong import WRONG, in_words

#: Column and row of a cell, and what its attributes change of its looks.
Change = tuple[int, int, tuple[tuple[str, Any], ...]]


@dataclass
class _Read:
    """What has been read of a table."""

    style: TableStyle
    rows: list[list[Content]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    own: dict[int, Own] = field(default_factory=dict)


def build(element: etree._Element, maker: Maker) -> Iterable[Block]:
    """Return the table of a `<blockTable>`.

    Raises:
        TemplateError: something in it is wrong; names its line.
        ValueError: an attribute of its own is wrong.
    """
    read = _read(element, maker)
    columns = max(map(len, read.rows), default=0)
    if not columns:
        raise ValueError("a table has at least one row and one column")
    for row in read.rows:
        row += [""] * (columns - len(row))
    style, count = read.style, len(read.rows)
    body = Body(
        read.rows,
        _looks(read, columns, maker),
        _heights(element.get("rowHeights"), count),
        _widths(element.get("colWidths"), columns),
        style.fills,
        style.lines,
        [read.own.get(row) for row in range(count)] if read.own else None,
        style.spans,
        style.nosplits,
        style.at_splits,
        style=None if read.own else style,
    )
    return (_table(element, maker, style, body),)


def _table(element: etree._Element, maker: Maker, style: TableStyle, body: Body) -> Table:
    repeat = count(element.get("repeatRows", "0"))
    heads, left = count(element.get("headerRows", str(repeat))), count(element.get("headerColumns", "0"))
    manner = Manner(
        element,
        maker,
        choose(element.get("alignment", "center"), ALIGNMENTS),
        switch(element.get("splitByRow", "1")),
        switch(element.get("splitInRow", "0")),
        repeat,
        Tags(heads, left, heads >= len(body.rows)) if heads or left else None,
    )
    table = Table(manner, body)
    table.keep_with_next = bool(style.keep_with_next)
    table.space_before = length(element.get("spaceBefore", "0"))
    table.space_after = length(element.get("spaceAfter", "0"))
    return table


def _read(element: etree._Element, maker: Maker) -> _Read:
    read = _Read(_style(element, maker))
    maker.refuse_text(element)
    for child in element.iterchildren(etree.Element):
        if child.tag == "tr":
            _read_row(child, maker, read)
        elif child.tag == "blockTableStyle":
            _merge_cells(read)
            read.style = read.style + tablestyle.read(child, maker)
        elif child.tag == "bulkData":
            read.rows = [list(_bulk_row(line)) for line in (child.text or "").strip().split("\n")]
        else:
            raise maker.fault(child, f"<{child.tag}> cannot stand inside <blockTable>")
    return read


def _merge_cells(read: _Read) -> None:
    """Let what cells have said so far stand in the style, since a style that comes after them goes over them."""
    if read.changes or read.own:
        settings = tuple(Setting(Area(x, y, x, y), changes) for x, y, changes in read.changes)
        fills = tuple(fill._replace(area=at_row(fill.area, row)) for row, own in read.own.items() for fill in own[0])
        lines = tuple(line._replace(area=at_row(line.area, row)) for row, own in read.own.items() for line in own[1])
        read.style = read.style + TableStyle(settings, fills, lines)
        read.changes, read.own = [], {}


def _style(element: etree._Element, maker: Maker) -> TableStyle:
    name = element.get("style")
    if name is None:
        return PLAIN
    styles = maker.styles.tables
    found = styles.get(name) or styles.get(f"style.{name}") or styles.get(name.removeprefix("style."))
    if found is None:
        raise ValueError(f'there is no table style "{name}"; {did_you_mean(name, styles)}'.rstrip("; "))
    return found  # type: ignore[no-any-return]


def _bulk_row(line: str) -> Iterator[str]:
    line = line.strip()
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1]
    return (part.strip() for part in line.split(","))


def _read_row(element: etree._Element, maker: Maker, read: _Read) -> None:
    row: list[Content] = []
    maker.refuse_text(element)
    for cell in element:
        if cell.tag != "td":
            if isinstance(cell.tag, str):
                raise maker.fault(cell, f"<{cell.tag}> cannot stand inside <tr>")
            continue
        if cell.keys():
            _read_looks(cell, maker, read, len(row), len(read.rows))
        row.append(_read_content(cell, maker) if len(cell) else cell.text or "")
    read.rows.append(row)


def _read_content(cell: etree._Element, maker: Maker) -> Content:
    """Return what is in a cell with elements or comments in it."""
    if next(cell.iterchildren(etree.Element), None) is None:
        return "".join([cell.text or "", *(comment.tail or "" for comment in cell)])
    maker.refuse_text(cell)
    return _read_blocks(cell, maker) or ""


def _read_blocks(cell: etree._Element, maker: Maker) -> tuple[Block, ...]:
    child = cell[0]
    builder = maker.builders.get(child.tag)
    if builder is None or len(cell) > 1:
        return tuple(indented(maker.flow(cell)))
    try:
        if child.tag == "indent":
            return tuple(indented(builder(child, maker)))
        blocks = builder(child, maker)
        return blocks if blocks.__class__ is tuple else tuple(blocks)
    except WRONG as error:
        raise maker.fault(child, f"<{child.tag}>: {in_words(error, child)}") from error


def _read_looks(cell: etree._Element, maker: Maker, read: _Read, column: int, row: int) -> None:
    try:
        changes, ground, lines = tablestyle.read_cell(cell)
    except ValueError as error:
        raise maker.fault(cell, f"<td>: {error}") from error
    if changes:
        read.changes.append((column, row, changes))
    if ground or lines:
        area = Area(column, 0, column, 0)
        fills = (Fill(area, "", (ground,)),) if ground else ()
        before = read.own.get(row, ((), ()))
        read.own[row] = before[0] + fills, before[1] + tuple(line._replace(area=area) for line in lines)


def _looks(read: _Read, columns: int, maker: Maker) -> list[Looks]:
    looks = looks_of(read.style, len(read.rows), columns)
    if read.changes:
        looks = list(looks)
        for column, row, changes in read.changes:
            looks[row] = changed(looks[row], column, changes, maker.cache)
    return looks


@lru_cache(maxsize=1024)
def _widths(said: str | None, columns: int) -> tuple[Given, ...]:
    if said is None:
        return (None,) * columns
    widths = [_width(word) for word in tablestyle.words_of(said)]
    return (*widths, *[widths[-1]] * (columns - len(widths)))[:columns]


def _width(word: str) -> Given:
    if word == "*":
        return word
    if word.endswith("%"):
        share(word)
        return word
    return None if word in ("None", "auto") else length(word)


def _heights(said: str | None, rows: int) -> list[float | None]:
    if said is None:
        return [None] * rows
    heights = [None if word == "None" else length(word) for word in tablestyle.words_of(said)]
    if len(heights) != rows:
        raise ValueError(f"rowHeights names {len(heights)} rows, and there are {rows}")
    return heights
