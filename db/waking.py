"""Which realms have something that falls due, asked in one statement however many there are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from core.clock import RealmClock
from db.tables import incident, realm, timer, unit
from db.tables_drills import drill

PLAYERS = "players"
"""The timer by which machines look at the drill that they play in."""
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
_FIRST = (
    select(
        realm.c.id, realm.c.clock_real, realm.c.clock_realm, realm.c.clock_rate,
        func.least(_WAKES, _HELD, _DUE),
    )
    .where(~_OVER)
    .order_by(realm.c.id)
)  # fmt: skip


def due_realms(conn: Connection, real: datetime) -> list[str]:
    """The realms in which something is due by their own clocks; in a drill that is over nothing is."""
    return [
        ident
        for ident, *clock, first in conn.execute(_FIRST)
        if first is not None and first <= RealmClock(*clock).now(real)
    ]
