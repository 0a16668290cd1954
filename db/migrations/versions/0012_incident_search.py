"""Finding incidents of an area, and those that are open, among very many."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables` has them."""
    op.create_index(
        "ix_incident_area",
        "incident",
        ["realm", "area", "reported_at"],
        postgresql_ops={"area": "text_pattern_ops"},
    )
    still = sa.text("status NOT IN ('closed', 'rejected')")
    op.create_index("ix_incident_open", "incident", ["realm", "reported_at", "id"], postgresql_where=still)


def downgrade() -> None:
    op.drop_index("ix_incident_open", "incident")
    op.drop_index("ix_incident_area", "incident")
