"""Floor 2, edges: from a value of a record back to file and row, through joins where they can be told apart."""
# ruff: noqa: S608 - names in SQL are quoted here, values are parameters

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from docgen.model import Record, Where
from docgen.source.duck import Duck, quoted
from docgen.source.load import Loaded
from docgen.source.nest import Nested
from docgen.source.tables import FILE, ROW

_IN_LIST = re.compile(r"(?P<list>.+?)\[(?P<position>\d+)\](?:\.(?P<column>.+))?")
#: Types whose values find themselves again.
_COMPARABLE = ("VARCHAR", "BIGINT", "INTEGER", "HUGEINT", "DATE", "TIMESTAMP", "BOOLEAN", "DECIMAL", "UUID")


class Locator:
    """Knows where the values of one job's records came from."""

    def __init__(
        self,
        duck: Duck,
        tables: Mapping[str, Loaded],
        only: Loaded | None,
        types: Mapping[str, Any],
        key: str,
        nested: Mapping[str, Nested],
    ) -> None:
        self._duck = duck
        self._tables = tables
        self._only = only
        self._types = types
        self._nested = nested
        owners = Counter(column for table in tables.values() for column in table.columns)
        self._links = {column for column, count in owners.items() if count > 1} | {key}

    def locate(self, record: Record, column: str) -> Where | None:
        """Return file, row and column of a value, as much of it as is certain."""
        match = _IN_LIST.fullmatch(column)
        if match and match["list"] in self._nested:
            place = self._nested[match["list"]].place(self._duck, record.ordinal, int(match["position"]))
            return Where(place[0], path=(match["column"] or column,), row=place[1]) if place else None
        # `address.city` of an object stands in the column `address`.
        column = column if column in self._types else re.split(r"[.\[]", column, maxsplit=1)[0]
        if self._only is not None:
            return self._locate_directly(self._only, record, column)
        return self._locate_joined(record, column)

    def _locate_directly(self, table: Loaded, record: Record, column: str) -> Where | None:
        if column not in table.columns:
            return None
        file, row = self._duck.rows(f"select {FILE}, {ROW} from {table.relation} where rowid = $1", [record.ordinal])[0]
        return Where(table.files[file], path=(column,), row=row)

    def rows_with(self, column: str, value: object, limit: int = 20) -> list[Where]:
        """Return the places of all rows that have a value in a column, of the table where it is repeated."""
        tables = [self._only] if self._only is not None else self._tables.values()
        found: list[Where] = []
        for table in tables:
            if column not in table.columns:
                continue
            try:
                rows = self._duck.rows(
                    f"select {FILE}, {ROW} from {table.relation} where {quoted(column)} is not distinct from $1 "
                    f"order by rowid limit {limit}",
                    [value],
                )
            except duckdb.Error:
                continue  # the column is of another type here
            places = [Where(table.files[file], path=(column,), row=row) for file, row in rows]
            if len(places) > 1:
                return places
            found = found or places
        return found

    def _locate_joined(self, record: Record, column: str) -> Where | None:
        owners = [table for table in self._tables.values() if column in table.columns]
        for table in owners:
            types = self._duck.types(table.relation)
            shared = [name for name in table.columns if self._is_comparable(name, types)]
            for names in (shared, [name for name in shared if name in self._links]):
                found = self._find(table, record, names)
                if len(found) == 1:
                    return Where(table.files[found[0][0]], path=(column,), row=found[0][1])
        if len(owners) == 1 and len(owners[0].files) == 1:
            return Where(owners[0].files[0], path=(column,))
        return None

    def _is_comparable(self, name: str, types: Mapping[str, Any]) -> bool:
        kind = str(types[name])
        same = name in self._types and str(self._types[name]) == kind
        return same and "WITH TIME ZONE" not in kind and kind.startswith(_COMPARABLE) and not kind.endswith("]")

    def _find(self, table: Loaded, record: Record, names: Iterable[str]) -> list[tuple[int, int]]:
        """Return the first two rows whose columns equal those of the record."""
        names = list(names)
        if not names:
            return []
        match = " and ".join(f"{quoted(name)} is not distinct from ${n}" for n, name in enumerate(names, start=1))
        try:
            return self._duck.rows(
                f"select {FILE}, {ROW} from {table.relation} where {match} limit 2",
                [record.values.get(name) for name in names],
            )
        except duckdb.Error:
            # A record that was changed since it was read; a place is a courtesy, not worth an error.
            return []
