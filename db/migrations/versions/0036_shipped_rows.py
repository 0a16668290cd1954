"""Which rows of the city's rules are as they were shipped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is known of the rows of now: `db/data/before` tells them from the city's own."""
    op.create_table(
        "shipped_row",
        sa.Column("of_table", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("of_table", "key", name=op.f("pk_shipped_row")),
    )


def downgrade() -> None:
    op.drop_table("shipped_row")
