"""What is asked of the stock: stores, lots, movements, shortages, the item table and the norms."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field

import core.events as e
from actions.access import Wanted, require_seen
from actions.commands import Command
from actions.imports import check_whole_city
from actions.queries import check_read
from actions.services import Services
from actions.stock import lot_json
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.clock import day_of
from core.envelope import Draft
from core.errors import InvalidInput
from core.norms import Norm, Shortage, shortages
from core.permissions import Principal, Scope, visible
from core.stock import ALARMS, Lot, exact
from db import log, places_write, projection
from db import stock as rows
from db.stock import LotFilter, StoreCounts

PAGE = 200
MOST = 1000
"""Lots that one page of a list may hold."""
MOVEMENTS = 500


def list_items(services: Services, principal: Principal) -> list[dict[str, Any]]:
    """The item code table. Raises Forbidden."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        return [asdict(item) for item in rows.read_items(conn).values()]


# --- stores and lots --------------------------------------------------------------------------------------


def list_stores(services: Services, principal: Principal, realm: str) -> list[dict[str, Any]]:
    """Stores in scope, with how many lots each has and how many of them alarm."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        log.head(conn, realm)
        counts = rows.count_by_store(conn, realm)
        stores = rows.list_stores(conn, principal.area)
    none = StoreCounts()
    return [{**asdict(store), **asdict(counts.get(store.code, none))} for store in stores]


@dataclass(frozen=True, slots=True)
class LotPage:
    """Lots by id, and the cursor of the next page."""

    lots: tuple[Lot, ...]
    cursor: str | None


def list_lots(
    services: Services, principal: Principal, realm: str, wanted: LotFilter, limit: int = PAGE
) -> LotPage:
    """A page of lots in scope. Raises InvalidInput, RealmUnknown."""
    check_read(principal, realm)
    if wanted.alarm not in (None, "any", *ALARMS):
        raise InvalidInput(pointer="alarm", detail=", ".join(("any", *ALARMS)))
    if not 1 <= limit <= MOST:
        raise InvalidInput(pointer="limit", detail=f"1-{MOST}")
    with services.engine.connect() as conn:
        log.head(conn, realm)
        found = rows.list_lots(conn, realm, principal.area, wanted, limit + 1)
    more = len(found) > limit
    return LotPage(tuple(found[:limit]), found[limit - 1].id if more else None)


def all_lots(
    services: Services, principal: Principal, realm: str, wanted: LotFilter, limit: int = MOST
) -> tuple[Lot, ...]:
    """The lots of every page of so many. Raises InvalidInput, RealmUnknown."""
    found: list[Lot] = []
    while True:
        page = list_lots(services, principal, realm, wanted, limit)
        found += page.lots
        if page.cursor is None:
            return tuple(found)
        wanted = replace(wanted, after=page.cursor)


def read_lot(services: Services, principal: Principal, realm: str, ident: str) -> Lot:
    """One lot. Raises NotFound, also outside the scope: that is logged."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        lot = rows.read_lot(conn, realm, ident)
    return require_seen(services, principal, Wanted("lot", ident, realm), lot, lambda one: one.area)


def movements(services: Services, principal: Principal, realm: str, ident: str) -> list[dict[str, Any]]:
    """The log of one lot, newest first. Raises NotFound."""
    read_lot(services, principal, realm, ident)
    with services.engine.connect() as conn:
        wires = log.timeline(conn, realm, [ident])[-MOVEMENTS:]
    return [_movement(wire) for wire in reversed(wires)]


def _movement(wire: log.Wire) -> dict[str, Any]:
    kept = ("seq", "kind", "occurred_at", "recorded_at", "actor", "seat")
    return {**{name: wire[name] for name in kept}, "body": orjson.loads(wire["body"])}


def incident_numbers(services: Services, realm: str, told: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Incident id → number, of the incidents that these movements were for."""
    with services.engine.connect() as conn:
        return projection.numbers(conn, realm, [i for one in told if (i := one["body"].get("incident"))])


def lots_json(page: LotPage) -> dict[str, Any]:
    return {"items": [lot_json(lot) for lot in page.lots], "cursor": page.cursor}


# --- norms and shortages ----------------------------------------------------------------------------------


class NormCommand(Command):
    """储备定额 of one group of items."""

    prefix: Annotated[str, Field(pattern=r"^[0-9]{1,7}$")]
    name: Annotated[str, Field(min_length=1, max_length=40)]
    name_en: Annotated[str, Field(min_length=1, max_length=60)]
    basis: Literal["per_10k", "absolute"]
    quantity: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]
    unit: Annotated[str, Field(min_length=1, max_length=16)]
    source: Annotated[str, Field(min_length=1, max_length=200)]


def list_norms(services: Services, principal: Principal) -> list[dict[str, Any]]:
    check_read(principal, "live")
    with services.engine.connect() as conn:
        return [asdict(norm) for norm in rows.read_norms(conn)]


def put_norms(services: Services, call: Call, norms: Sequence[NormCommand]) -> Answer:
    """The whole table anew, as one fact like an import. Norms are the city's, and a drill's as well.

    Raises InvalidInput (a group given twice, another realm than live), WholeCityNeeded.
    """
    if call.realm != "live":
        raise InvalidInput(pointer="realm", detail="live")
    check_whole_city(call.principal)
    if not norms or len({norm.prefix for norm in norms}) < len(norms):
        raise InvalidInput(pointer="/prefix", detail="empty or twice")
    new = [Norm(**norm.model_dump()) for norm in norms]

    def decide(tx: Transaction) -> Answer:
        at, version = tx.occurred_at(), places_write.next_version(tx.conn, "norms")  # one after another
        rows.replace_norms(tx.conn, new)
        digest = hashlib.sha256(orjson.dumps([asdict(norm) for norm in new])).hexdigest()
        counts = {"read": len(new), "written": len(new)}
        actor = call.principal.name
        places_write.record_version(
            tx.conn, "norms", version, "", digest, len(new), len(new), at, actor, counts
        )
        body = e.PlacesImported(places="norms", version=version, file="", sha256=digest, counts=counts)
        tx.append([Draft(body, "places:norms", "", at)])
        return {"seq": tx.board.seq, "norms": len(new)}

    return perform(services, call, "norms", decide)


def list_shortages(services: Services, principal: Principal, realm: str) -> list[Shortage]:
    """What the districts in scope lack of their norm, the worst first, each with the nearest surplus in
    scope. Who sees less than a district is told of the own area alone."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        today = day_of(log.read_clock(conn, realm).now(services.now()), services.zone)
        norms, areas = rows.read_norms(conn), rows.normed_areas(conn, principal.area)
        held = [h for h in rows.holdings(conn, realm, today) if visible(Scope.of(principal), h.area)]
        stores = sorted({holding.store for holding in held})
        far = rows.distances(conn, [area.code for area in areas], stores)
    return shortages(norms, areas, held, lambda area, store: far.get((area, store), float("inf")))


def shortage_json(one: Shortage) -> dict[str, Any]:
    nearest = one.nearest and {**asdict(one.nearest), "metres": round(one.nearest.metres)}
    return {
        "area": one.area.code, "area_name": one.area.name, "residents": one.area.residents,
        "prefix": one.norm.prefix, "name": one.norm.name, "name_en": one.norm.name_en,
        "unit": one.norm.unit, "required": one.required, "held": one.held, "missing": one.missing,
        "share": exact(one.held / one.required), "nearest": nearest,
    }  # fmt: skip
