"""Floor 2, edges: one DuckDB database in a file of its own, and the faults of SQL in words.

Holds tables beyond memory. Once locked it can neither open files nor the network, whatever SQL says. Refuses to know
jobs and records.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from docgen.errors import SourceError, UserError, did_you_mean, flatten
from docgen.model import Where
from docgen.source.tables import check_columns

MEMORY_MB = 256
#: Rows are written out in groups of so many; the default of 122,880 keeps far more in memory.
_ROW_GROUP = 10_240
#: The key of the job's `data` that has the SQL.
_RECORDS = Where(path=("records",))
_LINE = re.compile(r"^LINE (\d+): (.*)\n( *)\^", re.MULTILINE)


def quoted(name: str) -> str:
    """Return a name as SQL takes any name."""
    return '"' + name.replace('"', '""') + '"'


class Duck:
    """A DuckDB database that lives as long as the source."""

    def __init__(self, work: Path, memory_mb: int = MEMORY_MB) -> None:
        work.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix="source-", dir=work))
        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{memory_mb}MB",
                "threads": 2,
                "temp_directory": str(self._folder / "spill"),
                "preserve_insertion_order": True,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                # Python variables must never become tables.
                "python_enable_replacements": False,
            }
        )
        file = str(self._folder / "source.duckdb").replace("'", "''")
        self.run(f"attach '{file}' as source (row_group_size {_ROW_GROUP})")
        self.run("use source")
        self.set_zone("UTC")

    def run(self, sql: str, parameters: Sequence[object] | None = None) -> None:
        """Execute a statement of docgen's own."""
        self._connection.execute(sql, parameters).fetchall()

    def rows(self, sql: str, parameters: Sequence[object] | None = None) -> list[tuple[Any, ...]]:
        """Return all rows of a query of docgen's own."""
        return self._connection.execute(sql, parameters).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing; faster than one by one."""
        self.run("begin")
        try:
            yield
        except BaseException:
            self.run("rollback")
            raise
        self.run("commit")

    def stream(self, sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """Yield rows in blocks; other queries may run meanwhile."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("use source")
            cursor.execute(sql)
            while block := cursor.fetchmany(size):
                yield block
        finally:
            cursor.close()

    def types(self, relation: str) -> dict[str, Any]:
        """Return column -> DuckDB type of a table or view, named by its quoted name."""
        found = self._connection.sql(f"from {relation}")
        return dict(zip(found.columns, found.types, strict=True))

    def set_zone(self, zone: str) -> None:
        """Show moments in the time zone of their source; before `lock`."""
        self.run(f"set TimeZone = '{zone}'")
        self.zone: str = zone

    def lock(self) -> None:
        """Give up every access to files, network and settings; from here on, results come in the same order always."""
        # Two threads race where SQL names no order, and the same data has to give the same documents.
        self.run("set threads = 1")
        self.run("set enable_external_access = false")
        self.run("set lock_configuration = true")

    def create_from(self, table: str, sql: str) -> None:
        """Make a table of a person's query, its rows in the order of the query.

        Args:
            table: quoted name.
            sql: one select.

        Raises:
            SourceError: not one select, or wrong; with line and column of the SQL.
            Faults: columns that are called alike.
        """
        tables = [name for (name,) in self.rows("select view_name from duckdb_views() where not internal")]
        with _in_words(sql, tables):
            statements = duckdb.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise SourceError("`records` has to be one select statement", where=_RECORDS)
        with _in_words(sql, tables, above=1):
            names = [name for name, *_ in self.rows(f"describe\n{sql}")]
            # CREATE TABLE would silently rename the second of two columns.
            with _in_records():
                check_columns(names, "", None, "name one of them with `as`")
            self.run(f"create table {table} as\n{sql}")

    def close(self) -> None:
        """End the database and remove its files."""
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def _in_records() -> Iterator[None]:
    try:
        yield
    except UserError as error:
        for fault in flatten(error):
            fault.where = _RECORDS
        raise


