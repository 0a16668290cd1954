"""Real crews in a drill are free again by themselves when it ends (how they come into one: drill_crews)."""

from __future__ import annotations

from typing import Literal

import core.events_crews as e
from actions.services import Services
from actions.unit_of_work import Call, Transaction
from core.envelope import Draft
from core.model import Unit
from core.permissions import SYSTEM
from db import drills as rows
from db.projection import Needs

LIVE = "live"


def returned(tx: Transaction, unit: Unit, why: Literal["recalled", "ended"]) -> Draft:
    return Draft(e.CrewReturned(why=why), unit.id, unit.area, tx.now)


def release(services: Services, realm: str) -> int:
    """The drill is over: its real units are free again; how many."""
    with services.engine.connect() as conn:
        idents = tuple(row["id"] for row in rows.crews(conn, realm))
        if not idents:
            return 0
        tx = Transaction(services, conn, Call(SYSTEM, LIVE))
        tx.begin(Needs(units=idents))
        theirs = [unit for unit in tx.board.units.values() if unit.drill == realm]
        tx.append([returned(tx, unit, "ended") for unit in theirs])
        tx.finish()
    services.announcer.events(LIVE, tx.events)
    return len(theirs)


def release_ended(services: Services) -> None:
    """The same of drills whose ending got no further than that."""
    with services.engine.connect() as conn:
        realms = rows.ended_with_crews(conn)
    for realm in realms:
        release(services, realm)
