"""出动编成 and advice: run cards, their supplies, the weights, offers that wait for an answer."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Double, Index, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import Time, metadata

run_card = Table(
    "run_card",
    metadata,
    Column("class_code", Text, primary_key=True),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("slot", Text, primary_key=True),
    Column("position", SmallInteger, nullable=False),
    Column("slot_en", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("skills", Text, nullable=False),
    Column("vehicle", Text, nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("takes", SmallInteger, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("level BETWEEN 0 AND 4", name="level"),
    CheckConstraint("number BETWEEN 1 AND 50", name="number"),
    CheckConstraint("takes BETWEEN 0 AND 4", name="takes"),
)
"""`core.runcards.Slot`, one a row in the order of `position`; kinds and skills are words apart by spaces."""

run_supply = Table(
    "run_supply",
    metadata,
    Column("class_code", Text, primary_key=True),
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("item", Text, primary_key=True),
    Column("quantity", Double, nullable=False),
    Column("within_min", Double, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("level BETWEEN 0 AND 4", name="level"),
    CheckConstraint("quantity > 0 AND within_min > 0", name="amounts"),
)
"""`core.runcards.Supply`."""

advice_rule = Table(
    "advice_rule",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Double, nullable=False),
    Column("unit", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("value >= 0", name="value"),
)
"""`core.runcards.Weights`, a figure a row."""

offer = Table(
    "offer",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("incident", Text, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("made_at", Time, nullable=False),
    Column("body", JSONB, nullable=False),
    Index("ix_offer_made", "made_at"),
)
"""What was advised to whom, until a dispatch answers it or it is forgotten. `made_at`: the machine's time."""
