"""演练: the guard table of drills, each in its own realm, and what keeps a drill in its world.

Triggers that no table can say stand in the migration: in a drill's realm every assignment, task, response and
warning names rows of that realm alone (`drill_stays_inside`).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import Time, metadata

drill = Table(
    "drill",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("division", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("rehearsal", Boolean, nullable=False),
    Column("started_at", Time),
    Column("stopped_at", Time),
    Column("doc", JSONB, nullable=False),
    CheckConstraint("realm LIKE 'drill:%' AND id = realm", name="realm"),
    CheckConstraint("status IN ('prepared', 'running', 'paused', 'stopped')", name="status"),
    Index("ix_drill_status", "status"),
)
"""A guard table, of one row a realm; times are the realm's."""

drill_beat = Table(
    "drill_beat",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("at", Time, nullable=False),
)
"""When somebody last saw to a drill that runs, in real time: where it stood when its server died."""
