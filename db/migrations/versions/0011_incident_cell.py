"""incident_cell: the H3 cell of each incident, for heat maps."""

from __future__ import annotations

import h3
import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_RESOLUTION = 9
_CELL = sa.text("UPDATE incident SET cell = :cell WHERE realm = :realm AND id = :id")


def upgrade() -> None:
    """Incidents that are there get their cell."""
    op.add_column("incident", sa.Column("cell", sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    points = sa.text("SELECT realm, id, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM incident")
    rows = connection.execute(points).all()
    if rows:
        cells = [h3.str_to_int(h3.latlng_to_cell(row.lat, row.lon, _RESOLUTION)) for row in rows]
        values = [{"realm": r.realm, "id": r.id, "cell": cell} for r, cell in zip(rows, cells, strict=True)]
        connection.execute(_CELL, values)
    op.alter_column("incident", "cell", nullable=False)


def downgrade() -> None:
    """As it was."""
    op.drop_column("incident", "cell")
