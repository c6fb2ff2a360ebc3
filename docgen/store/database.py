"""Floor 2, edges: connections and transactions. Knows SQLite and PostgreSQL; refuses to know runs and deliveries.

SQLite is set so that a commit survives a power cut (`synchronous=FULL` syncs the write-ahead log at every commit)
and a writer takes its lock when it begins, so that no transaction fails half-way for want of it.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from docgen.errors import ConfigError, StoreBusy, StoreError, ToolMissing

DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}

#: PostgreSQL: lock not available, deadlock, serialization failure: trying again may help.
BUSY_STATES = frozenset({"55P03", "40P01", "40001"})

#: SQLite's result codes that a person can do something about -> what happened, what to do.
SQLITE_FAULTS = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space, then `docgen resume`"),
    sqlite3.SQLITE_READONLY: ("the file cannot be written", "give docgen the right to write the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("the file cannot be opened", "check that the folder is there and may be written"),
    sqlite3.SQLITE_NOTADB: ("the file is not a ledger", "check `ledger` in config.yaml"),
    sqlite3.SQLITE_CORRUPT: ("the file is damaged", "put back a copy of it from your backup"),
    sqlite3.SQLITE_IOERR: ("the disk cannot be read or written", "check the disk"),
}

#: Bytes of the smallest file that SQLite shares between its readers and writers.
SHARED_MEMORY = 32768


class Database:
    """One ledger's engine: `read()` and `write()` give a connection in a transaction, errors translated."""

    def __init__(self, url: str, busy_timeout_s: float) -> None:
        """Prepare connections; none is made yet.

        Raises:
            ConfigError: not the URL of a SQLite file or of a PostgreSQL database.
            ToolMissing: the driver is not installed.
        """
        self.url = read_url(url)
        self.path = Path(self.url.database).absolute() if self.is_sqlite and self.url.database else None
        self.shown = f"the ledger {self.path or self.url.render_as_string(hide_password=True)}"
        self.engine = make_engine(self.url, busy_timeout_s)
        self._writer = self.engine.execution_options(docgen_immediate=True)

    @property
    def is_sqlite(self) -> bool:
        """Tell SQLite from PostgreSQL."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the ledger."""
        with self.translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self, lock: str = "") -> Iterator[Connection]:
        """Give a connection whose changes are on disk when the block ends, or not made at all.

        Args:
            lock: for PostgreSQL, what only one transaction may change at a time; SQLite has one writer anyway.
        """
        with self.translated(), self._writer.begin() as connection:
            if lock and not self.is_sqlite:
                key = sa.func.hashtextextended(f"docgen {lock}", 0)
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
            yield connection

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the library's errors into ours. Broken constraints that callers expect are caught further in."""
        try:
            yield
        except PoolTimeout as error:
            raise StoreBusy(f"{self.shown}: all connections are in use", hint="try again") from error
        except DBAPIError as error:
            raise self._translate(error.orig or error) from error
        except StatementError as error:
            raise StoreError(f"{self.shown}: this cannot be stored: {error.orig}") from error
        except (SQLAlchemyError, UnicodeError) as error:
            raise StoreError(f"{self.shown}: {error}") from error

    def _translate(self, error: BaseException) -> StoreError:
        if isinstance(error, sqlite3.Error):
            return self._translate_sqlite(error)
        words = str(error).strip().partition("\n")[0] or type(error).__name__
        if getattr(error, "sqlstate", None) in BUSY_STATES:
            return StoreBusy(f"{self.shown}: another process holds the ledger: {words}", hint="try again")
        return StoreError(f"{self.shown}: {words}")

    def _translate_sqlite(self, error: sqlite3.Error) -> StoreError:
        # The low byte is the result code, the rest only says more.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StoreBusy(f"the ledger {self.path} is held by another process", hint="try again")
        if code == sqlite3.SQLITE_IOERR and self._is_disk_full():
            code = sqlite3.SQLITE_FULL  # what SQLite says when not even its helper files find room
        problem, hint = SQLITE_FAULTS.get(code, (str(error), ""))
        return StoreError(f"the ledger {self.path}: {problem}", hint=hint)

    def _is_disk_full(self) -> bool:
        with suppress(OSError):
            return self.path is not None and shutil.disk_usage(self.path.parent).free < SHARED_MEMORY
        return False

    def close(self) -> None:
        """Close all connections that are not in use."""
        self.engine.dispose()


def read_url(text: str) -> URL:
    """Return the URL with the driver that docgen uses."""
    hint = "write sqlite:///var/ledger.sqlite or postgresql://user@host/database"
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ConfigError("ledger: this is not the URL of a database", hint=hint, value=text) from error
    backend = url.drivername.partition("+")[0]
    if backend not in DRIVERS:
        raise ConfigError(f'ledger: docgen cannot keep its ledger in "{backend}"', hint=hint, value=backend)
    if backend == "sqlite" and (not url.database or url.database == ":memory:"):
        raise ConfigError("ledger: a ledger in memory would forget what was sent", hint=hint)
    return url.set(drivername=DRIVERS[backend])


def make_engine(url: URL, busy_timeout_s: float) -> Engine:
    """Return an engine whose connections are set up for durable, explicit transactions."""
    pooling: dict[str, Any] = {"pool_timeout": busy_timeout_s, "pool_size": 10, "max_overflow": 30}
    try:
        if url.get_backend_name() == "sqlite":
            engine = sa.create_engine(url, **pooling)
            _set_up_sqlite(engine, busy_timeout_s)
        else:
            engine = sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10}, **pooling)
            _set_up_postgresql(engine, busy_timeout_s)
    except (ImportError, NoSuchModuleError) as error:
        hint = 'install it with: pip install "docgen-merge[postgresql]"'
        raise ToolMissing("ledger: the PostgreSQL driver psycopg is not installed", hint=hint) from error
    return engine


def _set_up_sqlite(engine: Engine, busy_timeout_s: float) -> None:
    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # Python's driver would begin late and by itself
        for pragma in (
            f"busy_timeout={int(busy_timeout_s * 1000)}",
            "foreign_keys=ON",
            "synchronous=FULL",
            "fullfsync=ON",  # macOS: a plain fsync stops at the drive's cache
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("docgen_immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _set_up_postgresql(engine: Engine, busy_timeout_s: float) -> None:
    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        # A server may run with less; a claim has to survive its power cut.
        connection.execute("SET synchronous_commit = on")
        connection.execute(f"SET lock_timeout = {int(busy_timeout_s * 1000)}")
        connection.commit()


def insert_new(connection: Connection, table: sa.Table) -> Any:
    """Return an INSERT that leaves rows alone which are there already."""
    return _insert_new(connection.dialect.name, table)


def insert_or_replace(connection: Connection, table: sa.Table) -> Any:
    """Return an INSERT that overwrites the row of the same primary key."""
    return _insert_or_replace(connection.dialect.name, table)


@cache
def _insert_new(dialect: str, table: sa.Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


@cache
def _insert_or_replace(dialect: str, table: sa.Table) -> Any:
    insert = _insert(dialect, table)
    keys = [column.name for column in table.primary_key]
    new = {column.name: insert.excluded[column.name] for column in table.columns if column.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=new)


def _insert(dialect: str, table: sa.Table) -> Any:
    # Only the dialect that is used is loaded: the other one costs every start of docgen a tenth of a second.
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as sqlite_insert

        return sqlite_insert(table)
    from sqlalchemy.dialects.postgresql import insert as postgresql_insert

    return postgresql_insert(table)
