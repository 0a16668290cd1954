"""Shelters and roads around a hazard, for a response. Coordinates are lon, lat in EPSG:4326."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import shapely
from sqlalchemy import ColumnElement, Connection, Text, any_, bindparam, func, select
from sqlalchemy import Integer as Whole
from sqlalchemy.dialects.postgresql import ARRAY

from core.board import Board
from core.means import Haven
from core.model import Closure
from core.serial import closure_of, linkage_of
from db.roads import Road, road_of, road_select
from db.tables_linkage import linkage
from db.tables_places import grid, place, road
from db.tables_roads import closure

_METRES_A_DEGREE = 110_000.0
"""Fewer than a degree of latitude has anywhere; only bounds the search of the index."""


class Around:
    """The ground around a hazard: a point, or the area drawn. Distances count from its edge."""

    def __init__(self, shape: Any) -> None:
        self._shape = func.ST_GeomFromWKB(shapely.to_wkb(shape), 4326)
        far_north = max(abs(shape.bounds[1]), abs(shape.bounds[3]))
        self._metres_a_degree = _METRES_A_DEGREE * math.cos(math.radians(min(far_north, 85.0)))
        self._is_area = shape.area != 0

    def metres(self, geom: ColumnElement[Any]) -> ColumnElement[float]:
        return func.ST_Distance(func.geography(geom), func.geography(self._shape), False)

    def near(self, geom: ColumnElement[Any], metres: float) -> ColumnElement[bool]:
        """By the index, a little wider than so many metres."""
        return func.ST_DWithin(geom, self._shape, metres / self._metres_a_degree)

    def outside(self, geom: ColumnElement[Any]) -> ColumnElement[bool]:
        """Nobody is sheltered inside the hazard."""
        return func.ST_Disjoint(geom, self._shape) if self._is_area else geom.is_not(None)


def kept_places(conn: Connection, realm: str, but: str = "") -> Counter[str]:
    """Shelter → the places that responses which run, but for one, keep in it."""
    query = select(linkage.c.doc).where(
        linkage.c.realm == realm, linkage.c.ended_at.is_(None), linkage.c.id != but
    )
    kept: Counter[str] = Counter()
    for doc in conn.scalars(query):
        for one in linkage_of(doc).means.shelters:
            kept[one.id] += max(one.places, one.used)
    return kept


def lock_havens(conn: Connection, realm: str) -> None:
    """Who keeps places in shelters does so one after the other, until the commit."""
    conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"shelters:{realm}"))))


def havens(conn: Connection, around: Around, within_m: float, kept: Counter[str]) -> list[Haven]:
    """The shelters within so many metres; `free` is what `kept` leaves of their places."""
    metres = around.metres(place.c.geom)
    return _havens(
        conn,
        metres,
        kept,
        around.near(place.c.geom, within_m),
        metres <= within_m,
        around.outside(place.c.geom),
    )


def haven(conn: Connection, code: str, kept: Counter[str]) -> Haven | None:
    """One shelter by its code."""
    found = _havens(conn, func.round(0), kept, place.c.code == code)
    return found[0] if found else None


def _havens(
    conn: Connection, metres: ColumnElement[Any], kept: Counter[str], *wanted: ColumnElement[bool]
) -> list[Haven]:
    spot = func.ST_Centroid(place.c.geom)
    query = select(
        place.c.code, place.c.name, func.coalesce(place.c.area, ""),
        func.coalesce(place.c.props["class"].astext, ""), func.ST_X(spot), func.ST_Y(spot),
        func.coalesce(place.c.props["capacity"].astext.cast(Whole), 0), metres,
    ).where(place.c.kind == "shelters", *wanted)  # fmt: skip
    return [
        Haven(code, name, area, grade, float(lon), float(lat), max(0, places - kept[code]), float(far))
        for code, name, area, grade, lon, lat, places, far in conn.execute(query.order_by(place.c.code))
    ]


# --- roads ------------------------------------------------------------------------------------------------


def road_metres(conn: Connection, around: Around, within_m: float) -> list[float]:
    """How far each road within so many metres is."""
    metres = around.metres(road.c.geom)
    query = select(metres).where(around.near(road.c.geom, within_m), metres <= within_m)
    return list(conn.scalars(query))


def roads_within(conn: Connection, around: Around, within_m: float, *, lock: bool) -> list[tuple[Road, str]]:
    """Roads within so many metres, by id, each with the community that its middle lies in ("" outside all);
    locked so that two who close them at once wait for one another."""
    metres = around.metres(road.c.geom)
    middle = func.ST_LineInterpolatePoint(road.c.geom, 0.5)
    finest = select(func.max(grid.c.tier)).scalar_subquery()
    area = (
        select(func.coalesce(grid.c.parent, grid.c.code))
        .where(grid.c.tier == finest, func.ST_Intersects(grid.c.geom, middle))
        .order_by(grid.c.code)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        road_select()
        .add_columns(metres.label("metres"), func.coalesce(area, "").label("area"))
        .where(around.near(road.c.geom, within_m), metres <= within_m)
        .order_by(road.c.id)
    )
    rows = conn.execute(query.with_for_update(of=road) if lock else query)
    return [(road_of(row, row.metres), row.area) for row in rows]


def closures_of(conn: Connection, realm: str, ids: list[str], board: Board | None) -> dict[str, Closure]:
    """Of these roads those that are closed; with a board locked, ids ascending, and put on it."""
    query = select(closure.c.doc).where(
        closure.c.realm == realm, closure.c.reopened_at.is_(None),
        closure.c.id == any_(bindparam("ids", ids, ARRAY(Text))),
    ).order_by(closure.c.id)  # fmt: skip
    found = [closure_of(doc) for doc in conn.scalars(query if board is None else query.with_for_update())]
    closed = {one.id: one for one in found}
    if board is not None:
        board.closures.update(closed)
    return closed


def cordons(conn: Connection, realm: str, but: str) -> dict[str, str]:
    """Road → incident of the responses that run, but for one, whose cordon wants it closed."""
    query = select(linkage.c.doc).where(
        linkage.c.realm == realm, linkage.c.ended_at.is_(None), linkage.c.id != but
    )
    found = [linkage_of(doc) for doc in conn.scalars(query.order_by(linkage.c.id))]
    return {ident: one.incident for one in reversed(found) for ident in one.means.closures}
