"""值班: notices to offices, the roster, the phone book, handovers. Times are UTC, by the realm's clock.

`notice` is made from the log by `outbound.reader`; `handover` says what the log's facts say.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import Time, metadata

notice_rule = Table(
    "notice_rule",
    metadata,
    Column("fact", Text, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("alarm", Boolean, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("settled_by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("who IN ('owner', 'told', 'above', 'city', 'asker', 'late')", name="who"),
)
"""A fact of an incident of at least this `severity` is told to `who`: by a notice where `channel` is empty,
else by a message of `text`. `settled_by`: the facts after which nobody needs to act on it."""

notice = Table(
    "notice",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("office", Text, primary_key=True),
    Column("fact", Text, nullable=False),
    Column("incident", Text, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("alarm", Boolean, nullable=False),
    Column("at", Time, nullable=False),
    Column("said", JSONB, nullable=False),
    Column("settled_at", Time),
    Column("acked_at", Time),
    Column("acked_by", Text),
    Column("acked_seat", Text),
    Column("shelved_at", Time),
    Column("shelved_until", Time),
    Column("shelved_by", Text),
    Column("shelved_seat", Text),
    Column("shelved_reason", Text),
    Index("ix_notice_office", "realm", "office", "at"),
    Index(
        "ix_notice_waiting",
        "realm",
        "office",
        "at",
        postgresql_where=text("settled_at IS NULL AND acked_at IS NULL"),
    ),
    Index("ix_notice_incident", "realm", "incident", postgresql_where=text("settled_at IS NULL")),
)
"""What an office is told. `said` fills its sentence; who acknowledged (确认) or shelved (搁置) it, when and
at which seat is seen by all of the office."""

roster = Table(
    "roster",
    metadata,
    Column("office", Text, primary_key=True),
    Column("starts_at", Time, primary_key=True),
    Column("post", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("ends_at", Time, nullable=False),
    Column("deputy", Text, nullable=False),
    Column("away", Boolean, nullable=False),
    CheckConstraint("ends_at > starts_at", name="span"),
    Index("ix_roster_span", "starts_at", "ends_at"),
)
"""值班表: who holds a post of an office from when to when; `away`: the deputy stands in."""

contact = Table(
    "contact",
    metadata,
    Column("office", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("phone", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("note", Text, nullable=False),
)
"""通讯录: telephones of offices by role, no private ones."""

handover = Table(
    "handover",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("office", Text, nullable=False),
    Column("handed_at", Time, nullable=False),
    Column("taken_at", Time),
    Column("doc", JSONB, nullable=False),
    Index("ix_handover_office", "realm", "office", "handed_at"),
    Index(
        "uq_handover_waiting",
        "realm",
        "office",
        unique=True,
        postgresql_where=text("taken_at IS NULL"),
    ),
)
"""交接班: handed over by one, taken over by another; one at a time waits to be taken over in an office."""
