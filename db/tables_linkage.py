"""预案 and 应急响应: the plan library, and the guard tables of responses and their tasks."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.tables import Time, metadata

plan_version = Table(
    "plan_version",
    metadata,
    Column("code", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", Time, nullable=False),
    Column("approved_by", Text),
    Column("approved_at", Time),
    CheckConstraint("state IN ('draft', 'approved', 'retired')", name="state"),
    CheckConstraint("(state = 'draft') = (approved_at IS NULL)", name="approved"),
    CheckConstraint("approved_by IS DISTINCT FROM made_by", name="two_persons"),
)
"""`core.plans.Plan` by version. Approved by another person than made it; of each code one is approved."""

Index(
    "uq_plan_approved",
    plan_version.c.code,
    unique=True,
    postgresql_where=plan_version.c.state == "approved",
)
Index("uq_plan_draft", plan_version.c.code, unique=True, postgresql_where=plan_version.c.state == "draft")

linkage = Table(
    "linkage",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("incident", Text, nullable=False),
    Column("plan", Text, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("commander", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("reach", ARRAY(Text), nullable=False),
    Column("started_at", Time, nullable=False),
    Column("ended_at", Time),
    Column("sensitive", Boolean, nullable=False, server_default=false()),
    Column("doc", JSONB, nullable=False),
    CheckConstraint("commander <> ''", name="commander"),
)
"""A guard table. `reach`: who sees it through its offices (core.offices.keys)."""

Index(
    "uq_linkage_running",
    linkage.c.realm,
    linkage.c.incident,
    unique=True,
    postgresql_where=linkage.c.ended_at.is_(None),
)

task = Table(
    "task",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("linkage", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("due_at", Time),
    Column("late", Boolean, nullable=False),
    Column("ended_at", Time),
    Column("doc", JSONB, nullable=False),
    Index("ix_task_linkage", "realm", "linkage"),
)
"""A guard table; `due_at` is the end of the clock that runs, null = none."""
