"""派遣: binding units and supplies to an incident, all or nothing; 改派 and 撤回."""

from __future__ import annotations

from collections.abc import Sequence

from ulid import ULID

from actions.commands import CancelCommand, DispatchCommand, ReplaceCommand
from actions.driving import is_home, timing
from actions.letting_go import freed, links_of
from actions.next_best import or_next_best
from actions.offers import answer_offer, call_off, to_call_off
from actions.services import Services
from actions.supplies import part_json, reserve
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import dispatching
from core.dispatching import Order, unheld
from core.errors import InvalidInput
from core.model import Incident, Unit
from db import projection
from db.projection import Needs
from geo.eta import Timing


def dispatch(services: Services, call: Call, ident: str, command: DispatchCommand) -> Answer:
    """Send units and supplies; accepts the incident if nobody has. The answer lists the assignments, and
    which store sends what.

    Raises UnitUnknown, UnitBusy, UnitHeld (naming the holder and the next best), UnitOffDuty, SuppliesShort,
    UnknownItem, MoveNotAllowed, OfferUnknown, ReasonNeeded: then nothing is written.
    """
    if len(set(command.units)) != len(command.units):
        raise InvalidInput(pointer="/units", detail="duplicate")
    bound = to_call_off(services, call, ident, command)
    needs = Needs(incidents=(ident,), assignments=bound, units=command.units)
    with or_next_best(services, call, ident, command.units):
        return perform(services, call, "dispatch", lambda tx: _dispatch(tx, ident, command, bound), needs)


def _dispatch(tx: Transaction, ident: str, command: DispatchCommand, bound: Sequence[str]) -> Answer:
    incident = tx.incident(ident)
    call_off(tx, incident, bound)
    orders, numbers = orders_for(tx, incident, command.units)
    sent = dispatching.dispatch(tx.hearing(), incident, orders, numbers, command.override_reason)
    supplies, parts = reserve(tx, incident, command.supplies)
    answered = answer_offer(tx, incident, command) if command.offer else []
    tx.append([*sent, *answered, *supplies])
    return {
        **tx.incident_answer(ident),
        "assignments": [_sent(order) for order in orders],
        "supplies": [part_json(part, store) for part, store in parts],
    }


def _sent(order: Order) -> Answer:
    return {"id": order.assignment, "unit": order.unit.id, "eta_s": round(order.eta_s, 1)}


def orders_for(
    tx: Transaction, incident: Incident, codes: Sequence[str]
) -> tuple[list[Order], dict[str, str]]:
    """The units with their ways, and the numbers of the incidents that have them."""
    units = [unheld(unit, tx.now) for unit in tx.units(codes)]
    numbers = projection.numbers(tx.conn, tx.call.realm, [u.incident for u in units if u.incident])
    free = not any(unit.assignment for unit in units)
    drive = timing(tx.services, tx.conn, tx.call.realm) if free and units else None
    return [_order(tx, incident, unit, drive) for unit in units], numbers


def _order(tx: Transaction, incident: Incident, unit: Unit, drive: Timing | None) -> Order:
    """The unit's way by road from where it is now, and when it would be there as advice tells it; not worked
    out (no `drive`) for an order to be refused."""
    if drive is None:
        return Order(str(ULID()), unit, 0.0, 0.0, ())
    found = tx.services.positions.latest(tx.call.realm).get(unit.id)
    home = (unit.lon, unit.lat)
    here = (found.lon, found.lat) if found else None
    way = drive.roads(unit.kind).route(here or home, (incident.lon, incident.lat))
    eta = drive.eta(unit.kind, way.eta_s, at_home=is_home(here, home))
    coords = tuple((round(lon, 6), round(lat, 6)) for lon, lat in way.coords)
    return Order(str(ULID()), unit, round(eta.seconds, 1), round(way.distance_m, 1), coords)


def replace(services: Services, call: Call, ident: str, command: ReplaceCommand) -> Answer:
    """改派: another unit in the place of one on its way, in one transaction.

    Raises NotFound, MoveNotAllowed (it is there already), and what a dispatch of the other raises.
    """
    with services.engine.connect() as conn:
        incident = projection.incident_of_assignment(conn, call.realm, ident)
    needs = Needs(assignments=(ident,), units=(command.unit,))
    with or_next_best(services, call, incident, (command.unit,)):
        return perform(services, call, "assignment.replace", lambda tx: _replace(tx, ident, command), needs)


def _replace(tx: Transaction, ident: str, command: ReplaceCommand) -> Answer:
    link, incident = tx.assignment(ident)
    (order,), numbers = orders_for(tx, incident, (command.unit,))
    tx.append(dispatching.replace_unit(tx.hearing(), incident, link, order, numbers, command.reason))
    return {
        "seq": tx.board.seq,
        "status": "released",
        "incident": tx.incident_answer(incident.id),
        "assignment": _sent(order),
    }


def cancel(services: Services, call: Call, ident: str, command: CancelCommand) -> Answer:
    """撤回: all who are not there yet turn back; where nobody is left, what is reserved is free again.

    Raises NotFound, NobodyToRecall, MoveNotAllowed.
    """
    needs = Needs(incidents=(ident,))
    return perform(services, call, "cancel", lambda tx: _cancel(tx, ident, command), needs)


def _cancel(tx: Transaction, ident: str, command: CancelCommand) -> Answer:
    incident = tx.incident(ident)
    tx.lock(Needs(assignments=incident.assignments))
    links = links_of(tx, incident)
    drafts = dispatching.recall(tx.hearing(), incident, links, command.reason)
    if len(drafts) == len(links):
        drafts += freed(tx, incident, None, command.reason, ends=False)
    tx.append(drafts)
    return tx.incident_answer(ident)
