"""Floor 2, edges: the SQL of suppressions, consents and approvals. No transactions of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from docgen.model import Approval, Consent, ConsentState, MessageClass, Suppression
from docgen.store import rules
from docgen.store.database import insert_or_replace
from docgen.store.schema import approvals, consents, suppressions


def _those(table: sa.Table) -> sa.Select[Any]:
    """Select the rows of `:people`. Built once: it is asked before every claim."""
    return sa.select(table).where(table.c.address.in_(sa.bindparam("people", expanding=True)))


_SUPPRESSED, _AGREED = _those(suppressions), _those(consents)


def suppress(connection: Connection, new: Sequence[Suppression]) -> None:
    """Add suppressions, or replace those of the same address and reason."""
    rows = {
        (rules.person_key(each.address), each.reason): {
            "classes": sorted(each.classes),
            "since": each.since,
            "note": each.note,
        }
        for each in new
    }
    if rows:
        columns = [{"address": address, "reason": reason} | rest for (address, reason), rest in rows.items()]
        connection.execute(insert_or_replace(connection, suppressions), columns)


def unsuppress(connection: Connection, address: str) -> bool:
    """Remove all suppressions of an address."""
    gone = sa.delete(suppressions).where(suppressions.c.address.in_(rules.person_forms([address])))
    return connection.execute(gone).rowcount > 0


def suppressed(connection: Connection, addresses: Sequence[str] | None) -> list[Suppression]:
    """Return suppressions by address and reason."""
    rows = _of_people(connection, suppressions, _SUPPRESSED, addresses)
    found = [
        Suppression(row.address, row.reason, frozenset(map(MessageClass, row.classes)), row.since, row.note)
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.address, each.reason))


def add_consents(connection: Connection, new: Sequence[Consent]) -> None:
    """Add what was said."""
    rows = [
        {
            "address": rules.person_key(each.address),
            "topic": each.topic,
            "state": each.state.value,
            "at": each.at,
            "wording": each.wording,
            "source": each.source,
            "by": each.by,
        }
        for each in new
    ]
    if rows:
        connection.execute(sa.insert(consents), rows)


def consents_of(connection: Connection, addresses: Sequence[str] | None) -> list[Consent]:
    """Return what was said, in the order it was added."""
    rows = sorted(_of_people(connection, consents, _AGREED, addresses), key=lambda row: row.id)
    return [
        Consent(row.address, row.topic, ConsentState(row.state), row.at, row.wording, row.source, row.by)
        for row in rows
    ]


def _of_people(
    connection: Connection, table: sa.Table, those: sa.Select[Any], addresses: Sequence[str] | None
) -> list[sa.Row[Any]]:
    """Return the rows of these people, or all."""
    if addresses is None:
        return list(connection.execute(sa.select(table)))
    wanted = rules.person_forms(addresses)
    return [row for some in rules.chunks(wanted) for row in connection.execute(those, {"people": list(some)})]


def approve(connection: Connection, approval: Approval) -> None:
    """Insert a yes."""
    row = {"run": approval.run, "by": approval.by, "at": approval.at, "fingerprint": approval.fingerprint}
    connection.execute(sa.insert(approvals), row | {"bound": dict(approval.bound)})


def approval(connection: Connection, run: str) -> Approval | None:
    """Return the newest yes."""
    query = sa.select(approvals).where(approvals.c.run == run).order_by(approvals.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else Approval(row.run, row.by, row.at, row.fingerprint, row.bound or {})
