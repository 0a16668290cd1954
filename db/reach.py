"""What reach and posts are measured on: the areas with their people, and places of one kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import Connection, Integer, cast, func, select

from db.grids import GridRow
from db.tables_places import grid, place

COMMUNITY = 2


@dataclass(frozen=True, slots=True)
class AreaRow(GridRow):
    """An area of any tier with its people; `spot` (lon, lat) inside it."""

    population: int
    spot: tuple[float, float]


def read_areas(conn: Connection) -> list[AreaRow]:
    """Every area, by tier and code; `population` 0 where the file did not tell it."""
    inside = func.ST_PointOnSurface(grid.c.geom)
    query = select(
        grid.c.code, grid.c.tier, grid.c.name, grid.c.parent, grid.c.props,
        func.coalesce(cast(grid.c.props["population"].astext, Integer), 0).label("population"),
        func.ST_AsBinary(grid.c.geom).label("wkb"),
        func.ST_X(inside).label("lon"), func.ST_Y(inside).label("lat"),
    ).order_by(grid.c.tier, grid.c.code)  # fmt: skip
    return [
        AreaRow(
            row.code, row.tier, row.name, row.parent, shapely.from_wkb(bytes(row.wkb)), row.props,
            row.population, (row.lon, row.lat),
        )
        for row in conn.execute(query)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place; `spot` (lon, lat) on it."""

    code: str
    name: str
    area: str
    props: dict[str, Any]
    spot: tuple[float, float]


def read_kind(conn: Connection, kind: str) -> list[PlaceRow]:
    """The places of one kind, by code."""
    inside = func.ST_PointOnSurface(place.c.geom)
    query = select(
        place.c.code, place.c.name, place.c.area, place.c.props,
        func.ST_X(inside).label("lon"), func.ST_Y(inside).label("lat"),
    ).where(place.c.kind == kind)  # fmt: skip
    rows = conn.execute(query.order_by(place.c.code))
    return [PlaceRow(r.code, r.name, r.area or "", r.props, (r.lon, r.lat)) for r in rows]
