"""What lies inside a ring: people of the base grids by their share of area, places by kind. EPSG:4326."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    and_,
    case,
    cast,
    func,
    literal,
    select,
)

from core.model import Closure
from db.places import lies_in
from db.roads import standing_closures
from db.tables_places import grid, place
from db.tables_sites import hazard

Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Living:
    """Grids that the ring touches; people and households by the share of each grid inside."""

    grids: int
    population: float
    households: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A place inside, in its list; `number` is how many belong there, of which the nearest are read, and
    `online` how many of those are not said to be off line."""

    list: str
    id: str
    name: str
    lon: float
    lat: float
    props: dict[str, Any]
    status: str | None
    number: int
    online: int


def _shape(ring: Ring) -> ColumnElement[Any]:
    return func.ST_GeomFromWKB(shapely.to_wkb(shapely.Polygon(ring)), 4326)


def living(conn: Connection, ring: Ring, area: str) -> Living:
    """Who lives inside, of the base grids of an area ("" = all)."""
    zone = select(_shape(ring).label("geom")).cte("zone").prefix_with("MATERIALIZED")
    share = case(
        (func.ST_CoveredBy(grid.c.geom, zone.c.geom), literal(1.0)),
        else_=func.ST_Area(func.ST_Intersection(grid.c.geom, zone.c.geom)) / func.ST_Area(grid.c.geom),
    )
    finest = select(func.max(grid.c.tier)).scalar_subquery()
    people, homes = (cast(grid.c.props[name].astext, Double) for name in ("population", "households"))
    inside = (
        select(share.label("share"), people.label("people"), homes.label("homes"))
        .join_from(grid, zone, func.ST_Intersects(grid.c.geom, zone.c.geom))
        .where(grid.c.tier == finest, lies_in(grid.c.code, area))
        .subquery()
    )
    query = select(
        func.count(),
        func.coalesce(func.sum(inside.c.people * inside.c.share), 0.0),
        func.coalesce(func.sum(inside.c.homes * inside.c.share), 0.0),
    ).where(inside.c.share > 0)
    return Living(*conn.execute(query).one())


def places(
    conn: Connection, realm: str, ring: Ring, area: str, lists: Mapping[str, tuple[str, str]], most: int
) -> list[Spot]:
    """Of each list the `most` nearest to the middle, and how many there are in all.

    `lists`: name → kind of place and category, "" = whatever no list before it takes. Hazards that are
    struck off (销号) are none any more.
    """
    category = place.c.props["category"].astext
    belongs = [
        ((place.c.kind == kind) & (category == only) if only else place.c.kind == kind, literal(name))
        for name, (kind, only) in lists.items()
    ]
    named = case(*belongs)
    zone = select(_shape(ring).label("geom")).cte("zone").prefix_with("MATERIALIZED")
    status = func.coalesce(hazard.c.status, place.c.props["status"].astext)
    at = func.ST_PointOnSurface(place.c.geom)
    rank = func.row_number().over(
        partition_by=named, order_by=(at.op("<->")(func.ST_Centroid(zone.c.geom)), place.c.code)
    )
    online = place.c.props["online"].astext.is_distinct_from("false")
    of_hazard = and_(place.c.kind == "hazards", hazard.c.realm == realm, hazard.c.code == place.c.code)
    found = (
        select(
            named.label("list"), place.c.code, place.c.name,
            func.ST_X(at).label("lon"), func.ST_Y(at).label("lat"),
            place.c.props, case((place.c.kind == "hazards", status)).label("status"),
            func.count().over(partition_by=named).label("number"), rank.label("rank"),
            func.count().filter(online).over(partition_by=named).label("online"),
        )
        .join_from(place, zone, func.ST_Intersects(place.c.geom, zone.c.geom))
        .outerjoin(hazard, of_hazard)
        .where(named.is_not(None), lies_in(place.c.area, area))
        .where((place.c.kind != "hazards") | (status.is_distinct_from("closed")))
        .subquery()
    )  # fmt: skip
    query = select(found).where(found.c.rank <= most).order_by(found.c.list, found.c.rank)
    return [
        Spot(
            row.list, row.code, row.name, row.lon, row.lat, dict(row.props), row.status, row.number,
            row.online,
        )
        for row in conn.execute(query)
    ]  # fmt: skip


def closures(conn: Connection, realm: str, ring: Ring) -> list[Closure]:
    """Roads closed now that touch the ring."""
    held = standing_closures(conn, realm)
    zone = shapely.Polygon(ring)
    shapely.prepare(zone)
    return [one for one in held if zone.intersects(shapely.LineString(one.line))]
