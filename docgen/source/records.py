"""Floor 2, edges: the records of a job, read in batches from DuckDB: keys checked, lists nested, places known."""
# ruff: noqa: S608 - names in SQL are quoted here, values are parameters

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

from docgen.errors import DuplicateKey, JobError, MissingKey, RecordError, did_you_mean
from docgen.job import DataSpec
from docgen.model import Record, Where
from docgen.scalars import Misfit, read_text
from docgen.source.duck import Converter, Duck, converters, plain_expression, quoted
from docgen.source.load import SCHEMA, Loaded
from docgen.source.locate import Locator
from docgen.source.nest import Nested, build_nested

_RECORDS = f"{SCHEMA}.{quoted('docgen records')}"
_KEYS = f"{SCHEMA}.{quoted('docgen keys')}"
_BAD = f"{SCHEMA}.{quoted('docgen bad keys')}"
_BLANK = r"'[\s\p{Z}]*'"
_BLOCK = 5000
#: So many keys that come twice are told with all their rows, the others with their own row alone.
_KEYS_LOOKED_FOR = 500
_Lists = dict[int, list[dict[str, object]]]


class DuckSource:
    """The records of a job, as protocols.Source has it."""

    def __init__(self, duck: Duck, data: DataSpec, tables: Mapping[str, Loaded]) -> None:
        """Run the job's SQL over the loaded tables and check the keys.

        Raises:
            JobError, SourceError, Faults: SQL that is wrong; names of columns that are not there.
        """
        self._duck = duck
        only = None if data.records else tables[_only_table(data)]
        if data.records:
            duck.create_from(_RECORDS, data.records)
        self._relation = only.relation if only else _RECORDS
        types = duck.types(self._relation)
        self._types = {name: types[name] for name in (only.columns if only else types)}
        self._key = self._find_column(data.key)
        self._nested: dict[str, Nested] = {}
        for name, spec in data.nest.items():
            if name in self._types:
                place = Where(path=("nest", name))
                problem = f'`nest` and the records both have a field "{name}"'
                raise JobError(problem, where=place, hint="choose another name")
            self._nested[name] = build_nested(duck, name, spec, tables[spec.table], self._relation, self._types)
        self._locator = Locator(duck, tables, only, self._types, self._key, self._nested)
        self._places: dict[str, list[Where]] = {}
        self._total = int(duck.rows(f"select count(*) from {self._relation}")[0][0])
        self._check_keys()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names of the records, then the names of nested lists."""
        return (*self._types, *self._nested)

    @property
    def nested_columns(self) -> dict[str, tuple[str, ...]]:
        """Nested list -> the columns of its rows."""
        return {name: nested.columns for name, nested in self._nested.items()}

    def count(self) -> int:
        """Return the number of rows, faulty keys included."""
        return self._total

    def key_faults(self) -> list[RecordError]:
        """Return every missing or duplicate key with its place, in source order."""
        return [error for _, error in self.bad_rows()]

    def bad_rows(self) -> Iterator[tuple[Mapping[str, object], RecordError]]:
        """Yield the rows that `key_faults` names, as they came."""
        seen: Counter[str] = Counter()
        for start in range(0, self._total, _BLOCK):
            found = self._duck.rows(
                f"select n, times from {_BAD} where n >= {start} and n < {start + _BLOCK} order by n"
            )
            times = dict(found)
            for record in self._read(start, _BLOCK, f"rowid in (select n from {_BAD})") if times else ():
                yield record.values, self._key_fault(record, times[record.ordinal], seen[record.key])
                seen[record.key] += 1

    def batches(self, size: int) -> Iterator[list[Record]]:
        """Yield records in source order, at most `size` at a time, without those of faulty keys."""
        for start in range(0, self._total, size):
            batch = self._read(start, size, f"rowid not in (select n from {_BAD})")
            if batch:
                yield batch

    def locate(self, record: Record, column: str) -> Where | None:
        """Return file, row and column of a value; `lines[3].quantity` names a row of a list."""
        return self._locator.locate(record, column)

    def close(self) -> None:
        """Release the database and its files."""
        self._duck.close()

    def _find_column(self, name: str) -> str:
        if name in self._types:
            return name
        hint = did_you_mean(name, self._types)
        raise JobError(f'the records have no column "{name}"', where=Where(path=("key",)), hint=hint)

    def _read(self, start: int, size: int, condition: str) -> list[Record]:
        readers = converters(self._types.values(), self._duck.zone)
        visible = ", ".join(plain_expression(quoted(name), kind) for name, kind in self._types.items())
        rows = self._duck.rows(
            f"select rowid, {visible} from {self._relation} "
            f"where rowid >= {start} and rowid < {start + size} and {condition} order by rowid"
        )
        lists = {name: nested.read(self._duck, start, start + size) for name, nested in self._nested.items()}
        return [self._record(ordinal, values, readers, lists) for ordinal, *values in rows]

    def _record(
        self,
        ordinal: int,
        values: list[Any],
        readers: list[Converter | None],
        lists: Mapping[str, dict[int, list[Any]]],
    ) -> Record:
        fields: dict[str, object] = {
            name: reader(value) if reader else value
            for name, value, reader in zip(self._types, values, readers, strict=True)
        }
        key = _key_text(fields[self._key])
        fields |= {name: by_record.get(ordinal, []) for name, by_record in lists.items()}
        return Record(key, fields, ordinal)

    def _check_keys(self) -> None:
        """Fill the table of rows whose key is missing (0 times) or not unique (so many times)."""
        keys = f"select rowid as n, {quoted(self._key)} as k from {self._relation}"
        if str(self._types[self._key]) != "VARCHAR":
            self._write_keys()
            keys = f"select n, k from {_KEYS}"
        self._duck.run(
            f"create table {_BAD} as with keys as ({keys}), "
            f"blank as (select n, 0 as times from keys where k is null or regexp_full_match(k, {_BLANK})), "
            f"twice as (select k, count(*) as times from keys where k is not null group by k having count(*) > 1) "
            f"select n, times from blank union all "
            f"select n, times from keys join twice using (k) where not regexp_full_match(k, {_BLANK}) order by n"
        )

    def _write_keys(self) -> None:
        """Write keys of other types as the text they become, so that 7 and "7" are one key."""
        self._duck.run(f"create table {_KEYS} (n BIGINT, k VARCHAR)")
        kind = self._types[self._key]
        read = converters([kind], self._duck.zone)[0]
        sql = f"select rowid, {plain_expression(quoted(self._key), kind)} from {self._relation} order by rowid"
        for block in self._duck.stream(sql, _BLOCK):
            texts = [_key_text(read(value) if read else value) for _, value in block]
            self._duck.run(
                f"insert into {_KEYS} select unnest($1::BIGINT[]), unnest($2::VARCHAR[])",
                [[ordinal for ordinal, _ in block], texts],
            )

    def _rows_of(self, record: Record) -> list[Where]:
        """Return the places of a key that comes twice; looking for them takes a while, so not for very many keys."""
        if record.key not in self._places and len(self._places) < _KEYS_LOOKED_FOR:
            self._places[record.key] = self._locator.rows_with(self._key, record.values[self._key])
        return self._places.get(record.key, [])

    def _key_fault(self, record: Record, times: int, position: int) -> RecordError:
        """Return the fault of a row; `position` counts the rows before it that have the same key."""
        if not times:
            where = self._locator.locate(record, self._key)
            return MissingKey(f"the key {self._key} is empty", where=where, field=self._key)
        places = self._rows_of(record)
        if len(places) == times:
            where = places[position]
        else:
            where = self._locator.locate(record, self._key) or (places[0] if places else None)
        hint = "keep one of them, or give each its own key"
        if len(places) == 1:
            hint = "it stands there once: the SQL of `records` makes several records of it"
        return DuplicateKey(
            f"{times} records have this key in {self._key}{_rows(places, times)}",
            where=where,
            hint=hint,
            key=record.key,
            field=self._key,
            value=record.key,
        )


def _rows(places: Sequence[Where], times: int) -> str:
    """Return `: rows 34 and 35`, or `: a.csv, row 3, and b.csv, row 7`; nothing for a single place."""
    if len(places) < 2:
        return ""
    if len({place.file for place in places}) == 1:
        numbers = [str(place.row) for place in places]
        if len(numbers) < times:
            return f": rows {', '.join(numbers)}, ..."
        return f": rows {', '.join(numbers[:-1])} and {numbers[-1]}"
    return ": " + "; ".join(f"{place.file}, row {place.row}" for place in places)


def _only_table(data: DataSpec) -> str:
    """Return the table that the records are without SQL: the only one that is not nested."""
    nested = {spec.table for spec in data.nest.values()}
    names = [name for name in data.tables if name not in nested] or list(data.tables)
    if len(names) == 1:
        return names[0]
    hint = f"for example: select * from {quoted(names[0])}"
    raise JobError("several tables, and no `records` to say which rows are the records", hint=hint)


def _key_text(value: object) -> str:
    if value is None:
        return ""
    try:
        return read_text(value, "en")
    except Misfit:
        return str(value)
