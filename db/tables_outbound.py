"""What leaves the building: how far the log was read for it, its channels and messages. Times are real (UTC):
a message leaves by the world's clock, whatever the realm's."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import Time, metadata

outbound_cursor = Table(
    "outbound_cursor",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
"""The last position whose facts have become notices and messages; its lock is held by the one who reads."""

outbound_channel = Table(
    "outbound_channel",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
)
"""短信, 企业微信, 语音: a channel goes to the gateway at `url`, or to the file where it has none."""

outbound_message = Table(
    "outbound_message",
    metadata,
    Column("id", Text, primary_key=True),
    Column("realm", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("fact", Text, nullable=False),
    Column("incident", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("addressee", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("next_at", Time, nullable=False),
    Column("sent_at", Time),
    Column("receipt", JSONB),
    Column("error", Text),
    Column("reason", Text),
    CheckConstraint("state IN ('queued', 'sent', 'dead', 'given_up')", name="state"),
    CheckConstraint("realm = 'live' OR receipt IS NULL OR receipt ->> 'gateway' = 'file'", name="file_only"),
    Index("ix_outbound_message_queued", "next_at", postgresql_where=text("state = 'queued'")),
    Index("ix_outbound_message_state", "realm", "state", "created_at"),
)
"""`id` follows from the fact and its rule, so a fact read again makes the same message, and a message sent
again (at least once) is known to its receiver as the same. `next_at` is when it is tried (again); `reason`
why it was given up."""
