"""A run card's rows stand in an order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Cards that are there stand in the order of their names until they are brought in anew."""
    position = sa.Column("position", sa.SmallInteger, nullable=False, server_default="0")
    op.add_column("run_card", position)
    op.alter_column("run_card", "position", server_default=None)


def downgrade() -> None:
    op.drop_column("run_card", "position")
