"""What an incident is found by in words, and the incidents whose reporter has not been asked yet."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """`words` is computed by the database, so that nobody who writes an incident need know of it."""
    op.execute(
        "ALTER TABLE incident ADD COLUMN words text GENERATED ALWAYS AS (lower("
        "number || ' ' || coalesce(doc ->> 'title', '') || ' ' || coalesce(doc ->> 'text', '') || ' ' || "
        "coalesce(doc ->> 'place', '') || ' ' || coalesce(doc ->> 'address', ''))) STORED"
    )
    op.execute(
        "CREATE INDEX ix_incident_unrated ON incident (realm, reported_at, id) "
        "WHERE status = 'closed' AND rating IS NULL AND doc ->> 'reporter' IS NOT NULL"
    )


def downgrade() -> None:
    """Both again away."""
    op.execute("DROP INDEX ix_incident_unrated")
    op.execute("ALTER TABLE incident DROP COLUMN words")
