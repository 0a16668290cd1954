"""Lots out of a file of stores: what it says is a count (盘点) of what is known; the rest is received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ulid import ULID

import core.events_stock as e
from actions.stock import into, item_of, terms
from actions.unit_of_work import Transaction
from core import stock
from core.envelope import Body, Draft
from core.errors import Refusal, StockBelowReserved
from core.stock import Lot, Terms
from db import stock as rows
from db.stock import Store
from geo.problems import FileRefused, Problem, note
from geo.table import Row

Key = tuple[str, str, date | None]
"""Store, item, expiry: one lot."""
REASON = "import"
"""Why a file's quantity differs from the books: told by the PlacesImported of the same transaction."""


def bring_lots(tx: Transaction, given: Sequence[Row], problems: list[Problem]) -> set[str]:
    """The lots of these rows as facts; the stores that have any. Lots that the file leaves out stay.

    The stores are written before. Raises FileRefused, naming the row, for an unknown item, another unit than
    the item's, a lot given twice, a count below what is reserved.
    """
    listed = [row for row in given if row["lots"] is not None]
    stores = rows.lock_stores(tx.conn, [row["code"] for row in given])
    rows.lock_lots(tx.conn, tx.board, rows.lot_ids(tx.conn, tx.call.realm, list(stores)))
    known = {(lot.store, lot.item, lot.expiry): lot for lot in tx.board.lots.values()}
    wanted = _wanted(tx, listed)
    by = terms(tx.services, tx)
    drafts, refused = _decided(tx, wanted, known, stores, by)
    if refused:
        raise FileRefused(*refused)
    others = {key: lot for key, lot in known.items() if key not in wanted}
    for lot in others.values():
        drafts += _following(tx, lot, stores[lot.store].area, by)
    codes = {row["code"] for row in listed}
    if left := [key for key in others if key[0] in codes]:
        problems.append(note("lots_left", count=len(left)))
    tx.append(drafts)
    return {tx.board.lots[draft.subject].store for draft in drafts}


def _wanted(tx: Transaction, listed: Sequence[Row]) -> dict[Key, Row]:
    """Lots by key, with names and units of their items. Raises FileRefused."""
    items, wanted, refused = rows.read_items(tx.conn), {}, []
    for row in listed:
        for lot in row["lots"]:
            key = (row["code"], lot["item"], lot["expiry"])
            if key in wanted:
                refused.append(_problem("lot_duplicate", row["row"], item=lot["item"]))
            try:
                item = item_of(items, lot["item"], lot["unit"])
            except Refusal as refusal:
                refused.append(_problem(refusal.code, row["row"], **refusal.params))
            else:
                wanted[key] = {**lot, "row": row["row"], "name": lot["name"] or item.name, "unit": item.unit}
    if refused:
        raise FileRefused(*refused)
    return wanted


def _problem(code: str, row: int, **params: object) -> Problem:
    return Problem(code, row, "lots", params=params)


def _decided(
    tx: Transaction, wanted: dict[Key, Row], known: dict[Key, Lot], stores: dict[str, Store], by: Terms
) -> tuple[list[Draft], list[Problem]]:
    drafts: list[Draft] = []
    refused: list[Problem] = []
    for key, row in wanted.items():
        try:
            drafts += _lot(tx, row, key, known.get(key), stores[key[0]].area, by)
        except StockBelowReserved as refusal:
            refused.append(_problem(refusal.code, row["row"], **refusal.params))
    return drafts, refused


def _lot(tx: Transaction, row: Row, key: Key, held: Lot | None, area: str, by: Terms) -> list[Draft]:
    store, item, expiry = key
    quantity, minimum = stock.exact(row["quantity"]), stock.exact(row["minimum"])
    if held is None:
        body = e.LotReceived(
            store=store, item=item, name=row["name"], unit=row["unit"], expiry=expiry, minimum=minimum,
            quantity=quantity, reason=REASON,
        )  # fmt: skip
        return into(tx, str(ULID()), body, area, by)
    found: list[Body] = []
    if (held.name, held.unit, held.minimum, held.area) != (row["name"], row["unit"], minimum, area):
        found.append(e.LotAmended(name=row["name"], unit=row["unit"], minimum=minimum))
    if held.quantity != quantity:
        found.append(stock.count(held, quantity, REASON))
    return _in_area(stock.moved(held, found, by, tx.occurred_at()), area)


def _following(tx: Transaction, lot: Lot, area: str, by: Terms) -> list[Draft]:
    """A lot that the file does not list follows its store into another area."""
    if lot.area == area:
        return []
    body = e.LotAmended(name=lot.name, unit=lot.unit, minimum=lot.minimum)
    return _in_area(stock.moved(lot, [body], by, tx.occurred_at()), area)


def _in_area(drafts: list[Draft], area: str) -> list[Draft]:
    return [Draft(d.body, d.subject, area, d.occurred_at, d.cause) for d in drafts]
