"""建议出动: which units are there first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from actions.closures import open_roads
from actions.queries import read_incident
from actions.services import Services
from core.permissions import Principal, Scope, visible
from db.tables import unit as unit_table
from feed.positions import Position

Row = Any
STALE_S = 120.0
"""A position older than this is said to be old."""


def advise(services: Services, principal: Principal, realm: str, ident: str, k: int = 10) -> dict[str, Any]:
    """The k available units that are fastest by road, best first.

    Each: unit, name, kind, eta_s, distance_m, position_age_s (None: at its home), reasons, warnings (codes).
    Raises NotFound.
    """
    incident = read_incident(services, principal, realm, ident)
    with services.engine.connect() as conn:
        rows = _available(conn, principal, realm)
        roads = open_roads(services, conn, realm)
    latest = services.positions.latest(realm)
    candidates = [_candidate(row, latest.get(row.id)) for row in rows]
    reaches = roads.nearest((incident.lon, incident.lat), candidates, k)
    known = {row.id: row for row in rows}
    now_ms = services.now_in(realm).timestamp() * 1000
    units = []
    for rank, reach in enumerate(reaches):
        row, here = known[reach.id], latest.get(reach.id)
        age = max(0.0, (now_ms - here.at_ms) / 1000) if here else None
        units.append(
            {
                "unit": row.id,
                "name": row.name,
                "kind": row.kind,
                "eta_s": round(reach.eta_s, 1),
                "distance_m": round(reach.distance_m, 1),
                "position_age_s": None if age is None else round(age, 1),
                "reasons": ["nearest"] if rank == 0 else [],
                "warnings": _warnings(age, by_road=reach.by_road),
            }
        )
    return {"units": units, "supplies": [], "shortfalls": [] if units else ["no_unit_available"]}


def _warnings(age_s: float | None, *, by_road: bool) -> list[str]:
    warnings = [] if by_road else ["not_by_road"]
    if age_s is None:
        return [*warnings, "position_at_home"]
    return [*warnings, "position_old"] if age_s > STALE_S else warnings


def _available(conn: Connection, principal: Principal, realm: str) -> list[Row]:
    query = select(
        unit_table.c.id,
        unit_table.c.kind,
        unit_table.c.area,
        unit_table.c.doc["name"].astext.label("name"),
        func.ST_X(unit_table.c.home).label("lon"),
        func.ST_Y(unit_table.c.home).label("lat"),
    ).where(unit_table.c.realm == realm, unit_table.c.status == "available")
    rows = conn.execute(query.order_by(unit_table.c.id)).all()
    scope = Scope.of(principal)
    return [row for row in rows if visible(scope, row.area)]


def _candidate(row: Row, here: Position | None) -> tuple[str, float, float]:
    return (row.id, here.lon, here.lat) if here else (row.id, row.lon, row.lat)
