"""Single roads out of the table, by id or by place. Coordinates are lon, lat in EPSG:4326."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import Connection, func, select

from core.model import Closure
from core.serial import closure_of
from db.tables_places import road
from db.tables_roads import closure

_LARGEST_ID = 2**63 - 1
_LONGEST_ID = len(str(_LARGEST_ID))
_DEGREE_M = 90_000.0
"""Fewer metres than a degree has anywhere below 36° of latitude; only bounds the search of the index."""


@dataclass(frozen=True, slots=True)
class Road:
    """One row; `line` its coordinates, `metres` how far it is from where it was looked for (0 by id)."""

    id: str
    name: str
    road_class: str
    line: tuple[tuple[float, float], ...]
    metres: float = 0.0


def lock_road(conn: Connection, ident: str) -> Road | None:
    """A road by its id, locked, so that two who close it at once wait for one another."""
    plain = ident.isascii() and ident.isdigit() and len(ident) <= _LONGEST_ID and not ident.startswith("0")
    if not (plain and int(ident) <= _LARGEST_ID):
        return None
    row = conn.execute(road_select().where(road.c.id == int(ident)).with_for_update()).one_or_none()
    return road_of(row) if row else None


def nearest_road(conn: Connection, lon: float, lat: float, within_m: float) -> Road | None:
    """The road nearest to a point; None if there is none within so many metres."""
    point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    metres = func.ST_DistanceSphere(func.ST_ClosestPoint(road.c.geom, point), point)
    near = func.ST_DWithin(road.c.geom, point, within_m / _DEGREE_M)
    query = road_select().add_columns(metres.label("metres")).where(near, metres <= within_m)
    row = conn.execute(query.order_by(metres, road.c.id).limit(1)).one_or_none()
    return road_of(row, row.metres) if row else None


def road_select() -> Any:
    wkb = func.ST_AsBinary(road.c.geom).label("wkb")
    return select(road.c.id, road.c.name, road.c["class"].label("road_class"), wkb)


def road_of(row: Any, metres: float = 0.0) -> Road:
    line = tuple((round(x, 7), round(y, 7)) for x, y in shapely.from_wkb(bytes(row.wkb)).coords)
    return Road(str(row.id), row.name or "", row.road_class, line, round(float(metres), 1))


def standing_closures(conn: Connection, realm: str) -> list[Closure]:
    """The roads that are closed now, by id."""
    query = select(closure.c.doc).where(closure.c.realm == realm, closure.c.reopened_at.is_(None))
    return [closure_of(doc) for doc in conn.scalars(query.order_by(closure.c.id))]
