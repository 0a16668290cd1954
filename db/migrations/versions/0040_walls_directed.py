"""What walls are directed to show; walls for visitors, and what they leave out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_walls` and `db.tables` have them."""
    op.create_table(
        "wall_scene",
        sa.Column("realm", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("doc", JSONB, nullable=False),
    )
    for table, column in (("wall", "visitors"), ("incident", "sensitive"), ("linkage", "sensitive")):
        op.add_column(table, sa.Column(column, sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Without them."""
    for table, column in (("wall", "visitors"), ("incident", "sensitive"), ("linkage", "sensitive")):
        op.drop_column(table, column)
    op.drop_table("wall_scene")
