"""绩效联考: what each indicator weighs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """As `db.tables_kpi` has it; filled from `db/data` when the database is brought up to date."""
    op.create_table(
        "kpi_weight",
        sa.Column("kpi", sa.Text, nullable=False),
        sa.Column("weight", sa.Double, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kpi", name="pk_kpi_weight"),
    )


def downgrade() -> None:
    op.drop_table("kpi_weight")
