"""The reports read packed days (db/kpi_days.py) instead of an index that every fact wrote to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
WORDS = ("area", "grid", "department", "class", "channel", "reach", "marks")
INTERVALS = ("accept", "dispatch", "acknowledge", "arrive", "handle", "verify", "close", "whole")
INDEXED = (
    "status", "area", "grid", "dept", "class", "channel", "handled_level", "missed", "clock", "rating",
    "returns", "reopened", "accepted_at", "dispatched_at", "acknowledged_at", "arrived_at", "handled_at",
    "verified_at", "closed_at",
)  # fmt: skip


def upgrade() -> None:
    """As `db.tables_kpi` has it. Bytes are kept as they are: unpacking them would take longer than reading.
    What is there already is to be packed."""
    columns = ("moments", *WORDS, *INTERVALS)
    op.create_table(
        "kpi_word",
        sa.Column("id", sa.Integer, sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kpi_word"),
        sa.UniqueConstraint("kind", "word", name="uq_kpi_word_kind"),
    )
    op.create_table(
        "kpi_day",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("form", sa.SmallInteger, nullable=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in columns),
        sa.PrimaryKeyConstraint("realm", "day", name="pk_kpi_day"),
    )
    for name in columns:
        op.execute(sa.text(f"ALTER TABLE kpi_day ALTER COLUMN {name} SET STORAGE EXTERNAL"))
    op.create_table(
        "kpi_touched",
        sa.Column("realm", sa.Text, nullable=False),
        sa.Column("moment", TIME, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("realm", "moment", name="pk_kpi_touched"),
    )
    op.execute(
        sa.text(
            "INSERT INTO kpi_touched SELECT realm, reported_at, max(seq) FROM incident"
            " GROUP BY realm, reported_at"
        )
    )
    op.drop_index("ix_incident_kpi", "incident")


def downgrade() -> None:
    op.create_index("ix_incident_kpi", "incident", ["realm", "reported_at"], postgresql_include=list(INDEXED))
    for name in ("kpi_touched", "kpi_day", "kpi_word"):
        op.drop_table(name)
