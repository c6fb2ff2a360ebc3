"""Floor 1, rules: the grid of a table: which cell stands over which columns, and how wide columns should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from docgen.prose.model import Cell, Meter, Picture, Table, Text, pieces

#: Columns are no narrower than this share of what the widest one is wide.
_NARROWEST = 0.12
#: Longer texts make a column no wider: they are broken into lines.
_LONG_TEXT = 60
_LONG_WORD = 24
#: How many letters stand side by side on a page's width.
_LETTERS = 90.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell in a row of the grid.

    Attributes:
        column: the first column it stands over, from 0.
        columns: how many.
        continued: the cell began in a row above.
    """

    cell: Cell
    column: int
    columns: int
    continued: bool = False


def make_table(rows: Iterable[tuple[Cell, ...]], head: int, meter: Meter) -> Table:
    """Return a table whose rows all cover the same columns: cells that lack are added, those too large are cut.

    Args:
        rows: as the source has them.
        head: how many of them are headings.
        meter: refuses what is too large.
    """
    placed = _place(_worth_keeping(rows), meter)
    columns = max((slot.column + slot.columns for row in placed for slot in row), default=0)
    made = []
    for number, row in enumerate(placed):
        covered = {column for slot in row for column in range(slot.column, slot.column + slot.columns)}
        cells = [(slot.column, _cut(slot, len(placed) - number)) for slot in row if not slot.continued]
        cells += [(column, Cell()) for column in range(columns) if column not in covered]
        meter.charge(1 + len(cells))
        made.append(tuple(cell for _, cell in sorted(cells, key=lambda pair: pair[0])))
    return Table(tuple(made), min(head, len(made)))


def _worth_keeping(rows: Iterable[tuple[Cell, ...]]) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows without those that are empty and that no cell reaches into from above."""
    reach = 0
    for row in rows:
        if row or reach:
            yield row
        reach = max(reach - 1, 0, *(cell.rows - 1 for cell in row))


def lay_out(table: Table) -> list[list[Slot]]:
    """Return each row as slots from left to right, cells of the rows above included."""
    return [sorted(row, key=lambda slot: slot.column) for row in _place(table.rows, Meter())]


def _place(rows: Iterable[tuple[Cell, ...]], meter: Meter) -> list[list[Slot]]:
    hanging: dict[int, tuple[Slot, int]] = {}  # column -> a cell that goes on, and for how many rows
    placed = []
    for row in rows:
        slots = [replace(slot, continued=True) for slot, _ in hanging.values()]
        taken = {column for slot in slots for column in range(slot.column, slot.column + slot.columns)}
        hanging = {column: (slot, left - 1) for column, (slot, left) in hanging.items() if left > 1}
        column = 0
        for cell in row:
            while column in taken:
                column += 1
            width = 1
            while width < cell.columns and column + width not in taken:
                width += 1
            meter.check_columns(column + width)
            slot = Slot(cell, column, width)
            slots.append(slot)
            if cell.rows > 1:
                hanging[column] = (slot, cell.rows - 1)
            column += width
        placed.append(slots)
    return placed


def _cut(slot: Slot, rows_left: int) -> Cell:
    return replace(slot.cell, columns=slot.columns, rows=min(slot.cell.rows, rows_left))


def column_shares(table: Table, letters: float = _LETTERS) -> list[float]:
    """Return the width of each column as a share of the table's: as wide as what stands in it needs, within reason.

    Args:
        table: the table.
        letters: how many letters stand side by side in the whole width; columns are made to hold their longest word.
    """
    grid = lay_out(table)
    count = max((slot.column + slot.columns for row in grid for slot in row), default=0)
    wanted, least = [1.0] * count, [1.0] * count
    for slot in (slot for row in grid for slot in row if slot.columns == 1 and not slot.continued):
        most, word = _needs(slot.cell)
        wanted[slot.column] = max(wanted[slot.column], most)
        least[slot.column] = max(least[slot.column], word)
    narrowest = max(wanted, default=1.0) * _NARROWEST
    return _share([max(one, narrowest) for one in wanted], [one / letters for one in least])


def _share(wanted: list[float], least: list[float]) -> list[float]:
    """Return shares of 1 in proportion to what is wanted, none below its least where there is room for that."""
    if sum(least) >= 1:
        return [one / sum(least) for one in least]
    fixed: set[int] = set()
    while True:
        left = 1 - sum(least[index] for index in fixed)
        total = sum(one for index, one in enumerate(wanted) if index not in fixed)
        shares = [least[index] if index in fixed else one / total * left for index, one in enumerate(wanted)]
        short = {index for index, one in enumerate(shares) if index not in fixed and one < least[index]}
        if not short:
            return shares
        fixed |= short


def _needs(cell: Cell) -> tuple[float, float]:
    """Return how many letters wide a cell would be at best, and at least."""
    found = list(pieces(cell.blocks))
    text = " ".join(piece.text for piece in found if isinstance(piece, Text))
    word = max((len(word) for word in text.split()), default=0)
    picture: float = max(((piece.width_mm or 20) / 2 for piece in found if isinstance(piece, Picture)), default=0)
    longest = min(word, _LONG_WORD) * 1.15
    return max(float(min(len(text), _LONG_TEXT) ** 0.75) * 1.6, longest, picture) + 2.0, longest + 2.0
