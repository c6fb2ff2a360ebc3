"""Floor 2, edges: rows of any database that SQLAlchemy speaks to, streamed and read-only.

Values keep the types the driver gives them. A password never appears in a message. Refuses to know what the rows are
for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from docgen.errors import SourceError, ToolMissing, did_you_mean
from docgen.model import Where
from docgen.source.tables import Row, Table, check_columns

_FETCH = 1000
#: Driver and the extra that brings it, where docgen has one.
_POSTGRESQL = "postgresql+psycopg"


def read_database(url: str, name: str, base: Path, *, table: str | None = None, query: str | None = None) -> Table:
    """Open a table or the result of a query.

    Args:
        url: SQLAlchemy URL; a SQLite file is relative to `base`.
        name: what the job calls the table.
        base: the folder of the job.
        table: read whole, in order of its primary key; `schema.table` where it is not in the default schema.
        query: SQL of that database, instead.

    Raises:
        SourceError: no connection, no such table, wrong SQL.
        ToolMissing: the driver is not installed.
    """
    parsed = _parse_url(url, name)
    shown = f"{name} ({parsed.get_backend_name()})"
    hide = _Hider(parsed)
    engine = _create_engine(_locate_file(parsed, base, shown), shown)
    try:
        sql = query if query is not None else _select_table(engine, table or name, shown)
        columns, rows = _open_rows(engine, sql, hide, shown)
    except SQLAlchemyError as error:
        engine.dispose()
        raise hide.fault(error, shown) from None
    except SourceError:
        engine.dispose()
        raise
    return Table(shown, columns, rows, False)


def _parse_url(url: str, name: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError):
        # The cause is left out: it may hold the URL, and with it a password.
        hint = "for example sqlite:///shop.sqlite or postgresql://user:password@host/database"
        raise SourceError("this is not a database URL", where=Where(name), hint=hint) from None
    if parsed.drivername in {"postgresql", "postgres"}:
        return parsed.set(drivername=_POSTGRESQL)
    return parsed


def _locate_file(url: sa.URL, base: Path, shown: str) -> sa.URL:
    """Return a URL that opens a SQLite file for reading only; other databases are told when connecting."""
    if url.get_backend_name() != "sqlite":
        return url
    if not url.database or url.database == ":memory:":
        raise SourceError("the URL names no SQLite file", where=Where(shown), hint="sqlite:///shop.sqlite")
    if url.database.startswith("file:"):
        return url
    path = (base / url.database).resolve()
    if not path.is_file():
        folder = path.parent
        names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
        raise SourceError(f'there is no file "{url.database}"', where=Where(shown), hint=did_you_mean(path.name, names))
    return url.set(database=f"file:{quote(str(path))}", query={**url.query, "mode": "ro", "uri": "true"})


def _create_engine(url: sa.URL, shown: str) -> sa.Engine:
    options: dict[str, Any] = {}
    if url.get_backend_name() == "postgresql":
        options["json_deserializer"] = partial(json.loads, parse_float=Decimal)
    try:
        return sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, **options)
    except NoSuchModuleError:
        raise SourceError(f'"{url.drivername}" is not a known kind of database', where=Where(shown)) from None
    except ModuleNotFoundError as error:
        hint = (
            "pip install 'docgen-merge[postgresql]'"
            if url.get_backend_name() == "postgresql"
            else f"install the Python package {error.name}"
        )
        raise ToolMissing(f"the driver {error.name} is not installed", where=Where(shown), hint=hint) from error


def _select_table(engine: sa.Engine, table: str, shown: str) -> str:
    """Return SQL for a whole table, in an order that is the same every time."""
    inspector = sa.inspect(engine)
    schema, name = None, table
    names = [*inspector.get_table_names(), *inspector.get_view_names()]
    if table not in names and "." in table:
        schema, name = table.split(".", 1)
    known = table in names if schema is None else inspector.has_table(name, schema=schema)
    if not known:
        raise SourceError(f'there is no table "{table}"', where=Where(shown), hint=did_you_mean(table, names))
    quoted = engine.dialect.identifier_preparer
    target = quoted.quote(name) if schema is None else f"{quoted.quote_schema(schema)}.{quoted.quote(name)}"
    key = inspector.get_pk_constraint(name, schema=schema)["constrained_columns"]
    order = f" order by {', '.join(quoted.quote(column) for column in key)}" if key else ""
    return f"select * from {target}{order}"  # noqa: S608 - names of this database, quoted by its dialect


def _open_rows(engine: sa.Engine, sql: str, hide: _Hider, shown: str) -> tuple[tuple[str, ...], Iterator[Row]]:
    options: dict[str, Any] = {"stream_results": True, "max_row_buffer": _FETCH, "no_parameters": True}
    if engine.dialect.name == "postgresql":
        options["postgresql_readonly"] = True
    connection = engine.connect().execution_options(**options)
    try:
        # As the driver takes it: a colon or a percent sign in the SQL is no parameter.
        result = connection.exec_driver_sql(sql)
        if not result.returns_rows:
            raise SourceError("the query returns no rows of data", where=Where(shown), hint="write a select")
        columns = check_columns(result.keys(), shown, None)
    except BaseException:
        connection.close()
        engine.dispose()
        raise
    return columns, _stream(connection, result, hide, shown)


def _stream(connection: sa.Connection, result: sa.CursorResult[Any], hide: _Hider, shown: str) -> Iterator[Row]:
    try:
        for number, row in enumerate(result.yield_per(_FETCH), start=1):
            yield number, tuple(row)
    except SQLAlchemyError as error:
        raise hide.fault(error, shown) from None
    finally:
        connection.close()
        connection.engine.dispose()


class _Hider:
    """Turns a driver's words into a fault without the password."""

    def __init__(self, url: sa.URL) -> None:
        password = url.password or ""
        secrets: Mapping[str, None] = dict.fromkeys(
            [str(password), quote(str(password)), quote(str(password), safe="")]
        )
        self._secrets = [secret for secret in secrets if secret]

    def fault(self, error: SQLAlchemyError, shown: str) -> SourceError:
        cause = getattr(error, "orig", None) or error
        # PostgreSQL's long form shows the SQL that the driver wrapped around the person's.
        primary = getattr(getattr(cause, "diag", None), "message_primary", None)
        words = " ".join(str(primary or cause).split())
        for secret in self._secrets:
            words = words.replace(secret, "***")
        return SourceError(f"the database refuses: {words}", where=Where(shown))
