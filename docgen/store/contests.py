"""Floor 2, edges: the SQL of A/B tests: who was in them, who won, who gets what. No transactions of its own."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from docgen.model import Delivery, DeliveryState, Winner
from docgen.store import rules
from docgen.store.deliveries import to_delivery
from docgen.store.schema import deliveries, winners


def tested(connection: Connection, run: str, after: int, limit: int) -> list[Delivery]:
    """Return deliveries that have a variant, by id."""
    query = sa.select(deliveries).where(
        deliveries.c.run == run, deliveries.c.id > after, deliveries.c.variant.is_not(None)
    )
    return [to_delivery(row) for row in connection.execute(query.order_by(deliveries.c.id).limit(limit))]


def winner(connection: Connection, test: str) -> Winner | None:
    """Return who won."""
    row = connection.execute(sa.select(winners).where(winners.c.test == test)).first()
    return None if row is None else Winner(row.test, row.variant, row.by, row.at, row.why)


def choose(connection: Connection, new: Winner) -> None:
    """Insert a winner; there is one for each test, for ever."""
    rules.check_winner(winner(connection, new.test))
    row = {"test": new.test, "variant": new.variant, "by": new.by, "at": new.at, "why": new.why}
    connection.execute(sa.insert(winners), row)


def assign(connection: Connection, run: str, route: str, variant: str) -> int:
    """Give a variant to what has none yet."""
    waiting = sa.and_(deliveries.c.run == run, deliveries.c.route == route, deliveries.c.variant.is_(None))
    pending = deliveries.c.state == DeliveryState.PENDING.value
    return connection.execute(sa.update(deliveries).where(waiting, pending).values(variant=variant)).rowcount
