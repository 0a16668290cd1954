"""What a replay needs besides the verbs: a clock driven by hand, and where an earlier run had come to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from actions.following import MIDNIGHT, Following, Schedule
from actions.realms import set_clock
from actions.services import Services
from actions.timers import BATCH, run_due
from core.clock import RealmClock
from core.permissions import Principal
from db import log, places
from db.places import PlaceOfPoint
from db.tables import answer, incident
from db.tables_places import grid, place

TOLD_EVERY_S = 0.25
"""How often the realm's row, and so every other process, is told the time of a driven clock."""


@dataclass(slots=True)
class DrivenClock:
    """A realm's clock that stands still and is moved from instant to instant.

    On its way it stops wherever a deadline, a shelving or midnight falls due, so that each is written at its
    own time and before anything that happens later.

    `services` are the parts that verbs must be called with: for them the realm's time is exactly `at`. The
    row of the realm, which all others read, follows a few times a second (a commit for every instant would
    cost as much as the verbs); in between it runs at the pace of real time and is behind, never ahead, so
    that no web process fires a timer before its turn.
    """

    services: Services
    realm: str
    schedule: Schedule
    at: datetime
    _machine_now: Callable[[], datetime]
    _told: RealmClock
    _told_s: float

    def move_to(self, at: datetime) -> None:
        """Forward to `at`, firing what falls due on the way; nothing if it is there already.

        What is done in the very second of a deadline is in time, so that deadline waits for the next move;
        midnight comes before what is done in its second.
        """
        while self.at < at and (first := self.schedule.next_due()) is not None:
            if first.due_at > at or (first.due_at == at and first.kind != MIDNIGHT):
                break
            self._stand(first.due_at)
            self._fire()
        self._stand(at)

    def _stand(self, at: datetime) -> None:
        self.at = max(at, self.at)
        if time.monotonic() - self._told_s >= TOLD_EVERY_S:
            self._told, self._told_s = RealmClock(self._machine_now(), self.at, 1.0), time.monotonic()
            set_clock(self.services, self.realm, self._told)

    def now(self) -> datetime:
        """The machine's time at which the realm's row would read `at`."""
        return self._told.real + (self.at - self._told.realm)

    def _fire(self) -> None:
        while run_due(self.services, self.realm) >= BATCH:
            pass
        self.schedule.passed(self.at)


@contextmanager
def drive(services: Services, realm: str, start: datetime) -> Iterator[DrivenClock]:
    """Take the realm's clock in hand, at `start`; afterwards it stands still where it came to."""
    with services.engine.connect() as conn:
        schedule = Schedule.load(conn, realm, services.zone)
    told = RealmClock(services.now(), start, 1.0)
    clock = DrivenClock(services, realm, schedule, start, services.now, told, time.monotonic())
    clock.services = replace(services, announcer=Following(services.announcer, schedule), now=clock.now)
    set_clock(services, realm, told)
    try:
        yield clock
    finally:
        set_clock(services, realm, RealmClock(services.now(), clock.at, 0.0))


def answers_of(services: Services, principal: Principal) -> dict[str, dict[str, Any]]:
    """Every verb that this principal has done: its key and its answer."""
    query = select(answer.c.key, answer.c.body).where(answer.c.principal == principal.id)
    with services.engine.connect() as conn:
        return {row.key: row.body for row in conn.execute(query) if row.body is not None}


def realm_position(services: Services, realm: str) -> tuple[int, datetime]:
    """The last position of a realm and its clock's time now. Raises RealmUnknown."""
    with services.engine.connect() as conn:
        return log.head(conn, realm), log.read_clock(conn, realm).now(services.now())


def post_points(services: Services) -> dict[str, tuple[float, float]]:
    """Posts by name: lon, lat of a point in each."""
    at = func.ST_PointOnSurface(place.c.geom)
    query = select(place.c.name, func.ST_X(at), func.ST_Y(at)).where(place.c.kind == "posts")
    with services.engine.connect() as conn:
        return {name: (float(lon), float(lat)) for name, lon, lat in conn.execute(query)}


def places_of(services: Services, points: list[tuple[float, float]]) -> list[PlaceOfPoint]:
    """Where each point (lon, lat) lies."""
    with services.engine.connect() as conn:
        return [places.describe_point(conn, lon, lat) for lon, lat in points]


def grid_names_of_sources(services: Services, realm: str) -> dict[str, str | None]:
    """Source id of every incident of a realm → the name of the grid it was given, None outside."""
    named = incident.outerjoin(grid, grid.c.code == incident.c.grid)
    query = select(incident.c.source_id, grid.c.name).select_from(named)
    with services.engine.connect() as conn:
        found = conn.execute(query.where(incident.c.realm == realm, incident.c.source_id.is_not(None)))
        return {row.source_id: row.name for row in found}
