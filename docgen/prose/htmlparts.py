"""Floor 1, rules: lists, tables and what else of HTML holds blocks, while it is being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from lxml import etree

from docgen.prose.builder import LineBuilder
from docgen.prose.model import Block, Cell, Item, Numbers
from docgen.prose.wordlists import WordItem, fold

Kind: TypeAlias = Literal["flow", "list", "table"]
Row: TypeAlias = tuple[Cell, ...]

_NUMBERS: dict[str, Numbers] = {
    "1": "decimal", "a": "lower-letter", "A": "upper-letter", "i": "lower-roman", "I": "upper-roman",
}  # fmt: skip
_LARGEST_START = 30_000


@dataclass(slots=True)
class Container:
    """What blocks are being put into.

    Attributes:
        items: of a list.
        rows: of a table.
        head: how many of the rows stand in its `<thead>`.
    """

    kind: Kind = "flow"
    blocks: list[Block | WordItem] = field(default_factory=list)
    line: LineBuilder = field(default_factory=LineBuilder)
    items: list[Item] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    row: list[Cell] = field(default_factory=list)
    head: int = 0
    start: int = 1

    def take_blocks(self) -> tuple[Block, ...]:
        """Return the blocks so far, and forget them."""
        made = fold(self.blocks)
        self.blocks = []
        return made

    def adopt(self) -> None:
        """Give what stands in a list, but in no item, to the last item: so do those who write lists in lists."""
        blocks = self.take_blocks()
        if blocks and self.items:
            self.items[-1] = Item((*self.items[-1].blocks, *blocks))
        elif blocks:
            self.items.append(Item(blocks))

    def end_row(self, keep_empty: bool = False) -> None:
        """Make a row of the cells so far; cells of rows above may reach into an empty one."""
        if self.row or keep_empty:
            self.rows.append(tuple(self.row))
            self.row = []

    @property
    def heading_rows(self) -> int:
        """How many rows are headings: those of `<thead>`, else a first row of nothing but `<th>`."""
        first = self.rows[0] if len(self.rows) > 1 else ()
        return self.head or int(bool(first) and all(cell.header for cell in first))


def span_of(node: etree._Element, name: str) -> int:
    """Return over how many columns or rows a cell stands."""
    return max(1, number_of(node, name, 1))


def number_of(node: etree._Element, name: str, default: int) -> int:
    """Return an attribute that is a number."""
    said = (node.get(name) or "").strip()
    return min(int(said[:6]), _LARGEST_START) if said.isascii() and said.isdigit() else default


def numbers_of(node: etree._Element) -> Numbers:
    """Return how a list writes its numbers."""
    style = (node.get("style") or "").lower().replace("latin", "letter").replace("alpha", "letter")
    for numbers in _NUMBERS.values():
        if numbers in style:
            return numbers
    return _NUMBERS.get((node.get("type") or "").strip(), "")
