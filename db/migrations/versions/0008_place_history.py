"""Which import wrote a row, and the rows that later imports changed or took away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("place", "road", "basemap")


def upgrade() -> None:
    """What an existing city holds counts as written by its first import."""
    for table in TABLES:
        op.add_column(table, sa.Column("since", sa.Integer(), nullable=False, server_default="1"))
    counts = sa.Column("counts", JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb"))
    op.add_column("place_version", counts)
    op.create_table(
        "place_history",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text, nullable=True),
        sa.Column("doc", JSONB(), nullable=False),
        sa.Column("geom", Geometry(srid=4326, dimension=2, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", "since", name="pk_place_history"),
    )
    op.create_index("ix_place_history_until", "place_history", ["kind", "until"])


def downgrade() -> None:
    op.drop_table("place_history")
    op.drop_column("place_version", "counts")
    for table in TABLES:
        op.drop_column(table, "since")
