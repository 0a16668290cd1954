"""定位: how fast each kind of unit can be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_positions` has it; filled from `db/data` when the database is brought up to date."""
    op.create_table(
        "position_limit",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("top_kmh", sa.Double, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_position_limit"),
    )


def downgrade() -> None:
    op.drop_table("position_limit")
