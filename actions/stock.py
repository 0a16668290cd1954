"""Verbs on the stock of the stores: 预留, 解除, 出库, 归还, 报废, 盘点, 入库, 调拨.

A verb locks stores before lots, and lots by id; the guard table's CHECK stands behind the rules of
`core.stock`. Stock belongs to a realm: a lot is found in the realm of the call alone, so that a drill never
touches the live one (`actions.stock_opening` gives a drill its own).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field
from ulid import ULID

import core.events_stock as e
from actions.called import is_called
from actions.commands import Code, Text, Timed, Words
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import stock
from core.clock import day_of
from core.envelope import Body, Draft
from core.errors import InvalidInput, NotFound, StaleVersion, UnitDiffers, UnknownItem
from core.errors_commit import IncidentEnded
from core.flow import sees
from core.model import ENDED
from core.permissions import Scope, visible
from core.stock import Lot, Terms
from db import stock as rows
from db.projection import Needs
from db.stock import Store

Amount = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]
Level = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


class MoveCommand(Timed):
    """So much of a lot; for an incident, if one is named."""

    quantity: Amount
    incident: Code | None = None
    reason: Text | None = None


class WriteOffCommand(Timed):
    quantity: Amount
    reason: Words


class CountCommand(Timed):
    """盘点: what was found; a difference wants a reason."""

    quantity: Level
    reason: Text | None = None


class AmendLotCommand(Timed):
    """The lot's minimum (下限)."""

    minimum: Level


class ReceiveCommand(Timed):
    """入库: `name` and `unit` are the item's when left out; `minimum` counts where a lot begins."""

    item: Code
    quantity: Amount
    expiry: date | None = None
    minimum: Level = 0.0
    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    unit: Annotated[str, Field(min_length=1, max_length=16)] | None = None
    reason: Text | None = None


class TransferCommand(Timed):
    """调拨: so much of a lot into another store."""

    lot: Code
    to: Code
    quantity: Amount
    reason: Text | None = None


def terms(services: Services, tx: Transaction) -> Terms:
    """By which alarms are judged in this transaction."""
    return Terms(day_of(tx.now, services.zone), services.expiring_days)


# --- one lot ----------------------------------------------------------------------------------------------

Rule = Callable[[Lot, Terms], Body]


def reserve(services: Services, call: Call, ident: str, command: MoveCommand) -> Answer:
    """预留. Raises NotFound, StaleVersion, StockShort, LotExpired."""
    given = (_exact(command.quantity), command.incident, command.reason)
    return _move(services, call, "reserve", ident, lambda lot, by: stock.reserve(lot, *given, by), command)


def release(services: Services, call: Call, ident: str, command: MoveCommand) -> Answer:
    """解除预留. Raises NotFound, StaleVersion, StockShort."""
    given = (_exact(command.quantity), command.incident, command.reason)
    return _move(services, call, "release", ident, lambda lot, _: stock.release(lot, *given), command)


def issue(services: Services, call: Call, ident: str, command: MoveCommand) -> Answer:
    """出库. Raises NotFound, StaleVersion, StockShort, LotExpired."""
    given = (_exact(command.quantity), command.incident, command.reason)
    return _move(services, call, "issue", ident, lambda lot, by: stock.issue(lot, *given, by), command)


def take_back(services: Services, call: Call, ident: str, command: MoveCommand) -> Answer:
    """归还. Raises NotFound, StaleVersion, StockShort."""
    given = (_exact(command.quantity), command.incident, command.reason)
    return _move(services, call, "return", ident, lambda lot, _: stock.take_back(lot, *given), command)


def consume(services: Services, call: Call, ident: str, command: MoveCommand) -> Answer:
    """消耗: what has gone out is used up. Raises NotFound, StaleVersion, StockShort."""
    given = (_exact(command.quantity), command.incident, command.reason)
    return _move(services, call, "consume", ident, lambda lot, _: stock.consume(lot, *given), command)


def write_off(services: Services, call: Call, ident: str, command: WriteOffCommand) -> Answer:
    """报废. Raises NotFound, StaleVersion, StockShort."""
    given = (_exact(command.quantity), command.reason)
    return _move(services, call, "write_off", ident, lambda lot, _: stock.write_off(lot, *given))


