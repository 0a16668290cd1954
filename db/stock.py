"""Lots of stock in the database: locked, written from the fold, found; the item table and the norms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ARRAY, Connection, Select, Text, all_, any_, bindparam, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from core.board import Board, Change
from core.events_stock import LotReceived
from core.norms import Holding, Norm, NormedArea
from core.serial import dump, lot_of
from core.stock import Lot, fold
from db import log
from db.batch import Batch, RowWriter
from db.places import lies_in
from db.shipped import put_shipped
from db.tables_places import grid, place
from db.tables_stock import item, lot, lot_unlogged, stock_norm

_AT_ONCE = 1000
"""Lots that one statement names."""
_IDS = ARRAY(Text)
"""One value, however many: a hundred thousand lots are more than a statement may have values."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the code table; lots of it are counted in `unit`."""

    code: str
    name: str
    name_en: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Store:
    """储备库; `area` "" when it lies in none."""

    code: str
    name: str
    area: str


@dataclass(frozen=True, slots=True)
class StoreSpot:
    """A store, the name of its area ("" for one that is no grid's) and where it is: lon, lat in EPSG:4326."""

    code: str
    name: str
    area: str
    area_name: str
    address: str
    lon: float
    lat: float


# --- code tables ------------------------------------------------------------------------------------------


def load_stock_tables(conn: Connection) -> None:
    """Put the shipped items and norms into their tables; those a city changed or added stay."""
    put_shipped(conn, item, "items.csv")
    put_shipped(conn, stock_norm, "norms.csv", {"quantity": float})


def read_items(conn: Connection) -> dict[str, Item]:
    """Every item by its code, in the order of codes."""
    rows = conn.execute(select(item).order_by(item.c.code)).mappings()
    return {row["code"]: Item(**row) for row in rows}


def read_norms(conn: Connection) -> list[Norm]:
    rows = conn.execute(select(stock_norm).order_by(stock_norm.c.prefix)).mappings()
    return [Norm(**row) for row in rows]


# --- guard rows -------------------------------------------------------------------------------------------


def _row(realm: str, one: Lot) -> dict[str, Any]:
    return {
        "realm": realm, "id": one.id, "seq": one.version, "store": one.store, "item": one.item,
        "area": one.area, "unit": one.unit, "expiry": one.expiry, "minimum": one.minimum,
        "quantity": one.quantity, "reserved": one.reserved, "alarmed": " ".join(one.alarms),
        "bound": list(one.bound),
        "doc": dump(one),
    }  # fmt: skip


_LOTS = RowWriter(lot, ("realm", "id"))


def add_writes(batch: Batch, realm: str, changes: Iterable[Change]) -> None:
    """Write the lots that these changes touched, as they are after the last of them."""
    last: dict[str, Lot] = {}
    for change in changes:
        last.update(change.lots)
    if last:
        _LOTS.add(batch, [_row(realm, one) for one in last.values()])


def lock_lots(conn: Connection, board: Board, ids: Iterable[str]) -> None:
    """Lock lots, ids ascending, and put them on the board. Those already there are not asked for again.

    Not among `projection.Needs`: few verbs want lots, and they come after all that is locked there.
    """
    wanted = sorted(set(ids) - board.lots.keys())
    query = select(lot.c.doc).where(
        lot.c.realm == board.realm, lot.c.id == any_(bindparam("ids", wanted, _IDS))
    )
    docs = conn.scalars(query.order_by(lot.c.id).with_for_update())
    board.lots.update((one.id, one) for one in map(lot_of, docs))


def lock_stores(conn: Connection, codes: Iterable[str]) -> dict[str, Store]:
    """Stores by code, locked before any lot: only who holds its store begins a new lot in it."""
    wanted = bindparam("codes", sorted(set(codes)), _IDS)
    query = _stores().where(place.c.code == any_(wanted)).order_by(place.c.code)
    return _by_code(conn, query.with_for_update(key_share=True))


def _stores() -> Select[Any]:
    area = func.coalesce(place.c.area, "").label("area")
    return select(place.c.code, place.c.name, area).where(place.c.kind == "stores")


def _by_code(conn: Connection, query: Select[Any]) -> dict[str, Store]:
    return {row.code: Store(row.code, row.name, row.area) for row in conn.execute(query)}


# --- reading ----------------------------------------------------------------------------------------------


def read_stores(conn: Connection) -> dict[str, Store]:
    return _by_code(conn, _stores().order_by(place.c.code))


