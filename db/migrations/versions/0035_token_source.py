"""A token may be an intake source's: its channel's numbers are that source's alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tokens of now are no source's."""
    op.add_column("token", sa.Column("source", sa.Text))
    name = op.f("fk_token_source_intake_source")
    op.create_foreign_key(name, "token", "intake_source", ["source"], ["code"])
    op.create_check_constraint("source", "token", "source IS NULL OR kind = 'api'")


def downgrade() -> None:
    op.drop_column("token", "source")
