"""Reference data held in memory: incident classes, the road graph, the city's bounds, the realms' clocks.

Each is read when first asked for and read again after an import changed it; the check costs one small query
every few seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select

from actions.areas import Areas
from core.classes import IncidentClass
from core.clock import RealmClock
from core.duties import Department, DutyList
from core.errors import UnknownClass
from core.hearing import Rules
from core.limits import Limits
from core.model import Closure
from core.plans import Plan
from core.runcards import RunCards
from core.speeds import SpeedTable
from db import log, places
from db.classes import read_classes
from db.clocks import KINDS as CLOCK_KINDS
from db.clocks import read_limits
from db.flow import read_workflow
from db.org import read_departments, read_duties
from db.plans import library_stamp, read_plans
from db.positions import read_position_limits
from db.reach import read_areas
from db.runcards import KINDS as RUN_CARD_KINDS
from db.runcards import read_run_cards
from db.safety import SAFETY, UNIT_LIMITS, UnitLimit, read_safety_rules, read_unit_limits
from db.speeds import KINDS as SPEED_KINDS
from db.speeds import read_speeds
from db.tables_places import place_version
from geo.roads import RoadGraph, load_rows

T = TypeVar("T")
_CHECK_EVERY_S = 5.0
_CLOCK_EVERY_S = 1.0
_GRAPHS_KEPT = 8
"""Graphs of different sets of closures (about 1 MB each in a large city): live, drills, what was just so."""


class _Held(Generic[T]):
    """A value with the version it was read at. One thread looks whether it still holds, the others have the
    old one meanwhile; after `forget` all wait."""

    def __init__(
        self,
        read: Callable[[Connection], T],
        *kinds: str,
        stamp: Callable[[Connection], int] | None = None,
    ) -> None:
        """`stamp` grows with each change of what is no import of `kinds`."""
        self._read, self._stamp = read, stamp or (lambda conn: _version(conn, kinds))
        self._version = -1
        self._checked = float("-inf")
        self._forgotten = 0
        self._value: T | None = None
        self._lock = threading.Lock()

    def get(self, engine: Engine) -> T:
        value, checked = self._value, self._checked
        if value is not None and time.monotonic() - checked < _CHECK_EVERY_S:
            return value
        if value is not None and checked >= 0 and self._lock.locked():
            return value
        with self._lock:
            return self._looked_at(engine)

    def _looked_at(self, engine: Engine) -> T:
        if self._value is not None and time.monotonic() - self._checked < _CHECK_EVERY_S:
            return self._value  # another did while this one waited
        forgotten = self._forgotten
        with engine.connect() as conn:
            version = self._stamp(conn)
            if self._value is None or version != self._version:
                self._value = self._read(conn)
        self._version = version
        if forgotten == self._forgotten:  # else this was read before what has just been imported
            self._checked = time.monotonic()
        return self._value

    def forget(self) -> None:
        self._forgotten += 1
        self._checked = float("-inf")


def _version(conn: Connection, kinds: Sequence[str]) -> int:
    """How often these were changed."""
    query = select(func.count()).select_from(place_version).where(place_version.c.kind.in_(kinds))
    return int(conn.scalar(query) or 0)


def _apart(engine: Engine) -> Engine:
    """The same database by connections of our own: a verb asks here while it holds one of the engine's, and
    when all of those were held by verbs that ask, none would ever come free."""
    return Engine(engine.pool.recreate(), engine.dialect, engine.url)


class Reference:
    """Reference data of one city, shared by all threads of a process."""

    def __init__(self, engine: Engine, zone: ZoneInfo) -> None:
        self._engine = _apart(engine)
        self._classes = _Held(read_classes, "classes")
        self._roads = _Held(lambda conn: load_rows(places.read_roads(conn)), "roads")
        self._open_roads: dict[frozenset[tuple[str, int]], tuple[RoadGraph, RoadGraph]] = {}
        self._bounds = _Held(lambda conn: (places.city_bounds(conn),), "grids")
        self._areas = _Held(lambda conn: Areas(read_areas(conn)), "grids")
        self._departments = _Held(read_departments, "departments")
        self._duties = _Held(read_duties, "duties")
        self._limits = _Held(lambda conn: read_limits(conn, zone), *CLOCK_KINDS)
        self._workflow = _Held(read_workflow, "workflow")
        self._safety = _Held(read_safety_rules, SAFETY)
        self._unit_limits = _Held(read_unit_limits, UNIT_LIMITS)
        self._top_speeds = _Held(read_position_limits, "positionlimits")
        self._rules: tuple[tuple[object, ...], Rules | None] = (), None
        self._speeds = _Held(read_speeds, *SPEED_KINDS)
        self._run_cards = _Held(read_run_cards, *RUN_CARD_KINDS)
        self._plans = _Held(read_plans, stamp=library_stamp)
        self._clocks: dict[str, tuple[float, RealmClock]] = {}

    def close(self) -> None:
        """End the connections of our own."""
        self._engine.dispose()

    def clock(self, realm: str) -> RealmClock:
        """A realm's clock as it was a second ago at most. Raises RealmUnknown."""
        read_at, clock = self._clocks.get(realm, (float("-inf"), None))
        if clock is None or time.monotonic() - read_at >= _CLOCK_EVERY_S:
            with self._engine.connect() as conn:
                clock = log.read_clock(conn, realm)
            self._clocks[realm] = time.monotonic(), clock
        return clock

    def classes(self) -> dict[str, IncidentClass]:
        return self._classes.get(self._engine)

    def incident_class(self, code: str) -> IncidentClass:
        """Raises UnknownClass, naming some that exist."""
        classes = self.classes()
        if code not in classes:
            raise UnknownClass(code=code, known=", ".join(list(classes)[:5]))
        return classes[code]

    def departments(self) -> dict[str, Department]:
        """By code."""
        return self._departments.get(self._engine)

    def duties(self) -> DutyList:
        """权责清单"""
        return self._duties.get(self._engine)

    def limits(self) -> Limits:
        """How long each step may take, with the calendar by which that is counted."""
        return self._limits.get(self._engine)

    def rules(self) -> Rules:
        """All that a decision about an incident goes by."""
        ordinary = frozenset(kind.code for kind in self.classes().values() if not kind.emergency)
        flow, safety = self._workflow.get(self._engine), self._safety.get(self._engine)
        return Rules(flow, self.limits(), self.duties(), ordinary, safety)

    def unit_limits(self) -> list[UnitLimit]:
        """How long units may take to turn out and to drive, and stay on scene."""
        return self._unit_limits.get(self._engine)

    def roads(self, closed: Sequence[Closure] = ()) -> RoadGraph:
        """The road graph, without the closed ones; those of recent sets of closures are kept."""
        whole = self._roads.get(self._engine)
        if not closed:
            return whole
        key = frozenset((one.id, one.version) for one in closed)
        base, graph = self._open_roads.get(key, (None, whole))
        if base is not whole:
            graph = whole.without([one.line for one in closed])
            if len(self._open_roads) >= _GRAPHS_KEPT:
                self._open_roads = {}
            self._open_roads[key] = whole, graph
        return graph

    def speeds(self) -> SpeedTable:
        """车速表 and 出动时间表"""
        return self._speeds.get(self._engine)

    def run_cards(self) -> RunCards:
        """出动编成, the supplies that go with them, and what advice weighs."""
        return self._run_cards.get(self._engine)

    def plans(self) -> list[Plan]:
        """The plans in force, by code."""
        return self._plans.get(self._engine)

    def areas(self) -> Areas:
        """Every area with its people; the same object as long as nothing was imported."""
        return self._areas.get(self._engine)

    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north in degrees; None while the city has no grids."""
        return self._bounds.get(self._engine)[0]

    def top_speeds(self) -> dict[str, float]:
        """km/h that each kind of unit can do at most."""
        return self._top_speeds.get(self._engine)

    def forget(self) -> None:
        """Look again at the next question: an import has just happened in this process."""
        for held in self._held():
            held.forget()

    def _held(self) -> tuple[_Held[Any], ...]:
        return (
            self._classes,
            self._roads,
            self._bounds,
            self._areas,
            self._departments,
            self._duties,
            self._limits,
            self._workflow,
            self._speeds,
            self._run_cards,
            self._plans,
            self._safety,
            self._unit_limits,
            self._top_speeds,
        )
