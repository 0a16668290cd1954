"""演练发现问题: how far each has come, as the log's facts say; made again from it."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import metadata

drill_finding = Table(
    "drill_finding",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("drill", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("doc", JSONB, nullable=False),
    CheckConstraint("realm NOT LIKE 'drill:%'", name="realm"),
    CheckConstraint("state IN ('proposed', 'open', 'revising', 'closed', 'dropped')", name="state"),
    Index("uq_drill_finding_key", "realm", "drill", "key", unique=True),
    Index("ix_drill_finding_due", "realm", "state", "due_on"),
)
"""A drill names nothing twice: whoever proposes the same a second time adds nothing."""
