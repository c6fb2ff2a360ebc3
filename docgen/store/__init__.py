"""Floor 2, edges: where the ledger lives. One door, `open_ledger`; behind it SQLite or PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from docgen.errors import StoreError
from docgen.protocols import Ledger


def open_ledger(url: str, busy_timeout_s: float = 30.0) -> Ledger:
    """Open a ledger; make it, its folder and its tables where they are missing, upgrade them where they are old.

    Args:
        url: `sqlite:///path/to/ledger.sqlite` or `postgresql://user:password@host/database`.
        busy_timeout_s: how long one statement waits for another process.

    Raises:
        ConfigError: the URL is not of a ledger.
        ToolMissing: the driver for PostgreSQL is not installed.
        SchemaTooNew: a newer docgen has upgraded the ledger.
        StoreBusy: another process holds the ledger.
        StoreError: it cannot be opened or made.
    """
    # Loaded late: commands that need no ledger do not pay for the database library.
    from docgen.store.database import Database
    from docgen.store.ledger import SqlLedger
    from docgen.store.locks import FileLocks, ServerLocks
    from docgen.store.migrate import migrate

    database = Database(url, busy_timeout_s)
    try:
        if database.path is None:
            migrate(database, None, busy_timeout_s)
            return SqlLedger(database, ServerLocks(database))
        folder = _make_folders(database.path)
        migrate(database, folder, busy_timeout_s)
        return SqlLedger(database, FileLocks(folder))
    except BaseException:
        database.close()
        raise


def _make_folders(path: Path) -> Path:
    """Return the folder for lock files, beside the ledger; both folders are made."""
    folder = path.with_name(f"{path.name}.locks")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"the ledger {path}: its folder cannot be made: {error.strerror or error}"
        raise StoreError(problem, hint="check `ledger` in config.yaml") from error
    return folder
