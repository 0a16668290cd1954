"""Accounts, sessions, tokens and sealed reporters. Secrets are kept only as hashes. Times are UTC."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from db.tables import Time, metadata

account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("dept", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("locked_until", Time),
    Column("created_at", Time, nullable=False),
    Column("changed_at", Time, nullable=False),
)
"""Somebody who logs in. `password` is an argon2id hash; one account, one role; `dept` "" = an area's desk."""

token = Table(
    "token",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("realm", Text),
    Column("area", Text, nullable=False),
    Column("unit", Text),
    Column("verbs", ARRAY(Text)),
    Column("source", Text, ForeignKey("intake_source.code")),
    Column("created_at", Time, nullable=False),
    Column("revoked_at", Time),
    CheckConstraint("kind IN ('wall', 'api', 'unit')", name="kind"),
    CheckConstraint("(kind = 'unit') = (unit IS NOT NULL)", name="unit"),
    CheckConstraint("source IS NULL OR kind = 'api'", name="source"),
)
"""A secret that acts without a person. `source` is the intake source that it is of. `hash` is
SHA-256: 256 random bits need no salt."""

session = Table(
    "session",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("account", Text, ForeignKey("account.id")),
    Column("token", Text, ForeignKey("token.id")),
    Column("seat", Text, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("seen_at", Time, nullable=False),
    Column("ended_at", Time),
    CheckConstraint("(kind = 'desk') = (account IS NOT NULL)", name="desk"),
    CheckConstraint("(kind IN ('wall', 'unit')) = (token IS NOT NULL)", name="token"),
    Index("ix_session_account", "account", postgresql_where=text("ended_at IS NULL")),
)
"""A cookie: SHA-256 of its random value. A desk's belongs to an account, a wall's or unit's to its token."""

reporter = Table(
    "reporter",
    metadata,
    Column("realm", Text, primary_key=True),
    Column("incident", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""Name and phone of who reported an incident, sealed by the vault."""
