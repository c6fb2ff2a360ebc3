"""Statements for many rows, past SQLAlchemy's look at each: tables hold what SQLAlchemy itself would have put there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Connection
from sqlalchemy.exc import StatementError

from docgen.store.bulk import execute_many
from docgen.store.database import Database, insert_new
from docgen.store.schema import Moment

_NOTES = sa.Table(
    "notes",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("text", sa.String, nullable=False),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("at", Moment),
    sa.Column("state", sa.String, nullable=False),
)
_INSERT = sa.insert(_NOTES)
_CHANGE = (
    sa.update(_NOTES)
    .where(_NOTES.c.id == sa.bindparam("which"), _NOTES.c.state == "new")
    .values(state="changed", value=sa.bindparam("given"), at=sa.bindparam("now"))
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))])
_MOMENTS = st.none() | st.datetimes(timezones=_ZONES)
_ROW = st.fixed_dictionaries({"text": st.text(max_size=5), "value": _JSON, "at": _MOMENTS, "state": st.just("new")})
Execute = Callable[[Connection, Any, list[dict[str, Any]]], int]


def _usual(connection: Connection, statement: Any, rows: list[dict[str, Any]]) -> int:
    return connection.execute(statement, rows).rowcount if rows else 0


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('bulk') / 'notes.sqlite'}", 1)
    with database.write() as made:
        _NOTES.create(made)
    with database.read() as given:
        yield given
    database.close()


def _outcome(connection: Connection, execute: Execute, rows: Sequence[dict[str, Any]], chosen: Sequence[int]) -> Any:
    connection.execute(sa.delete(_NOTES))
    rows = [{"id": number} | row for number, row in enumerate(rows)]
    changes = [{"which": n, "given": {"n": n}, "now": datetime(2026, 5, n % 28 + 1, tzinfo=UTC)} for n in chosen]
    counts = [
        execute(connection, _INSERT, rows),
        execute(connection, _CHANGE, changes),
        execute(connection, insert_new(connection, _NOTES), [row | {"text": "again"} for row in rows]),
    ]
    return counts, connection.execute(sa.text("SELECT * FROM notes ORDER BY id")).all()


@given(rows=st.lists(_ROW, max_size=6), chosen=st.lists(st.integers(0, 7), max_size=6))
def test_many_rows_are_written_as_sqlalchemy_writes_them(
    connection: Connection, rows: list[dict[str, Any]], chosen: list[int]
) -> None:
    assert _outcome(connection, execute_many, rows, chosen) == _outcome(connection, _usual, rows, chosen)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"text": "a", "value": {}, "at": datetime(2026, 5, 4), "state": "new"}, "has no time zone"),
        ({"text": "a", "value": object(), "at": None, "state": "new"}, "not JSON serializable"),
    ],
)
def test_what_has_no_place_in_a_database_is_told_as_sqlalchemy_tells_it(
    connection: Connection, row: dict[str, Any], why: str
) -> None:
    for execute in (execute_many, _usual):
        with pytest.raises(StatementError, match=why):
            execute(connection, _INSERT, [row])


def test_nothing_is_executed_for_no_rows(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none.sqlite'}", 1)
    with database.read() as connection:
        assert execute_many(connection, _INSERT, []) == 0  # there is not even a table
    database.close()
