"""Spatial questions to the reference tables. Coordinates are lon, lat in EPSG:4326."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import shapely
from sqlalchemy import (
    ColumnElement,
    Connection,
    func,
    select,
    text,
    true,
)

from core.permissions import is_area_prefix
from core.places import GRID_TOLERANCE_M, RoadRow
from db.tables_places import grid, place_version, road

Bounds = tuple[float, float, float, float]
#: Degrees that surely hold GRID_TOLERANCE_M, up to 70° of latitude.
_REACH_DEG = 0.0015
PLACE_KINDS = (
    "posts", "stores", "cameras", "broadcasts", "shelters", "hazards", "keyplaces", "sensors", "specialgrids",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceOfPoint:
    """`grid` = code of the base grid, `area` = code of the community it belongs to (the grid itself in a
    city of one tier), `place` = names from the district down, for people. None, None, "" outside."""

    grid: str | None
    area: str | None
    place: str


NOWHERE = PlaceOfPoint(None, None, "")

_DESCRIBE = text(
    """
    WITH RECURSIVE point AS (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS at),
    near AS MATERIALIZED (
        SELECT code, parent, name, ST_Intersects(geom, at) AS inside,
               ST_Distance(geom::geography, at::geography) AS metres
        FROM grid, point
        WHERE tier = (SELECT max(tier) FROM grid) AND geom && ST_Expand(at, :reach)
          AND ST_Distance(geom, at) < :reach
    ),
    way AS (
        (SELECT code, parent, name, 0 AS up FROM near WHERE inside OR metres <= :tolerance
         ORDER BY inside DESC, CASE WHEN inside THEN 0 ELSE metres END, code LIMIT 1)
        UNION ALL
        SELECT above.code, above.parent, above.name, way.up + 1
        FROM way JOIN grid AS above ON above.code = way.parent WHERE way.up < 6
    )
    SELECT code, parent, name FROM way ORDER BY up
    """
)


def describe_point(conn: Connection, lon: float, lat: float) -> PlaceOfPoint:
    """Where a point lies: in its base grid, or in the nearest within 50 m (shores, piers).

    On a common border the lower code wins, so that every point has exactly one grid.
    """
    values = {"lon": lon, "lat": lat, "reach": _REACH_DEG, "tolerance": GRID_TOLERANCE_M}
    way = conn.execute(_DESCRIBE, values).all()
    if not way:
        return NOWHERE
    names = [row.name for row in reversed(way)]
    return PlaceOfPoint(way[0].code, way[0].parent or way[0].code, place_words(names))


def place_words(names: Sequence[str]) -> str:
    """The way of names from the widest in, as a sentence has it."""
    return " ".join(way_names(names))


def way_names(names: Sequence[str]) -> list[str]:
    """Names from the widest in; a name that repeats the one above it is said without that."""
    return [*names[:1], *(low.removeprefix(high) or low for high, low in pairwise(names))]


def parents(conn: Connection) -> dict[str, tuple[str | None, str]]:
    """Code → parent and name of every grid."""
    query = select(grid.c.code, grid.c.parent, grid.c.name)
    return {row.code: (row.parent, row.name) for row in conn.execute(query)}


def city_bounds(conn: Connection) -> Bounds | None:
    """West, south, east, north of all grids in degrees; None while there are none."""
    extent = func.ST_Extent(grid.c.geom)
    row = conn.execute(
        select(func.ST_XMin(extent), func.ST_YMin(extent), func.ST_XMax(extent), func.ST_YMax(extent))
    ).one()
    return None if row[0] is None else (float(row[0]), float(row[1]), float(row[2]), float(row[3]))


def area_names(conn: Connection) -> dict[str, str]:
    """Code → name of every area above the base grids (of every grid in a city of one tier)."""
    tiers = select(func.max(grid.c.tier), func.min(grid.c.tier))
    base, top = conn.execute(tiers).one()
    query = select(grid.c.code, grid.c.name).order_by(grid.c.code)
    if base != top:
        query = query.where(grid.c.tier < base)
    return {row.code: row.name for row in conn.execute(query)}


@dataclass(frozen=True, slots=True)
class BaseGrids:
    """Base grids by code: parallel lists of codes, community codes, and shapely polygons."""

    codes: list[str]
    areas: list[str]
    geometries: list[Any]


def read_base_grids(conn: Connection) -> BaseGrids:
    """The finest tier there is."""
    finest = select(func.max(grid.c.tier)).scalar_subquery()
    query = select(grid.c.code, grid.c.parent, func.ST_AsBinary(grid.c.geom).label("wkb"))
    rows = conn.execute(query.where(grid.c.tier == finest).order_by(grid.c.code)).all()
    geometries = [shapely.from_wkb(bytes(row.wkb)) for row in rows]
    return BaseGrids([row.code for row in rows], [row.parent or row.code for row in rows], geometries)


def read_roads(conn: Connection) -> list[RoadRow]:
    """Every road, for the graph (geo.roads.load_rows)."""
    query = select(
        road.c.id, road.c["class"].label("road_class"), road.c.oneway, road.c.speed_kmh,
        func.ST_AsBinary(road.c.geom).label("wkb"),
    ).order_by(road.c.id)  # fmt: skip
    return [
        RoadRow(row.id, row.road_class, row.oneway, row.speed_kmh, bytes(row.wkb))
        for row in conn.execute(query)
    ]


def lies_in(column: Any, area: str) -> ColumnElement[bool]:
    """Whether a column's code lies in an area: a division by prefix, any other code alone, "" everything."""
    if not area:
        return true()
    return func.starts_with(column, area) if is_area_prefix(area) else column == area


def imports(conn: Connection) -> int:
    """How many files of places were taken in so far."""
    return conn.execute(select(func.count()).select_from(place_version)).scalar_one()
