"""Floor 2, edges: the SQL of items, their artifacts and the run's fingerprint. No transactions of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from docgen.errors import RunStateError
from docgen.model import ArtifactNote, Item, ItemResult, ItemState, NewDelivery, NewItem
from docgen.store import deliveries as delivery_rows
from docgen.store import rules
from docgen.store.bulk import execute_many
from docgen.store.database import insert_new
from docgen.store.schema import artifacts, deliveries, items

Collision = tuple[str, str, list[tuple[int, str]]]
#: Built once: every batch of records takes them.
_KEYS = delivery_rows.of_records(sa.select(items.c.ordinal, items.c.key), items)
_RESULT = sa.update(items).where(items.c.run == sa.bindparam("of"), items.c.ordinal == sa.bindparam("place"))
_NOTE = sa.insert(artifacts)
_FORGET = [delivery_rows.of_records(sa.delete(table), table) for table in (artifacts, deliveries)]
NOTE_COLUMNS = ("document", "file_name", "media_type", "sha256", "size", "pages", "template", "template_sha256")


def add(connection: Connection, run: str, new: Sequence[NewItem]) -> None:
    """Insert the items that are not there. A place that another record has is an error: nobody may get lost."""
    if not new:
        return
    blank = {"run": run, "state": ItemState.PLANNED.value, "locale": "", "faults": []}
    rows = [blank | {"ordinal": item.ordinal, "key": item.key, "data_sha256": item.data_sha256} for item in new]
    if execute_many(connection, insert_new(connection, items), rows) == len(rows):
        return  # all places were free
    known = _keys(connection, run, [item.ordinal for item in new])
    for item in new:
        if known.get(item.ordinal) != item.key:
            raise rules.data_moved(run, item.ordinal, known.get(item.ordinal), item.key)


def _keys(connection: Connection, run: str, ordinals: Sequence[int]) -> dict[int, str]:
    keys: dict[int, str] = {}
    for some in rules.chunks(ordinals):
        rows = connection.execute(_KEYS, {"of": run, "places": list(some)})
        keys.update((row.ordinal, row.key) for row in rows)
    return keys


def page(connection: Connection, run: str, state: ItemState | None, after: int, limit: int) -> list[Item]:
    """Return items by ordinal, with their artifacts."""
    query = sa.select(items).where(items.c.run == run, items.c.ordinal > after)
    if state is not None:
        query = query.where(items.c.state == state.value)
    rows = connection.execute(query.order_by(items.c.ordinal).limit(limit)).all()
    notes = artifact_notes(connection, [(run, row.ordinal) for row in rows])
    return [to_item(row, notes.get((run, row.ordinal), ())) for row in rows]


def artifact_notes(
    connection: Connection, places: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], tuple[ArtifactNote, ...]]:
    """Return the artifacts of items, given as (run, ordinal), in the order in which they were put."""
    notes: dict[tuple[str, int], list[ArtifactNote]] = defaultdict(list)
    for run, group in groupby(sorted(set(places)), key=lambda place: place[0]):
        for some in rules.chunks([ordinal for _, ordinal in group]):
            query = sa.select(artifacts).where(artifacts.c.run == run, artifacts.c.ordinal.in_(some))
            for row in connection.execute(query.order_by(artifacts.c.ordinal, artifacts.c.position)):
                notes[run, row.ordinal].append(to_note(row))
    return {place: tuple(found) for place, found in notes.items()}


def to_note(row: Row[Any]) -> ArtifactNote:
    """Return the value of a row of `artifacts`."""
    return ArtifactNote(*(getattr(row, name) for name in NOTE_COLUMNS))


def to_item(row: Row[Any], notes: tuple[ArtifactNote, ...]) -> Item:
    """Return the value of a row that has all columns of `items`."""
    faults = rules.faults_from_json(row.faults)
    state = ItemState(row.state)
    return Item(
        row.run, row.ordinal, row.key, row.data_sha256, state, row.locale, faults, notes, segment=row.segment or ""
    )


def put_results(connection: Connection, run: str, results: Sequence[ItemResult]) -> None:
    """Replace artifacts, deliveries, faults and state of items, in a handful of statements."""
    if not results:
        return
    ordinals = [result.ordinal for result in results]
    _check_known(connection, run, results)
    delivery_rows.check_replaceable(connection, run, ordinals)
    for some in rules.chunks(ordinals):
        for statement in _FORGET:
            connection.execute(statement, {"of": run, "places": list(some)})
    _update_items(connection, run, results)
    notes = [row for result in results for row in _artifact_rows(run, result)]
    execute_many(connection, _NOTE, notes)
    delivery_rows.insert(connection, run, results)


def _check_known(connection: Connection, run: str, results: Sequence[ItemResult]) -> None:
    known = _keys(connection, run, [result.ordinal for result in results])
    for result in results:
        if result.ordinal not in known:
            raise RunStateError(f"{run} has no record {result.ordinal + 1}")
        if known[result.ordinal] != result.key:
            raise rules.data_moved(run, result.ordinal, known[result.ordinal], result.key)


def _update_items(connection: Connection, run: str, results: Sequence[ItemResult]) -> None:
    rows = [
        {
            "of": run,
            "place": result.ordinal,
            "state": (ItemState.QUARANTINED if result.faults else ItemState.READY).value,
            "locale": result.locale,
            "segment": result.segment or None,
            "faults": rules.faults_to_json(result.faults),
        }
        for result in results
    ]
    execute_many(connection, _RESULT, rows)


def _artifact_rows(run: str, result: ItemResult) -> Iterator[dict[str, Any]]:
    for position, note in enumerate(result.artifacts):
        row = {name: getattr(note, name) for name in NOTE_COLUMNS}
        place = {"run": run, "ordinal": result.ordinal, "position": position}
        yield place | row | {"folded": rules.fold_name(note.file_name)}


def plan_again(connection: Connection, run: str, keys: Collection[str]) -> None:
    """Let ready items be made again, by this process or, after a crash, by the next."""
    ready = sa.and_(items.c.run == run, items.c.state == ItemState.READY.value)
    for some in rules.chunks(sorted(keys)):
        change = sa.update(items).where(ready, items.c.key.in_(some))
        connection.execute(change.values(state=ItemState.PLANNED.value))


def count(connection: Connection, run: str) -> Mapping[ItemState, int]:
    """Return how many items are in each state that occurs."""
    query = sa.select(items.c.state, sa.func.count()).where(items.c.run == run).group_by(items.c.state)
    return {ItemState(state): number for state, number in connection.execute(query)}


def count_segments(connection: Connection, run: str) -> Mapping[str, int]:
    """Return how many ready items are in each segment that occurs."""
    ready = sa.and_(items.c.run == run, items.c.state == ItemState.READY.value)
    query = sa.select(items.c.segment, sa.func.count()).where(ready).group_by(items.c.segment)
    return {segment or "": number for segment, number in connection.execute(query)}


def collisions(connection: Connection, run: str) -> list[Collision]:
    """Return names that several ready items share, in order of document and of the first item."""
    ready = sa.select(artifacts.c.document, artifacts.c.folded, artifacts.c.file_name, items.c.ordinal, items.c.key)
    ready = ready.join(items, sa.and_(items.c.run == artifacts.c.run, items.c.ordinal == artifacts.c.ordinal))
    ready = ready.where(artifacts.c.run == run, items.c.state == ItemState.READY.value)
    twice = ready.with_only_columns(artifacts.c.document, artifacts.c.folded)
    twice = twice.group_by(artifacts.c.document, artifacts.c.folded).having(sa.func.count() > 1)
    found: dict[tuple[str, str], Collision] = {}
    shared = twice.subquery()
    same = sa.and_(artifacts.c.document == shared.c.document, artifacts.c.folded == shared.c.folded)
    for row in connection.execute(ready.join(shared, same).order_by(items.c.ordinal, artifacts.c.position)):
        place = found.setdefault((row.document, row.folded), (row.document, row.file_name, []))
        place[2].append((row.ordinal, row.key))
    return sorted(found.values(), key=lambda each: (each[0], each[2][0]))


def fingerprint(connection: Connection, run: str) -> str:
    """Return the run's fingerprint, reading row by row."""
    return rules.fingerprint(lines for rows in _fingerprint_rows(connection, run) for lines in rows)


