"""物资调配: what the stores can send to an incident, and reserving it with the units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from actions.closures import open_roads
from actions.commands import SupplyCommand
from actions.services import Services
from actions.stock import item_of, terms
from actions.unit_of_work import Transaction
from core import stock
from core.clock import day_of
from core.envelope import Draft
from core.errors import Refusal
from core.errors_commit import SuppliesLate, SuppliesShort
from core.events_commit import SuppliesReserved, SupplyPart
from core.model import Incident
from core.permissions import Principal, Scope, visible
from core.stock import Lot, Terms, exact
from core.supply import Allocation, Need, Part, Shortfall, allocate
from db import projection
from db import stock as rows
from db import supplies as supply_rows
from db.scoping import cases_seen
from db.stock import Item, StoreSpot
from geo.roads import Reach, RoadGraph

Point = tuple[float, float]


def supply_offer(
    services: Services, principal: Principal, realm: str, incident: Incident, needs: Sequence[Need]
) -> dict[str, Any]:
    """What the stores in scope would send to an incident: `supplies`, earliest first, and `shortfalls`.

    Each supply: store, store_name, lot, item, name, unit, quantity, expiry, eta_s. Nothing is locked.
    """
    with services.engine.connect() as conn:
        lots = supply_rows.lots_of(conn, realm, [need.item for need in needs])
        by = Terms(day_of(services.now_in(realm), services.zone), services.expiring_days)
        found = offered(services, conn, principal, realm, incident, needs, lots, by)
    return found.as_json()


@dataclass(frozen=True, slots=True)
class Offer:
    """What the stores in scope send to an incident, decided over these lots."""

    found: Allocation
    lots: Sequence[Lot]
    stores: dict[str, StoreSpot]
    items: dict[str, Item]
    by: Terms

    def as_json(self) -> dict[str, Any]:
        return {
            "supplies": [part_json(part, store) for part, store in self.parts],
            "shortfalls": [shortfall_json(one, self.items.get(one.item)) for one in self.found.shortfalls],
        }

    @property
    def parts(self) -> list[tuple[Part, StoreSpot]]:
        """Each part with its store."""
        return [(part, self.stores[part.lot.store]) for part in self.found.parts]

    def drafts(self, tx: Transaction, incident: Incident) -> list[Draft]:
        """The facts that reserve it; the lots are locked."""
        if not self.found.parts:
            return []
        told = tx.hearing().about(incident, SuppliesReserved(parts=supply_parts(self.parts)))
        return [told, *_moves(self.found, incident, self.by, tx.occurred_at())]


def offered(
    services: Services, conn: Connection, principal: Principal, realm: str, incident: Incident,
    needs: Sequence[Need], lots: Sequence[Lot], by: Terms,
) -> Offer:  # fmt: skip
    """Of these lots those in scope, allocated."""
    stores, items = stores_in_scope(conn, principal), rows.read_items(conn)
    seen = [lot for lot in lots if visible(Scope.of(principal), lot.area)]
    roads = open_roads(services, conn, realm, ordered=True)
    found = allocate(needs, seen, travel(roads, (incident.lon, incident.lat), stores), by)
    return Offer(found, seen, stores, items, by)


def reserve(
    tx: Transaction, incident: Incident, wanted: Sequence[SupplyCommand]
) -> tuple[list[Draft], list[tuple[Part, StoreSpot]]]:
    """预留 with the units: the facts, and each part with its store's name. All or nothing.

    Every lot of these items is locked, ids ascending, before the decision: so it holds, and two orders for
    the same goods wait for one another instead of failing. Raises UnknownItem, SuppliesShort.
    """
    if not wanted:
        return [], []
    items = rows.read_items(tx.conn)
    given = locked_offer(tx, incident, [_need(tx, items, one) for one in wanted])
    if given.found.shortfalls:
        raise _refusal(tx, given.found, given.lots, given.items)
    return given.drafts(tx, incident), given.parts


def locked_offer(tx: Transaction, incident: Incident, needs: Sequence[Need]) -> Offer:
    """What the stores send, with every lot of these items locked, ids ascending."""
    locked = supply_rows.lock_items(tx.conn, tx.board, [need.item for need in needs])
    by, who = terms(tx.services, tx), tx.call
    return offered(tx.services, tx.conn, who.principal, who.realm, incident, needs, locked, by)


def _need(tx: Transaction, items: dict[str, Item], one: SupplyCommand) -> Need:
    """Raises UnknownItem."""
    by_s = None if one.by is None else (one.by - tx.now).total_seconds()
    return Need(item_of(items, one.item, None).code, exact(one.quantity), by_s)


def _moves(found: Allocation, incident: Incident, by: Terms, at: datetime) -> list[Draft]:
    return [
        draft
        for part in found.parts
        for draft in stock.moved(
            part.lot, [stock.reserve(part.lot, part.quantity, incident.id, None, by)], by, at
        )
    ]


def supply_parts(parts: Sequence[tuple[Part, StoreSpot]]) -> tuple[SupplyPart, ...]:
    return tuple(
        SupplyPart.model_validate({k: v for k, v in part_json(part, store).items() if k != "expiry"})
        for part, store in parts
    )


def _refusal(tx: Transaction, found: Allocation, lots: Sequence[Lot], items: dict[str, Item]) -> Refusal:
    """Late where all of it is there, else short; of the incidents that hold it those are named which the
    asker may see."""
    told = [shortfall_json(short, items.get(short.item)) for short in found.shortfalls]
    if not any(one["missing"] for one in told):
        minutes = max(math.ceil(one["eta_s"] / 60) for one in told)
        return SuppliesLate(items=[one["name"] for one in told], minutes=minutes, shortfalls=told)
    short = {one["item"] for one in told}
    held = {hold.incident for lot in lots if lot.item in short for hold in lot.holds if hold.incident}
    seen = cases_seen(tx.conn, tx.call.realm, Scope.of(tx.call.principal), held)
    named = [ident for ident in held if seen.get(ident)]
    numbers = sorted(projection.numbers(tx.conn, tx.call.realm, named).values())
    return SuppliesShort(items=[_said(one) for one in told], shortfalls=told, holders=numbers)


def _said(short: dict[str, Any]) -> str:
    """瓶装饮用水 20/50 箱: what is there of what is wanted."""
    there = exact(short["wanted"] - short["missing"])
    return f"{short['name']} {there:g}/{short['wanted']:g} {short['unit']}"


def stores_in_scope(conn: Connection, principal: Principal) -> dict[str, StoreSpot]:
    return {spot.code: spot for spot in rows.list_stores(conn, principal.area)}


def travel(roads: RoadGraph, point: Point, stores: dict[str, StoreSpot]) -> dict[str, float]:
    """Seconds by road from each store. One that no open road joins to the place sends nothing, unless the
    place itself has no road: then all are told as the crow flies."""
    spots = [(spot.code, spot.lon, spot.lat) for spot in stores.values()]
    reaches = roads.nearest(point, spots, len(spots))
    joined = any(reach.by_road for reach in reaches)
    return {reach.id: _seconds(reach, joined=joined) for reach in reaches}


def _seconds(reach: Reach, *, joined: bool) -> float:
    return reach.eta_s if reach.by_road or not joined else math.inf


def part_json(part: Part, store: StoreSpot) -> dict[str, Any]:
    lot = part.lot
    return {
        "store": lot.store, "store_name": store.name, "lon": store.lon, "lat": store.lat, "lot": lot.id,
        "item": lot.item, "name": lot.name, "unit": lot.unit, "quantity": part.quantity,
        "expiry": lot.expiry, "eta_s": round(part.eta_s, 1),
    }  # fmt: skip


def shortfall_json(short: Shortfall, item: Item | None) -> dict[str, Any]:
    """A need that is not met: what is missing, why, and what is there but held back."""
    return {
        "item": short.item, "name": item.name if item else short.item, "unit": item.unit if item else "",
        "wanted": short.wanted, "missing": short.missing, "reason": short.reason,
        "held_back": short.held_back, "eta_s": short.eta_s, "by_s": short.by_s,
    }  # fmt: skip