def count(services: Services, call: Call, ident: str, command: CountCommand) -> Answer:
    """盘点. Raises NotFound, StaleVersion, StockBelowReserved, ReasonMissing."""
    found = stock.exact(command.quantity)
    return _move(services, call, "count", ident, lambda lot, _: stock.count(lot, found, command.reason))


def amend(services: Services, call: Call, ident: str, command: AmendLotCommand) -> Answer:
    """Another minimum. Raises NotFound, StaleVersion."""
    minimum = stock.exact(command.minimum)

    def changed(lot: Lot, _: Terms) -> Body:
        return e.LotAmended(name=lot.name, unit=lot.unit, minimum=minimum)

    return _move(services, call, "amend", ident, changed)


def _exact(quantity: float) -> float:
    """Raises InvalidInput for less than a thousandth."""
    found = stock.exact(quantity)
    if found <= 0:
        raise InvalidInput(pointer="/quantity", detail="≥ 0.001")
    return found


def _move(
    services: Services, call: Call, verb: str, ident: str, rule: Rule, command: MoveCommand | None = None
) -> Answer:
    incidents = (command.incident,) if command and command.incident else ()

    def decide(tx: Transaction) -> Answer:
        for incident in incidents:
            _check_incident(tx, incident, verb)
        rows.lock_lots(tx.conn, tx.board, [ident])
        lot, by = _lot(tx, ident), terms(services, tx)
        tx.append(stock.moved(lot, [rule(lot, by)], by, tx.occurred_at()))
        return _answer(tx, ident)

    return perform(services, call, f"stock.{verb}", decide, Needs(incidents=incidents))


def _lot(tx: Transaction, ident: str) -> Lot:
    """A locked lot in scope, as the call has seen it. Raises NotFound, StaleVersion."""
    lot = tx.board.lots.get(ident)
    if lot is None or not visible(Scope.of(tx.call.principal), lot.area):
        raise NotFound(kind="lot", id=ident)
    held = tx.call.if_match
    if held is not None and held != lot.version:
        raise StaleVersion(held=held, current=lot.version, newer=lot_json(lot))
    return lot


BINDING = frozenset({"reserve", "issue"})


def _check_incident(tx: Transaction, ident: str, verb: str) -> None:
    """The incident is locked: it cannot end while something is bound to it. Whom a response to it called
    gives out goods for it too.

    Raises NotFound when it is none of this realm, or out of the caller's sight; IncidentEnded.
    """
    incident, by = tx.board.incidents.get(ident), tx.call.principal
    if incident is None or not (sees(by, incident) or is_called(tx, ident)):
        raise NotFound(kind="incident", id=ident)
    if verb in BINDING and incident.status in ENDED:
        raise IncidentEnded(number=incident.number, status=incident.status)


def _answer(tx: Transaction, ident: str) -> Answer:
    lot = tx.board.lots[ident]
    return {"seq": lot.version, "lot": lot_json(lot)}


def lot_json(lot: Lot) -> dict[str, Any]:
    """A lot as other systems and pages get it."""
    return {
        "id": lot.id, "seq": lot.version, "store": lot.store, "item": lot.item, "name": lot.name,
        "unit": lot.unit, "area": lot.area, "expiry": lot.expiry, "quantity": lot.quantity,
        "reserved": lot.reserved, "free": lot.free, "issued": lot.issued, "minimum": lot.minimum,
        "holds": [{"incident": hold.incident or None, "quantity": hold.quantity} for hold in lot.holds],
        "out": [{"incident": part.incident or None, "quantity": part.quantity} for part in lot.out],
        "alarms": lot.alarms,
    }  # fmt: skip


# --- stores -----------------------------------------------------------------------------------------------


def receive(services: Services, call: Call, code: str, command: ReceiveCommand) -> Answer:
    """入库. Raises NotFound, UnknownItem, UnitDiffers."""

    def decide(tx: Transaction) -> Answer:
        store = _store(tx, code)
        body = _received(tx, store.code, command)
        ident, drafts = _added(services, tx, store, body)
        tx.append(drafts)
        return _answer(tx, ident)

    return perform(services, call, "stock.receive", decide)


