"""办理时限 and 工作时间: limits of steps, working hours, and days that are not as the calendar has them."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Double, Table, Text

from db.tables import metadata

limit_rule = Table(
    "limit_rule",
    metadata,
    Column("class_code", Text, primary_key=True),
    Column("area", Text, primary_key=True),
    Column("urgency", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("amount", Double, nullable=False),
    Column("unit", Text, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("urgency IN ('', 'emergency', 'ordinary')", name="urgency"),
    CheckConstraint("unit IN ('second', 'minute', 'hour', 'day', 'work_hour', 'work_day')", name="unit"),
    CheckConstraint("amount > 0", name="amount"),
)
"""`core.limits.Limit`."""

work_hours = Table(
    "work_hours",
    metadata,
    Column("starts", Text, primary_key=True),
    Column("ends", Text, nullable=False),
    Column("source", Text, nullable=False),
)
"""Stretches of every working day, HH:MM of the city's time."""

workday = Table(
    "workday",
    metadata,
    Column("day", Date, primary_key=True),
    Column("worked", Boolean, nullable=False),
    Column("source", Text, nullable=False),
)
"""Days that the city works, or does not, other than the calendar has it."""
