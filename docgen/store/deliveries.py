"""Floor 2, edges: the SQL of deliveries: claim, settle, history. No transactions of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from docgen.errors import RunStateError
from docgen.model import Delivery, DeliveryState, Earlier, ItemResult, Moves, Outcome, Receipt
from docgen.store import rules
from docgen.store.bulk import execute_many
from docgen.store.database import insert_new
from docgen.store.schema import HOLDS, deliveries, items, receivers

PENDING, CLAIMED, SETTLED = (state.value for state in DeliveryState)


def _step(before: str, **values: Any) -> sa.Update:
    """Build the change of one delivery, `:delivery`, that is in this state. Built once: every delivery takes two."""
    here = sa.and_(deliveries.c.id == sa.bindparam("delivery"), deliveries.c.state == before)
    return sa.update(deliveries).where(here).values(values)


CLAIM = _step(PENDING, state=CLAIMED, claimed=sa.bindparam("now"))
RELEASE = _step(CLAIMED, state=PENDING, claimed=None)
SKIP = _step(
    PENDING, state=SETTLED, outcome=Outcome.SKIPPED.value, detail=sa.bindparam("reason"), settled=sa.bindparam("now")
)
SETTLE = _step(
    CLAIMED,
    state=SETTLED,
    outcome=sa.bindparam("how"),
    detail=sa.bindparam("words"),
    outcomes=sa.bindparam("each"),
    settled=sa.bindparam("now"),
    account=sa.bindparam("way"),
)


_INSERT = sa.insert(deliveries)

W = TypeVar("W", sa.Select[Any], sa.Delete)


def of_records(statement: W, table: sa.Table) -> W:
    """Return a statement for the rows that a table has of the records at `:places` of a run, `:of`."""
    places = table.c.ordinal.in_(sa.bindparam("places", expanding=True))
    return statement.where(table.c.run == sa.bindparam("of"), places)


def _holders() -> sa.Select[Any]:
    # The index's own words, over one table: else SQLite does not see that the index serves.
    named = deliveries.c.identity.in_(sa.bindparam("identities", expanding=True))
    held = sa.select(deliveries).where(named, sa.text(HOLDS)).subquery()
    same = sa.and_(items.c.run == held.c.run, items.c.ordinal == held.c.ordinal)
    columns = (held.c.identity, held.c.run, held.c.outcome, held.c.settled, items.c.data_sha256)
    return sa.select(*columns).join(items, same)


_HOLDERS = _holders()
_STATES = of_records(sa.select(deliveries.c.key, deliveries.c.state, deliveries.c.outcome), deliveries)


def check_replaceable(connection: Connection, run: str, ordinals: Sequence[int]) -> None:
    """Raise RunStateError when a delivery of these items was claimed or tried."""
    for some in rules.chunks(ordinals):
        rows = connection.execute(_STATES, {"of": run, "places": list(some)})
        tried = [row.key for row in rows if not rules.is_replaceable(DeliveryState(row.state), _outcome(row.outcome))]
        if tried:
            raise rules.already_tried(run, list(dict.fromkeys(tried)))


def insert(connection: Connection, run: str, results: Sequence[ItemResult]) -> None:
    """Insert the planned deliveries; quarantined items have none."""
    rows = [row for result in results if not result.faults for row in _rows(run, result)]
    execute_many(connection, _INSERT, rows)


def _rows(run: str, result: ItemResult) -> Iterator[dict[str, Any]]:
    for plan in result.deliveries:
        yield {
            "run": run,
            "ordinal": result.ordinal,
            "key": result.key,
            "route": plan.route,
            "transport": plan.transport,
            "recipient": plan.recipient,
            "address": rules.fold_address(plan.recipient),
            "identity": plan.identity,
            "payload": dict(plan.payload),
            "message_id": plan.message_id,
            "variant": plan.variant or None,
            "skip": plan.skip,
            "state": SETTLED if plan.skip else PENDING,
            "outcome": Outcome.SKIPPED.value if plan.skip else None,
            "detail": plan.skip,
            "outcomes": {},
        }


def earlier(connection: Connection, identities: Sequence[str]) -> dict[str, Earlier]:
    """Return who holds these identities."""
    return {
        identity: Earlier(run, _outcome(outcome), settled, data_sha256)
        for some in rules.chunks(identities)
        for identity, run, outcome, settled, data_sha256 in connection.execute(_HOLDERS, {"identities": list(some)})
    }


def wanted(
    run: str, state: DeliveryState | None, transport: str | None, outcomes: Collection[Outcome], last: int | None
) -> sa.Select[Any]:
    """Return the query for deliveries of a run: in this state, of this transport, ended so, of records so far."""
    query = sa.select(deliveries).where(deliveries.c.run == run)
    if state is not None:
        query = query.where(deliveries.c.state == state.value)
    if transport is not None:
        query = query.where(deliveries.c.transport == transport)
    if outcomes:
        query = query.where(deliveries.c.outcome.in_([outcome.value for outcome in outcomes]))
    if last is not None:
        query = query.where(deliveries.c.ordinal <= last)
    return query


def page(connection: Connection, query: sa.Select[Any], after: int, limit: int) -> list[Delivery]:
    """Return deliveries by id."""
    query = query.where(deliveries.c.id > after).order_by(deliveries.c.id).limit(limit)
    return [to_delivery(row) for row in connection.execute(query)]


def pending(connection: Connection, run: str, ids: Sequence[int]) -> list[Delivery]:
    """Return which of these are pending."""
    query = sa.select(deliveries).where(deliveries.c.run == run, deliveries.c.state == PENDING)
    parts = (query.where(deliveries.c.id.in_(some)) for some in rules.chunks(sorted(ids)))
    return [to_delivery(row) for part in parts for row in connection.execute(part.order_by(deliveries.c.id))]


def count_pending(connection: Connection, run: str, transport: str, after: int) -> int:
    """Count what is pending."""
    query = sa.select(sa.func.count()).where(deliveries.c.run == run, deliveries.c.state == PENDING)
    return connection.scalar(query.where(deliveries.c.transport == transport, deliveries.c.id > after)) or 0


def claim(connection: Connection, delivery: int, now: datetime) -> bool:
    """Claim a pending delivery. The index refuses a second holder of its identity with an IntegrityError."""
    return connection.execute(CLAIM, {"delivery": delivery, "now": now}).rowcount == 1


def settle(connection: Connection, delivery: int, receipt: Receipt, now: datetime) -> None:
    """Settle a claimed delivery."""
    if connection.execute(SETTLE, _settled(delivery, receipt, now)).rowcount != 1:
        raise _wrong_state(connection, delivery, "settled")
    if receipt.outcomes:
        recipient = connection.scalar(sa.select(deliveries.c.recipient).where(deliveries.c.id == delivery)) or ""
        rows = [{"address": address, "delivery": delivery} for address in rules.other_addresses(recipient, receipt)]
        execute_many(connection, insert_new(connection, receivers), rows)


def _settled(delivery: int, receipt: Receipt, now: datetime) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "how": receipt.outcome.value,
        "words": receipt.detail,
        "each": {address: outcome.value for address, outcome in receipt.outcomes.items()},
        "now": now,
        "way": receipt.account or None,
    }


def move(connection: Connection, moves: Moves, now: datetime) -> bool:
    """Take all steps at once; return False where one cannot be taken, and then nothing may be committed."""
    steps: list[tuple[sa.Update, list[dict[str, Any]]]] = [
        (SETTLE, [_settled(delivery.id, receipt, at) for delivery, receipt, at in moves.settled]),
        (RELEASE, [{"delivery": delivery} for delivery in moves.released]),
        (SKIP, [{"delivery": id_, "reason": reason, "now": now} for id_, reason in moves.skipped]),
        (CLAIM, [{"delivery": delivery, "now": now} for delivery in moves.claims]),
    ]
    for statement, rows in steps:
        if execute_many(connection, statement, rows) != len(rows) and statement is not SKIP:
            return False
    others = [
        {"address": address, "delivery": delivery.id}
        for delivery, receipt, _ in moves.settled
        for address in rules.other_addresses(delivery.recipient, receipt)
    ]
    execute_many(connection, insert_new(connection, receivers), others)
    return True


def release(connection: Connection, delivery: int) -> None:
    """Make a claimed delivery pending again."""
    if connection.execute(RELEASE, {"delivery": delivery}).rowcount != 1:
        raise _wrong_state(connection, delivery, "given back")


def _wrong_state(connection: Connection, delivery: int, wanted: str) -> RunStateError:
    state = connection.scalar(sa.select(deliveries.c.state).where(deliveries.c.id == delivery))
    return rules.wrong_state(delivery, state, wanted)


def skip(connection: Connection, delivery: int, reason: str, now: datetime) -> None:
    """Settle a pending delivery as skipped."""
    connection.execute(SKIP, {"delivery": delivery, "reason": reason, "now": now})


def count_outcomes(connection: Connection, run: str) -> Mapping[tuple[str, Outcome | DeliveryState], int]:
    """Return (route, outcome or open state) -> count."""
    group = (deliveries.c.route, deliveries.c.state, deliveries.c.outcome)
    query = sa.select(*group, sa.func.count()).where(deliveries.c.run == run).group_by(*group)
    return {
        (route, _outcome(outcome) or DeliveryState(state)): number
        for route, state, outcome, number in connection.execute(query)
    }


def to_delivery(row: Row[Any]) -> Delivery:
    """Return the value of a row of `deliveries`, all its columns in the table's order.

    Taken apart at once: a row finds a column by its name in a third of a microsecond, and there are many of both.
    """
    columns: Sequence[Any] = row
    id_, run, ordinal, key, route, transport, recipient, _, identity, payload, message_id, *rest = columns
    _, state, outcome, detail, outcomes, claimed, settled, variant, _ = rest
    return Delivery(
        id=id_,
        run=run,
        ordinal=ordinal,
        key=key,
        route=route,
        transport=transport,
        recipient=recipient,
        identity=identity,
        payload=payload,
        message_id=message_id,
        state=DeliveryState(state),
        outcome=_outcome(outcome),
        detail=detail,
        outcomes={address: Outcome(word) for address, word in outcomes.items()},
        claimed=claimed,
        settled=settled,
        variant=variant or "",
    )


def _outcome(word: str | None) -> Outcome | None:
    return Outcome(word) if word else None
