"""Floor 2, edges: a sheet of an XLSX, XLS or ODS file, with the types its cells have. Refuses to know SQL.

Formulas give the values that the spreadsheet program stored. Rows count as a person sees them; rows without any value
are left out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from docgen.errors import SourceError, did_you_mean
from docgen.model import Where
from docgen.scalars import Misfit, read_text
from docgen.source.tables import Row, RowFaults, Table, check_columns, numbered_columns, trim_unnamed


def read_workbook(path: Path, sheet: str | None, shown: str, *, header: bool = True) -> Table:
    """Open a sheet.

    Args:
        path: the file.
        sheet: its name; without one, the first.
        shown: file and sheet for people.
        header: the first row that has values has the names.

    Raises:
        SourceError, Faults: no workbook, no such sheet, an empty one, or without usable column names.
    """
    rows = _filled_rows(_open_sheet(path, sheet, shown))
    try:
        first_row, first = next(rows)
    except StopIteration as error:
        raise SourceError("the sheet is empty", where=Where(shown)) from error
    if not header:
        return Table(shown, numbered_columns(len(first)), itertools.chain([(first_row, first)], rows), False)
    names = [_name(value) for value in first]
    named = trim_unnamed(names)
    return Table(shown, check_columns(names[:named], shown, first_row), _cut(rows, named, shown), False)


def _open_sheet(path: Path, sheet: str | None, shown: str) -> CalamineSheet:
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = workbook.sheet_names
        if sheet is not None and sheet not in names:
            hint = did_you_mean(sheet, names)
            raise SourceError(f'there is no sheet "{sheet}"', where=Where(shown), hint=hint)
        return workbook.get_sheet_by_name(sheet if sheet is not None else names[0])
    except PasswordError as error:
        raise SourceError("the workbook is protected by a password", where=Where(shown)) from error
    except (CalamineError, OSError, IndexError) as error:
        raise SourceError("the file is not a workbook that can be read", where=Where(shown), hint=str(error)) from error


def _filled_rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[object]]]:
    """Yield rows that have a value, with empty cells as None."""
    if sheet.start is None:
        return
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells: list[object] = [None if cell == "" else cell for cell in row]
        if any(cell is not None for cell in cells):
            yield number, cells


def _name(value: object) -> str:
    try:
        return "" if value is None else read_text(value, "en")
    except Misfit:
        return ""


def _cut(rows: Iterator[tuple[int, Sequence[object]]], named: int, shown: str) -> Iterator[Row]:
    faults = RowFaults(shown)
    for number, row in rows:
        if any(cell is not None for cell in row[named:]):
            faults.add("the row has a value in a column without a name", number, "write a name in the first row")
        elif any(cell is not None for cell in row[:named]) and not faults:
            yield number, row[:named]
    faults.check()
