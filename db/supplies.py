"""Lots as a dispatch asks for them: by items, and by the incident they are bound to."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ARRAY, Connection, Text, any_, bindparam, literal_column, select

from core.board import Board
from core.serial import lot_of
from core.stock import Lot
from db.stock import lock_lots
from db.tables_stock import lot

_BOUND = lot.c.bound != literal_column("'{}'")
"""As the index has it."""


def lots_of(conn: Connection, realm: str, items: Iterable[str]) -> list[Lot]:
    """Every lot of these items that holds anything, by id."""
    wanted = bindparam("items", sorted(set(items)), ARRAY(Text))
    query = select(lot.c.doc).where(lot.c.realm == realm, lot.c.item == any_(wanted), lot.c.quantity > 0)
    return [lot_of(doc) for doc in conn.scalars(query.order_by(lot.c.id))]


def lock_items(conn: Connection, board: Board, items: Iterable[str]) -> list[Lot]:
    """The same, locked and on the board: what is decided over them holds until the commit."""
    ids = [one.id for one in lots_of(conn, board.realm, items)]
    lock_lots(conn, board, ids)
    return [board.lots[ident] for ident in ids]


def bound_to(conn: Connection, realm: str, incident: str) -> list[Lot]:
    """The lots of which something is reserved for an incident, or has gone out to it, by id."""
    this = bindparam("incident", [incident], ARRAY(Text))
    query = select(lot.c.doc).where(lot.c.realm == realm, _BOUND, lot.c.bound.contains(this))
    return [lot_of(doc) for doc in conn.scalars(query.order_by(lot.c.id))]


def lock_bound(conn: Connection, board: Board, incident: str) -> list[Lot]:
    """The same, locked and on the board. Whoever binds stock to an incident locks the incident first."""
    ids = [one.id for one in bound_to(conn, board.realm, incident)]
    lock_lots(conn, board, ids)
    return [board.lots[ident] for ident in ids]
