"""An incident's row says when something of it falls due next; its clocks need no rows of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The guard rows are made again when the city opens, and with them what wakes when."""
    op.add_column("incident", sa.Column("wakes_at", sa.DateTime(timezone=True)))
    waking = sa.text("wakes_at IS NOT NULL")
    op.create_index("ix_incident_wakes", "incident", ["realm", "wakes_at", "id"], postgresql_where=waking)
    op.execute("DELETE FROM timer WHERE kind IN ('deadline', 'shelve')")
    op.execute("DELETE FROM setting WHERE key = 'guard rows'")


def downgrade() -> None:
    """As it was; clocks that run are forgotten until their incidents are next touched."""
    op.drop_index("ix_incident_wakes", "incident")
    op.drop_column("incident", "wakes_at")
