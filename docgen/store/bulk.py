"""Floor 2, edges: one statement for many rows. Refuses to know which statement, and why.

SQLAlchemy looks at every row by itself: which value is bound to which name, and how it is written. On SQLite that
takes longer than the statement does, and a mailing has half a dozen rows for each message. So a statement becomes text
once, and its values go to the driver column by column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import StatementError

Change = sa.Insert | sa.Update


class _Value(NamedTuple):
    """What one place of a statement takes: the same in all rows, or what a row has by this name."""

    name: str
    is_fixed: bool
    fixed: object
    write: Callable[[Any], Any] | None

    def column(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        """Return the values for all rows, as the driver takes them."""
        if self.is_fixed:
            return [self.fixed] * len(rows)
        values = [row[self.name] for row in rows]
        return values if self.write is None else [self.write(value) for value in values]


def execute_many(connection: Connection, statement: Change, rows: Sequence[dict[str, Any]]) -> int:
    """Execute a statement for each row, and return how many rows of the table were changed in all.

    Args:
        connection: in a transaction.
        statement: one that was built once: its text is kept as long as the program runs.
        rows: name that the statement binds, or column -> value; the same names in all of them.
    """
    if not rows:
        return 0
    if connection.dialect.name != "sqlite":
        return connection.execute(statement, rows).rowcount
    text, values = _written(statement, connection.dialect, tuple(rows[0]))
    try:
        columns = [value.column(rows) for value in values]
    except (ValueError, TypeError) as error:  # as SQLAlchemy tells it of a value that has no place in a database
        raise StatementError(str(error), text, None, error) from error
    return connection.exec_driver_sql(text, list(zip(*columns, strict=True))).rowcount


@lru_cache(maxsize=256)
def _written(statement: Change, dialect: Dialect, names: tuple[str, ...]) -> tuple[str, tuple[_Value, ...]]:
    compiled = statement.compile(dialect=dialect, column_keys=list(names), for_executemany=True)
    assert not compiled.prefetch, "values that SQLAlchemy makes for each row are not made here"
    return str(compiled), tuple(_value(compiled.binds[name], dialect, names) for name in compiled.positiontup or ())


def _value(bound: sa.BindParameter[Any], dialect: Dialect, names: Sequence[str]) -> _Value:
    write = bound.type.dialect_impl(dialect).bind_processor(dialect)
    if bound.key in names:
        return _Value(bound.key, False, None, write)
    fixed = bound.effective_value
    return _Value(bound.key, True, fixed if write is None else write(fixed), None)
