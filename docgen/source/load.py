"""Floor 2, edges: from what a job names as a table to a table in DuckDB. Refuses to know records.

Every row keeps the file and the row it came from in two hidden columns; people's SQL sees a view without them.
"""
# ruff: noqa: S608 - names in SQL are quoted here, values are parameters

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from docgen.errors import DocgenError, Faults, JobError, SourceError, ToolMissing, flatten, raise_faults
from docgen.job import TableSpec
from docgen.model import Where
from docgen.source.duck import Duck, quoted
from docgen.source.json_files import read_json, read_json_lines
from docgen.source.parquet import load_parquet
from docgen.source.paths import find_files, shown_as
from docgen.source.staging import Column, select_list
from docgen.source.tables import FILE, ROW, Row, Table, check_same_columns
from docgen.source.text_files import read_text_file
from docgen.source.workbook import read_workbook

#: Cells that are handed to DuckDB at once.
_CELLS = 20_000
SCHEMA = "docgen"

Reader = Callable[[Path, str | None, str, TableSpec], Table]
"""Takes path, part of the file (`#Sheet`), name for people and the job's spec."""


def _read_text(path: Path, part: str | None, shown: str, spec: TableSpec) -> Table:
    return read_text_file(
        path, shown, encoding=spec.encoding, delimiter=spec.delimiter, quote=spec.quote, header=spec.header
    )


def _read_workbook(path: Path, part: str | None, shown: str, spec: TableSpec) -> Table:
    return read_workbook(path, part, shown, header=spec.header)


def _read_json(path: Path, part: str | None, shown: str, spec: TableSpec) -> Table:
    return read_json(path, shown, encoding=spec.encoding)


def _read_json_lines(path: Path, part: str | None, shown: str, spec: TableSpec) -> Table:
    return read_json_lines(path, shown, encoding=spec.encoding)


