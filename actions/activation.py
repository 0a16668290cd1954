"""启动 with its means: units, stock, shelters, closed roads and warnings that a response sets moving, and
letting go of them at its end.

What is found for the preview and what is found in the click come from the same functions; in the click it is
found under locks, in this order: units, roads with their closures, shelters, lots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import shapely
from sqlalchemy import Connection

import core.events_linkage as m
import core.events_roads as r
from actions.dispatch import orders_for
from actions.fleet import facing
from actions.services import Services
from actions.supplies import Offer, locked_offer, offered, part_json, supply_parts
from actions.unit_of_work import Answer, Transaction
from core import dispatching, means, stock
from core import linkage as rules
from core.advice import fastest_set
from core.clock import day_of
from core.dispatching import Numbers, Order
from core.envelope import Draft
from core.errors import NotFound, UnitBusy, UnitOffDuty
from core.errors_commit import UnitHeld
from core.errors_plans import MeansMissing, ShelterFull
from core.linkage_model import Linkage, Zone
from core.means import Accepted, Haven, Missing, Opened
from core.model import Incident
from core.permissions import Principal, Scope, visible
from core.plans import Cordon, Parts, Shelter, Task
from core.runcards import still_wanted
from core.stock import Terms
from core.supply import Shortfall
from db import havens as ground
from db import supplies as supply_rows
from db.havens import Around
from db.projection import Needs
from db.roads import Road
from db.stock import lock_lots

TRIES = 3


def settled(attempt: Callable[[], Answer]) -> Answer:
    """A unit that went while it was being locked is replaced: all is chosen anew, in another transaction.

    Raises UnitBusy, UnitHeld or UnitOffDuty when that happens again and again.
    """
    for _ in range(TRIES - 1):
        with suppress(UnitBusy, UnitHeld, UnitOffDuty):
            return attempt()
    return attempt()


@dataclass(frozen=True, slots=True)
class Wanted:
    """For what means are sought. `tx` None: only to be shown, nothing is locked.

    `linkage` None: it does not run yet, and what is with the incident already counts for it.
    """

    services: Services
    conn: Connection
    principal: Principal
    realm: str
    incident: Incident
    parts: Parts
    zone: Zone | None = None
    linkage: Linkage | None = None
    tx: Transaction | None = None

    @property
    def around(self) -> Around:
        """The hazard's edge: of the area drawn, or where the incident is."""
        if self.zone:
            return Around(shapely.Polygon(self.zone.ring))
        return Around(shapely.Point(self.incident.lon, self.incident.lat))


