"""Worlds: the live one, the system's, and those of drills and replays."""

from __future__ import annotations

from datetime import datetime

import core.events as e
from actions import timer_rows
from actions.services import Services
from core.clock import RealmClock, day_of, midnight_after
from core.envelope import Draft
from core.permissions import SYSTEM
from db import log


def open_realm(services: Services, realm: str, clock: RealmClock | None = None) -> bool:
    """Begin a realm with its first day; False when it is already there. The clock is real time by default."""
    real = services.now()
    clock = clock or RealmClock(real, real)
    with services.engine.begin() as conn:
        if not log.create_realm(conn, realm, clock):
            return False
        now = clock.now(real)
        wires = log.append(conn, realm, [new_day(services, realm, now)], SYSTEM, real)
        timer_rows.set_midnight(conn, realm, midnight_after(now, services.zone))
    services.announcer.events(realm, wires)
    return True


def new_day(services: Services, realm: str, now: datetime) -> Draft:
    """That a day of the city began."""
    return Draft(e.DayStarted(date=day_of(now, services.zone)), realm, "", now)


def set_clock(services: Services, realm: str, clock: RealmClock) -> None:
    """Turn a realm's clock; recorded times still never go back."""
    with services.engine.begin() as conn:
        log.set_clock(conn, realm, clock)
