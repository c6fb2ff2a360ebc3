"""Floor 2, edges: the SQL of what steers a run: tries, decisions, wishes, departures. No transactions of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from docgen.model import Asked, Decision, DeliveryState, Departure, Outcome, Try, Wish
from docgen.store import rules
from docgen.store.database import insert_or_replace
from docgen.store.schema import HOLDS, decisions, deliveries, receivers, replies, runs, tries, wishes

#: A day's text begins with it whatever the time zone; two zones' days differ by one at most.
_SLACK = timedelta(days=1)


def keep_try(connection: Connection, delivery: int, again: Try) -> None:
    """Remember when a delivery may come again."""
    row = {"first": again.first, "attempts": again.attempts, "due": again.due, "detail": again.detail}
    connection.execute(insert_or_replace(connection, tries), [{"delivery": delivery} | row])


def of_run(connection: Connection, run: str) -> dict[int, Try]:
    """Return the tries of a run's pending deliveries."""
    query = sa.select(tries).join(deliveries, deliveries.c.id == tries.c.delivery)
    query = query.where(deliveries.c.run == run, deliveries.c.state == DeliveryState.PENDING.value)
    return {row.delivery: Try(row.first, row.attempts, row.due, row.detail) for row in connection.execute(query)}


def decide(connection: Connection, decision: Decision) -> None:
    """Change one delivery as a person says, and keep that."""
    row = connection.execute(sa.select(deliveries).where(deliveries.c.id == decision.delivery)).first()
    outcomes = {address: Outcome(word) for address, word in row.outcomes.items()} if row else {}
    was = Outcome(row.outcome) if row and row.outcome else None
    rules.check_decision(decision, was, outcomes, bounced=_has_bounced(connection, decision.delivery))
    assert row is not None
    assert was is not None
    if decision.outcome is None:
        _open_again(connection, decision.delivery)
    else:
        settled = {
            "outcome": decision.outcome.value,
            "detail": rules.decided(decision),
            "outcomes": {a: o.value for a, o in rules.outcomes_decided(decision, outcomes).items()},
            "settled": decision.at,
        }
        connection.execute(sa.update(deliveries).where(deliveries.c.id == decision.delivery).values(settled))
    connection.execute(sa.insert(decisions), _decision_row(decision, row.run, was, row.detail))


def _decision_row(decision: Decision, run: str, was: Outcome, words: str) -> dict[str, Any]:
    return {
        "delivery": decision.delivery,
        "run": run,
        "was": was.value,
        "words": words,
        "outcome": decision.outcome.value if decision.outcome else None,
        "by": decision.by,
        "at": decision.at,
        "why": decision.why,
    }


def _open_again(connection: Connection, delivery: int) -> None:
    blank = dict.fromkeys(("outcome", "claimed", "settled", "account"))
    pending = {"state": DeliveryState.PENDING.value, "detail": "", "outcomes": {}} | blank
    connection.execute(sa.update(deliveries).where(deliveries.c.id == delivery).values(pending))
    for table in (tries, receivers):
        connection.execute(sa.delete(table).where(table.c.delivery == delivery))


def _has_bounced(connection: Connection, delivery: int) -> bool:
    kinds = [kind.value for kind in rules.BOUNCES]
    query = sa.select(replies.c.message).where(replies.c.delivery == delivery, replies.c.kind.in_(kinds))
    return connection.execute(query.limit(1)).first() is not None


def decided_of(connection: Connection, run: str) -> list[Decision]:
    """Return what was decided in a run, oldest first."""
    query = sa.select(decisions).where(decisions.c.run == run).order_by(decisions.c.id)
    return [
        Decision(
            delivery=row.delivery,
            outcome=Outcome(row.outcome) if row.outcome else None,
            by=row.by,
            at=row.at,
            why=row.why,
            was=Outcome(row.was),
            words=row.words,
        )
        for row in connection.execute(query)
    ]


def ask(connection: Connection, run: str, asked: Asked | None) -> None:
    """Leave a wish, or take it back."""
    if asked is None:
        connection.execute(sa.delete(wishes).where(wishes.c.run == run))
        return
    row = {"run": run, "wish": asked.wish.value, "by": asked.by, "at": asked.at}
    connection.execute(insert_or_replace(connection, wishes), [row])


def asked_of(connection: Connection, run: str) -> Asked | None:
    """Return the wish for a run."""
    row = connection.execute(sa.select(wishes).where(wishes.c.run == run)).first()
    return Asked(Wish(row.wish), row.by, row.at) if row else None


def _recipients(row: Any) -> int:
    outcomes = {address: Outcome(word) for address, word in row.outcomes.items()}
    return rules.departed(outcomes, row.envelope or {})


def departures(connection: Connection, transports: Sequence[str], since: datetime) -> list[Departure]:
    """Return what holds its identity and was claimed since then: read from runs that were open by then."""
    day = (since - _SLACK).date().isoformat()
    # As text: the day's beginning comes before all of its times.
    recent = sa.or_(runs.c.finished.is_(None), sa.type_coerce(runs.c.finished, sa.String) >= day)
    names = connection.scalars(sa.select(runs.c.id).where(recent)).all()
    # What has outcomes tells its recipients by them; the envelope is read of the few that have none.
    blank = sa.or_(deliveries.c.state == DeliveryState.CLAIMED.value, deliveries.c.outcome == Outcome.UNKNOWN.value)
    envelope = sa.case((blank, deliveries.c.payload), else_=sa.null()).label("envelope")
    columns = (deliveries.c.account, deliveries.c.claimed, deliveries.c.address, deliveries.c.outcomes, envelope)
    query = sa.select(*columns).where(
        deliveries.c.transport.in_(transports),
        deliveries.c.state != DeliveryState.PENDING.value,
        sa.type_coerce(deliveries.c.claimed, sa.String) >= day,
        sa.text(HOLDS),
    )
    found = (
        Departure(row.account or "", row.claimed, row.address, _recipients(row))
        for some in rules.chunks(names)
        for row in connection.execute(query.where(deliveries.c.run.in_(some)))
    )
    return sorted((each for each in found if each.at >= since), key=lambda each: (each.at, each.account))
