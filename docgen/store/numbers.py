"""Floor 2, edges: the SQL of number sequences. No transactions of its own; only one may work on numbers at a time.

A number belongs to a key for ever once it is sealed. Until then it stays while any run counts on it (`number_uses`):
a second run of the same job finds the number that a run waiting for approval has already printed on its documents,
and cancelling the one must not set free what the other is about to send.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from docgen.store import rules
from docgen.store.database import insert_new
from docgen.store.schema import items, number_uses, numbers, sequences

Number = tuple[str, int]


def reserve(
    connection: Connection, run: str, name: str, wanted: Sequence[tuple[str, str]], start: int
) -> dict[str, Number]:
    """Give each key the number it has, or the lowest free one of its sequence."""
    keys = list(dict.fromkeys(key for key, _ in wanted))
    had = _numbers_of(connection, name, keys)
    new: dict[str, dict[str, None]] = defaultdict(dict)
    for key, sequence in wanted:
        if key not in had and not any(key in others for others in new.values()):
            new[sequence][key] = None
    given = {
        key: number
        for sequence in new
        for key, number in _give(connection, name, sequence, list(new[sequence]), start).items()
    }
    if keys:
        uses = [{"run": run, "key": key, "name": name} for key in keys]
        connection.execute(insert_new(connection, number_uses), uses)
    return {key: had.get(key) or given[key] for key in keys}


def _numbers_of(connection: Connection, name: str, keys: Sequence[str]) -> dict[str, Number]:
    found: dict[str, Number] = {}
    for some in rules.chunks(keys):
        query = sa.select(numbers.c.key, numbers.c.sequence, numbers.c.n)
        rows = connection.execute(query.where(numbers.c.name == name, numbers.c.key.in_(some)))
        found.update((row.key, (row.sequence, row.n)) for row in rows)
    return found


def _give(connection: Connection, name: str, sequence: str, keys: list[str], start: int) -> dict[str, Number]:
    low = _low(connection, sequence, start)
    taken = sa.select(numbers.c.n).where(numbers.c.sequence == sequence, numbers.c.n >= low)
    taken = taken.order_by(numbers.c.n).execution_options(yield_per=1000)  # often only the first few are read
    with connection.execute(taken).scalars() as rows:
        given = dict(zip(keys, rules.free_numbers(rows, low), strict=False))
    rows_new = [{"sequence": sequence, "n": n, "name": name, "key": key} for key, n in given.items()]
    connection.execute(sa.insert(numbers), rows_new)
    # The lowest free ones were taken, one after the other: all below the last is taken now.
    _set_low(connection, sequence, max(given.values()) + 1)
    return {key: (sequence, n) for key, n in given.items()}


def _low(connection: Connection, sequence: str, start: int) -> int:
    """Return where to look for free numbers; a sequence with no number yet, or no more, begins at `start`."""
    connection.execute(insert_new(connection, sequences), {"sequence": sequence, "start": start, "low": start})
    used = sa.select(numbers.c.n).where(numbers.c.sequence == sequence).limit(1)
    if connection.scalar(used) is None:
        new = {"start": start, "low": start}
        connection.execute(sa.update(sequences).where(sequences.c.sequence == sequence).values(new))
    return int(connection.execute(sa.select(sequences.c.low).where(sequences.c.sequence == sequence)).scalar_one())


def _set_low(connection: Connection, sequence: str, low: int) -> None:
    connection.execute(sa.update(sequences).where(sequences.c.sequence == sequence).values(low=low))


def release(connection: Connection, run: str, keys: Sequence[str] | None) -> int:
    """Give up this run's unsealed numbers; return how many of them are free now."""
    found = _unsealed(connection, run, keys)
    if not found:
        return 0
    use = sa.and_(number_uses.c.key == sa.bindparam("a"), number_uses.c.name == sa.bindparam("b"))
    gone = [{"a": row.key, "b": row.name} for row in found]
    connection.execute(sa.delete(number_uses).where(number_uses.c.run == run, use), gone)
    free = [row for row in found if not row.shared]
    if free:
        place = sa.and_(numbers.c.sequence == sa.bindparam("a"), numbers.c.n == sa.bindparam("b"))
        connection.execute(sa.delete(numbers).where(place), [{"a": row.sequence, "b": row.n} for row in free])
        _lower(connection, [(row.sequence, row.n) for row in free])
    return len(free)


