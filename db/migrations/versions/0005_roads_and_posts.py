"""Closed roads, and the rules of police posts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """The rules are filled when the instance opens."""
    op.create_table(
        "closure",
        sa.Column("realm", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("doc", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name="pk_closure"),
    )
    op.create_index(
        "ix_closure_standing",
        "closure",
        ["realm"],
        unique=False,
        postgresql_where=sa.text("reopened_at IS NULL"),
    )
    op.create_table(
        "post_rule",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_ends", sa.Text(), nullable=False),
        sa.Column("officers", sa.Integer(), nullable=False),
        sa.Column("auxiliaries", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("type", name="pk_post_rule"),
    )


def downgrade() -> None:
    """As it was."""
    op.drop_table("post_rule")
    op.drop_table("closure")
