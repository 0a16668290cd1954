"""定位: what a kind of unit can do at most. A city changes the rows."""

from __future__ import annotations

from sqlalchemy import Column, Double, Table, Text

from db.tables import metadata

position_limit = Table(
    "position_limit",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("top_kmh", Double, nullable=False),
    Column("source", Text, nullable=False),
)
"""A kind of unit and how fast it can be; `kind` "" = all that are not listed."""
