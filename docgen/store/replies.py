"""Floor 2, edges: the SQL of what came back, and of taking a person's address out. No transactions of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from docgen.model import Delivery, Reply, ReplyKind
from docgen.store import rules
from docgen.store.database import insert_or_replace
from docgen.store.deliveries import to_delivery
from docgen.store.schema import consents, deliveries, inbox_marks, replies, suppressions


def delivery(connection: Connection, id_: int) -> Delivery | None:
    """Return a delivery by its id."""
    if not 0 < id_ < 2**63:
        return None  # no database has such a number
    row = connection.execute(sa.select(deliveries).where(deliveries.c.id == id_)).first()
    return None if row is None else to_delivery(row)


def by_message_id(connection: Connection, message_ids: Sequence[str]) -> list[Delivery]:
    """Return deliveries of messages, newest first."""
    wanted = [each for each in dict.fromkeys(message_ids) if each]
    query = sa.select(deliveries).order_by(deliveries.c.id.desc())
    parts = (query.where(deliveries.c.message_id.in_(some)) for some in rules.chunks(wanted))
    found = [to_delivery(row) for part in parts for row in connection.execute(part)]
    return sorted(found, key=lambda each: each.id, reverse=True)


def is_known(connection: Connection, message: str) -> bool:
    """Tell whether a message was read before."""
    query = sa.select(replies.c.message).where(replies.c.message == message).limit(1)
    return connection.scalar(query) is not None


def insert(connection: Connection, new: Sequence[Reply]) -> None:
    """Add the rows of one message."""
    rows = [
        {
            "message": each.message,
            "position": position,
            "address": rules.person_key(each.address),
            "kind": each.kind.value,
            "at": each.at,
            "status": each.status,
            "detail": each.detail,
            "delivery": each.delivery,
        }
        for position, each in enumerate(new)
    ]
    connection.execute(sa.insert(replies), rows)


def of_run(connection: Connection, run: str) -> list[Reply]:
    """Return what came back for a run, in order of its deliveries."""
    query = sa.select(replies).join(deliveries, deliveries.c.id == replies.c.delivery).where(deliveries.c.run == run)
    return _read(connection, query.order_by(replies.c.delivery, replies.c.message, replies.c.position))


def of_addresses(connection: Connection, addresses: Sequence[str]) -> list[Reply]:
    """Return what came back from these addresses."""
    query = sa.select(replies).order_by(replies.c.message, replies.c.position)
    parts = (query.where(replies.c.address.in_(some)) for some in rules.chunks(rules.person_forms(addresses)))
    return [reply for part in parts for reply in _read(connection, part)]


def _read(connection: Connection, query: sa.Select[Any]) -> list[Reply]:
    return [
        Reply(row.message, row.address, ReplyKind(row.kind), row.at, row.status, row.detail, row.delivery)
        for row in connection.execute(query)
    ]


def mark(connection: Connection, source: str) -> str:
    """Return how far a mailbox was read."""
    return connection.scalar(sa.select(inbox_marks.c.mark).where(inbox_marks.c.source == source)) or ""


def set_mark(connection: Connection, source: str, text: str) -> None:
    """Keep how far a mailbox was read."""
    connection.execute(insert_or_replace(connection, inbox_marks), {"source": source, "mark": text})


def forget(connection: Connection, address: str, instead: str) -> int:
    """Put a hash in the place of an address; return how many rows had it."""
    forms = rules.person_forms([address])
    _drop_doubles(connection, forms, instead)
    changed = 0
    for table in (suppressions, consents, replies):
        blank: dict[str, str] = {"address": instead}
        if table is replies:
            blank["detail"] = ""  # a server's words name the address
        elif table is suppressions:
            blank["note"] = ""
        changed += connection.execute(sa.update(table).where(table.c.address.in_(forms)).values(blank)).rowcount
    return changed


def _drop_doubles(connection: Connection, forms: Sequence[str], instead: str) -> None:
    """Leave one suppression a reason: the one that was hashed before, or the first of those kept in several forms."""
    query = sa.select(suppressions.c.address, suppressions.c.reason)
    taken = set(connection.scalars(sa.select(suppressions.c.reason).where(suppressions.c.address == instead)))
    rows = query.where(suppressions.c.address.in_(forms)).order_by(suppressions.c.address)
    for row in connection.execute(rows).all():
        if row.reason in taken:
            here = sa.and_(suppressions.c.address == row.address, suppressions.c.reason == row.reason)
            connection.execute(sa.delete(suppressions).where(here))
        taken.add(row.reason)
