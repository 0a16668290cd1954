"""Past responses as trips: from where, by whom, how long; and who else was free when somebody was called.

Where a unit is between two incidents is not in a log. It is taken to be at its home once it has been free for
SETTLED, before that where its last incident was; units without a known home are always there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from demo.replay.rows import Response
from geo.roadlines import Point

SETTLED = timedelta(minutes=5)
SEEN = timedelta(hours=24)
"""Who was not called for so long is not known to be on duty."""
LONGEST = timedelta(hours=1)
"""A longer way is a clock that was forgotten."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a unit is taken to be."""

    unit: str
    kind: str
    sort: str
    at: Point
    at_home: bool


@dataclass(frozen=True, slots=True)
class Trip:
    """One unit on its way to one incident; `hour` of the city's time."""

    start: Start
    to: Point
    called_at: datetime
    hour: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Race:
    """An incident, the unit that was there first, and all that were free when its first units were called;
    `sent` are those of them that were called to it, then or later."""

    to: Point
    hour: int
    first: str
    free: tuple[Start, ...]
    sent: frozenset[str]


@dataclass(slots=True)
class _Known:
    """A unit as its last response left it."""

    kind: str
    sort: str
    called_at: datetime
    free_at: datetime
    at: Point


class Past:
    """Reads responses in the order in which units were called."""

    def __init__(self, homes: Mapping[str, Point], zone: ZoneInfo, races_from: date) -> None:
        self._homes, self._zone, self._races_from = homes, zone, races_from
        self._known: dict[str, _Known] = {}

    def read(self, responses: Sequence[Response]) -> tuple[list[Trip], list[Race]]:
        """Trips of which both ends are known; races, of the days that are judged, whose first unit was free
        when they began."""
        trips, races, begun = [], [], set()
        called = sorted(responses, key=lambda one: (_called_at(one), one.unit))
        together: dict[str, list[Response]] = {}
        for response in called:
            together.setdefault(response.incident, []).append(response)
        for response in called:
            if response.incident not in begun:
                begun.add(response.incident)
                races += self._race(together[response.incident])
            trips += self._trip(response)
            self._learn(response)
        return trips, races

    def _start(self, unit: str, kind: str, sort: str, at: datetime) -> Start | None:
        """Where it is taken to be; None if nothing is known, or it is busy."""
        known, home = self._known.get(unit), self._homes.get(unit)
        if known and known.free_at > at:
            return None
        if home and (known is None or at - known.free_at >= SETTLED):
            return Start(unit, kind, sort, home, at_home=True)
        return Start(unit, kind, sort, known.at, at_home=False) if known else None

    def _trip(self, response: Response) -> list[Trip]:
        at, arrived = _called_at(response), response.at("arrived")
        start = self._start(response.unit, response.unit_kind, response.unit_sort, at)
        if start is None or arrived is None or not timedelta() < arrived - at <= LONGEST:
            return []
        to = (response.lon, response.lat)
        return [Trip(start, to, at, self._hour(at), (arrived - at).total_seconds())]

    def _race(self, responses: Sequence[Response]) -> list[Race]:
        at = _called_at(responses[0])
        if at.astimezone(self._zone).date() < self._races_from:
            return []
        there = [(arrived, one.unit) for one in responses if (arrived := one.at("arrived"))]
        seen = {
            unit: (known.kind, known.sort)
            for unit, known in self._known.items()
            if at - known.called_at <= SEEN
        }
        seen |= {one.unit: (one.unit_kind, one.unit_sort) for one in responses}
        starts = [self._start(unit, *names, at) for unit, names in sorted(seen.items())]
        free = tuple(start for start in starts if start)
        first = min(there)[1] if there else ""
        if not any(start.unit == first for start in free):
            return []
        to, sent = (responses[0].lon, responses[0].lat), frozenset(one.unit for one in responses)
        return [Race(to, self._hour(at), first, free, sent)]

    def _learn(self, response: Response) -> None:
        at = _called_at(response)
        free_at = response.at("released") or response.moments[-1].at
        before = self._known.get(response.unit)
        self._known[response.unit] = _Known(
            response.unit_kind, response.unit_sort, at, max(free_at, before.free_at) if before else free_at,
            (response.lon, response.lat),
        )  # fmt: skip

    def _hour(self, at: datetime) -> int:
        return at.astimezone(self._zone).hour


def _called_at(response: Response) -> datetime:
    at = response.at("dispatched")
    assert at is not None  # noqa: S101  a row without is refused when it is read
    return at
