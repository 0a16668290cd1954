"""How soon a response is reported, and which losses are counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_briefing` has them."""
    op.create_table(
        "report_limit",
        sa.Column("level", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("stage", sa.Text, primary_key=True),
        sa.Column("minutes", sa.Double, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.CheckConstraint("stage IN ('first', 'follow', 'final')", name="stage"),
        sa.CheckConstraint("minutes > 0", name="minutes"),
    )
    op.create_table(
        "loss_field",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("unit_en", sa.Text, nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("loss_field")
    op.drop_table("report_limit")