@dataclass(frozen=True, slots=True)
class Going:
    """A unit for a task (its code in the plan)."""

    task: str
    unit: str
    name: str
    kind: str
    eta_s: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a response sets moving, and what is missing. `roads` are closed by it, `kept` are closed by other
    responses and stay so until this one has ended too."""

    going: Sequence[Going]
    offer: Offer | None
    shelters: Sequence[Opened]
    roads: Sequence[tuple[Road, str, str]]
    """(road, its area, why)"""
    kept: Sequence[str]
    parts: Parts
    missing: Sequence[Missing]
    orders: tuple[Sequence[Order], Numbers] = field(default_factory=lambda: ((), {}))

    def __bool__(self) -> bool:
        return any((self.going, self.offer, self.shelters, self.roads, self.kept, self.missing))


def find(wanted: Wanted) -> Found:
    """Raises UnitBusy, UnitHeld or UnitOffDuty where a unit went between choosing and locking it."""
    going, missing = _units(wanted)
    orders = _ordered(wanted.tx, wanted.incident, going) if wanted.tx else ((), {})
    roads, kept = _roads(wanted)
    shelters, roofless = _shelters(wanted)
    offer = _supplies(wanted)
    short = [_item_gap(offer, one) for one in offer.found.shortfalls] if offer else []
    return Found(going, offer, shelters, roads, kept, wanted.parts, [*missing, *short, *roofless], orders)


def check_accepted(found: Found, accepted: Sequence[Accepted]) -> None:
    """Raises MeansMissing for what whoever clicks has not seen to be missing."""
    changed = means.unaccepted(found.missing, accepted)
    if changed:
        raise MeansMissing(
            items=[f"{one.name} {one.wanted - one.missing:g}/{one.wanted:g}" for one in changed],
            changed=[asdict(one) for one in changed], shortfalls=[asdict(one) for one in found.missing],
        )  # fmt: skip


# --- units ------------------------------------------------------------------------------------------------


def _units(wanted: Wanted) -> tuple[list[Going], list[Missing]]:
    """The fastest free ones with the skill, as advice has it."""
    if not any(need.kind == "unit" for task in wanted.parts.tasks for need in task.needs):
        return [], []
    found = facing(wanted.services, wanted.conn, wanted.principal, wanted.realm, wanted.incident)
    kinds = dict.fromkeys(row.kind for row in found.rows)
    asked = means.slots_of(wanted.parts.tasks, kinds)
    slots = asked if wanted.linkage is not None else still_wanted(asked, found.sorts(wanted.incident.units))
    if not slots:
        return [], []
    cards = wanted.services.reference.run_cards()
    best, etas = fastest_set(slots, found.fleet, cards.weights), found.etas
    going = [
        Going(
            slots[one.slot].slot, found.rows[one.unit].id, found.rows[one.unit].name,
            found.rows[one.unit].kind, round(float(etas.seconds[one.unit]), 1),
            round(float(etas.metres[one.unit]), 1),
        )
        for one in best.chosen
    ]  # fmt: skip
    return going, means.unit_gaps(slots, best.gaps, means.skill_words(cards.slots))


def _ordered(tx: Transaction, incident: Incident, going: Sequence[Going]) -> tuple[Sequence[Order], Numbers]:
    """The units locked, with their ways. Raises UnitBusy, UnitHeld, UnitOffDuty."""
    codes = [one.unit for one in going]
    tx.lock(Needs(units=tuple(codes)))
    orders, numbers = orders_for(tx, incident, codes)
    h = tx.hearing()
    for order in orders:
        dispatching.check_free(h, order.unit, numbers)
    return orders, numbers


# --- supplies ---------------------------------------------------------------------------------------------


def _supplies(wanted: Wanted) -> Offer | None:
    needs = means.items_of(wanted.parts.tasks)
    if wanted.linkage is None:
        has = supply_rows.bound_to(wanted.conn, wanted.realm, wanted.incident.id)
        needs = means.still_needed(needs, has, wanted.incident.id)
    if not needs:
        return None
    if wanted.tx:
        return locked_offer(wanted.tx, wanted.incident, needs)
    services = wanted.services
    lots = supply_rows.lots_of(wanted.conn, wanted.realm, [need.item for need in needs])
    by = Terms(day_of(services.now_in(wanted.realm), services.zone), services.expiring_days)
    return offered(services, wanted.conn, wanted.principal, wanted.realm, wanted.incident, needs, lots, by)


def _item_gap(offer: Offer, short: Shortfall) -> Missing:
    item = offer.items.get(short.item)
    names = (item.name, item.name_en) if item else (short.item, short.item)
    return Missing("item", short.item, *names, short.wanted, short.missing, short.reason)


# --- shelters and roads -----------------------------------------------------------------------------------


def _shelters(wanted: Wanted) -> tuple[list[Opened], list[Missing]]:
    asked: Sequence[Shelter] = wanted.parts.shelters
    if not asked:
        return [], []
    if wanted.tx:
        ground.lock_havens(wanted.conn, wanted.realm)
    own = [one.id for one in wanted.linkage.means.shelters] if wanted.linkage else []
    widest = max(part.radius_m for part in asked)
    near = ground.havens(wanted.conn, wanted.around, widest, ground.kept_places(wanted.conn, wanted.realm))
    seen = [one for one in near if visible(Scope.of(wanted.principal), one.area)]
    words = {one.code: (one.name, one.name_en) for one in wanted.parts.phases}
    return means.open_shelters(asked, seen, own, words)


def _roads(wanted: Wanted) -> tuple[list[tuple[Road, str, str]], list[str]]:
    """The roads that the cordons close, and those that another response keeps closed already. What somebody
    closed by hand is theirs; roads out of the asker's area are left open."""
    asked: Sequence[Cordon] = wanted.parts.cordons
    if not asked:
        return [], []
    widest = max(part.radius_m for part in asked)
    found = ground.roads_within(wanted.conn, wanted.around, widest, lock=wanted.tx is not None)
    scope = Scope.of(wanted.principal)
    near = [
        (road, area, reason)
        for road, area in found
        if visible(scope, area) and (reason := means.reason_of(asked, road.metres))
    ]
    ids = [road.id for road, _, _ in near]
    closed = ground.closures_of(wanted.conn, wanted.realm, ids, wanted.tx.board if wanted.tx else None)
    others = [
        ident for ident in ids if ident in closed and closed[ident].incident not in ("", wanted.incident.id)
    ]
    return [one for one in near if one[0].id not in closed], others


