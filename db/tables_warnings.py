"""预警发布: the guard table of warnings, and the code tables that say how a class and a level are worded."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.tables import Time, metadata

warning = Table(
    "warning",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("incident", Text, nullable=False),
    Column("linkage", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("reach", ARRAY(Text), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("issued_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("ended_at", Time),
    Column("doc", JSONB, nullable=False),
    Index("ix_warning_linkage", "realm", "linkage"),
    CheckConstraint("realm = 'live' OR doc ->> 'status' <> 'Actual'", name="exercise"),
    Index("ix_warning_issued", "realm", "issued_at"),
)
"""A guard table. `reach`: who sees it through its offices (core.offices.keys)."""

warning_event = Table(
    "warning_event",
    metadata,
    Column("class", Text, primary_key=True),
    Column("category", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("event_en", Text, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("certainty", Text, nullable=False),
    Column("response", Text, nullable=False),
    Column("source", Text, nullable=False),
)
"""CAP's words for a class; `class` is the beginning of its code, the longest that fits is taken, "" fits
all."""

warning_level = Table(
    "warning_level",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("colour", Text, nullable=False),
    Column("colour_zh", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("valid_h", SmallInteger, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("level BETWEEN 1 AND 4", name="level"),
    CheckConstraint("valid_h > 0", name="valid_h"),
)
"""一级红 to 四级蓝: CAP's severity, and for how many hours a warning holds if nobody says."""
