"""Attachments (附件) of incidents, and sessions of units' phones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ONLY_WALLS = "(kind = 'wall') = (token IS NOT NULL)"
WITH_UNITS = "(kind IN ('wall', 'unit')) = (token IS NOT NULL)"


def upgrade() -> None:
    """As `db.tables_attachments` and `db.tables_accounts` have it."""
    op.create_table(
        "attachment_file",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("thumb", sa.LargeBinary),
        sa.PrimaryKeyConstraint("sha256", name="pk_attachment_file"),
        sa.CheckConstraint("size = octet_length(body)", name="ck_attachment_file_size"),
    )
    op.create_table(
        "attachment",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("realm", "id", "incident", "name", "sha256")),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name="pk_attachment"),
        sa.ForeignKeyConstraint(["sha256"], ["attachment_file.sha256"], name="fk_attachment_sha256"),
    )
    op.create_index("ix_attachment_incident", "attachment", ["realm", "incident"])
    op.drop_constraint("ck_session_wall", "session", type_="check")
    op.create_check_constraint("ck_session_token", "session", WITH_UNITS)


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM session WHERE kind = 'unit'"))
    op.drop_constraint("ck_session_token", "session", type_="check")
    op.create_check_constraint("ck_session_wall", "session", ONLY_WALLS)
    op.drop_table("attachment")
    op.drop_table("attachment_file")
