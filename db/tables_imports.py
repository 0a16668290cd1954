"""Files that were handed in for import, and how far each is. Not facts: what came of them is in the log."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import metadata

import_job = Table(
    "import_job",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, Identity(), nullable=False, unique=True),
    Column("file", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("kind", Text),
    Column("status", Text, nullable=False),
    Column("phase", Text),
    Column("done", Integer, nullable=False, server_default=text("0")),
    Column("total", Integer, nullable=False, server_default=text("0")),
    Column("options", JSONB),
    Column("report", JSONB),
    Column("principal", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    CheckConstraint("status IN ('ready', 'running', 'ended', 'failed')", name="status"),
    Index("ix_import_job_created_at", "created_at"),
)
"""`number` names the advisory lock that its work holds while it lives (db/import_jobs.py); `principal` is who
may go on with it; `report` is the import's own, with problems as codes and values."""
