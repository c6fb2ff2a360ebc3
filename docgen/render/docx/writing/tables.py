"""Floor 2, edges: tables of formatted text in Word (ECMA-376 part 1, 17.4). Knows frames, not what cells say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from lxml import etree

from docgen.prose import Block, Table
from docgen.prose.model import Align
from docgen.prose.tables import Slot, column_shares, lay_out
from docgen.render.docx.spot import w
from docgen.render.docx.writing.stylesheet import StyleSheet

#: (blocks, alignment, bold, room in twips) -> what stands in a cell
WriteCell: TypeAlias = Callable[[tuple[Block, ...], Align, bool, int | None], list[etree._Element]]

_MARGIN = 108  # twips left and right in a cell, as Word has it
_WHOLE = 5000  # the whole width, in fiftieths of a per cent
_GUESS = 9000  # twips, where nobody knows the width: Word then goes by the shares
_LETTER = 110  # twips: about the width of a letter
_GAP = 120  # twips below a table
_HAIRLINE = "BFBFBF"


class TableWriter:
    """Writes tables in the template's style for them."""

    def __init__(self, sheet: StyleSheet, write_cell: WriteCell) -> None:
        self._style = sheet.table_style()
        self._write_cell = write_cell

    def write(self, table: Table, room: int | None, indent: int, rtl: bool) -> Iterator[etree._Element]:
        """Yield the table and a gap, which keeps it from growing together with one that follows.

        Args:
            table: with at least one row.
            room: how wide it is to be in twips, None for as wide as there is room.
            indent: from the margin, in twips.
            rtl: the first column is on the right.
        """
        shares = column_shares(table, (room or _GUESS) / _LETTER)
        widths = [max(round(share * (room or _GUESS)), 1) for share in shares]
        node = etree.Element(w("tbl"))
        node.append(self._frame(room, indent, rtl, head=table.head > 0))
        grid = etree.SubElement(node, w("tblGrid"))
        for width in widths:
            _add(grid, "gridCol", w=width)
        for number, row in enumerate(lay_out(table)):
            node.append(self._row(row, widths, head=number < table.head, known=room is not None))
        yield node
        yield make_gap()

    def _frame(self, room: int | None, indent: int, rtl: bool, *, head: bool) -> etree._Element:
        frame = etree.Element(w("tblPr"))
        if self._style is not None:
            _add(frame, "tblStyle", val=self._style.id)
        if rtl:
            _add(frame, "bidiVisual")
        _add(frame, "tblW", w=room or _WHOLE, type="dxa" if room else "pct")
        if indent:
            _add(frame, "tblInd", w=indent, type="dxa")
        if self._style is None:
            borders = _add(frame, "tblBorders")
            for side in ("top", "bottom", "insideH"):
                _add(borders, side, val="single", sz=4, space=0, color=_HAIRLINE)
        _add(frame, "tblLayout", type="fixed" if room else "autofit")
        margins = _add(frame, "tblCellMar")
        for side in ("left", "right"):
            _add(margins, side, w=_MARGIN, type="dxa")
        look = {"firstRow": int(head), "lastRow": 0, "firstColumn": 0, "lastColumn": 0, "noHBand": 0, "noVBand": 1}
        _add(frame, "tblLook", val="0420" if head else "0400", **look)
        return frame

    def _row(self, slots: list[Slot], widths: list[int], *, head: bool, known: bool) -> etree._Element:
        row = etree.Element(w("tr"))
        properties = etree.SubElement(row, w("trPr"))
        _add(properties, "cantSplit")
        if head:
            _add(properties, "tblHeader")
        for slot in slots:
            row.append(self._cell(slot, sum(widths[slot.column : slot.column + slot.columns]), head, known))
        return row

    def _cell(self, slot: Slot, width: int, head: bool, known: bool) -> etree._Element:
        node = etree.Element(w("tc"))
        properties = etree.SubElement(node, w("tcPr"))
        _add(properties, "tcW", w=width, type="dxa")
        if slot.columns > 1:
            _add(properties, "gridSpan", val=slot.columns)
        if slot.cell.rows > 1:
            _add(properties, "vMerge", **({} if slot.continued else {"val": "restart"}))
        if head and self._style is None:
            _add(_add(properties, "tcBorders"), "bottom", val="single", sz=8, space=0, color="808080")
        if head:
            _add(properties, "vAlign", val="bottom")
        cell = slot.cell
        styled = head and self._style is not None and self._style.heads
        blocks = () if slot.continued else cell.blocks
        room = max(width - 2 * _MARGIN, 1) if known else None
        node.extend(self._write_cell(blocks, cell.align, cell.header and not styled, room))
        return node


def make_gap() -> etree._Element:
    """Return an empty paragraph that is hardly higher than nothing."""
    paragraph = etree.Element(w("p"))
    look = _add(paragraph, "pPr")
    _add(look, "spacing", before=0, after=0, line=_GAP, lineRule="exact")
    _add(_add(look, "rPr"), "sz", val=8)
    return paragraph


def _add(parent: etree._Element, name: str, **values: str | int) -> etree._Element:
    node = etree.SubElement(parent, w(name))
    for key, value in values.items():
        node.set(w(key), str(value))
    return node