def _unsealed(
    connection: Connection, run: str, keys: Sequence[str] | None = None, above_gaps: bool = False
) -> list[Any]:
    """Return this run's unsealed numbers; `shared` tells whether another run counts on one too.

    Args:
        connection: in a transaction.
        run: its id.
        keys: only of these; None for all.
        above_gaps: only those that may have a gap below them, which are none in most runs.
    """
    other = number_uses.alias()
    same = sa.and_(other.c.key == numbers.c.key, other.c.name == numbers.c.name, other.c.run != run)
    shared = sa.select(other.c.run).where(same).exists().label("shared")
    mine = sa.select(numbers, shared).join(number_uses, _same())
    mine = mine.where(number_uses.c.run == run, numbers.c.sealed_by.is_(None))
    if above_gaps:
        mine = mine.join(sequences, sequences.c.sequence == numbers.c.sequence).where(numbers.c.n > sequences.c.low)
    if keys is None:
        return list(connection.execute(mine))
    parts = (mine.where(number_uses.c.key.in_(some)) for some in rules.chunks(list(dict.fromkeys(keys))))
    return [row for part in parts for row in connection.execute(part)]


def _lower(connection: Connection, free: Sequence[Number]) -> None:
    lowest: dict[str, int] = {}
    for sequence, n in free:
        lowest[sequence] = min(n, lowest.get(sequence, n))
    for sequence, n in lowest.items():
        change = sa.update(sequences).where(sequences.c.sequence == sequence, sequences.c.low > n)
        connection.execute(change.values(low=n))


def _same() -> sa.ColumnElement[bool]:
    return sa.and_(number_uses.c.key == numbers.c.key, number_uses.c.name == numbers.c.name)


def close_gaps(connection: Connection, run: str) -> dict[str, list[str]]:
    """Move this run's own unsealed numbers down into the gaps below them."""
    owned: dict[str, dict[int, Any]] = defaultdict(dict)
    for row in _unsealed(connection, run, above_gaps=True):
        if not row.shared:
            owned[row.sequence][row.n] = row
    changed: dict[str, list[str]] = defaultdict(list)
    for sequence in sorted(owned):
        for row in _close(connection, sequence, owned[sequence]):
            changed[row.name].append(row.key)
    return dict(changed)


def _close(connection: Connection, sequence: str, owned: dict[int, Any]) -> list[Any]:
    """Move one sequence's numbers, all of them above its lowest free one; return the rows that moved."""
    low = connection.execute(sa.select(sequences.c.low).where(sequences.c.sequence == sequence)).scalar_one()
    query = sa.select(numbers.c.n).where(numbers.c.sequence == sequence, numbers.c.n >= low)
    others = [n for n in connection.execute(query).scalars() if n not in owned]
    moves = rules.moves_down(owned, others, low)
    if moves:
        place = sa.and_(numbers.c.sequence == sequence, numbers.c.n == sa.bindparam("old"))
        change = sa.update(numbers).where(place).values(n=sa.bindparam("new"))
        connection.execute(change, [{"old": old, "new": new} for old, new in moves])
        _set_low(connection, sequence, moves[-1][1] + 1)
    return [owned[old] for old, _ in moves]


def seal(connection: Connection, run: str) -> None:
    """Make the numbers that this run counts on final."""
    mine = sa.select(number_uses.c.key, number_uses.c.name).where(number_uses.c.run == run)
    final = sa.update(numbers).where(sa.tuple_(numbers.c.key, numbers.c.name).in_(mine))
    connection.execute(final.where(numbers.c.sealed_by.is_(None)).values(sealed_by=run))


def of_run(connection: Connection, run: str) -> dict[str, dict[str, Number]]:
    """Return name -> key -> number, for the records of the run and whatever else it has reserved."""
    columns = (numbers.c.name, numbers.c.key, numbers.c.sequence, numbers.c.n)
    by_item = sa.select(*columns).join(items, items.c.key == numbers.c.key).where(items.c.run == run)
    by_use = sa.select(*columns).join(number_uses, _same()).where(number_uses.c.run == run)
    found: dict[str, dict[str, Number]] = defaultdict(dict)
    query = sa.union(by_item, by_use).subquery()
    for row in connection.execute(sa.select(query).order_by(query.c.sequence, query.c.n)):
        found[row.name][row.key] = (row.sequence, row.n)
    return dict(found)
