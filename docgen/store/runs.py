"""Floor 2, edges: the SQL of runs. Each function works in the transaction of the connection it is given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from docgen.model import Run, RunSpec, RunState
from docgen.store import rules
from docgen.store.schema import runs

COLUMNS = tuple(runs.columns)


def open_run(connection: Connection, spec: RunSpec) -> str:
    """Insert the run and return its id. The caller keeps others from opening one at the same time."""
    day = spec.started.date().isoformat()
    last = sa.select(sa.func.max(runs.c.n)).where(runs.c.job == spec.job, runs.c.day == day)
    n = (connection.scalar(last) or 0) + 1
    run = rules.run_id(spec.job, day, n)
    row = {"id": run, "short": f"{day}-{n:03}", "day": day, "n": n, "state": RunState.MERGING.value, "note": ""}
    connection.execute(sa.insert(runs), row | spec_columns(spec))
    return run


def spec_columns(spec: RunSpec) -> dict[str, Any]:
    """Return the columns of what a run is opened with."""
    return {
        "job": spec.job,
        "edition": spec.edition,
        "job_file": spec.job_file,
        "job_sha256": spec.job_sha256,
        "outputs": spec.outputs,
        "started": spec.started,
        "again": spec.again,
        "options": dict(spec.options),
    }


def find(connection: Connection, wanted: str) -> Run:
    """Return a run by id, or by short id where one job alone has it."""
    row = connection.execute(sa.select(*COLUMNS).where(runs.c.id == wanted)).first()
    if row is not None:
        return to_run(row)
    found = connection.execute(sa.select(*COLUMNS).where(runs.c.short == wanted)).all()
    if len(found) == 1:
        return to_run(found[0])
    if found:
        raise rules.run_ambiguous(wanted, [row.id for row in found])
    raise not_found(connection, wanted)


def not_found(connection: Connection, wanted: str) -> Exception:
    """Build the error for a run that is not there, with the runs that are."""
    return rules.run_not_found(wanted, [run.id for run in newest(connection, None, 200)])


def check_exists(connection: Connection, run: str) -> None:
    """Raise RunNotFound unless there is a run of this full id."""
    if connection.scalar(sa.select(runs.c.seq).where(runs.c.id == run)) is None:
        raise not_found(connection, run)


def newest(connection: Connection, job: str | None, limit: int) -> list[Run]:
    """Return runs, the newest first."""
    query = sa.select(*COLUMNS).order_by(runs.c.seq.desc()).limit(limit)
    if job is not None:
        query = query.where(runs.c.job == job)
    return [to_run(row) for row in connection.execute(query)]


def set_state(connection: Connection, run: str, state: RunState, note: str, finished: datetime | None) -> None:
    """Update the row, which must be there."""
    values = {"state": state.value, "note": note, "finished": finished}
    if connection.execute(sa.update(runs).where(runs.c.id == run).values(values)).rowcount != 1:
        raise not_found(connection, run)


def to_run(row: Row[Any]) -> Run:
    """Return the value of a row that has all columns of `runs`."""
    names = ("job", "edition", "job_file", "job_sha256", "outputs", "started", "again", "options")
    spec = RunSpec(**{name: getattr(row, name) for name in names})
    return Run(row.id, spec, RunState(row.state), row.note, row.finished)
