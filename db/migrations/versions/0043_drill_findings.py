"""What drills showed to be amiss, followed until it is mended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_findings` has it."""
    op.create_table(
        "drill_finding",
        sa.Column("realm", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("drill", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("office", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("doc", JSONB, nullable=False),
        sa.CheckConstraint("realm NOT LIKE 'drill:%'", name="realm"),
        sa.CheckConstraint("state IN ('proposed', 'open', 'revising', 'closed', 'dropped')", name="state"),
    )
    op.create_index("uq_drill_finding_key", "drill_finding", ["realm", "drill", "key"], unique=True)
    op.create_index("ix_drill_finding_due", "drill_finding", ["realm", "state", "due_on"])


def downgrade() -> None:
    op.drop_table("drill_finding")