# --- setting it moving ------------------------------------------------------------------------------------


def send(tx: Transaction, of: Linkage, incident: Incident, found: Found) -> None:
    """Write the facts by which all of it is set moving, for a response that runs on the board."""
    if not found:
        return
    orders, numbers = found.orders
    h = tx.hearing()
    sent = dispatching.dispatch(h, incident, orders, numbers, None) if orders else []
    goods = found.offer.drafts(tx, incident) if found.offer else []
    closed = [_closed(road, area, reason, incident, h.at) for road, area, reason in found.roads]
    opened = [_opened(of, one, h.at) for one in found.shelters]
    tx.append([*sent, *goods, *closed, *opened, Draft(_said(found), of.id, of.area, h.at)])


def _said(found: Found) -> m.MeansSent:
    orders, _ = found.orders
    return m.MeansSent(
        units=tuple(
            m.UnitSent(
                task=one.task, unit=one.unit, unit_name=one.name, assignment=order.assignment,
                eta_s=order.eta_s,
            )
            for one, order in zip(found.going, orders, strict=True)
        ),
        supplies=supply_parts(found.offer.parts) if found.offer else (),
        closures=(*(road.id for road, _, _ in found.roads), *found.kept),
        lacking=tuple(
            m.Lacking(kind=one.kind, what=one.what, wanted=one.wanted, missing=one.missing, reason=one.reason)
            for one in found.missing
        ),
    )  # fmt: skip


def _closed(road: Road, area: str, reason: str, incident: Incident, at: Any) -> Draft:
    body = r.RoadClosed(
        name=road.name, road_class=road.road_class, reason=reason, until=None, line=road.line,
        incident=incident.id,
    )  # fmt: skip
    return Draft(body, road.id, area, at)


def _opened(of: Linkage, one: Opened, at: Any) -> Draft:
    return Draft(shelter_opened(one.haven, one.places), of.id, of.area, at)


def shelter_opened(haven: Haven, places: int) -> m.ShelterOpened:
    return m.ShelterOpened(
        shelter=haven.id, name=haven.name, lon=haven.lon, lat=haven.lat, places=places,
        office=f"@{haven.area}",
    )  # fmt: skip


# --- letting go of it -------------------------------------------------------------------------------------


def let_go(tx: Transaction, of: Linkage, reason: str) -> list[Draft]:
    """The facts that release everything the response set moving: units turn back wherever they are, reserved
    stock is free, shelters close (telling who is still in them), roads open unless another response keeps
    them closed. What has gone out of the stores is settled when the incident ends."""
    incident, h = tx.board.incidents[of.incident], tx.hearing()
    links = [tx.board.links[ident] for ident in incident.assignments]
    ours = [link for link in links if link.unit in of.means.units]
    return [
        *dispatching.stood_down(h, incident, ours, reason),
        *_reopened(tx, of, reason),
        *(Draft(rules.shut(one), of.id, of.area, h.at) for one in of.means.shelters),
        *_freed(tx, of, reason),
    ]


