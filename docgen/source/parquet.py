"""Floor 2, edges: Parquet, which DuckDB reads by itself, with the types the file has."""
# ruff: noqa: S608 - names in SQL are quoted here

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from docgen.errors import SourceError
from docgen.model import Where
from docgen.source.duck import Duck, quoted
from docgen.source.tables import FILE, ROW, Table, check_columns, check_same_columns

_NUMBER = "file_row_number"


def load_parquet(duck: Duck, table: str, files: Sequence[Path], shown: Sequence[str]) -> tuple[str, ...]:
    """Load files of the same columns into a new table and return the columns.

    Args:
        duck: where to.
        table: quoted name.
        files: at least one.
        shown: their names for people.

    Raises:
        SourceError, Faults: no Parquet, or other columns than the first file.
    """
    first: Table | None = None
    for number, (file, label) in enumerate(zip(files, shown, strict=True)):
        try:
            first = _load_file(duck, table, file, label, number, first)
        except duckdb.Error as error:
            problem = str(error).splitlines()[0]
            raise SourceError("the file is not Parquet that can be read", where=Where(label), hint=problem) from error
    assert first is not None, "a pattern without files is a fault earlier"
    return first.columns


def _load_file(duck: Duck, table: str, file: Path, label: str, number: int, first: Table | None) -> Table:
    path = str(file).replace("'", "''")
    source = f"read_parquet('{path}', {_NUMBER} = true)"
    found = [row[0] for row in duck.rows(f"describe select * exclude {_NUMBER} from {source}")]
    this = Table(label, check_columns(found, label, None), iter(()), False)
    first = first or this
    check_same_columns(first, this)
    own = dict(zip(this.columns, found, strict=True))
    visible = ", ".join(f"{quoted(own[name])} as {quoted(name)}" for name in first.columns)
    select = f"select {visible}, {number}::INTEGER as {FILE}, {_NUMBER} + 1 as {ROW} from {source}"
    duck.run(f"insert into {table} {select}" if number else f"create table {table} as {select}")
    return first
