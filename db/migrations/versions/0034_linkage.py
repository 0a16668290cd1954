"""The plan library, responses and their tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """As `db.tables_linkage` has them."""
    op.create_table(
        "plan_version",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", _Time, nullable=False),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved_at", _Time),
        sa.CheckConstraint("state IN ('draft', 'approved', 'retired')", name="state"),
        sa.CheckConstraint("(state = 'draft') = (approved_at IS NULL)", name="approved"),
        sa.CheckConstraint("approved_by IS DISTINCT FROM made_by", name="two_persons"),
    )
    for state, name in (("approved", "uq_plan_approved"), ("draft", "uq_plan_draft")):
        where = sa.column("state") == state
        op.create_index(name, "plan_version", ["code"], unique=True, postgresql_where=where)
    op.create_table(
        "linkage",
        sa.Column("realm", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("commander", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("reach", ARRAY(sa.Text), nullable=False),
        sa.Column("started_at", _Time, nullable=False),
        sa.Column("ended_at", _Time),
        sa.Column("doc", JSONB, nullable=False),
        sa.CheckConstraint("commander <> ''", name="commander"),
    )
    running = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_linkage_running", "linkage", ["realm", "incident"], unique=True, postgresql_where=running
    )
    op.create_table(
        "task",
        sa.Column("realm", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("linkage", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("due_at", _Time),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.Column("ended_at", _Time),
        sa.Column("doc", JSONB, nullable=False),
    )
    op.create_index("ix_task_linkage", "task", ["realm", "linkage"])


def downgrade() -> None:
    """All three again away."""
    for name in ("task", "linkage", "plan_version"):
        op.drop_table(name)
