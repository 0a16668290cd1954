"""A city's day as a log in a realm of its own, for benches: units of the live city, incidents from their
report to their end, at the pace of a day. Written straight into the log: no verb has decided of it.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, islice

from sqlalchemy import Connection, select

import core.events as e
from core.clock import RealmClock
from core.envelope import Body, Draft
from core.model import Unit
from core.permissions import SYSTEM
from core.serial import unit_of
from db import log
from db.batch import Batch
from db.tables import unit as unit_table

DAY_S = 86_400.0
FACTS_AN_INCIDENT = 12
AT_ONCE = 500
_ROUTE_POINTS = 30
_DEGREE = 0.002
Told = tuple[datetime, str, str, Body]
"""When, of what, where, and the fact."""


def write(conn: Connection, realm: str, facts: int, start: datetime, seed: int = 1) -> int:
    """Make the realm with a day of so many facts; the position of the last. Its units come before them."""
    clock = RealmClock(start, start)
    log.create_realm(conn, realm, clock)
    units = _units(conn)
    told = [*_registered(units, start), *islice(_day(units, facts, start, random.Random(seed)), facts)]
    counter = log.take(conn, realm)
    for first in range(0, len(told), AT_ONCE):
        wires = []
        for at, subject, area, body in told[first : first + AT_ONCE]:
            more, counter = log.chain(counter, [Draft(body, subject, area, at)], SYSTEM, at)
            wires += more
        batch = Batch(conn)
        log.add_writes(batch, wires, counter)
        batch.run()
    return counter.head


def _units(conn: Connection) -> list[Unit]:
    query = select(unit_table.c.doc).where(unit_table.c.realm == "live").order_by(unit_table.c.id)
    return [unit_of(doc) for doc in conn.scalars(query)]


def _registered(units: Sequence[Unit], at: datetime) -> list[Told]:
    day = e.DayStarted(date=at.date())
    return [(at, "day", "", day)] + [
        (
            at,
            one.id,
            one.area,
            e.UnitRegistered(
                name=one.name, unit_kind=one.kind, area=one.area, lon=one.lon, lat=one.lat,
                skills=one.skills, crew=one.crew, vehicle=one.vehicle, on_duty=True,
            ),
        )
        for one in units
    ]  # fmt: skip


def _day(units: Sequence[Unit], facts: int, start: datetime, rng: random.Random) -> Iterator[Told]:
    """Incidents evenly over the day, their facts in the order of time; without end."""
    gap = timedelta(seconds=DAY_S * FACTS_AN_INCIDENT / facts)
    coming: list[tuple[datetime, int, Told]] = []
    ticket = count()
    for number in count(1):
        begins = start + number * gap
        while coming and coming[0][0] <= begins:
            yield heapq.heappop(coming)[2]
        for one in _incident(number, rng.choice(units), begins, rng):
            heapq.heappush(coming, (one[0], next(ticket), one))


def _incident(number: int, unit: Unit, at: datetime, rng: random.Random) -> Iterator[Told]:
    """One incident and the unit that goes there."""
    ident, link = f"I{number:06d}", f"A{number:06d}"
    lon, lat = unit.lon + rng.uniform(-_DEGREE, _DEGREE), unit.lat + rng.uniform(-_DEGREE, _DEGREE)
    due = e.Due(step="handle", due_at=at + timedelta(hours=1), total_s=3600.0)
    way = [n / (_ROUTE_POINTS - 1) for n in range(_ROUTE_POINTS)]
    route = tuple((unit.lon + (lon - unit.lon) * part, unit.lat + (lat - unit.lat) * part) for part in way)
    told: tuple[tuple[str, Body], ...] = (
        (ident, e.IncidentReported(
            number=f"{at:%Y%m%d}-{number:06d}", class_code="21000", title="火情", text="楼道内有烟冒出",
            severity=rng.choice((1, 2, 3, 3, 4, 4)), lon=lon, lat=lat, address="", area=unit.area,
            grid=unit.area, place=unit.name, channel="110", source_id=None, reporter=None, due=due,
        )),
        (ident, e.IncidentAccepted(due=due)),
        (ident, e.UnitDispatched(
            assignment=link, unit=unit.id, unit_name=unit.name, eta_s=300.0, distance_m=2000.0, route=route,
            override_reason=None, due=due,
        )),
        (link, e.AssignmentAcknowledged()),
        (link, e.AssignmentEnroute()),
        (link, e.AssignmentArrived(due=due)),
        (ident, e.NoteAdded(text="已到场，正在处置")),
        (link, e.AssignmentReleased(reason=None, due=None)),
        (ident, e.IncidentHandled(text="已处置", due=None)),
        (ident, e.IncidentReplied(text="已回复")),
        (ident, e.IncidentVerified(text=None)),
        (ident, e.IncidentClosed()),
    )  # fmt: skip
    for subject, body in told:
        yield at, subject, unit.area, body
        at += timedelta(seconds=rng.uniform(10, 400))
