"""What campaigns need: a record's segment, which variant a message is, who won a test, what an approval is bound to.

A new table, and columns that may be empty only, so that the previous release goes on working.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table and the columns."""
    op.add_column("items", sa.Column("segment", sa.String(), nullable=True))
    op.add_column("deliveries", sa.Column("variant", sa.String(), nullable=True))
    op.add_column("approvals", sa.Column("bound", sa.JSON(), nullable=True))
    op.create_table(
        "winners",
        sa.Column("test", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("test"),
    )
