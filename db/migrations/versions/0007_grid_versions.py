"""Versions, lineage and faults of the grids; links and kinds of special grids."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _shape(kind: str) -> sa.Column[object]:
    return sa.Column("geom", Geometry(kind, 4326, spatial_index=False), nullable=False)


def upgrade() -> None:
    """A city's grids of before become version 0 with its next import."""
    op.create_table(
        "grid_version",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holds_from", _TIME, nullable=False),
        sa.Column("recorded_at", _TIME, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("retired", sa.Integer, nullable=False),
        sa.Column("applied_at", _TIME),
    )
    op.create_table(
        "grid_change",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("tier", sa.SmallInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("parent", sa.Text),
        _shape("MULTIPOLYGON"),
        sa.Column("props", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")),
        sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_grid_change_version", "grid_change", ["version"])
    op.create_table(
        "grid_lineage",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("successor", sa.Text, primary_key=True),
        sa.Column("predecessor", sa.Text, primary_key=True),
        sa.Column("area_m2", sa.Double, nullable=False),
        sa.Column("share", sa.Double, nullable=False),
    )
    op.create_index("ix_grid_lineage_predecessor", "grid_lineage", ["predecessor"])
    op.create_table(
        "grid_fault",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("tier", sa.SmallInteger, nullable=False),
        sa.Column("codes", ARRAY(sa.Text), nullable=False),
        sa.Column("area_m2", sa.Double, nullable=False),
        sa.Column("lon", sa.Double, nullable=False),
        sa.Column("lat", sa.Double, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        _shape("GEOMETRY"),
    )
    op.create_table(
        "special_link",
        sa.Column("special", sa.Text, primary_key=True),
        sa.Column("base", sa.Text, primary_key=True),
        sa.Column("area_m2", sa.Double, nullable=False),
        sa.Column("share", sa.Double, nullable=False),
    )
    op.create_index("ix_special_link_base", "special_link", ["base"])
    op.create_table(
        "special_kind",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """What holds now stays; what held before is forgotten."""
    for name in ("special_kind", "special_link", "grid_fault", "grid_lineage", "grid_change", "grid_version"):
        op.drop_table(name)
