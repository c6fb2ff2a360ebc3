"""The first ledger: runs, items, artifacts, numbers, deliveries, suppressions, approvals.

Written out in full, not taken from `docgen.store.schema`: a revision stays what it was when the tables move on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
HELD = sa.text("(state = 'claimed' OR (state = 'settled' AND outcome IN ('sent', 'queued', 'unknown')))")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("seq", BIG, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("short", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("job_file", sa.String(), nullable=False),
        sa.Column("job_sha256", sa.String(), nullable=False),
        sa.Column("outputs", sa.String(), nullable=False),
        sa.Column("started", sa.String(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("finished", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("job", "day", "n", name="runs_job_day_n"),
        sqlite_autoincrement=True,
    )
    op.create_index("runs_job", "runs", ["job", "seq"])
    op.create_index("runs_short", "runs", ["short"])
    op.create_table(
        "sequences",
        sa.Column("sequence", sa.String(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_table(
        "suppressions",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("address", "reason"),
    )
    op.create_table(
        "approvals",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("approvals_run", "approvals", ["run", "id"])
    op.create_table(
        "items",
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("ordinal", BIG, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("data_sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"]),
        sa.PrimaryKeyConstraint("run", "ordinal"),
        sa.UniqueConstraint("key", "run", name="items_key"),
    )
    op.create_index("items_state", "items", ["run", "state", "ordinal"])
    op.create_table(
        "numbers",
        sa.Column("sequence", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sealed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["sealed_by"], ["runs.id"]),
        sa.ForeignKeyConstraint(["sequence"], ["sequences.sequence"]),
        sa.PrimaryKeyConstraint("sequence", "n"),
        sa.UniqueConstraint("key", "name", name="numbers_key"),
    )
    op.create_table(
        "artifacts",
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("ordinal", BIG, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("template_sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run", "ordinal"], ["items.run", "items.ordinal"]),
        sa.PrimaryKeyConstraint("run", "ordinal", "position"),
    )
    op.create_index("artifacts_name", "artifacts", ["run", "document", "folded"])
    op.create_table(
        "deliveries",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("transport", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("skip", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("claimed", sa.String(), nullable=True),
        sa.Column("settled", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["run", "ordinal"], ["items.run", "items.ordinal"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("deliveries_address", "deliveries", ["address", "id"])
    op.create_index(
        "deliveries_held", "deliveries", ["identity"], unique=True, sqlite_where=HELD, postgresql_where=HELD
    )
    op.create_index("deliveries_item", "deliveries", ["run", "ordinal"])
    op.create_index("deliveries_run", "deliveries", ["run", "id"])
    op.create_index("deliveries_state", "deliveries", ["run", "state", "id"])
    op.create_table(
        "number_uses",
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["key", "name"], ["numbers.key", "numbers.name"]),
        sa.ForeignKeyConstraint(["run"], ["runs.id"]),
        sa.PrimaryKeyConstraint("run", "key", "name"),
    )
    op.create_index("number_uses_key", "number_uses", ["key", "name"])
    op.create_table(
        "receivers",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("delivery", BIG, nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"]),
        sa.PrimaryKeyConstraint("address", "delivery"),
    )
    op.create_index("receivers_delivery", "receivers", ["delivery"])
