"""What steers a run that sends: tries that are to come, what people decided, wishes to a process, who carried what.

New tables, an index and a column that may be empty only, so that the previous release goes on working.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.add_column("deliveries", sa.Column("account", sa.String(), nullable=True))
    op.create_table(
        "tries",
        sa.Column("delivery", BIG, autoincrement=False, nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"]),
        sa.PrimaryKeyConstraint("delivery"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("delivery", BIG, nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["delivery"], ["deliveries.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("decisions_run", "decisions", ["run", "id"])
    op.create_table(
        "wishes",
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"]),
        sa.PrimaryKeyConstraint("run"),
    )
