"""The log and its guard tables. Times are UTC; geometry is EPSG:4326.

A city is one PostgreSQL schema, set by the connection's search_path, so no table names one.
Guard tables hold what the fold says of one entity (`doc`) beside the columns that constraints and
spatial queries need; `seq` is the log position that last touched the row.
"""

from __future__ import annotations

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)
Time = DateTime(timezone=True)

realm = Table(
    "realm",
    metadata,
    Column("id", Text, primary_key=True),
    Column("head", BigInteger, nullable=False),
    Column("head_hash", Text, nullable=False),
    Column("head_at", Time, nullable=False),
    Column("clock_real", Time, nullable=False),
    Column("clock_realm", Time, nullable=False),
    Column("clock_rate", Double, nullable=False),
)
"""One row a world. Taking its row lock serialises appends, so that seq is gapless in commit order."""

event = Table(
    "event",
    metadata,
    Column("realm", Text, ForeignKey("realm.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("subject", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("occurred_at", Time, nullable=False),
    Column("recorded_at", Time, nullable=False),
    Column("actor", Text, nullable=False),
    Column("seat", Text, nullable=False),
    Column("cause", Text),
    Column("body", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_event_subject", "realm", "subject", "seq"),
    Index("ix_event_recorded", "realm", "recorded_at"),
)

incident = Table(
    "incident",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("class", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("grid", Text, nullable=False),
    Column("geom", Geometry("POINT", 4326, spatial_index=False), nullable=False),
    Column("cell", BigInteger, nullable=False),
    Column("channel", Text, nullable=False),
    Column("source_id", Text),
    Column("reported_at", Time, nullable=False),
    Column("closed_at", Time),
    Column("shelved", Boolean, nullable=False),
    Column("doc", JSONB, nullable=False),
    Column("due_at", Time),
    Column("accepted_at", Time),
    Column("dispatched_at", Time),
    Column("acknowledged_at", Time),
    Column("arrived_at", Time),
    Column("handled_at", Time),
    Column("replied_at", Time),
    Column("verified_at", Time),
    Column("rated_at", Time),
    Column("number", Text, nullable=False, server_default=""),
    Column("owner", Text, nullable=False, server_default=""),
    Column("dept", Text, nullable=False, server_default=""),
    Column("level", Text, nullable=False, server_default=""),
    Column("handled_level", Text, nullable=False, server_default=""),
    Column("reach", ARRAY(Text), nullable=False, server_default="{}"),
    Column("whistled", ARRAY(Text), nullable=False, server_default="{}"),
    Column("missed", Boolean, nullable=False, server_default=false()),
    Column("supervised", Boolean, nullable=False, server_default=false()),
    Column("sensitive", Boolean, nullable=False, server_default=false()),
    Column("returns", SmallInteger, nullable=False, server_default="0"),
    Column("reopened", SmallInteger, nullable=False, server_default="0"),
    Column("clock", Text),
    Column("rating", SmallInteger),
    Column("wakes_at", Time),
    Column(
        "words",
        Text,
        Computed(
            "lower(number || ' ' || coalesce(doc ->> 'title', '') || ' ' || coalesce(doc ->> 'text', '')"
            " || ' ' || coalesce(doc ->> 'place', '') || ' ' || coalesce(doc ->> 'address', ''))",
            persisted=True,
        ),
    ),
    Index(
        "ix_incident_unrated",
        "realm",
        "reported_at",
        "id",
        postgresql_where=text("status = 'closed' AND rating IS NULL AND doc ->> 'reporter' IS NOT NULL"),
    ),
    Index("ix_incident_wakes", "realm", "wakes_at", "id", postgresql_where=text("wakes_at IS NOT NULL")),
    Index("ix_incident_number", "realm", "number"),
    Index("ix_incident_reach", "reach", postgresql_using="gin"),
    Index("uq_incident_source", "realm", "channel", "source_id", unique=True),
    Index("ix_incident_geom", "geom", postgresql_using="gist"),
    Index("ix_incident_reported", "realm", "reported_at", "id"),
    Index("ix_incident_class", "realm", "class", "reported_at"),
    Index("ix_incident_area", "realm", "area", "reported_at", postgresql_ops={"area": "text_pattern_ops"}),
    Index(
        "ix_incident_open",
        "realm",
        "reported_at",
        "id",
        postgresql_where=text("status NOT IN ('closed', 'rejected', 'merged', 'evaluated', 'archived')"),
    ),
)
"""`cell` is where it lies as an H3 index of resolution 9 (core.cells), for heat maps. `owner` is an office,
`dept` and `level` are its parts; `reach` the scopes that see it through its offices (core.offices.keys),
`whistled` those of whistles still unanswered. `due_at` and `clock` (running, near, over, paused) are of the
clock that is due first; `missed` says that one was over at some time. `words` is what it is found by: number,
title, text, place and address in small letters."""

unit = Table(
    "unit",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("assignment", Text),
    Column("home", Geometry("POINT", 4326, spatial_index=False), nullable=False),
    Column("hold", Text),
    Column("held_for", Text),
    Column("held_until", Time),
    Column("doc", JSONB, nullable=False),
    CheckConstraint("hold IS NULL OR assignment IS NULL", name="held_or_sent"),
    Index("ix_unit_held", "realm", "held_until", postgresql_where=text("held_until IS NOT NULL")),
)
"""`hold` is the one promise (预占) that the unit may be under, `held_for` its incident; at `held_until` the
unit wakes and is free again."""

assignment = Table(
    "assignment",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("incident", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", Time, nullable=False),
    Column("ended_at", Time),
    Column("doc", JSONB, nullable=False),
    Index("ix_assignment_incident", "realm", "incident"),
)
Index(
    "uq_assignment_active",
    assignment.c.realm,
    assignment.c.unit,
    unique=True,
    postgresql_where=assignment.c.ended_at.is_(None),
)

timer = Table(
    "timer",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("due_at", Time, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Index("ix_timer_due", "realm", "due_at"),
)

answer = Table(
    "answer",
    metadata,
    Column("principal", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("body", JSONB),
    Column("created_at", Time, nullable=False),
)
"""Idempotency: the stored answer of each key of each principal."""

snapshot = Table(
    "snapshot",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("fold", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

track = Table(
    "track",
    metadata,
    Column("realm", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("speed", Double),
    Column("heading", Double),
    Index("ix_track_unit_at", "realm", "unit", "at"),
    postgresql_partition_by="RANGE (at)",
)
"""Thinned positions of units, partitioned by UTC day; the live realm keeps 30 days."""

wall = Table(
    "wall",
    metadata,
    Column("name", Text, primary_key=True),
    Column("title", Text),
    Column("height_mm", Integer),
    Column("panel_columns", SmallInteger, nullable=False, server_default="1"),
    Column("panel_rows", SmallInteger, nullable=False, server_default="1"),
    Column("shift", Boolean, nullable=False, server_default=true()),
    Column("visitors", Boolean, nullable=False, server_default=false()),
    Column("seen_at", Time),
    Column("display", JSONB),
)
"""How a wall is hung (`title` None = the city's, `height_mm` None = not known, its LCD panels, whether
visitors stand before it), and what it last said it displays: None until it was seen."""

incident_class = Table(
    "incident_class",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("class_group", Text, nullable=False),
    Column("glyph", Text, nullable=False),
    Column("emergency", Boolean, nullable=False),
    Column("source", Text, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
)
"""Small facts about the city itself: name, sample mark, seed."""
