"""Incidents of a class, the newest first, are read without all others: drills are compared with them."""

from __future__ import annotations

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables` has it."""
    op.create_index("ix_incident_class", "incident", ["realm", "class", "reported_at"])


def downgrade() -> None:
    op.drop_index("ix_incident_class", "incident")
