"""Real servers for the tests, started on 127.0.0.1 on a free port and ended with the test."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

POSTGRESQL_USER = "docgen"
POSTGRESQL_PASSWORD = "s3cret-of-the-test"


def require(found: bool, what: str) -> None:
    """Skip where a service is not installed, but fail in CI, where it has to be."""
    if found:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed, and CI is set")
    pytest.skip(f"{what} is not installed")


def find_postgresql() -> Path | None:
    """Return the folder of PostgreSQL's server programs: on the PATH, or where Debian keeps them."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3].split(".")[0])
    )
    return versions[-1].parent if versions else None


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def start_postgresql(tmp: Path) -> Iterator[str]:
    """Run a PostgreSQL server of its own and yield its URL, `postgresql+psycopg://user:password@127.0.0.1:port/docgen`.

    Args:
        tmp: where the server's files go. As root they go to a folder of their own instead, since the server refuses
            to run as root and the unprivileged user cannot enter pytest's folders.
    """
    programs = find_postgresql()
    require(programs is not None, "PostgreSQL")
    assert programs is not None
    identity = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="docgen-pg-", dir="/tmp" if identity else tmp))
    if identity:
        os.chown(folder, identity["user"], identity["group"])
    data = folder / "data"

    def call(program: str, *arguments: str) -> None:
        # Output goes to a file: the server keeps the pipe of its starter open, and reading it would wait for ever.
        with (folder / "log").open("ab") as log:
            done = subprocess.run(
                [str(programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                check=False,
                **identity,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{(folder / 'log').read_text(errors='replace')}")

    try:
        password = folder / "password"
        password.write_text(POSTGRESQL_PASSWORD)
        if identity:
            os.chown(password, identity["user"], identity["group"])
        call(
            "initdb",
            *("-D", str(data), "-U", POSTGRESQL_USER, f"--pwfile={password}"),
            *("-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"),
        )
        port = free_port()
        settings = f"-p {port} -h 127.0.0.1 -c unix_socket_directories= -c fsync=off -c shared_buffers=16MB"
        # pg_ctl waits until the server answers; no guessing at how long that takes.
        call("pg_ctl", "-D", str(data), "-w", "-t", "60", "-o", settings, "start")
        stop = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-m", "immediate", "stop"]
        with when_this_process_ends(stop, identity):
            _create_database(f"{url_of(port)}/postgres", "docgen")
            yield f"{url_of(port)}/docgen"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def url_of(port: int) -> str:
    """Return the server's URL without a database."""
    return f"postgresql+psycopg://{POSTGRESQL_USER}:{POSTGRESQL_PASSWORD}@127.0.0.1:{port}"


@contextmanager
def when_this_process_ends(command: list[str], identity: dict[str, Any]) -> Iterator[None]:
    """Run a command at the end of the block, and also when this process is killed before."""
    # The shell waits for the end of its input, which comes with the end of this process at the latest.
    script = ["sh", "-c", 'cat > /dev/null; exec "$@" > /dev/null 2>&1', "sh", *command]
    watcher = subprocess.Popen(script, stdin=subprocess.PIPE, start_new_session=True, cwd="/", **identity)
    assert watcher.stdin is not None
    try:
        yield
    finally:
        watcher.stdin.close()
        watcher.wait()


def _create_database(url: str, name: str) -> None:
    import sqlalchemy as sa

    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"create database {name}"))
    engine.dispose()


def _unprivileged() -> dict[str, Any]:
    """Return subprocess arguments that give up root, or nothing when there is nothing to give up."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
