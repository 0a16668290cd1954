"""车速 and 出动时间: how fast who drives when, and how long a crew takes to be on its way."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Double, Integer, Table, Text

from db.tables import metadata

speed_rule = Table(
    "speed_rule",
    metadata,
    Column("vehicle", Text, primary_key=True),
    Column("road_class", Text, primary_key=True),
    Column("starts", Integer, primary_key=True),
    Column("ends", Integer, primary_key=True),
    Column("factor", Double, nullable=False),
    Column("most_kmh", Double),
    Column("source", Text, nullable=False),
    CheckConstraint("factor > 0 AND factor <= 5", name="factor"),
    CheckConstraint("most_kmh > 0 AND most_kmh <= 200", name="most_kmh"),
    CheckConstraint("starts >= 0 AND starts < 24 AND ends > 0 AND ends <= 24", name="hours"),
)
"""`core.speeds.SpeedRule`."""

turnout = Table(
    "turnout",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("vehicle", Text, nullable=False),
    Column("home_low_s", Double, nullable=False),
    Column("home_s", Double, nullable=False),
    Column("home_high_s", Double, nullable=False),
    Column("street_low_s", Double, nullable=False),
    Column("street_s", Double, nullable=False),
    Column("street_high_s", Double, nullable=False),
    Column("drive_low", Double, nullable=False),
    Column("drive_high", Double, nullable=False),
    Column("source", Text, nullable=False),
    CheckConstraint("0 <= home_low_s AND home_low_s <= home_s AND home_s <= home_high_s", name="home"),
    CheckConstraint(
        "0 <= street_low_s AND street_low_s <= street_s AND street_s <= street_high_s", name="street"
    ),
    CheckConstraint("0 < drive_low AND drive_low <= 1 AND drive_high >= 1", name="drive"),
)
"""`core.speeds.Turnout`."""
