"""Hazards' lives, patrol rounds, sensors' readings and the norms of reach. Times are UTC.

`hazard` and `patrol_visit` say what the log's facts say, and are made again from it; readings are not facts.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Double, Index, Integer, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import Time, metadata

hazard = Table(
    "hazard",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due_at", Time),
    Column("doc", JSONB, nullable=False),
    Index("ix_hazard_due", "realm", "due_at"),
)
"""风险隐患点: how far each has come. Where it lies stands in `place`."""

patrol_visit = Table(
    "patrol_visit",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("target", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("by", Text, nullable=False),
    Column("finding", Text),
    Column("incident", Text),
    Index("ix_patrol_visit_at", "realm", "at"),
    Index("ix_patrol_visit_code", "realm", "target", "code", "at"),
)

patrol_rule = Table(
    "patrol_rule",
    metadata,
    Column("target", Text, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("days", Integer, nullable=False),
    Column("sensitive_days", Integer, nullable=False),
    Column("source", Text, nullable=False),
)
"""How often what is visited; `category` '' = whatever has no row of its own."""

sensitive_period = Table(
    "sensitive_period",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
)
"""敏感时期, both days included, in the areas whose code begins with `scope`."""

sensor_rule = Table(
    "sensor_rule",
    metadata,
    Column("category", Text, primary_key=True),
    Column("sensor", Text, primary_key=True),
    Column("quantity", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("above", Boolean, nullable=False),
    Column("limit", Double),
    Column("clear", Double),
    Column("hold_s", Double, nullable=False),
    Column("stale_s", Double, nullable=False),
    Column("class_code", Text, nullable=False),
    Column("severity", SmallInteger, nullable=False),
    Column("source", Text, nullable=False),
)
"""What a category of sensors measures and when it calls; `sensor` '' = all of the category."""

sensor_state = Table(
    "sensor_state",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("sensor", Text, primary_key=True),
    Column("at", Time, nullable=False),
    Column("value", Double, nullable=False),
    Column("over_since", Time),
    Column("good_since", Time),
    Column("alarmed_at", Time),
    Column("incident", Text),
    Column("stored_at", Time),
    postgresql_with={"fillfactor": "70"},
)
"""The last reading of each sensor. No index but the key: it is written again and again."""

reading = Table(
    "reading",
    metadata,
    Column("realm", Text, nullable=False),
    Column("sensor", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("value", Double, nullable=False),
    Index("ix_reading_sensor_at", "realm", "sensor", "at"),
    postgresql_partition_by="RANGE (at)",
)
"""Thinned readings, partitioned by UTC day; the live realm keeps 30 days."""

site_norm = Table(
    "site_norm",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Double, nullable=False),
    Column("unit", Text, nullable=False),
    Column("source", Text, nullable=False),
)
"""Distances and shares by which cameras, broadcasts and shelters are measured, staff and households of base
grids; a city sets its own."""