def list_stores(conn: Connection, within: str) -> list[StoreSpot]:
    """The stores of an area, by code."""
    spot = func.ST_Centroid(place.c.geom)
    query = (
        select(place.c.code, place.c.name, func.coalesce(place.c.area, ""), func.coalesce(grid.c.name, ""))
        .add_columns(func.coalesce(place.c.props["address"].as_string(), ""))
        .add_columns(func.ST_X(spot), func.ST_Y(spot))
        .outerjoin(grid, grid.c.code == place.c.area)
        .where(place.c.kind == "stores", lies_in(func.coalesce(place.c.area, ""), within))
    )
    return [StoreSpot(*row) for row in conn.execute(query.order_by(place.c.code))]


def read_lot(conn: Connection, realm: str, ident: str) -> Lot | None:
    doc = conn.scalar(select(lot.c.doc).where(lot.c.realm == realm, lot.c.id == ident))
    return None if doc is None else lot_of(doc)


def find_lot(conn: Connection, realm: str, store: str, code: str, expiry: date | None) -> str | None:
    """The id of a store's lot of one item and expiry."""
    same = lot.c.expiry.is_not_distinct_from(expiry)
    key = (lot.c.realm == realm, lot.c.store == store, lot.c.item == code, same)
    return conn.scalar(select(lot.c.id).where(*key))


def stock_at(conn: Connection, realm: str, seq: int) -> dict[str, Lot]:
    """Every lot of a realm as it was at a position: as its row is, where nothing has moved it since; else by
    its own facts in the log."""
    rows = {one.id: one for one in map(lot_of, conn.scalars(select(lot.c.doc).where(lot.c.realm == realm)))}
    found = {ident: one for ident, one in rows.items() if one.version <= seq}
    return found | _folded(conn, realm, seq, sorted(rows.keys() - found.keys()))


def _folded(conn: Connection, realm: str, seq: int, idents: Sequence[str]) -> dict[str, Lot]:
    """These lots as the log tells of them up to a position; without those that it began later."""
    found: dict[str, Lot] = {}
    for at in range(0, len(idents), _AT_ONCE):
        for wire in log.timeline(conn, realm, idents[at : at + _AT_ONCE], until=seq):
            made = fold(found.get(wire["subject"]), log.to_event(wire))
            if made is not None:
                found[made.id] = made
    return found


def take_unlogged(conn: Connection) -> list[LotReceived]:
    """Lots of an older version that were never told, taken from where they wait."""
    taken = delete(lot_unlogged).returning(*lot_unlogged.c)
    return [LotReceived(**row) for row in conn.execute(taken).mappings()]


def lot_ids(conn: Connection, realm: str, stores: Sequence[str]) -> list[str]:
    """Every lot of these stores."""
    wanted = bindparam("stores", list(stores), _IDS)
    return list(conn.scalars(select(lot.c.id).where(lot.c.realm == realm, lot.c.store == any_(wanted))))


def stocked(conn: Connection, realm: str, others: Sequence[str]) -> list[str]:
    """Stores besides these that hold goods, by code."""
    known = bindparam("others", list(others), _IDS)
    gone = select(place.c.code).where(place.c.kind == "stores", place.c.code != all_(known))
    query = select(lot.c.store).where(lot.c.realm == realm, lot.c.quantity > 0, lot.c.store.in_(gone))
    return list(conn.scalars(query.distinct().order_by(lot.c.store)))


@dataclass(frozen=True, slots=True)
class LotFilter:
    """What a list of lots may ask for; `alarm` may be "any"; `after` is the id before the page."""

    store: str | None = None
    item: str | None = None
    alarm: str | None = None
    after: str | None = None


def list_lots(conn: Connection, realm: str, within: str, wanted: LotFilter, limit: int | None) -> list[Lot]:
    """Lots by id, of stores within an area."""
    query = select(lot.c.doc).where(lot.c.realm == realm, lies_in(lot.c.area, within), *_asked(wanted))
    return [lot_of(doc) for doc in conn.scalars(query.order_by(lot.c.id).limit(limit))]


def _asked(wanted: LotFilter) -> list[Any]:
    found: list[Any] = []
    if wanted.store:
        found.append(lot.c.store == wanted.store)
    if wanted.item:
        found.append(lot.c.item.startswith(wanted.item, autoescape=True))
    if wanted.alarm:
        found.append(lot.c.alarmed != "")
        if wanted.alarm != "any":
            found.append(lot.c.alarmed.contains(wanted.alarm, autoescape=True))
    if wanted.after:
        found.append(lot.c.id > wanted.after)
    return found


