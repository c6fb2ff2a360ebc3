"""Floor 2, edges: rows of another table as a list in each record, sorted once and read along with the records."""
# ruff: noqa: S608 - names in SQL are quoted here, values are parameters

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docgen.errors import JobError, did_you_mean
from docgen.job import NestSpec
from docgen.model import Where
from docgen.source.duck import Duck, converters, plain_expression, quoted
from docgen.source.load import SCHEMA, Loaded
from docgen.source.tables import FILE, ROW

#: Records whose lists are sorted at once.
_SLICE = 20_000
_ORDINAL = '"docgen\nordinal"'


@dataclass(frozen=True)
class Nested:
    """A nested list in DuckDB: its rows in order, each with the ordinal of its record.

    Attributes:
        table: where the rows come from.
        relation: quoted name of the sorted rows.
        types: visible column -> DuckDB type.
    """

    table: Loaded
    relation: str
    types: Mapping[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a row."""
        return tuple(self.types)

    def read(self, duck: Duck, start: int, stop: int) -> dict[int, list[dict[str, object]]]:
        """Return ordinal -> rows, for the records from `start` to before `stop`."""
        readers = converters(self.types.values(), duck.zone)
        visible = ", ".join(plain_expression(quoted(name), kind) for name, kind in self.types.items())
        found: dict[int, list[dict[str, object]]] = {}
        for ordinal, *values in duck.rows(
            f"select {_ORDINAL}, {visible} from {self.relation} "
            f"where {_ORDINAL} >= {start} and {_ORDINAL} < {stop} order by rowid"
        ):
            row = {
                name: reader(value) if reader else value
                for name, value, reader in zip(self.types, values, readers, strict=True)
            }
            found.setdefault(ordinal, []).append(row)
        return found

    def place(self, duck: Duck, ordinal: int, position: int) -> tuple[str, int] | None:
        """Return file and row of a list's row, counted from 1; None where there is no such row."""
        if position < 1:
            return None
        found = duck.rows(
            f"select {FILE}, {ROW} from {self.relation} where {_ORDINAL} = $1 order by rowid limit 1 offset $2",
            [ordinal, position - 1],
        )
        return (self.table.files[found[0][0]], found[0][1]) if found else None


def build_nested(
    duck: Duck, name: str, spec: NestSpec, table: Loaded, records: str, types: Mapping[str, Any]
) -> Nested:
    """Sort the rows of a table by the records they belong to.

    Args:
        duck: the database.
        name: of the list in the record.
        spec: what the job says.
        table: where the rows are.
        records: quoted name of the records.
        types: column of the records -> DuckDB type.

    Raises:
        JobError: a column that is not there.
    """
    own = duck.types(table.relation)
    for column in spec.on:
        _check_column(name, "on", column, types, "the records have")
        _check_column(name, "on", column, table.columns, f'table "{table.name}" has')
    for column in spec.order_by:
        _check_column(name, "order_by", column, table.columns, f'table "{table.name}" has')
    relation = f"{SCHEMA}.{quoted(f'docgen nest {name}')}"
    match = " and ".join(_equal(quoted(column), types[column], own[column]) for column in spec.on)
    order = "".join(f", {_sort_key(quoted(column), own[column])}" for column in spec.order_by)
    select = f"select r.rowid as {_ORDINAL}, l.* from {table.relation} l join {records} r on {match}"
    duck.run(f"create table {relation} as {select} where false")
    total = duck.rows(f"select count(*) from {records}")[0][0]
    with duck.transaction():
        # Slice by slice: sorting all at once takes memory that grows with the data.
        for start in range(0, total, _SLICE):
            block = f"r.rowid >= {start} and r.rowid < {start + _SLICE}"
            duck.run(f"insert into {relation} {select} where {block} order by r.rowid{order}, l.rowid")
    return Nested(table, relation, {column: own[column] for column in table.columns})


def _check_column(name: str, key: str, column: str, columns: Mapping[str, Any] | tuple[str, ...], owner: str) -> None:
    if column not in columns:
        hint = did_you_mean(column, columns)
        raise JobError(f'{owner} no column "{column}"', where=Where(path=("nest", name, key)), hint=hint)


def _equal(name: str, left: Any, right: Any) -> str:
    if str(left) == str(right):
        return f"r.{name} = l.{name}"
    # Of two types, what a person reads has to be the same: 00123 is not 123.
    return f"cast(r.{name} as VARCHAR) = cast(l.{name} as VARCHAR)"


def _sort_key(name: str, kind: Any) -> str:
    """Return SQL that sorts text which is a whole number by its value: line 10 comes after line 9."""
    if str(kind) != "VARCHAR":
        return f"l.{name} nulls last"
    number = rf"case when regexp_full_match(l.{name}, '\s*-?\d{{1,18}}\s*') then cast(l.{name} as BIGINT) end"
    return f"{number} nulls last, l.{name} nulls last"
