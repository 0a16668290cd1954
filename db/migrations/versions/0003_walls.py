"""What a wall is told about itself: its title, its height, its LCD panels, whether it shifts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A wall may be set before it was ever seen."""
    op.add_column("wall", sa.Column("title", sa.Text, nullable=True))
    op.add_column("wall", sa.Column("height_mm", sa.Integer, nullable=True))
    op.add_column("wall", sa.Column("panel_columns", sa.SmallInteger, nullable=False, server_default="1"))
    op.add_column("wall", sa.Column("panel_rows", sa.SmallInteger, nullable=False, server_default="1"))
    op.add_column("wall", sa.Column("shift", sa.Boolean, nullable=False, server_default=sa.true()))
    op.alter_column("wall", "seen_at", nullable=True)
    op.alter_column("wall", "display", nullable=True)


def downgrade() -> None:
    """Walls that were only set are forgotten."""
    op.execute("DELETE FROM wall WHERE seen_at IS NULL")
    op.alter_column("wall", "seen_at", nullable=False)
    op.alter_column("wall", "display", nullable=False)
    for name in ("shift", "panel_rows", "panel_columns", "height_mm", "title"):
        op.drop_column("wall", name)
