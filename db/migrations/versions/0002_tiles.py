"""Shapes kept ready for vector tiles, and the spot of each place on the map."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

LEVELS = range(9, 16)
SPOT = "ST_Transform(ST_PointOnSurface(geom), 3857)"


def upgrade() -> None:
    """Existing cities are drawn when the instance opens (actions.drawing)."""
    op.create_table(
        "map_shape",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("layer", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=True),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("props", JSONB(), nullable=False),
        sa.Column("geom", Geometry(srid=3857, dimension=2, spatial_index=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_map_shape"),
    )
    for level in LEVELS:
        op.create_index(
            f"ix_map_shape_{level}",
            "map_shape",
            ["geom"],
            unique=False,
            postgresql_using="gist",
            postgresql_where=sa.text(f"level = {level}"),
        )
    spot = Geometry(geometry_type="POINT", srid=3857, dimension=2, spatial_index=False)
    op.add_column("place", sa.Column("spot", spot, sa.Computed(SPOT, persisted=True)))
    op.create_index("ix_place_spot", "place", ["spot"], unique=False, postgresql_using="gist")


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_place_spot", table_name="place")
    op.drop_column("place", "spot")
    op.drop_table("map_shape")
