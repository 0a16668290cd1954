"""Which realms have something that falls due, asked in one statement however many there are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, func, or_, select

from core.clock import RealmClock
from db.tables import incident, realm, timer, unit
from db.tables_drills import drill

PLAYERS = "players"
"""The timer by which machines look at the drill that they play in."""
FINDINGS = "findings"
"""The timer upon which what a drill that is over showed to be amiss is told in live."""
GRIDS = "grids"
"""Timers of new boundaries, which take a while to draw and have a worker of their own."""

_WAKES = select(func.min(incident.c.wakes_at)).where(incident.c.realm == realm.c.id).scalar_subquery()
_HELD = select(func.min(unit.c.held_until)).where(unit.c.realm == realm.c.id).scalar_subquery()
_DUE = (
    select(func.min(timer.c.due_at))
    .where(timer.c.realm == realm.c.id, timer.c.kind != GRIDS)
    .scalar_subquery()
)
_OVER = exists().where(drill.c.realm == realm.c.id, drill.c.status == "stopped")
_TELLS = exists().where(timer.c.realm == realm.c.id, timer.c.kind == FINDINGS)
_FIRST = (
    select(
        realm.c.id, realm.c.clock_real, realm.c.clock_realm, realm.c.clock_rate,
        func.least(_WAKES, _HELD, _DUE),
    )
    .where(or_(~_OVER, _TELLS))
    .order_by(realm.c.id)
)  # fmt: skip


def due_realms(conn: Connection, real: datetime) -> list[str]:
    """The realms in which something is due by their own clocks; of a drill that is over only what it
    tells live."""
    return [
        ident
        for ident, *clock, first in conn.execute(_FIRST)
        if first is not None and first <= RealmClock(*clock).now(real)
    ]
