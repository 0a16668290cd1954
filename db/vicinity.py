"""What a city knows of its ground, to hold new data against: lines, water, where codes are now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely
from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from db.tables_places import basemap, grid, place, road


def road_lines(conn: Connection) -> Sequence[Any]:
    """Every road as a line, EPSG:4326."""
    return _shapes(conn, road, road.c.geom)


def grid_edges(conn: Connection) -> Sequence[Any]:
    """The boundary of every grid, EPSG:4326."""
    return _shapes(conn, grid, func.ST_Boundary(grid.c.geom))


def waters(conn: Connection) -> Sequence[Any]:
    """Sea, rivers and lakes of the base map, EPSG:4326."""
    return _shapes(conn, basemap.select().where(basemap.c.kind == "water").subquery())


def positions(conn: Connection, kind: str, codes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of the points of one kind that have these codes now."""
    query = select(place.c.code, func.ST_X(place.c.geom), func.ST_Y(place.c.geom)).where(
        place.c.kind == kind,
        place.c.code == func.any(list(codes)),
        func.GeometryType(place.c.geom) == "POINT",
    )
    return {code: (float(x), float(y)) for code, x, y in conn.execute(query)}


def _shapes(conn: Connection, table: FromClause, geom: ColumnElement[Any] | None = None) -> Sequence[Any]:
    column = table.c.geom if geom is None else geom
    found = conn.scalars(select(func.ST_AsBinary(column)).select_from(table)).all()
    shapes: Sequence[Any] = shapely.from_wkb([bytes(shape) for shape in found])
    return shapes