@dataclass(frozen=True, slots=True)
class StoreCounts:
    """Lots of one store, and how many of them have which alarm."""

    lots: int = 0
    expired: int = 0
    expiring: int = 0
    below_minimum: int = 0


def count_by_store(conn: Connection, realm: str) -> dict[str, StoreCounts]:
    alarms = ("expired", "expiring", "below_minimum")
    counted = [func.count().filter(lot.c.alarmed.contains(alarm)) for alarm in alarms]
    query = select(lot.c.store, func.count(), *counted).where(lot.c.realm == realm).group_by(lot.c.store)
    return {store: StoreCounts(*counts) for store, *counts in conn.execute(query)}


def falling_due(conn: Connection, realm: str, today: date, warn_days: int) -> list[str]:
    """Lots whose expiry alarm may have to change on this day: few, as most have been told before."""
    near = lot.c.expiry <= today + timedelta(days=warn_days)
    untold = or_(lot.c.expiry < today, lot.c.alarmed.not_like("%expiring%"))
    told = lot.c.alarmed.like("%expired%")
    query = select(lot.c.id).where(lot.c.realm == realm, lot.c.quantity > 0, near, untold, ~told)
    return list(conn.scalars(query))


# --- norms ------------------------------------------------------------------------------------------------


def replace_norms(conn: Connection, norms: Sequence[Norm]) -> None:
    """The whole table anew."""
    conn.execute(stock_norm.delete())
    rows = [{name: getattr(norm, name) for name in stock_norm.c.keys()} for norm in norms]  # noqa: SIM118
    conn.execute(insert(stock_norm), rows)


def holdings(conn: Connection, realm: str, today: date) -> list[Holding]:
    """What each store has of each norm's items, free and in date."""
    free = func.sum(lot.c.quantity - lot.c.reserved).label("free")
    good = or_(lot.c.expiry.is_(None), lot.c.expiry >= today)
    held = (
        select(lot.c.store, lot.c.item, lot.c.unit, free)
        .where(lot.c.realm == realm, good)
        .group_by(lot.c.store, lot.c.item, lot.c.unit)
        .subquery()
    )
    of_norm = func.starts_with(held.c.item, stock_norm.c.prefix) & (held.c.unit == stock_norm.c.unit)
    query = (
        select(stock_norm.c.prefix, place.c.code, place.c.name, func.coalesce(place.c.area, ""))
        .add_columns(func.sum(held.c.free))
        .join_from(held, stock_norm, of_norm)
        .join(place, (place.c.kind == "stores") & (place.c.code == held.c.store))
        .group_by(stock_norm.c.prefix, place.c.code, place.c.name, place.c.area)
    )
    return [Holding(*row) for row in conn.execute(query)]


def normed_areas(conn: Connection, within: str) -> list[NormedArea]:
    """The districts (tier 0) within an area; the area itself when it lies in one. Residents by base grids."""
    wide = grid.c.tier == 0 if len(within) <= 6 else grid.c.code == within  # a district's code has six digits
    wanted = select(grid.c.code, grid.c.name).where(wide, lies_in(grid.c.code, within))
    areas = wanted.subquery()
    residents = func.coalesce(func.sum(grid.c.props["population"].as_integer()), 0)
    inside = (grid.c.tier == 3) & func.starts_with(grid.c.code, areas.c.code)
    query = select(areas.c.code, areas.c.name, residents).outerjoin(grid, inside)
    grouped = query.group_by(areas.c.code, areas.c.name).order_by(areas.c.code)
    return [NormedArea(*row) for row in conn.execute(grouped)]


def distances(conn: Connection, areas: Sequence[str], stores: Sequence[str]) -> dict[tuple[str, str], float]:
    """Metres from the middle of each area to each store, straight."""
    middle = func.ST_PointOnSurface(grid.c.geom)
    far = func.ST_DistanceSphere(middle, func.ST_Centroid(place.c.geom))
    query = select(grid.c.code, place.c.code, far).join_from(grid, place, place.c.kind == "stores")
    query = query.where(grid.c.code.in_(areas), place.c.code.in_(stores))
    return {(area, store): float(metres) for area, store, metres in conn.execute(query)}
