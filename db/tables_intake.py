"""统一受理: sources and how their messages are read, what came in, warnings by CAP, and the words of rules.

None of this is a fact: what came of a message is in the log. Times are UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    Double,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import Time, metadata

intake_source = Table(
    "intake_source",
    metadata,
    Column("code", Text, primary_key=True),
    Column("mapping", JSONB, nullable=False),
    Column("pull", JSONB),
    Column("pulled", JSONB),
    Column("next_pull_at", Time),
)
"""`mapping` is a core.intake.Mapping, shipped in db/data/intake and a city's own from then on; `pull` a
core.intake.Pull where files are fetched, `pulled` what was seen of them and how the last time went."""

intake_message = Table(
    "intake_message",
    metadata,
    Column("id", Text, primary_key=True),
    Column("realm", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("media", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("received_at", Time, nullable=False),
    Column("last_at", Time, nullable=False),
    Column("times", Integer, nullable=False, server_default=text("1")),
    Column("outcome", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("incident", Text),
    Column("found", JSONB),
    Column("error", JSONB),
    Column("reason", Text),
    UniqueConstraint("realm", "source", "digest"),
    CheckConstraint("outcome IN ('reported', 'known', 'recorded', 'refused', 'given_up')", name="outcome"),
    Index("ix_intake_message_outcome", "realm", "outcome", "last_at"),
    Index("ix_intake_message_last_at", "last_at"),
    Index("ix_intake_message_incident", "realm", "incident"),
    Index(
        "ix_intake_message_refused", "realm", "source", "last_at",
        postgresql_where=text("outcome = 'refused'"),
    ),
)  # fmt: skip
"""One row for one message, however often it is sent. `raw` is sealed: it holds names and telephones; `found`
holds none. `area` is where the incident lies, of a refused message the sender's; `reason` why it was given
up."""

intake_lost = Table(
    "intake_lost",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How many dead letters of a source made room for newer ones on a day (UTC)."""

cap_alert = Table(
    "cap_alert",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("sender", Text, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("sent", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("msg_type", Text, nullable=False),
    Column("headline", Text, nullable=False),
    Column("received_at", Time, nullable=False),
    Column("expires_at", Time),
    Column("outcome", Text, nullable=False),
    Column("incident", Text),
    Column("area", Text, nullable=False),
    Column("areas", ARRAY(Text), nullable=False),
    Column("media", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    UniqueConstraint("realm", "sender", "identifier", "sent"),
    Index("ix_cap_alert_received", "realm", "received_at"),
)
"""Warnings that came in, as they came (`raw`). `areas` are those touched, `outcome` one of core.cap_rules."""

intake_rule = Table(
    "intake_rule",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("word", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("weight", Double, nullable=False),
    Column("source", Text, nullable=False),
)
"""Words and codes → classes and levels: of what people say, and of CAP."""

duplicate_rule = Table(
    "duplicate_rule",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("metres", Double, nullable=False),
    Column("minutes", Double, nullable=False),
    Column("least", Double, nullable=False),
    Column("source", Text, nullable=False),
)
"""How near in space and time two reports of a class are told as perhaps the same; `prefix` '' = any class."""
