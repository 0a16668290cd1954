"""Limits of steps, working hours and days; clocks that are due are found without reading the rest."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_clocks` has them; filled from `db/data` when the database is brought up to date."""
    op.create_table(
        "limit_rule",
        *(_text(name) for name in ("class_code", "area", "urgency", "step")),
        sa.Column("amount", sa.Double(), nullable=False),
        _text("unit"),
        _text("source"),
        sa.CheckConstraint("urgency IN ('', 'emergency', 'ordinary')", name=op.f("ck_limit_rule_urgency")),
        sa.CheckConstraint(
            "unit IN ('second', 'minute', 'hour', 'day', 'work_hour', 'work_day')",
            name=op.f("ck_limit_rule_unit"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_limit_rule_amount")),
        sa.PrimaryKeyConstraint("class_code", "area", "urgency", "step", name=op.f("pk_limit_rule")),
    )
    op.create_table(
        "work_hours",
        *(_text(name) for name in ("starts", "ends", "source")),
        sa.PrimaryKeyConstraint("starts", name=op.f("pk_work_hours")),
    )
    op.create_table(
        "workday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=False),
        _text("source"),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_workday")),
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def downgrade() -> None:
    """As it was."""
    for table in ("workday", "work_hours", "limit_rule"):
        op.drop_table(table)
