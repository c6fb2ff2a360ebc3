"""Floor 2, edges: the SQL of "what did this customer receive?". No transactions of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from docgen.model import Delivery, Item, Run
from docgen.store import items as item_rows
from docgen.store import rules
from docgen.store.deliveries import to_delivery
from docgen.store.runs import to_run
from docgen.store.schema import deliveries, items, receivers, runs

Place = tuple[int, str, int, int]  # the run's seq and id, the item's ordinal, the delivery's id or 0
Entry = tuple[Run, Item, Delivery | None]


def of(connection: Connection, term: str, limit: int) -> list[Entry]:
    """Return what was made for a record key, or went to an address, newest first."""
    places = sorted(_by_key(connection, term, limit) | _by_address(connection, term, limit), reverse=True)[:limit]
    known_runs = _runs(connection, {run for _, run, _, _ in places})
    known_items = _items(connection, {(run, ordinal) for _, run, ordinal, _ in places})
    known_deliveries = _deliveries(connection, {delivery for *_, delivery in places})
    return [
        (known_runs[run], known_items[run, ordinal], known_deliveries.get(delivery))
        for _, run, ordinal, delivery in places
    ]


def _by_key(connection: Connection, key: str, limit: int) -> set[Place]:
    number = sa.func.coalesce(deliveries.c.id, 0)
    query = sa.select(runs.c.seq, runs.c.id, items.c.ordinal, number).select_from(
        items.join(runs, runs.c.id == items.c.run).outerjoin(
            deliveries, sa.and_(deliveries.c.run == items.c.run, deliveries.c.ordinal == items.c.ordinal)
        )
    )
    newest = (runs.c.seq.desc(), items.c.ordinal.desc(), number.desc())
    return _places(connection, query.where(items.c.key == key).order_by(*newest).limit(limit))


def _by_address(connection: Connection, address: str, limit: int) -> set[Place]:
    query = sa.select(runs.c.seq, runs.c.id, deliveries.c.ordinal, deliveries.c.id)
    query = query.join(runs, runs.c.id == deliveries.c.run)
    newest = (runs.c.seq.desc(), deliveries.c.ordinal.desc(), deliveries.c.id.desc())
    folded = rules.fold_address(address)
    first = query.where(deliveries.c.address == folded)
    other = query.join(receivers, receivers.c.delivery == deliveries.c.id).where(receivers.c.address == folded)
    return {place for part in (first, other) for place in _places(connection, part.order_by(*newest).limit(limit))}


def _places(connection: Connection, query: sa.Select[Any]) -> set[Place]:
    return {(seq, run, ordinal, delivery) for seq, run, ordinal, delivery in connection.execute(query)}


def _runs(connection: Connection, wanted: Iterable[str]) -> dict[str, Run]:
    rows = _rows(connection, sa.select(runs), runs.c.id, wanted)
    return {row.id: to_run(row) for row in rows}


def _items(connection: Connection, wanted: set[tuple[str, int]]) -> dict[tuple[str, int], Item]:
    notes = item_rows.artifact_notes(connection, wanted)
    by_run: dict[str, list[int]] = defaultdict(list)
    for run, ordinal in wanted:
        by_run[run].append(ordinal)
    return {
        (run, row.ordinal): item_rows.to_item(row, notes.get((run, row.ordinal), ()))
        for run, ordinals in by_run.items()
        for row in _rows(connection, sa.select(items).where(items.c.run == run), items.c.ordinal, ordinals)
    }


def _deliveries(connection: Connection, wanted: Iterable[int]) -> dict[int, Delivery]:
    rows = _rows(connection, sa.select(deliveries), deliveries.c.id, wanted)
    return {row.id: to_delivery(row) for row in rows}


def _rows(
    connection: Connection, query: sa.Select[Any], column: sa.Column[Any], wanted: Iterable[Any]
) -> Iterator[Any]:
    for some in rules.chunks(sorted(wanted)):
        yield from connection.execute(query.where(column.in_(some)))
