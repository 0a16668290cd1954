"""The moves of an incident as data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TEXTS = ("from", "who", "needs", "starts", "source")


def upgrade() -> None:
    """As `db.tables_flow` has it."""
    op.create_table(
        "workflow_move",
        sa.Column("verb", sa.Text, primary_key=True),
        sa.Column("position", sa.SmallInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in TEXTS),
        sa.Column("most", sa.SmallInteger),
    )


def downgrade() -> None:
    op.drop_table("workflow_move")
