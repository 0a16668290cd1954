"""Files handed in for import, and how far each is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """`import_job`, empty."""
    op.create_table(
        "import_job",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, sa.Identity(), nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("phase", sa.Text),
        sa.Column("done", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("total", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("options", JSONB),
        sa.Column("report", JSONB),
        sa.Column("principal", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("status IN ('ready', 'running', 'ended', 'failed')", name="ck_import_job_status"),
        sa.PrimaryKeyConstraint("id", name="pk_import_job"),
        sa.UniqueConstraint("number", name="uq_import_job_number"),
    )
    op.create_index("ix_import_job_created_at", "import_job", ["created_at"])


def downgrade() -> None:
    """Files that wait are forgotten."""
    op.drop_table("import_job")
