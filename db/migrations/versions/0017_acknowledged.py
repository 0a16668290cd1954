"""When an incident was first acknowledged by a unit, for the intervals of the reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables` has it."""
    op.add_column("incident", sa.Column("acknowledged_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("incident", "acknowledged_at")
