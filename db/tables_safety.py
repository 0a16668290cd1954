"""安全核对 and 时限 of units: how often crews at work are asked, how long units may stay in a state."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Double, SmallInteger, Table, Text

from db.tables import metadata

safety_rule = Table(
    "safety_rule",
    metadata,
    Column("class_code", Text, primary_key=True),
    Column("severity", SmallInteger, primary_key=True, autoincrement=False),
    Column("minutes", Double, nullable=False),
    Column("grace_minutes", Double, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
    CheckConstraint("minutes >= 0 AND grace_minutes > 0", name="minutes"),
)
"""`core.safety.SafetyRule`."""

unit_limit = Table(
    "unit_limit",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("seconds", Double, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("measure IN ('turnout', 'travel', 'scene')", name="measure"),
    CheckConstraint("seconds > 0", name="seconds"),
)
"""`kind` '' = every kind of unit without a row of its own."""
