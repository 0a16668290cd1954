"""The next best: whoever is refused a unit is told in the same answer which one to ask for instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from sqlalchemy import func, select

from actions.driving import is_home, timing
from actions.queries import read_incident
from actions.services import Services
from actions.stock import MoveCommand
from actions.supplies import supply_offer
from actions.unit_of_work import Answer, Call
from core.errors import StockShort, UnitBusy, UnitOffDuty
from core.errors_commit import HoldNotRenewable, UnitHeld
from core.permissions import Scope, visible
from core.supply import Need
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
    with services.engine.connect() as conn:
        kind = conn.scalar(select(u.kind).where(u.realm == realm, u.id == unit))
        free = select(
            u.id, u.area, u.doc["name"].astext.label("name"), func.ST_X(u.home), func.ST_Y(u.home)
        ).where(u.realm == realm, u.status == "available", u.kind == kind, u.id.not_in(list(asked)))
        lon, lat = conn.execute(
            select(func.ST_X(i.geom), func.ST_Y(i.geom)).where(i.realm == realm, i.id == incident)
        ).one()
        rows = [
            row for row in conn.execute(free.order_by(u.id)) if visible(Scope.of(call.principal), row.area)
        ]
        drive = timing(services, conn, realm)
    if not rows:
        return None
    latest = services.positions.latest(realm)
    here = [(at.lon, at.lat) if (at := latest.get(row.id)) else None for row in rows]
    homes = [(float(row[3]), float(row[4])) for row in rows]
    spots = np.array([at or home for at, home in zip(here, homes, strict=True)])
    home = np.array([is_home(at, own) for at, own in zip(here, homes, strict=True)])
    seconds = drive.etas((lon, lat), spots, [str(kind)] * len(rows), home).seconds
    best = int(seconds.argmin())
    return {"unit": rows[best].id, "name": rows[best].name, "eta_s": round(float(seconds[best]), 1)}


StockAct = Callable[[Services, Call, str, MoveCommand], Answer]


def or_next_store(act: StockAct) -> StockAct:
    """An act on a lot whose refusal for want of stock leaves with `next`: what the stores would send to the
    incident instead (`actions.supplies.supply_offer`), earliest first."""

    def offering(services: Services, call: Call, ident: str, command: MoveCommand) -> Answer:
        try:
            return act(services, call, ident, command)
        except StockShort as short:
            if command.incident:
                need = Need(str(short.params["item"]), command.quantity)
                incident = read_incident(services, call.principal, call.realm, command.incident)
                offer = supply_offer(services, call.principal, call.realm, incident, [need])
                short.params["next"] = offer["supplies"]
            raise

    return offering
