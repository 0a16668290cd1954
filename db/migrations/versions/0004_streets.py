"""Streets by name and town, for the search."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Existing cities get theirs when the instance opens."""
    op.create_table(
        "street",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=True),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column(
            "geom",
            Geometry(geometry_type="MULTILINESTRING", srid=4326, dimension=2, spatial_index=False),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_street"),
    )
    op.create_index("ix_street_name", "street", ["name"], unique=False)
    op.create_index("ix_street_geom", "street", ["geom"], unique=False, postgresql_using="gist")


def downgrade() -> None:
    """As it was."""
    op.drop_table("street")
