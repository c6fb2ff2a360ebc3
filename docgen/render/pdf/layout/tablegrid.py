"""Floor 2, edges: the looks of a table's cells, from the settings of its style; rows that look alike share theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docgen.render.pdf.layout.tablestyle import CellStyle, Setting, TableStyle

Looks = tuple[CellStyle, ...]
_DEFAULT = CellStyle()
_KEPT = 256


def looks_of(style: TableStyle, rows: int, columns: int) -> list[Looks]:
    """Return the looks of the cells of a table of some size, by row; not to be changed."""
    found = style.resolved.get((rows, columns))
    if found is None:
        if len(style.resolved) >= _KEPT:
            style.resolved.clear()
        found = style.resolved[rows, columns] = apply(style.settings, [(_DEFAULT,) * columns] * rows, columns)
    return found


def apply(settings: Iterable[Setting], looks: Sequence[Looks], columns: int) -> list[Looks]:
    """Return looks with settings; those at splits are left out."""
    found = list(looks)
    for setting in settings:
        if setting.area.at:
            continue
        left, right = (x + columns if x < 0 else x for x in (setting.area.left, setting.area.right))
        top, bottom = (y + len(found) if y < 0 else y for y in (setting.area.top, setting.area.bottom))
        left, right = max(0, left), min(columns - 1, right)
        done: dict[int, Looks] = {}
        before = found[max(0, top) : bottom + 1]  # holds the rows that `done` knows by their id
        for row, look in enumerate(before, start=max(0, top)):
            new = done.get(id(look))
            if new is None:
                new = done[id(look)] = change(look, range(left, right + 1), setting.changes)
            found[row] = new
    return found


def change(looks: Looks, columns: Iterable[int], changes: Sequence[tuple[str, Any]]) -> Looks:
    """Return a row of looks, changed in some columns."""
    made = list(looks)
    for column in columns:
        made[column] = made[column]._replace(**dict(changes))
    return tuple(made)
