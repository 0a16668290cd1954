"""Drills, and what keeps them in their own realms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_Time = sa.DateTime(timezone=True)
_NAMES = {"assignment": ("unit", "incident"), "task": ("linkage",), "linkage": ("incident",)}
"""Table → columns that name a row of the table of that name."""
_INSIDE = """
CREATE FUNCTION drill_stays_inside() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE named text; found boolean;
BEGIN
  FOREACH named IN ARRAY TG_ARGV LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.%I WHERE realm = $1 AND id = to_jsonb($2) ->> %L)',
                   TG_TABLE_SCHEMA, named, named) INTO found USING NEW.realm, NEW;
    IF NOT found THEN
      RAISE EXCEPTION 'drill_stays_inside: % of % is not in %', named, TG_TABLE_NAME, NEW.realm
        USING ERRCODE = 'check_violation';
    END IF;
  END LOOP;
  RETURN NULL;
END $$
"""
_EXERCISE = "realm = 'live' OR doc ->> 'status' <> 'Actual'"
_FILE_ONLY = "realm = 'live' OR receipt IS NULL OR receipt ->> 'gateway' = 'file'"


def upgrade() -> None:
    """As `db.tables_drills` has it. The triggers look when a transaction ends, for rows are written in any
    order; they are asked of drills alone."""
    op.create_table(
        "drill",
        sa.Column("realm", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "status", "content", "form")),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("division", "plan")),
        sa.Column("rehearsal", sa.Boolean, nullable=False),
        sa.Column("started_at", _Time),
        sa.Column("stopped_at", _Time),
        sa.Column("doc", JSONB, nullable=False),
        sa.CheckConstraint("realm LIKE 'drill:%' AND id = realm", name="realm"),
        sa.CheckConstraint("status IN ('prepared', 'running', 'paused', 'stopped')", name="status"),
    )
    op.create_index("ix_drill_status", "drill", ["status"])
    op.create_table(
        "drill_beat",
        sa.Column("realm", sa.Text, primary_key=True),
        sa.Column("at", _Time, nullable=False),
    )
    op.execute(_INSIDE)
    for table, names in _NAMES.items():
        op.execute(
            f"CREATE CONSTRAINT TRIGGER drill_stays_inside AFTER INSERT OR UPDATE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.realm LIKE 'drill:%') "
            f"EXECUTE FUNCTION drill_stays_inside({', '.join(names)})"
        )
    op.create_check_constraint("exercise", "warning", _EXERCISE)
    op.create_check_constraint("file_only", "outbound_message", _FILE_ONLY)


def downgrade() -> None:
    """Without them."""
    op.drop_constraint("ck_outbound_message_file_only", "outbound_message")
    op.drop_constraint("ck_warning_exercise", "warning")
    for table in _NAMES:
        op.execute(f"DROP TRIGGER drill_stays_inside ON {table}")
    op.execute("DROP FUNCTION drill_stays_inside()")
    op.drop_table("drill_beat")
    op.drop_table("drill")
