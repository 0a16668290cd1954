"""The next best: whoever is refused a unit is told in the same answer which one to ask for instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select

from actions.closures import open_roads
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import UnitBusy, UnitOffDuty
from core.errors_commit import HoldNotRenewable, UnitHeld
from core.permissions import Scope, visible
from db.tables import incident as incident_table
from db.tables import unit as unit_table


@contextmanager
def or_next_best(services: Services, call: Call, incident: str, asked: Sequence[str]) -> Iterator[None]:
    """A refusal of a unit leaves with `next`: {unit, name, eta_s} of its kind, None when there is none."""
    try:
        yield
    except (UnitBusy, UnitHeld, UnitOffDuty, HoldNotRenewable) as refusal:
        found = _next(services, call, incident, str(refusal.params["unit"]), asked)
        refusal.params |= {"next": found, "next_name": found["name"] if found else None}
        raise


def _next(
    services: Services, call: Call, incident: str, unit: str, asked: Sequence[str]
) -> dict[str, Any] | None:
    """The fastest available unit of the same kind in scope, besides those that were asked for."""
    u, i, realm = unit_table.c, incident_table.c, call.realm
    kind = select(u.kind).where(u.realm == realm, u.id == unit).scalar_subquery()
    free = select(
        u.id, u.area, u.doc["name"].astext.label("name"), func.ST_X(u.home), func.ST_Y(u.home)
    ).where(u.realm == realm, u.status == "available", u.kind == kind, u.id.not_in(list(asked)))
    with services.engine.connect() as conn:
        place = conn.execute(
            select(func.ST_X(i.geom), func.ST_Y(i.geom)).where(i.realm == realm, i.id == incident)
        ).one()
        rows = conn.execute(free.order_by(u.id)).all()
        roads = open_roads(services, conn, realm)
    scope, latest = Scope.of(call.principal), services.positions.latest(realm)
    names = {ident: name for ident, _, name, _, _ in rows}
    candidates = [
        (ident, here.lon, here.lat) if (here := latest.get(ident)) else (ident, lon, lat)
        for ident, area, _, lon, lat in rows
        if visible(scope, area)
    ]
    reaches = roads.nearest((place[0], place[1]), candidates, 1)
    return next(({"unit": r.id, "name": names[r.id], "eta_s": round(r.eta_s, 1)} for r in reaches), None)
