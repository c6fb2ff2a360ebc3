"""Floor 2, edges: what a table of data says to readers: its rows, its header cells and what they head."""

from __future__ import annotations

from dataclasses import dataclass

from docgen.render.pdf.layout.blocks import Document, Node
from docgen.render.pdf.layout.tablestyle import Area


@dataclass
class Tags:
    """The structure of one table, made as its rows are drawn; its parts share it.

    Attributes:
        rows: how many at its head are header rows; `columns` likewise at its left.
    """

    rows: int
    columns: int = 0
    _table: Node | None = None
    _group: Node | None = None
    _row: Node | None = None
    _drawn: int = 0

    def begin_row(self, document: Document) -> None:
        """Begin the next row."""
        if self._table is None:
            self._table = document.at.add("Table")
        if self._group is None or self._drawn == self.rows:
            self._group = self._table.add("THead" if self._drawn < self.rows else "TBody")
        self._row = self._group.add("TR")
        self._drawn += 1

    def add_cell(self, column: int, area: Area | None) -> Node:
        """Return the element of the next cell, which spans an area."""
        if self._drawn <= self.rows:
            node = Node("TH", Scope="Column")
        elif column < self.columns:
            node = Node("TH", Scope="Row")
        else:
            node = Node("TD")
        if area is not None and area.right > area.left:
            node.attributes["ColSpan"] = area.right - area.left + 1
        if area is not None and area.bottom > area.top:
            node.attributes["RowSpan"] = area.bottom - area.top + 1
        assert self._row is not None
        self._row.kids.append(node)
        return node