@contextmanager
def _in_words(sql: str, tables: Sequence[str], above: int = 0) -> Iterator[None]:
    """Turn DuckDB's errors about a person's SQL, below `above` lines of docgen's, into faults."""
    try:
        yield
    except duckdb.Error as error:
        raise _sql_fault(error, sql, tables, above) from error


def _sql_fault(error: duckdb.Error, sql: str, tables: Sequence[str], above: int) -> SourceError:
    text = str(error).partition("Candidate functions:")[0]
    place = _LINE.search(str(error))
    message = re.sub(r"^\w+ Error: ", "", text.partition("\nLINE ")[0].strip())
    line, column = _place(place, sql, above) if place else (None, None)
    spot = f"line {line}, column {column} of the SQL" if line else "the SQL"
    problem, _, hint = " ".join(message.split()).partition("Did you mean ")
    unknown = re.match(r"Table with name (.+) does not exist", problem)
    known = f"did you mean {hint}" if hint else _hint(error, problem)
    if unknown:
        is_file = re.search(r"[/\\.*]", unknown[1])
        known = "SQL sees only the tables of the job" if is_file else did_you_mean(unknown[1], tables)
    return SourceError(f"{spot}: {problem.strip().rstrip('.!')}", where=_RECORDS, hint=known)


def _place(match: re.Match[str], sql: str, above: int) -> tuple[int | None, int | None]:
    """Return line and column; DuckDB shows a piece of a long line, so the piece is looked for."""
    number = int(match[1]) - above
    lines = sql.splitlines()
    if not 1 <= number <= len(lines):
        return None, None
    shown = match[2].removeprefix("...").removesuffix("...")
    caret = len(match[3]) - len(f"LINE {match[1]}: ") - (3 if match[2].startswith("...") else 0)
    return number, max(lines[number - 1].find(shown), 0) + caret + 1


def _hint(error: duckdb.Error, problem: str) -> str:
    if isinstance(error, duckdb.OutOfMemoryException):
        return "set DOCGEN_SOURCE_MEMORY_MB to give it more"
    if isinstance(error, duckdb.PermissionException):
        return "SQL sees only the tables of the job"
    if "VARCHAR" in problem or "Could not convert string" in problem or "UNION" in problem:
        return "text stays text: write try_cast(column as decimal(18, 2)) to calculate with it"
    return ""


def plain_expression(name: str, kind: Any) -> str:
    """Return SQL that gives a column in a type that Python can take: moments with a zone need its wall time."""
    if "WITH TIME ZONE" not in str(kind):
        return name
    return f"cast({name} as {str(kind).replace('TIMESTAMP WITH TIME ZONE', 'TIMESTAMP')}) as {name}"


class Converter:
    """Turns what DuckDB gives for a type into docgen's values."""

    def __init__(self, kind: Any, zone: str) -> None:
        self._name = str(kind)
        self._zone = ZoneInfo(zone)
        self._children: Sequence[tuple[str, Converter]] = ()
        if not self.is_plain and kind.id in {"list", "array", "struct", "map"}:
            self._children = [(name, Converter(child, zone)) for name, child in kind.children if name != "size"]

    @property
    def is_plain(self) -> bool:
        """True where values need no change."""
        return not ("JSON" in self._name or "WITH TIME ZONE" in self._name)

    def __call__(self, value: Any) -> Any:
        """Convert one value."""
        if value is None or self.is_plain:
            return value
        if self._name == "JSON":
            return json.loads(value, parse_float=Decimal)
        if isinstance(value, datetime):
            return value.replace(tzinfo=self._zone)
        if isinstance(value, list | tuple) and self._children:
            return [self._children[0][1](part) for part in value]
        if isinstance(value, dict) and self._children:
            readers = dict(self._children)
            return {name: readers[name](part) if name in readers else part for name, part in value.items()}
        return value


def converters(types: Iterable[Any], zone: str) -> list[Converter | None]:
    """Return a converter for each type that needs one."""
    made = [Converter(kind, zone) for kind in types]
    return [None if converter.is_plain else converter for converter in made]
