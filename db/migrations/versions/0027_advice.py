"""Run cards, their supplies, the weights of advice, and offers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _key() -> list[sa.Column[object]]:
    return [
        sa.Column("class_code", sa.Text, primary_key=True),
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
    ]


def upgrade() -> None:
    """As `db.tables_advice` has it."""
    op.create_table(
        "run_card",
        *_key(),
        sa.Column("slot", sa.Text, primary_key=True),
        *_texts("slot_en", "kinds", "skills", "vehicle"),
        sa.Column("number", sa.SmallInteger, nullable=False),
        sa.Column("takes", sa.SmallInteger, nullable=False),
        *_texts("source"),
        sa.CheckConstraint("level BETWEEN 0 AND 4", name="level"),
        sa.CheckConstraint("number BETWEEN 1 AND 50", name="number"),
        sa.CheckConstraint("takes BETWEEN 0 AND 4", name="takes"),
    )
    op.create_table(
        "run_supply",
        *_key(),
        sa.Column("item", sa.Text, primary_key=True),
        sa.Column("quantity", sa.Double, nullable=False),
        sa.Column("within_min", sa.Double, nullable=False),
        *_texts("source"),
        sa.CheckConstraint("level BETWEEN 0 AND 4", name="level"),
        sa.CheckConstraint("quantity > 0 AND within_min > 0", name="amounts"),
    )
    op.create_table(
        "advice_rule",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Double, nullable=False),
        *_texts("unit", "note", "source"),
        sa.CheckConstraint("value >= 0", name="value"),
    )
    op.create_table(
        "offer",
        sa.Column("realm", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("incident", "asked_by"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", JSONB, nullable=False),
    )
    op.create_index("ix_offer_made", "offer", ["made_at"])


def downgrade() -> None:
    for name in ("offer", "advice_rule", "run_supply", "run_card"):
        op.drop_table(name)
