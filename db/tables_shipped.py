"""Which rows the product put into a city's tables, so that it knows them from the city's own."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from db.tables import metadata

shipped_row = Table(
    "shipped_row",
    metadata,
    Column("of_table", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
)
"""The digest of a row as it was shipped last; the row may be changed or gone since: then it is the city's."""
