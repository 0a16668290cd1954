"""What walls are directed to show."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import metadata

wall_scene = Table(
    "wall_scene",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("area", Text, nullable=False),
    Column("doc", JSONB, nullable=False),
)
"""A guard table: one row a wall that was ever directed in this realm."""
