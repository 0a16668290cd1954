"""Where stock comes from that nobody received: another realm's at some position, and lots of older versions;
and what a new day does to all of it."""

from __future__ import annotations

from collections.abc import Callable

from ulid import ULID

import core.events_stock as e
from actions.services import Services
from actions.stock import terms
from actions.unit_of_work import Call, Transaction
from core import stock
from core.envelope import Draft
from core.permissions import SYSTEM
from core.stock import Lot
from db import stock as rows


def copied_stock(tx: Transaction, at_seq: int, source: str) -> list[Draft]:
    """What gives a realm without lots (a drill) a copy of the stock as it was in `source` at a position.

    Told as facts of the realm, so that its log alone folds to its stock. Reservations are copied without the
    incidents they are for, which the realm does not know.
    """
    found = rows.stock_at(tx.conn, source, at_seq)
    return [draft for lot in found.values() for draft in _copied(tx, lot, f"{source}@{at_seq}")]


def _copied(tx: Transaction, lot: Lot, reason: str) -> list[Draft]:
    by = terms(tx.services, tx)
    body = e.LotReceived(
        store=lot.store, item=lot.item, name=lot.name, unit=lot.unit, expiry=lot.expiry, minimum=lot.minimum,
        quantity=lot.quantity, reason=reason,
    )  # fmt: skip
    drafts = stock.begun(lot.id, body, lot.area, by, tx.now)
    if lot.reserved:
        held = e.LotReserved(quantity=lot.reserved, reason=reason)
        drafts.append(Draft(held, lot.id, lot.area, tx.now))
    return drafts


def adopt_unlogged(services: Services) -> int:
    """Tell the lots that an older version kept without a log as facts of the live realm; how many facts."""

    def adopt(tx: Transaction) -> list[Draft]:
        stores, by = rows.read_stores(tx.conn), terms(services, tx)
        told: list[Draft] = []
        for body in rows.take_unlogged(tx.conn):
            area = stores[body.store].area if body.store in stores else ""
            told += stock.begun(str(ULID()), body, area, by, tx.now)
        return told

    return _told(services, "live", adopt)


def _told(services: Services, realm: str, decide: Callable[[Transaction], list[Draft]]) -> int:
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, Call(SYSTEM, realm))
        tx.begin()
        tx.append(decide(tx))
        tx.finish()
    services.announcer.events(realm, tx.events)
    return len(tx.events)


def new_day(tx: Transaction) -> list[Draft]:
    """What a day that begins does to the lots: those that expire or come near it, once each.

    Locks the lots, so it comes before the counter row is taken.
    """
    by = terms(tx.services, tx)
    due = rows.falling_due(tx.conn, tx.call.realm, by.today, by.warn_days)
    rows.lock_lots(tx.conn, tx.board, due)
    return [draft for ident in due for draft in stock.crossed(tx.board.lots[ident], by, tx.now)]