def transfer(services: Services, call: Call, code: str, command: TransferCommand) -> Answer:
    """调拨: out of one store's lot and into another's, in one transaction.

    Raises NotFound, StaleVersion, StockShort, InvalidInput when both are one store.
    """
    if code == command.to:
        raise InvalidInput(pointer="/to", detail=command.to)

    def decide(tx: Transaction) -> Answer:
        stores = _stores(tx, [code, command.to])
        asked = rows.read_lot(tx.conn, call.realm, command.lot)
        if asked is None or asked.store != code:
            raise NotFound(kind="lot", id=command.lot)
        there = rows.find_lot(tx.conn, call.realm, command.to, asked.item, asked.expiry) or str(ULID())
        rows.lock_lots(tx.conn, tx.board, [command.lot, there])
        tx.append(_carried(services, tx, _lot(tx, command.lot), stores[command.to], there, command))
        return {**_answer(tx, command.lot), "to": lot_json(tx.board.lots[there])}

    return perform(services, call, "stock.transfer", decide)


def _carried(
    services: Services, tx: Transaction, lot: Lot, store: Store, there: str, command: TransferCommand
) -> list[Draft]:
    by, at, quantity = terms(services, tx), tx.occurred_at(), _exact(command.quantity)
    sent = stock.send(lot, quantity, store.code, there, command.reason)
    arrived = e.LotReceived(
        store=store.code, item=lot.item, name=lot.name, unit=lot.unit, expiry=lot.expiry, minimum=0.0,
        quantity=quantity, from_lot=lot.id, reason=command.reason,
    )  # fmt: skip
    return stock.moved(lot, [sent], by, at) + into(tx, there, arrived, store.area, by)


def into(tx: Transaction, ident: str, body: e.LotReceived, area: str, by: Terms) -> list[Draft]:
    """Goods for a lot that is locked, or for one that begins with them."""
    held, at = tx.board.lots.get(ident), tx.occurred_at()
    return stock.moved(held, [body], by, at) if held else stock.begun(ident, body, area, by, at)


def _added(services: Services, tx: Transaction, store: Store, body: e.LotReceived) -> tuple[str, list[Draft]]:
    found = rows.find_lot(tx.conn, tx.call.realm, store.code, body.item, body.expiry)
    ident = found or str(ULID())
    rows.lock_lots(tx.conn, tx.board, [ident])
    return ident, into(tx, ident, body, store.area, terms(services, tx))


def _received(tx: Transaction, store: str, command: ReceiveCommand) -> e.LotReceived:
    """Raises UnknownItem, UnitDiffers."""
    item = item_of(rows.read_items(tx.conn), command.item, command.unit)
    return e.LotReceived(
        store=store, item=item.code, name=command.name or item.name, unit=item.unit, expiry=command.expiry,
        minimum=stock.exact(command.minimum), quantity=_exact(command.quantity), reason=command.reason,
    )  # fmt: skip


def item_of(items: dict[str, rows.Item], code: str, unit: str | None) -> rows.Item:
    """The item of a code, counted in this unit. Raises UnknownItem, UnitDiffers."""
    item = items.get(code)
    if item is None:
        raise UnknownItem(item=code, near=nearest_items(items, code))
    if unit and unit != item.unit:
        raise UnitDiffers(item=code, name=item.name, unit=unit, wanted=item.unit)
    return item


def nearest_items(items: dict[str, rows.Item], code: str, most: int = 3) -> list[str]:
    """The codes that share the longest beginning with this one, with their names."""

    def alike(known: str) -> int:
        return next((n for n, (a, b) in enumerate(zip(known, code, strict=False)) if a != b), len(code))

    return [f"{known} {items[known].name}" for known in sorted(items, key=lambda k: (-alike(k), k))[:most]]


def _store(tx: Transaction, code: str) -> Store:
    return _stores(tx, [code])[code]


def _stores(tx: Transaction, codes: Sequence[str]) -> dict[str, Store]:
    """Locked stores in scope. Raises NotFound."""
    found = rows.lock_stores(tx.conn, codes)
    for code in codes:
        if code not in found or not visible(Scope.of(tx.call.principal), found[code].area):
            raise NotFound(kind="store", id=code)
    return found