def _freed(tx: Transaction, of: Linkage, reason: str) -> list[Draft]:
    mine: dict[str, float] = {}
    for part in of.means.supplies:
        mine[part.lot] = stock.exact(mine.get(part.lot, 0.0) + part.quantity)
    lock_lots(tx.conn, tx.board, mine)
    by = Terms(day_of(tx.now, tx.services.zone), tx.services.expiring_days)
    drafts: list[Draft] = []
    for ident, quantity in mine.items():
        lot = tx.board.lots[ident]
        if held := min(quantity, lot.held_for(of.incident)):
            body = stock.release(lot, held, of.incident, reason)
            drafts += stock.moved(lot, [body], by, tx.occurred_at())
    return drafts


def _reopened(tx: Transaction, of: Linkage, reason: str) -> list[Draft]:
    if not of.means.closures:
        return []
    standing = ground.closures_of(tx.conn, tx.call.realm, list(of.means.closures), tx.board)
    keepers = ground.cordons(tx.conn, tx.call.realm, of.id)
    drafts = []
    for one in standing.values():
        if one.incident != of.incident:
            continue  # somebody opened it since, and another closed it
        body: r.RoadClosed | r.RoadReopened = r.RoadReopened(due=False)
        if keeper := keepers.get(one.id):
            body = r.RoadClosed(
                name=one.name, road_class=one.road_class, reason=one.reason, until=one.until, line=one.line,
                incident=keeper,
            )  # fmt: skip
        drafts.append(Draft(body, one.id, one.area, tx.occurred_at()))
    return drafts


# --- as the asker sees it ---------------------------------------------------------------------------------


def as_json(found: Found) -> dict[str, Any]:
    """units, supplies, shelters, closures, broadcasts, shortfalls."""
    return {
        "units": [asdict(one) for one in found.going],
        "supplies": [part_json(part, name) for part, name in found.offer.parts] if found.offer else [],
        "shelters": [
            {"id": one.haven.id, "name": one.haven.name, "grade": one.haven.grade, "lon": one.haven.lon,
             "lat": one.haven.lat, "places": one.places, "free": one.haven.free,
             "distance_m": round(one.haven.metres)}
            for one in found.shelters
        ],
        "closures": [
            {"id": road.id, "name": road.name, "class": road.road_class, "reason": reason, "line": road.line,
             "distance_m": round(road.metres)}
            for road, _, reason in found.roads
        ],
        "shortfalls": [asdict(one) for one in found.missing],
    }  # fmt: skip


def shown(services: Services, conn: Connection, found: Found, incident: Incident) -> dict[str, Any]:
    """The same, with the broadcasts that would be made."""
    return as_json(found)


def task_json(task: Task, owner: str) -> dict[str, Any]:
    return {
        "code": task.code, "phase": task.phase, "title": task.title, "title_en": task.title_en,
        "owner": owner, "ack_min": task.ack_min, "due_min": task.due_min, "after": task.after,
        "needs": [need.model_dump() for need in task.needs],
    }  # fmt: skip


# --- shelters one by one ----------------------------------------------------------------------------------


def shelter_to_open(tx: Transaction, code: str, places: int) -> m.ShelterOpened:
    """Raises NotFound, ShelterFull."""
    ground.lock_havens(tx.conn, tx.call.realm)
    one = ground.haven(tx.conn, code, ground.kept_places(tx.conn, tx.call.realm))
    if one is None or not visible(Scope.of(tx.call.principal), one.area):
        raise NotFound(kind="shelter", id=code)
    if places > one.free:
        raise ShelterFull(name=one.name, persons=places, free=one.free)
    return shelter_opened(one, places)


def room_in(tx: Transaction, of: Linkage, code: str) -> int:
    """How many persons a shelter holds for this response: all but what others keep in it. 0 where it is gone
    from the map."""
    ground.lock_havens(tx.conn, tx.call.realm)
    one = ground.haven(tx.conn, code, ground.kept_places(tx.conn, tx.call.realm, but=of.id))
    return one.free if one else 0
