"""Notices, the roster, the phone book, shifts handed over, and what leaves the building."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """As `db.tables_duty` and `db.tables_outbound` have them. What stands in the log is not told again."""
    op.create_table(
        "outbound_cursor",
        sa.Column("realm", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("realm", name=op.f("pk_outbound_cursor")),
    )
    op.create_table(
        "outbound_channel",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_outbound_channel")),
    )
    op.create_table(
        "outbound_message",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("realm", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("receipt", JSONB(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'sent', 'dead')", name=op.f("ck_outbound_message_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_message")),
    )
    op.create_index(
        "ix_outbound_message_queued",
        "outbound_message",
        ["next_at"],
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index("ix_outbound_message_state", "outbound_message", ["realm", "state", "created_at"])
    op.create_table(
        "notice_rule",
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("who IN ('owner', 'told', 'above', 'city')", name=op.f("ck_notice_rule_who")),
        sa.PrimaryKeyConstraint("fact", "who", "channel", name=op.f("pk_notice_rule")),
    )
    op.create_table(
        "notice",
        sa.Column("realm", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("incident", sa.Text(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("said", JSONB(), nullable=False),
        sa.Column("settled_at", TIME, nullable=True),
        sa.Column("acked_at", TIME, nullable=True),
        sa.Column("acked_by", sa.Text(), nullable=True),
        sa.Column("acked_seat", sa.Text(), nullable=True),
        sa.Column("shelved_at", TIME, nullable=True),
        sa.Column("shelved_until", TIME, nullable=True),
        sa.Column("shelved_by", sa.Text(), nullable=True),
        sa.Column("shelved_seat", sa.Text(), nullable=True),
        sa.Column("shelved_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("realm", "seq", "office", name=op.f("pk_notice")),
    )
    op.create_index(
        "ix_notice_incident", "notice", ["realm", "incident"], postgresql_where=sa.text("settled_at IS NULL")
    )
    op.create_index("ix_notice_office", "notice", ["realm", "office", "at"])
    op.create_index(
        "ix_notice_waiting",
        "notice",
        ["realm", "office", "at"],
        postgresql_where=sa.text("settled_at IS NULL AND acked_at IS NULL"),
    )
    op.create_table(
        "roster",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("deputy", sa.Text(), nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_roster_span")),
        sa.PrimaryKeyConstraint("office", "starts_at", "post", "person", name=op.f("pk_roster")),
    )
    op.create_index("ix_roster_span", "roster", ["starts_at", "ends_at"])
    op.create_table(
        "contact",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("office", "role", "phone", name=op.f("pk_contact")),
    )
    op.create_table(
        "handover",
        sa.Column("realm", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("handed_at", TIME, nullable=False),
        sa.Column("taken_at", TIME, nullable=True),
        sa.Column("doc", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_office", "handover", ["realm", "office", "handed_at"])
    op.create_index(
        "uq_handover_waiting",
        "handover",
        ["realm", "office"],
        unique=True,
        postgresql_where=sa.text("taken_at IS NULL"),
    )
    op.execute("INSERT INTO outbound_cursor (realm, seq) SELECT id, head FROM realm WHERE id <> 'system'")


def downgrade() -> None:
    """As it was."""
    op.drop_table("handover")
    op.drop_table("contact")
    op.drop_table("roster")
    op.drop_table("notice")
    op.drop_table("notice_rule")
    op.drop_table("outbound_message")
    op.drop_table("outbound_channel")
    op.drop_table("outbound_cursor")
