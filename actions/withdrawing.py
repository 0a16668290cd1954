"""撤下: what visitors may not see leaves the walls that they stand before."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import walls
from core.envelope import Draft
from core.errors_drills import DrillOver
from core.permissions import SYSTEM
from db import log, projection
from db.tables import incident as incident_table
from db.walls import for_visitors


def withdraw_within(tx: Transaction, incident: str) -> list[Draft]:
    """An incident is sensitive now: it leaves the scenes of every wall that visitors stand before, or will
    again when it has a token."""
    tx.counter  # noqa: B018  taken: walls are read under it
    projection.take_walls(tx.conn, tx.board)
    there = for_visitors(tx.conn)
    return [
        draft
        for name, wall in tx.board.walls.items()
        if name in there
        for draft in walls.withdraw(wall, {incident}, "sensitive", tx.now)
    ]


def withdraw_sensitive(services: Services, name: str) -> None:
    """Visitors stand before a wall now: in every realm it shows nothing sensitive any more."""
    with services.engine.connect() as conn:
        realms = log.list_realms(conn)
    for realm in realms:
        with suppress(DrillOver):  # nothing is written there any more; visitors are told nothing of it anyway
            perform(services, Call(SYSTEM, realm), "scene", lambda tx: _withdraw(tx, name))


def _withdraw(tx: Transaction, name: str) -> Answer:
    tx.counter  # noqa: B018  taken: the wall is read under it
    projection.take_wall(tx.conn, tx.board, name)
    if wall := tx.board.walls.get(name):
        table = incident_table
        query = select(table.c.id).where(table.c.realm == tx.call.realm, table.c.sensitive)
        named = set(tx.conn.scalars(query.where(table.c.id.in_(wall.incidents))))
        tx.append(walls.withdraw(wall, named, "visitors", tx.now))
    return {"seq": tx.board.seq}
