"""事件流程表: the moves of an incident as data of the city."""

from __future__ import annotations

from sqlalchemy import Column, SmallInteger, Table, Text

from db.tables import metadata

workflow_move = Table(
    "workflow_move",
    metadata,
    Column("verb", Text, primary_key=True),
    Column("position", SmallInteger, nullable=False),
    Column("from", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("needs", Text, nullable=False),
    Column("starts", Text, nullable=False),
    Column("most", SmallInteger),
    Column("source", Text, nullable=False),
)
"""`core.flow.Move`: states, relations and needs are words apart by spaces; `position` orders the buttons."""
