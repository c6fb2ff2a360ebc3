"""What the tests of ledgers share: values with sensible fields, and ledgers to put them in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from docgen.model import ArtifactNote, ItemResult, NewDelivery, NewItem, RunSpec

NOW = datetime(2026, 5, 4, 10, 32, tzinfo=UTC)


def a_spec(job: str = "invoices", started: datetime = NOW, **more: Any) -> RunSpec:
    """Return what a run is opened with."""
    return RunSpec(job, "", f"campaigns/{job}.yaml", "0" * 64, "/srv/out", started, **more)


def a_plan(identity: str, recipient: str = "ana@example.com", **more: Any) -> NewDelivery:
    """Return a planned delivery by e-mail."""
    fields = {"route": "email", "transport": "smtp", "payload": {"files": ["a.eml"]}} | more
    return NewDelivery(recipient=recipient, identity=identity, **fields)


def a_note(file_name: str = "invoice.pdf", document: str = "invoice", sha256: str = "a" * 64) -> ArtifactNote:
    """Return the note of an artifact."""
    return ArtifactNote(document, file_name, "application/pdf", sha256, 1234, 2, "invoice", "b" * 64)


def open_run_with(ledger: Any, *plans: NewDelivery, spec: RunSpec | None = None) -> str:
    """Open a run with one ready record a plan, keys `K0`, `K1`, ...; return its id."""
    run: str = ledger.open_run(spec or a_spec())
    ledger.add_items(run, [NewItem(n, f"K{n}", f"data{n}") for n in range(len(plans))])
    ledger.put_results(run, [ItemResult(n, f"K{n}", deliveries=(plan,)) for n, plan in enumerate(plans)])
    return run


def only_delivery(ledger: Any, run: str) -> int:
    """Return the id of a run's one delivery."""
    [delivery] = ledger.deliveries(run)
    return int(delivery.id)


@contextmanager
def own_schema(url: str, name: str) -> Iterator[str]:
    """Make a schema in a PostgreSQL database and yield the URL that leads to it."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {name}"))
    engine.dispose()
    yield f"{url}?options=-csearch_path%3D{name}"
