"""Intake: sources, messages, warnings, and the words by which they are read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_intake` has them."""
    time = sa.DateTime(timezone=True)
    op.create_table(
        "intake_source",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("pull", JSONB),
        sa.Column("pulled", JSONB),
        sa.Column("next_pull_at", time),
        sa.PrimaryKeyConstraint("code", name="pk_intake_source"),
    )
    op.create_table(
        "intake_message",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("media", sa.Text, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.Column("received_at", time, nullable=False),
        sa.Column("last_at", time, nullable=False),
        sa.Column("times", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("incident", sa.Text),
        sa.Column("found", JSONB),
        sa.Column("error", JSONB),
        sa.PrimaryKeyConstraint("id", name="pk_intake_message"),
        sa.UniqueConstraint("realm", "source", "digest", name="uq_intake_message_realm_source_digest"),
        sa.CheckConstraint(
            "outcome IN ('reported', 'known', 'recorded', 'refused')", name="ck_intake_message_outcome"
        ),
    )
    op.create_index("ix_intake_message_outcome", "intake_message", ["realm", "outcome", "last_at"])
    op.create_index("ix_intake_message_last_at", "intake_message", ["last_at"])
    op.create_index("ix_intake_message_incident", "intake_message", ["realm", "incident"])
    op.create_table(
        "cap_alert",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("sent", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("msg_type", sa.Text, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("received_at", time, nullable=False),
        sa.Column("expires_at", time),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("incident", sa.Text),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("areas", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("media", sa.Text, nullable=False),
        sa.Column("raw", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("realm", "id", name="pk_cap_alert"),
        sa.UniqueConstraint(
            "realm", "sender", "identifier", "sent", name="uq_cap_alert_realm_sender_identifier_sent"
        ),
    )
    op.create_index("ix_cap_alert_received", "cap_alert", ["realm", "received_at"])
    op.create_table(
        "intake_rule",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("weight", sa.Double, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "word", "value", name="pk_intake_rule"),
    )
    op.create_table(
        "duplicate_rule",
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("metres", sa.Double, nullable=False),
        sa.Column("minutes", sa.Double, nullable=False),
        sa.Column("least", sa.Double, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("prefix", name="pk_duplicate_rule"),
    )


def downgrade() -> None:
    """What came in is forgotten; the incidents that came of it stay."""
    for table in ("duplicate_rule", "intake_rule", "cap_alert", "intake_message", "intake_source"):
        op.drop_table(table)
