"""Warnings to the public, and how a class and a level are worded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """As `db.tables_warnings` has them."""
    op.create_table(
        "warning",
        sa.Column("realm", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("incident", sa.Text, nullable=False),
        sa.Column("linkage", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("reach", ARRAY(sa.Text), nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("issued_at", _Time, nullable=False),
        sa.Column("expires_at", _Time, nullable=False),
        sa.Column("ended_at", _Time),
        sa.Column("doc", JSONB, nullable=False),
    )
    op.create_index("ix_warning_linkage", "warning", ["realm", "linkage"])
    op.create_index("ix_warning_issued", "warning", ["realm", "issued_at"])
    words = ("category", "event", "event_en", "urgency", "certainty", "response", "source")
    op.create_table(
        "warning_event",
        sa.Column("class", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in words),
    )
    op.create_table(
        "warning_level",
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("colour", sa.Text, nullable=False),
        sa.Column("colour_zh", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("valid_h", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 4", name="level"),
        sa.CheckConstraint("valid_h > 0", name="valid_h"),
    )


def downgrade() -> None:
    for table in ("warning_level", "warning_event", "warning"):
        op.drop_table(table)