def _fingerprint_rows(connection: Connection, run: str) -> Iterator[Iterator[list[str]]]:
    stream = {"yield_per": 1000}
    made = sa.select(items.c.key, artifacts).join(
        items, sa.and_(items.c.run == artifacts.c.run, items.c.ordinal == artifacts.c.ordinal)
    )
    made = made.where(artifacts.c.run == run).order_by(artifacts.c.ordinal)
    planned = sa.select(deliveries).where(deliveries.c.run == run).order_by(deliveries.c.ordinal)
    everyone = sa.select(items.c.ordinal, items.c.key).where(items.c.run == run).order_by(items.c.ordinal)
    yield ([rules.to_json(["item", row.key])] for row in connection.execute(everyone, execution_options=stream))
    for query, line in ((made, _artifact_line), (planned, _delivery_line)):
        rows = connection.execute(query, execution_options=stream)
        yield ([line(row) for row in group] for _, group in groupby(rows, key=lambda row: row.ordinal))


def _artifact_line(row: Row[Any]) -> str:
    return rules.artifact_line(row.key, to_note(row))


def _delivery_line(row: Row[Any]) -> str:
    plan = NewDelivery(row.route, row.transport, row.recipient, row.identity, row.payload, row.skip, row.message_id)
    return rules.delivery_line(row.key, plan)
