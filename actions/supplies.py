"""物资调配: what the stores can send to an incident, and reserving it with the units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from actions.closures import open_roads
from actions.services import Services
from core.clock import day_of
from core.model import Incident
from core.permissions import Principal, Scope, visible
from core.stock import Terms
from core.supply import Allocation, Need, Part, Shortfall, allocate
from db import stock as rows
from db import supplies as supply_rows
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
        stores, items = stores_in_scope(conn, principal), rows.read_items(conn)
        roads = open_roads(services, conn, realm)
    terms = Terms(day_of(services.now_in(realm), services.zone), services.expiring_days)
    seen = [lot for lot in lots if visible(Scope.of(principal), lot.area)]
    found = allocate(needs, seen, travel(roads, (incident.lon, incident.lat), stores), terms)
    return offer_json(found, stores, items)


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


def offer_json(found: Allocation, stores: dict[str, StoreSpot], items: dict[str, Item]) -> dict[str, Any]:
    return {
        "supplies": [part_json(part, stores[part.lot.store].name) for part in found.parts],
        "shortfalls": [shortfall_json(short, items.get(short.item)) for short in found.shortfalls],
    }


def part_json(part: Part, store_name: str) -> dict[str, Any]:
    lot = part.lot
    return {
        "store": lot.store, "store_name": store_name, "lot": lot.id, "item": lot.item, "name": lot.name,
        "unit": lot.unit, "quantity": part.quantity, "expiry": lot.expiry, "eta_s": round(part.eta_s, 1),
    }  # fmt: skip


def shortfall_json(short: Shortfall, item: Item | None) -> dict[str, Any]:
    """A need that is not met: what is missing, why, and what is there but held back."""
    return {
        "item": short.item, "name": item.name if item else short.item, "unit": item.unit if item else "",
        "wanted": short.wanted, "missing": short.missing, "reason": short.reason,
        "held_back": short.held_back, "eta_s": short.eta_s, "by_s": short.by_s,
    }  # fmt: skip
