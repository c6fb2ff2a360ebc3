"""Floor 2, edges: what a table says to readers: its rows, its header cells and what they head.

A row that is split stands in two parts of its table, and is one row to those who hear it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from docgen.render.pdf.layout.blocks import Document, Node
from docgen.render.pdf.layout.tablestyle import Area

#: The elements of a row that goes on in the next part of its table, by column and role; the row's own column is -1.
Halved = dict[tuple[int, str], Node]
_ROW = -1


class Thread(NamedTuple):
    """A row of which other parts of the table have more.

    Attributes:
        before: the elements of what came before, where it goes on.
        after: takes the elements for what follows, where it stops.
    """

    before: Mapping[tuple[int, str], Node] | None
    after: Halved | None

    def find(self, column: int, role: str) -> Node | None:
        """Return the element that goes on here."""
        return None if self.before is None else self.before.get((column, role))

    def element(self, document: Document, role: str, column: int) -> Node:
        """Return the element that goes on in a cell, or a new one."""
        return self.keep(column, self.find(column, role) or document.at.add(role))

    def holder(self, outer: Node, column: int) -> Node:
        """Return what holds a cell of a table that only lays out: all of it is read before the next cell."""
        if self.before is None and self.after is None:
            return outer
        return self.keep(column, self.find(column, "Div") or outer.add("Div"))

    def keep(self, column: int, node: Node) -> Node:
        """Return an element, kept for what follows."""
        if self.after is not None:
            self.after[column, node.role] = node
        return node


NO_THREAD = Thread(None, None)


@dataclass
class Tags:
    """The structure of one table, made as its rows are drawn; its parts share it.

    Attributes:
        rows: how many at its head are header rows; `columns` likewise at its left.
        all_head: there are no others: a head needs a body (ISO 14289-1, 7.5), so its rows stand by themselves.
    """

    rows: int
    columns: int = 0
    all_head: bool = False
    _table: Node | None = None
    _group: Node | None = None
    _row: Node | None = None
    _drawn: int = 0
    _down: dict[int, Node] = field(default_factory=dict)  # cells of several rows, by column

    def begin_row(self, document: Document, thread: Thread = NO_THREAD) -> None:
        """Begin the next row, or go on with one."""
        row = thread.find(_ROW, "TR")
        self._row = thread.keep(_ROW, row or self._add_row(document))
        if thread.after is not None:
            thread.after.update({(column, node.role): node for column, node in self._down.items()})

    def _add_row(self, document: Document) -> Node:
        if self._table is None:
            self._table = document.at.add("Table")
        if self.all_head:
            self._group = self._table
        elif self._group is None or self._drawn == self.rows:
            self._group = self._table.add("THead" if self._drawn < self.rows else "TBody")
        self._drawn += 1
        return self._group.add("TR")

    def add_cell(self, column: int, area: Area | None, thread: Thread = NO_THREAD) -> Node:
        """Return the element of the next cell, which spans an area."""
        down = 0 if area is None else area.bottom - area.top
        known = thread.find(column, "TD") or thread.find(column, "TH")
        if known is None:
            node = self._new_cell(column, area)
        else:
            node = known
            if down:
                node.attributes["RowSpan"] = int(str(node.attributes.get("RowSpan", 1))) + down
        if down:
            self._down[column] = node
        return thread.keep(column, node)

    def _new_cell(self, column: int, area: Area | None) -> Node:
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
