"""Floor 2, edges: one process at a time works on a job. Knows locks that end with their holder, kill -9 included."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout

from docgen.errors import JobRunning, StoreError
from docgen.store.database import Database
from docgen.store.rules import slug

#: PostgreSQL's words for a client on the server's own machine, where process numbers mean something.
LOCAL = ("", "127.0.0.1", "::1")


def job_running(job: str, pid: int | None, since: datetime | None, host: str = "") -> JobRunning:
    """Build the error that says who has the job.

    Args:
        job: its name.
        pid: the holder's process number, None when it is not known.
        since: aware; shown in local time.
        host: the holder's machine, "" for this one.
    """
    who = f"process {pid}" if pid else "another process"
    machine = f" on {host}" if host else ""
    time = f" since {_clock_time(since)}" if since else ""
    hint = "wait until it has finished, or stop it, then try again"
    return JobRunning(f'the job "{job}" is taken: {who}{machine} has been working on it{time}', hint=hint)


def _clock_time(moment: datetime) -> str:
    local = moment.astimezone()
    today = datetime.now(local.tzinfo).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"


class FileLocks:
    """Locks as files beside a SQLite ledger. The operating system ends them with the process that holds them."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder, which is there already."""
        self.folder = folder

    @contextmanager
    def lock(self, job: str) -> Iterator[None]:
        """Hold the job, or raise JobRunning at once."""
        lock = FileLock(self.folder / f"{slug(job)}.lock", blocking=False, thread_local=False)
        # Apart from the lock: on Windows nobody can read a locked file.
        holder = self.folder / f"{slug(job)}.holder"
        try:
            lock.acquire()
        except Timeout:
            raise job_running(job, *_read_holder(holder)) from None
        except OSError as error:
            raise StoreError(f"the lock {lock.lock_file}: {error.strerror or error}") from error
        try:
            _write_holder(holder)
            yield
        finally:
            with suppress(OSError):
                holder.unlink()
            lock.release()


def _write_holder(path: Path) -> None:
    mine = {"pid": os.getpid(), "since": datetime.now().astimezone().isoformat(timespec="seconds")}
    new = path.with_suffix(".new")
    # Only the message to the next comer needs it; the lock holds without.
    with suppress(OSError):
        new.write_text(json.dumps(mine), encoding="utf-8")
        new.replace(path)


def _read_holder(path: Path) -> tuple[int | None, datetime | None]:
    with suppress(OSError, ValueError, KeyError, TypeError):
        holder = json.loads(path.read_text(encoding="utf-8"))
        pid, since = int(holder["pid"]), datetime.fromisoformat(holder["since"])
        import psutil  # type: ignore[import-untyped]  # only where a job is worked on already

        # A killed holder leaves its note behind; the next one writes its own a moment after it has the lock.
        if psutil.pid_exists(pid):
            return pid, since
    return None, None


class ServerLocks:
    """Locks in a PostgreSQL server, each on a connection of its own. The server ends them with the connection."""

    def __init__(self, database: Database) -> None:
        """Keep the database. No connection is made yet."""
        self.database = database
        # Not from the ledger's pool: closing must end the session, and the lock with it.
        self.engine = sa.create_engine(database.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")

    @contextmanager
    def lock(self, job: str) -> Iterator[None]:
        """Hold the job, or raise JobRunning at once."""
        with self.database.translated():
            connection = self.engine.connect()
        try:
            with self.database.translated():
                self._take(connection, job)
            yield
        finally:
            with suppress(sa.exc.SQLAlchemyError):  # the server has gone, and the lock with it
                connection.close()

    def _take(self, connection: sa.Connection, job: str) -> None:
        # Other ledgers may live in other schemas of the same database.
        name = f"docgen job {job} in {connection.scalar(sa.select(sa.func.current_schema()))}"
        key = connection.scalar(sa.select(sa.func.hashtextextended(name, 0)))
        note = f"docgen {os.getpid()} {datetime.now().astimezone().isoformat(timespec='seconds')}"
        connection.execute(sa.select(sa.func.set_config("application_name", note, False)))
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))):
            raise job_running(job, *self._holder(connection, int(key or 0)))

    def _holder(self, connection: sa.Connection, key: int) -> tuple[int | None, datetime | None, str]:
        query = sa.text(
            "SELECT a.application_name, coalesce(host(a.client_addr), '') FROM pg_locks l"
            " JOIN pg_stat_activity a USING (pid)"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
            " AND ((l.classid::bigint << 32) | l.objid::bigint) = :key"
        )
        row = connection.execute(query, {"key": key}).first()
        if row is None:
            return None, None, ""
        with suppress(ValueError):
            _, pid, since = row[0].split(" ")
            return int(pid), datetime.fromisoformat(since), "" if row[1] in LOCAL else row[1]
        return None, None, ""
