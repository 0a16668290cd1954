"""What queues and reports ask of incidents: owner, clock, times of each step, rating.

The columns are a projection; rows of an older fold are written anew when the city opens.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIMES = ("due_at", "accepted_at", "dispatched_at", "arrived_at", "handled_at", "replied_at", "verified_at")


def upgrade() -> None:
    """As `db.tables` has them."""
    for name in (*TIMES, "rated_at"):
        op.add_column("incident", sa.Column(name, sa.DateTime(timezone=True)))
    for name in ("number", "owner", "dept", "level", "handled_level"):
        op.add_column("incident", sa.Column(name, sa.Text, nullable=False, server_default=""))
    for name in ("reach", "whistled"):
        op.add_column("incident", sa.Column(name, ARRAY(sa.Text), nullable=False, server_default="{}"))
    for name in ("missed", "supervised"):
        op.add_column("incident", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
    for name in ("returns", "reopened"):
        op.add_column("incident", sa.Column(name, sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("incident", sa.Column("clock", sa.Text))
    op.add_column("incident", sa.Column("rating", sa.SmallInteger))
    op.create_index("ix_incident_number", "incident", ["realm", "number"])
    op.create_index("ix_incident_reach", "incident", ["reach"], postgresql_using="gin")
    op.drop_index("ix_incident_open", "incident")
    still = sa.text("status NOT IN ('closed', 'rejected', 'merged', 'evaluated', 'archived')")
    op.create_index("ix_incident_open", "incident", ["realm", "reported_at", "id"], postgresql_where=still)


def downgrade() -> None:
    op.drop_index("ix_incident_open", "incident")
    still = sa.text("status NOT IN ('closed', 'rejected')")
    op.create_index("ix_incident_open", "incident", ["realm", "reported_at", "id"], postgresql_where=still)
    op.drop_index("ix_incident_reach", "incident")
    op.drop_index("ix_incident_number", "incident")
    names = ("rated_at", "number", "owner", "dept", "level", "handled_level", "reach", "whistled", "missed")
    for name in (*TIMES, *names, "supervised", "returns", "reopened", "clock", "rating"):
        op.drop_column("incident", name)
