"""Roads closed to traffic, and the rules that police posts are measured by."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import Time, metadata

closure = Table(
    "closure",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("area", Text, nullable=False),
    Column("until", Time),
    Column("reopened_at", Time),
    Column("doc", JSONB, nullable=False),
)
"""封路: a guard table; `id` is the road's at the time of closing, `reopened_at` null = closed now."""

Index("ix_closure_standing", closure.c.realm, postgresql_where=closure.c.reopened_at.is_(None))

post_rule = Table(
    "post_rule",
    metadata,
    Column("type", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("name_ends", Text, nullable=False),
    Column("officers", Integer, nullable=False),
    Column("auxiliaries", Integer, nullable=False),
    Column("share", Double, nullable=False),
    Column("source", Text, nullable=False),
)
"""What a post of each type of community needs at least, and which share of a station's strength is to be
community police. `name_ends`: endings of names that tell a community without a type, comma-separated."""
