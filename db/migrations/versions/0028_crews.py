"""Crews' safety checks and units' limits as data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_safety` has them."""
    op.create_table(
        "safety_rule",
        sa.Column("class_code", sa.Text, primary_key=True),
        sa.Column("severity", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("minutes", sa.Double, nullable=False),
        sa.Column("grace_minutes", sa.Double, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
        sa.CheckConstraint("minutes >= 0 AND grace_minutes > 0", name="minutes"),
    )
    op.create_table(
        "unit_limit",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("measure", sa.Text, primary_key=True),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.CheckConstraint("measure IN ('turnout', 'travel', 'scene')", name="measure"),
        sa.CheckConstraint("seconds > 0", name="seconds"),
    )


def downgrade() -> None:
    op.drop_table("unit_limit")
    op.drop_table("safety_rule")
