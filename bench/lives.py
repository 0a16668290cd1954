"""Facts in plenty: incidents that come, are dealt with and leave the board, for ever, straight into the log.

Only the log is written, not the guard tables: what screens draw is a fold of it, and a verb for each of a
million facts would take hours. For an instance that is thrown away.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread

from ulid import ULID

import core.events as e
from actions.services import Services
from core.envelope import Body, Draft
from core.permissions import SYSTEM
from db import log

SPREAD_DEG = 0.01
STEPS = 8
BATCH_S = 0.02
"""Between two commits."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where incidents of a seat happen, and the unit that is sent to them, if there is one."""

    lon: float
    lat: float
    area: str
    unit: str | None = None


class Lives:
    """`open_at_once` incidents, each at a step of its own; a unit is sent to as many as there are units."""

    def __init__(self, spots: Sequence[Spot], codes: Sequence[str], open_at_once: int) -> None:
        self._dice = random.Random(7)
        self._codes = codes
        seats = open_at_once * STEPS // (STEPS - 2)  # in two of its steps a seat holds nothing open
        self._lives = [self._life(spots[n % len(spots)], n, crewed=n < len(spots)) for n in range(seats)]

    def opening(self) -> Iterator[Draft]:
        """What brings each seat to its step."""
        for number, life in enumerate(self._lives):
            for _ in range(number % STEPS):
                yield next(life)

    def facts(self) -> Iterator[Draft]:
        """One fact a seat, round and round, without end."""
        while True:
            for life in self._lives:
                yield next(life)

    def _life(self, spot: Spot, seat: int, *, crewed: bool) -> Iterator[Draft]:
        unit = spot.unit if crewed else None
        turn = 0
        while True:
            ident, link = str(ULID()), str(ULID())
            lon, lat = (at + self._dice.gauss(0, SPREAD_DEG) for at in (spot.lon, spot.lat))
            reported = self._report(f"S{seat}-{turn}", spot, lon, lat)
            worked = _crew(link, unit, spot, lon, lat) if unit else _desk()
            for subject, body in ((ident, reported), *worked, (ident, e.IncidentClosed()),
                                  (ident, e.IncidentShelved())):  # fmt: skip
                yield Draft(body, subject or ident, spot.area, datetime.now(UTC))
            turn += 1

    def _report(self, number: str, spot: Spot, lon: float, lat: float) -> e.IncidentReported:
        return e.IncidentReported(
            number=number, class_code=self._dice.choice(self._codes), title=f"测试事件 {number}", text="测试",
            severity=self._dice.choices((1, 2, 3, 4), (1, 9, 30, 60))[0], lon=lon, lat=lat,
            address="测试地址", area=spot.area, grid=spot.area, place="测试地点", channel="bench",
            source_id=number, reporter=None, due=None,
        )  # fmt: skip


def _crew(link: str, unit: str, spot: Spot, lon: float, lat: float) -> tuple[tuple[str, Body], ...]:
    """(subject, fact); subject "" is the incident."""
    way = ((spot.lon, spot.lat), ((spot.lon + lon) / 2, spot.lat), (lon, lat))
    sent = e.UnitDispatched(
        assignment=link, unit=unit, unit_name=unit, eta_s=300, distance_m=2000, route=way,
        override_reason=None, due=None,
    )  # fmt: skip
    return (
        ("", sent), (link, e.AssignmentAcknowledged()), (link, e.AssignmentEnroute()),
        (link, e.AssignmentArrived(due=None)), (link, e.AssignmentReleased(reason=None, due=None)),
    )  # fmt: skip


def _desk() -> tuple[tuple[str, Body], ...]:
    return (
        ("", e.IncidentAccepted()), ("", e.IncidentAmended(text="核实中")),
        ("", e.NoteAdded(text="已到现场")),
        ("", e.IncidentAmended(severity=3)), ("", e.IncidentHandled(text="已处置", due=None)),
    )  # fmt: skip


class Writer:
    """Appends facts at a rate, in a thread, until closed; a pause holds it at a commit."""

    def __init__(self, services: Services, facts: Iterator[Draft], rate: float) -> None:
        self._services, self._facts, self._rate = services, facts, rate
        self._goes, self._stop = Event(), Event()
        self.head = 0
        self.error: Exception | None = None
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Writer:
        self._goes.set()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._goes.set()
        self._thread.join()

    def hold(self, *, held: bool) -> None:
        """Stop writing, or go on."""
        if held:
            self._goes.clear()
        else:
            self._goes.set()

    def write(self, drafts: Sequence[Draft]) -> None:
        """One commit, announced."""
        with self._services.engine.begin() as conn:
            wires = log.append(conn, "live", drafts, SYSTEM, self._services.now())
        self._services.announcer.events("live", wires)
        self.head = wires[-1]["seq"]

    def _run(self) -> None:
        at_once = max(1, round(self._rate * BATCH_S))
        due = time.monotonic()
        while not self._stop.is_set():
            self._goes.wait()
            try:
                self.write([next(self._facts) for _ in range(at_once)])
            except Exception as error:
                self.error = error
                return
            due = max(due + at_once / self._rate, time.monotonic() - 1)  # never makes up for long pauses
            self._stop.wait(max(0.0, due - time.monotonic()))