#: File name ending -> how it is read. Parquet is DuckDB's own.
READERS: dict[str, Reader] = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), _read_text),
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), _read_workbook),
    ".json": _read_json,
    **dict.fromkeys((".jsonl", ".ndjson"), _read_json_lines),
}
_PARQUET = ".parquet"
_WITH_SHEET = re.compile(r"(?P<file>.+\.(?:xlsx|xlsm|xlsb|xls|ods))#(?P<sheet>.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Loaded:
    """A table in DuckDB.

    Attributes:
        name: as the job calls it.
        columns: the visible ones.
        files: the names for people that the hidden file number points at.
    """

    name: str
    columns: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def relation(self) -> str:
        """The quoted name of the table that has the hidden columns too."""
        return f"{SCHEMA}.{quoted(self.name)}"


def load_tables(duck: Duck, tables: dict[str, TableSpec], base: Path) -> dict[str, Loaded]:
    """Load every table of a job.

    Args:
        duck: where to.
        tables: name -> where from.
        base: the folder that relative paths start from.

    Raises:
        JobError, SourceError, Faults: the faults of all tables together.
    """
    duck.run(f"create schema {SCHEMA}")
    loaded: dict[str, Loaded] = {}
    faults: list[DocgenError] = []
    for name, spec in tables.items():
        try:
            with duck.transaction():
                loaded[name] = _load(duck, name, spec, base)
        except (Faults, JobError, SourceError, ToolMissing) as error:
            faults += [_in_job(fault, name, spec) for fault in flatten(error)]
    raise_faults(faults)
    return loaded


def _in_job(fault: DocgenError, name: str, spec: TableSpec) -> DocgenError:
    """Give a fault its place below `data`, unless a file of the data has it."""
    if spec.url is not None or fault.where is None:
        fault.where = Where(path=("tables", name))
    return fault


def _load(duck: Duck, name: str, spec: TableSpec, base: Path) -> Loaded:
    if (spec.file is None) == (spec.url is None):
        raise JobError(f'table "{name}" needs either `file` or `url`')
    if spec.url is not None:
        if spec.table is not None and spec.query is not None:
            raise JobError(f'table "{name}" has both `table` and `query`', hint="give one of them")
        from docgen.source.database import read_database  # loaded late: few jobs read databases

        table = read_database(spec.url, name, base, table=spec.table, query=spec.query)
        loaded = _load_rows(duck, name, [lambda: table])
    else:
        loaded = _load_files(duck, name, spec, base)
    if not duck.rows(f"select 1 from {loaded.relation} limit 1"):
        raise SourceError("the table has no rows", where=Where(loaded.files[0]))
    visible = ", ".join(map(quoted, loaded.columns))
    duck.run(f"create view {quoted(name)} as select {visible} from {loaded.relation}")
    return loaded


def _load_files(duck: Duck, name: str, spec: TableSpec, base: Path) -> Loaded:
    match = _WITH_SHEET.fullmatch(spec.file or "")
    pattern, part = (match["file"], match["sheet"]) if match else (spec.file or "", None)
    files = find_files(pattern, base)
    unknown = next((file for file in files if file.suffix.lower() not in {*READERS, _PARQUET}), None)
    if unknown:
        endings = ", ".join([*READERS, _PARQUET])
        raise SourceError(f'files ending in "{unknown.suffix}" cannot be read', where=Where(pattern), hint=endings)
    shown = [shown_as(file, pattern, base) + (f"#{part}" if part else "") for file in files]
    if all(file.suffix.lower() == _PARQUET for file in files):
        return Loaded(name, load_parquet(duck, f"{SCHEMA}.{quoted(name)}", files, shown), tuple(shown))
    openers = [
        partial(READERS[file.suffix.lower()], file, part, label, spec) for file, label in zip(files, shown, strict=True)
    ]
    return _load_rows(duck, name, openers)


def _load_rows(duck: Duck, name: str, openers: Sequence[Callable[[], Table]]) -> Loaded:
    """Load tables that are read row by row, one after the other; the first says what the columns are."""
    first = openers[0]()
    labels: list[str] = []
    rows = _all_rows(first, openers[1:], labels)
    insert = _insert_text if first.is_text else _insert_typed
    insert(duck, f"{SCHEMA}.{quoted(name)}", first.columns, rows)
    return Loaded(name, first.columns, tuple(labels))


def _all_rows(first: Table, others: Sequence[Callable[[], Table]], labels: list[str]) -> Iterator[tuple[int, Row]]:
    """Yield file number and row over all files; raise the faults of all files together."""
    faults: list[DocgenError] = []
    for number, opener in enumerate([lambda: first, *others]):
        try:
            table = opener()
            labels.append(table.shown)
            check_same_columns(first, table)
            places = [table.columns.index(column) for column in first.columns]
            for row, values in table.rows:
                yield number, (row, [values[place] for place in places])
        except Faults as error:
            faults += error.faults
        except SourceError as error:
            faults.append(error)
    raise_faults(faults)


def _insert_text(duck: Duck, table: str, columns: Sequence[str], rows: Iterable[tuple[int, Row]]) -> None:
    names = [quoted(column) for column in columns]
    declared = ", ".join(f"{name} VARCHAR" for name in names)
    duck.run(f"create table {table} ({declared}, {FILE} INTEGER, {ROW} BIGINT)")
    for block in _blocks(rows, len(columns)):
        _insert(duck, table, [*zip(*(values for _, (_, values) in block), strict=True)], block)


def _insert_typed(duck: Duck, table: str, columns: Sequence[str], rows: Iterable[tuple[int, Row]]) -> None:
    """Load through a table of marked text, from which the types are known at the end."""
    staged = f"{SCHEMA}.{quoted('docgen staged')}"
    names = [quoted(column) for column in columns]
    kinds = [Column() for _ in columns]
    declared = ", ".join(f"{name} VARCHAR" for name in names)
    duck.run(f"create or replace table {staged} ({declared}, {FILE} INTEGER, {ROW} BIGINT)")
    for block in _blocks(rows, len(columns)):
        by_column = zip(*(values for _, (_, values) in block), strict=True)
        _insert(duck, staged, [[*map(kind.encode, cells)] for kind, cells in zip(kinds, by_column, strict=True)], block)
    zone = next((kind.zone for kind in kinds if kind.zone), "")
    if zone and duck.zone == "UTC":
        duck.set_zone(zone)
    duck.run(f"create table {table} as select {select_list(names, kinds)}, {FILE}, {ROW} from {staged} order by rowid")
    duck.run(f"drop table {staged}")


def _blocks(rows: Iterable[tuple[int, Row]], width: int) -> Iterator[list[tuple[int, Row]]]:
    iterator, size = iter(rows), max(1, _CELLS // max(width, 1))
    while block := list(itertools.islice(iterator, size)):
        yield block


def _insert(duck: Duck, table: str, cells: Sequence[Sequence[object]], block: Sequence[tuple[int, Row]]) -> None:
    """Append by column: far faster than row by row."""
    takes = [f"unnest(${n}::VARCHAR[])" for n in range(1, len(cells) + 1)]
    takes += [f"unnest(${len(cells) + 1}::INTEGER[])", f"unnest(${len(cells) + 2}::BIGINT[])"]
    places = [[number for number, _ in block], [row for _, (row, _) in block]]
    duck.run(f"insert into {table} select {', '.join(takes)}", [*map(list, cells), *places])
