"""Floor 2, edges: the tables of the ledger. Knows columns and indexes; refuses to know who asks and why.

The migrations are what makes a database; these tables are what the queries are written in. A test holds the two
together. A change of either is a new revision in `migrations/versions` and one more name in `REVISIONS`.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

#: Every revision this docgen knows, oldest first.
REVISIONS = ("0001", "0002", "0003", "0004")

#: Our own name, so that other programs' migrations in a shared PostgreSQL database are left alone.
VERSION_TABLE = "docgen_version"

#: The rows that hold an identity. Queries must use this very text for the partial index to serve them.
HOLDS = "(state = 'claimed' OR (state = 'settled' AND outcome IN ('sent', 'queued', 'unknown')))"


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware datetime as ISO 8601 text, offset kept: a run's documents are dated by its own wall clock."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write with the offset; refuse a time that does not say where it is."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read what was written."""
        return None if value is None else datetime.fromisoformat(value)


BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite numbers only INTEGER keys by itself

metadata = sa.MetaData()

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("seq", BIG, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("job", sa.String, nullable=False),
    sa.Column("short", sa.String, nullable=False),  # the id's part after the slash
    sa.Column("day", sa.String, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("edition", sa.String, nullable=False),
    sa.Column("job_file", sa.String, nullable=False),
    sa.Column("job_sha256", sa.String, nullable=False),
    sa.Column("outputs", sa.String, nullable=False),
    sa.Column("started", Moment, nullable=False),
    sa.Column("again", sa.Boolean, nullable=False),
    sa.Column("options", sa.JSON, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("finished", Moment),
    sa.Index("runs_job", "job", "seq"),
    sa.Index("runs_short", "short"),
    sa.UniqueConstraint("job", "day", "n", name="runs_job_day_n"),
    sqlite_autoincrement=True,
)

items = sa.Table(
    "items",
    metadata,
    sa.Column("run", sa.String, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("ordinal", BIG, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("data_sha256", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("locale", sa.String, nullable=False),
    sa.Column("faults", sa.JSON, nullable=False),
    sa.Column("segment", sa.String),
    sa.UniqueConstraint("key", "run", name="items_key"),  # key first: history looks for it in all runs
    sa.Index("items_state", "run", "state", "ordinal"),
)

artifacts = sa.Table(
    "artifacts",
    metadata,
    sa.Column("run", sa.String, primary_key=True),
    sa.Column("ordinal", BIG, primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("document", sa.String, nullable=False),
    sa.Column("file_name", sa.String, nullable=False),
    sa.Column("folded", sa.String, nullable=False),  # the file name as a case-blind file system sees it
    sa.Column("media_type", sa.String, nullable=False),
    sa.Column("sha256", sa.String, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("pages", sa.Integer),
    sa.Column("template", sa.String, nullable=False),
    sa.Column("template_sha256", sa.String, nullable=False),
    sa.ForeignKeyConstraint(["run", "ordinal"], ["items.run", "items.ordinal"]),
    sa.Index("artifacts_name", "run", "document", "folded"),
)

sequences = sa.Table(
    "sequences",
    metadata,
    sa.Column("sequence", sa.String, primary_key=True),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Column("low", sa.BigInteger, nullable=False),  # every number from `start` up to here, exclusive, is taken
)

numbers = sa.Table(
    "numbers",
    metadata,
    sa.Column("sequence", sa.String, sa.ForeignKey("sequences.sequence"), primary_key=True),
    sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("sealed_by", sa.String, sa.ForeignKey("runs.id")),
    sa.UniqueConstraint("key", "name", name="numbers_key"),
)

# Two open runs may both count on one unsealed number; it is free again only when neither does.
number_uses = sa.Table(
    "number_uses",
    metadata,
    sa.Column("run", sa.String, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.ForeignKeyConstraint(["key", "name"], ["numbers.key", "numbers.name"]),
    sa.Index("number_uses_key", "key", "name"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("run", sa.String, nullable=False),
    sa.Column("ordinal", sa.BigInteger, nullable=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("route", sa.String, nullable=False),
    sa.Column("transport", sa.String, nullable=False),
    sa.Column("recipient", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),  # the recipient, folded for looking up
    sa.Column("identity", sa.String, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("message_id", sa.String, nullable=False),
    sa.Column("skip", sa.String, nullable=False),  # as planned; `detail` is what came of it
    sa.Column("state", sa.String, nullable=False),
    sa.Column("outcome", sa.String),
    sa.Column("detail", sa.String, nullable=False),
    sa.Column("outcomes", sa.JSON, nullable=False),
    sa.Column("claimed", Moment),
    sa.Column("settled", Moment),
    sa.Column("variant", sa.String),  # NULL: not of a test, or held until it is won
    sa.Column("account", sa.String),  # which way out carried it
    sa.ForeignKeyConstraint(["run", "ordinal"], ["items.run", "items.ordinal"]),
    sa.Index("deliveries_run", "run", "id"),
    sa.Index("deliveries_state", "run", "state", "id"),
    sa.Index("deliveries_item", "run", "ordinal"),
    sa.Index("deliveries_address", "address", "id"),
    sa.Index("deliveries_message_id", "message_id"),
    sa.Index(
        "deliveries_held",
        "identity",
        unique=True,
        sqlite_where=sa.text(HOLDS),
        postgresql_where=sa.text(HOLDS),
    ),
    sqlite_autoincrement=True,  # an id that was handed out is never another delivery's later
)

# Who else a settled delivery went to, besides its recipient: copies, blind copies.
receivers = sa.Table(
    "receivers",
    metadata,
    sa.Column("address", sa.String, primary_key=True),
    sa.Column("delivery", BIG, sa.ForeignKey("deliveries.id"), primary_key=True),
    sa.Index("receivers_delivery", "delivery"),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("address", sa.String, primary_key=True),
    sa.Column("reason", sa.String, primary_key=True),
    sa.Column("classes", sa.JSON, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("note", sa.String, nullable=False),
)

approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("run", sa.String, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("fingerprint", sa.String, nullable=False),
    sa.Column("bound", sa.JSON),  # what must be as it was -> SHA-256
    sa.Index("approvals_run", "run", "id"),
    sqlite_autoincrement=True,
)

# What came back, one row for each address an answer speaks of; one that was read is never read again.
replies = sa.Table(
    "replies",
    metadata,
    sa.Column("message", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("status", sa.String, nullable=False),
    sa.Column("detail", sa.String, nullable=False),
    sa.Column("delivery", BIG, sa.ForeignKey("deliveries.id")),
    sa.Index("replies_address", "address"),
    sa.Index("replies_delivery", "delivery"),
)

# What people said about marketing. Only ever added to: the newest counts, the older ones are the proof.
consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("topic", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("wording", sa.String, nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Index("consents_address", "address", "id"),
    sqlite_autoincrement=True,
)

# How far a mailbox on a server was read, so that old messages are not fetched again.
inbox_marks = sa.Table(
    "inbox_marks",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("mark", sa.String, nullable=False),
)

# When a delivery that was refused for now may be tried again.
tries = sa.Table(
    "tries",
    metadata,
    sa.Column("delivery", BIG, sa.ForeignKey("deliveries.id"), primary_key=True, autoincrement=False),
    sa.Column("first", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due", Moment, nullable=False),
    sa.Column("detail", sa.String, nullable=False),
)

# What people decided about outcomes. Only ever added to.
decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    sa.Column("delivery", BIG, sa.ForeignKey("deliveries.id"), nullable=False),
    sa.Column("run", sa.String, nullable=False),
    sa.Column("was", sa.String, nullable=False),
    sa.Column("words", sa.String, nullable=False),  # the detail of what it was
    sa.Column("outcome", sa.String),  # from then on; NULL: pending
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("why", sa.String, nullable=False),
    sa.Index("decisions_run", "run", "id"),
    sqlite_autoincrement=True,
)

# What a person asks of the process that works on a run.
wishes = sa.Table(
    "wishes",
    metadata,
    sa.Column("run", sa.String, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("wish", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

# Which variant of a message all get who were not in its test. One for each test, for ever.
winners = sa.Table(
    "winners",
    metadata,
    sa.Column("test", sa.String, primary_key=True),
    sa.Column("variant", sa.String, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("why", sa.String, nullable=False),
)
