"""What a response would set moving now, and what is missing for it.

What is found for the preview and what is found in the click come from the same functions; in the click it is
found under locks, in this order: units, roads with their closures, shelters, lots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import shapely
from sqlalchemy import Connection

from actions.dispatch import orders_for
from actions.fleet import facing
from actions.services import Services
from actions.supplies import Offer, locked_offer, offered
from actions.unit_of_work import Transaction
from core import dispatching, means
from core.advice import fastest_set
from core.clock import day_of
from core.dispatching import Numbers, Order
from core.errors_plans import MeansMissing
from core.linkage_model import Linkage, Zone
from core.means import Accepted, Missing, Opened
from core.model import Incident
from core.permissions import Principal, Scope, visible
from core.plans import Cordon, Parts, Shelter
from core.runcards import still_wanted
from core.stock import Terms
from core.supply import Shortfall
from db import havens as ground
from db import supplies as supply_rows
from db.havens import Around
from db.projection import Needs
from db.roads import Road


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
    def phases(self) -> means.Words:
        """What the plan calls its phases."""
        return {one.code: (one.name, one.name_en) for one in self.parts.phases}

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
        means = (self.going, self.offer, self.shelters, self.roads, self.kept, self.parts.broadcasts)
        return any((*means, self.missing))


def find(wanted: Wanted) -> Found:
    """Raises UnitBusy, UnitHeld or UnitOffDuty where a unit went between choosing and locking it."""
    going, missing = _units(wanted)
    orders = _ordered(wanted.tx, wanted.incident, going) if wanted.tx else ((), {})
    (roads, kept), wide = _roads(wanted)
    shelters, roofless = _shelters(wanted)
    offer = _supplies(wanted)
    short = [_item_gap(offer, one) for one in offer.found.shortfalls] if offer else []
    lacking = [*missing, *short, *roofless, *wide]
    return Found(going, offer, shelters, roads, kept, wanted.parts, lacking, orders)


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
    own = {one.id: one.places for one in wanted.linkage.means.shelters} if wanted.linkage else {}
    widest = max(part.radius_m for part in asked)
    near = ground.havens(wanted.conn, wanted.around, widest, ground.kept_places(wanted.conn, wanted.realm))
    seen = [one for one in near if visible(Scope.of(wanted.principal), one.area)]
    return means.open_shelters(asked, seen, own, wanted.phases)


Closing = tuple[list[tuple[Road, str, str]], list[str]]


def _roads(wanted: Wanted) -> tuple[Closing, list[Missing]]:
    """The roads that the cordons close, and those that another response keeps closed already; and the cordons
    that are too wide to be closed by themselves."""
    asked: Sequence[Cordon] = wanted.parts.cordons
    if not asked:
        return ([], []), []
    metres = ground.road_metres(wanted.conn, wanted.around, max(part.radius_m for part in asked))
    closable, wide = means.closable(asked, metres, wanted.phases)
    return _closed(wanted, closable) if closable else ([], []), wide


def _closed(wanted: Wanted, asked: Sequence[Cordon]) -> Closing:
    """What somebody closed by hand is theirs; roads out of the asker's area are left open."""
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
