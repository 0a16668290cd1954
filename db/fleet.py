"""Every unit of a realm as advice looks at it, and how long its crew has been on duty."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, and_, cast, func, select

from db import duty
from db.tables import incident, unit

ON_THE_WAY = ("dispatched", "acknowledged", "enroute")


@dataclass(frozen=True, slots=True)
class FleetRow:
    """A unit: its home (lon, lat), and whom it works for or is held by. `level` is that of the incident it is
    on its way to, 0 = none or on scene; `number` that incident's."""

    id: str
    name: str
    kind: str
    area: str
    status: str
    lon: float
    lat: float
    skills: tuple[str, ...]
    vehicle: str | None
    held_by: str | None
    held_until: datetime | None
    level: int
    number: str | None
    assignment: str | None


def read_fleet(conn: Connection, realm: str) -> list[FleetRow]:
    """All units, by id."""
    doc = unit.c.doc
    bound = and_(
        incident.c.realm == unit.c.realm,
        incident.c.id == doc["incident"].astext,
        unit.c.status.in_(ON_THE_WAY),
    )
    query = (
        select(
            unit.c.id, doc["name"].astext.label("name"), unit.c.kind, unit.c.area, unit.c.status,
            func.ST_X(unit.c.home).label("lon"), func.ST_Y(unit.c.home).label("lat"),
            doc["skills"].label("skills"), doc["vehicle"].astext.label("vehicle"),
            doc["hold"]["by"].astext.label("held_by"), unit.c.held_until,
            func.coalesce(cast(incident.c.doc["severity"].astext, Integer), 0).label("level"),
            incident.c.doc["number"].astext.label("number"), unit.c.assignment,
        )
        .outerjoin(incident, bound)
        .where(unit.c.realm == realm)
        .order_by(unit.c.id)
    )  # fmt: skip
    rows = conn.execute(query).mappings()
    return [FleetRow(**{**row, "skills": tuple(row["skills"])}) for row in rows]


def on_duty_since(conn: Connection, units: Iterable[str], at: datetime) -> dict[str, datetime]:
    """When the running shift of each unit began: a line of the roster whose post is the unit's code. Units
    that the roster does not name are not told."""
    known = set(units)
    found: dict[str, datetime] = {}
    for shift in duty.shifts(conn, at, at):
        if shift.post in known:
            found[shift.post] = min(shift.starts_at, found.get(shift.post, shift.starts_at))
    return found
