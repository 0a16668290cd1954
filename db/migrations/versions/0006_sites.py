"""Hazards' lives, patrol rounds, sensors' readings and the norms of reach."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
Time = sa.DateTime(timezone=True)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    """Rows of rules and norms come from db/data; hazards' rows from the log."""
    _hazards_and_patrols()
    _sensors()
    op.create_table(
        "site_norm",
        *_text("name"),
        sa.Column("value", sa.Double(), nullable=False),
        *_text("unit", "source"),
        sa.PrimaryKeyConstraint("name", name="pk_site_norm"),
    )


def _hazards_and_patrols() -> None:
    op.create_table(
        "hazard",
        *_text("realm", "code"),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        *_text("status", "area", "owner"),
        sa.Column("due_at", Time),
        sa.Column("doc", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("realm", "code", name="pk_hazard"),
    )
    op.create_index("ix_hazard_due", "hazard", ["realm", "due_at"])
    op.create_table(
        "patrol_visit",
        *_text("realm"),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        *_text("target", "code"),
        sa.Column("at", Time, nullable=False),
        *_text("by"),
        sa.Column("finding", sa.Text()),
        sa.Column("incident", sa.Text()),
        sa.PrimaryKeyConstraint("realm", "seq", name="pk_patrol_visit"),
    )
    op.create_index("ix_patrol_visit_at", "patrol_visit", ["realm", "at"])
    op.create_index("ix_patrol_visit_code", "patrol_visit", ["realm", "target", "code", "at"])
    op.create_table(
        "patrol_rule",
        *_text("target", "category"),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("sensitive_days", sa.Integer(), nullable=False),
        *_text("source"),
        sa.PrimaryKeyConstraint("target", "category", name="pk_patrol_rule"),
    )
    op.create_table(
        "sensitive_period",
        *_text("code", "name", "scope"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_sensitive_period"),
    )


def _sensors() -> None:
    op.create_table(
        "sensor_rule",
        *_text("category", "sensor", "quantity", "unit"),
        sa.Column("above", sa.Boolean(), nullable=False),
        sa.Column("limit", sa.Double()),
        sa.Column("clear", sa.Double()),
        sa.Column("hold_s", sa.Double(), nullable=False),
        sa.Column("stale_s", sa.Double(), nullable=False),
        *_text("class_code"),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        *_text("source"),
        sa.PrimaryKeyConstraint("category", "sensor", name="pk_sensor_rule"),
    )
    op.create_table(
        "sensor_state",
        *_text("realm", "sensor"),
        sa.Column("at", Time, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        *(sa.Column(name, Time) for name in ("over_since", "good_since", "alarmed_at")),
        sa.Column("incident", sa.Text()),
        sa.Column("stored_at", Time),
        sa.PrimaryKeyConstraint("realm", "sensor", name="pk_sensor_state"),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "reading",
        *_text("realm", "sensor"),
        sa.Column("at", Time, nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("ix_reading_sensor_at", "reading", ["realm", "sensor", "at"])


def downgrade() -> None:
    """As it was."""
    for name in (
        "site_norm", "reading", "sensor_state", "sensor_rule", "sensitive_period", "patrol_rule",
        "patrol_visit", "hazard",
    ):  # fmt: skip
        op.drop_table(name)
