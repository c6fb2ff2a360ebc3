"""Floor 2, edges: bring a ledger to the newest schema when it is opened. Knows revisions, not what tables mean."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.engine import Connection

from docgen.errors import SchemaTooNew, StoreBusy, StoreError
from docgen.store.database import Database
from docgen.store.schema import REVISIONS, VERSION_TABLE, metadata

MIGRATIONS = Path(__file__).with_name("migrations")


def migrate(database: Database, locks: Path | None, timeout_s: float) -> None:
    """Make or upgrade the tables. Several processes may do this at once; one does it, the others wait.

    Args:
        database: of the ledger.
        locks: the folder for lock files; None for PostgreSQL, which has locks of its own.
        timeout_s: how long to wait for another process.

    Raises:
        SchemaTooNew: a newer docgen has been here.
        StoreBusy: another process is at it for too long.
        StoreError: the tables cannot be made.
    """
    if locks is None:
        _migrate_postgresql(database)
        return
    # SQLite cannot change to write-ahead logging while another connection looks, so even looking is done in turn.
    try:
        with FileLock(locks / "open.lock", timeout=timeout_s, thread_local=False):
            _migrate_sqlite(database)
    except Timeout as error:
        problem = f"the ledger {database.path} is being opened by another process for a long time"
        raise StoreBusy(problem, hint="try again") from error
    except OSError as error:
        raise StoreError(f"the ledger {database.path}: {error.strerror or error}") from error


def _migrate_sqlite(database: Database) -> None:
    with database.translated(), database.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        if driver is not None:
            driver.cursor().execute("PRAGMA journal_mode=WAL")  # kept in the file; not allowed within a transaction
    if _is_outdated(database):
        with database.write() as connection:
            _upgrade(connection, database)


def _migrate_postgresql(database: Database) -> None:
    if _is_outdated(database):
        with database.write(lock="schema") as connection:
            if _revision(connection, database) != REVISIONS[-1]:
                _upgrade(connection, database)


def _is_outdated(database: Database) -> bool:
    with database.read() as connection:
        return _revision(connection, database) != REVISIONS[-1]


def _revision(connection: Connection, database: Database) -> str | None:
    """Return the schema's revision, None for an empty database."""
    here = set(sa.inspect(connection).get_table_names())
    if VERSION_TABLE not in here:
        foreign = sorted(here & set(metadata.tables))
        if foreign:
            problem = f"{database.shown}: another program has tables here: {', '.join(foreign)}"
            raise StoreError(problem, hint="give docgen a database of its own, or a schema of its own in PostgreSQL")
        return None
    version = sa.table(VERSION_TABLE, sa.column("version_num"))
    found: str | None = connection.execute(sa.select(version.c.version_num)).scalar()
    if found is not None and found not in REVISIONS:
        problem = f"{database.shown}: the ledger was written by a newer docgen (schema {found})"
        raise SchemaTooNew(problem, hint=f"install that docgen; this one knows schemas up to {REVISIONS[-1]}")
    return found


def _upgrade(connection: Connection, database: Database) -> None:
    # Not needed, and not loaded, when the schema is there already: every command opens the ledger.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreError(f"{database.shown}: the tables cannot be made: {error}") from error
