"""The reports read an index alone: all that figures are of stands in it (db/kpi.py)."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COLUMNS = (
    "status", "area", "grid", "dept", "class", "channel", "handled_level", "missed", "clock", "rating",
    "returns", "reopened", "accepted_at", "dispatched_at", "acknowledged_at", "arrived_at", "handled_at",
    "verified_at", "closed_at",
)  # fmt: skip


def upgrade() -> None:
    """As `db.tables` has it."""
    op.create_index("ix_incident_kpi", "incident", ["realm", "reported_at"], postgresql_include=list(COLUMNS))


def downgrade() -> None:
    op.drop_index("ix_incident_kpi", "incident")
