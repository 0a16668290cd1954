"""What a drill needs for each level of its evaluation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_drill_levels` has them."""
    op.create_table(
        "drill_level",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.Column("share", sa.Double, nullable=False),
        sa.Column("key_weight", sa.Double, nullable=False),
        sa.Column("key_failed", sa.SmallInteger),
        sa.Column("mark", sa.Double, nullable=False),
        sa.Column("mend_days", sa.SmallInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name="share"),
        sa.CheckConstraint("key_failed >= 0", name="key_failed"),
        sa.CheckConstraint("mark BETWEEN 0 AND 5", name="mark"),
        sa.CheckConstraint("mend_days > 0", name="mend_days"),
    )


def downgrade() -> None:
    op.drop_table("drill_level")
