"""派遣: binding units to an incident, all or nothing."""

from __future__ import annotations

from ulid import ULID

from actions.closures import open_roads
from actions.commands import DispatchCommand
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import workflow
from core.errors import InvalidInput
from core.model import Incident, Unit
from core.workflow import Order
from db import projection
from db.projection import Needs
from geo.roads import RoadGraph


def dispatch(services: Services, call: Call, ident: str, command: DispatchCommand) -> Answer:
    """Send units; accepts the incident if nobody has. The answer lists the assignments.

    Raises UnitUnknown, UnitBusy (naming the holder), UnitOffDuty, MoveNotAllowed: then nothing is written.
    """
    if len(set(command.units)) != len(command.units):
        raise InvalidInput(pointer="/units", detail="duplicate")
    needs = Needs(incidents=(ident,), units=command.units)
    return perform(services, call, "dispatch", lambda tx: _dispatch(tx, ident, command), needs)


def _dispatch(tx: Transaction, ident: str, command: DispatchCommand) -> Answer:
    incident = tx.incident(ident)
    units = tx.units(command.units)
    holders = projection.numbers(tx.conn, tx.call.realm, [u.incident for u in units if u.incident])
    free = not any(unit.assignment for unit in units)
    roads = open_roads(tx.services, tx.conn, tx.call.realm) if free else None
    orders = [_order(tx, incident, unit, roads) for unit in units]
    tx.append(workflow.dispatch(tx.hearing(), incident, orders, holders, command.override_reason))
    sent = [{"id": o.assignment, "unit": o.unit.id, "eta_s": round(o.eta_s, 1)} for o in orders]
    return {**tx.incident_answer(ident), "assignments": sent}


def _order(tx: Transaction, incident: Incident, unit: Unit, roads: RoadGraph | None) -> Order:
    """The unit's way by road from where it is now; not worked out (no roads) for an order to be refused."""
    if roads is None:
        return Order(str(ULID()), unit, 0.0, 0.0, ())
    here = tx.services.positions.latest(tx.call.realm).get(unit.id)
    start = (here.lon, here.lat) if here else (unit.lon, unit.lat)
    way = roads.route(start, (incident.lon, incident.lat))
    coords = tuple((round(lon, 6), round(lat, 6)) for lon, lat in way.coords)
    return Order(str(ULID()), unit, round(way.eta_s, 1), round(way.distance_m, 1), coords)
