"""Units on the move: where each is now, along the way it was given; told to the server once a second."""

from __future__ import annotations

import asyncio
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
_M_PER_DEGREE = 111_320.0
STILL_EVERY = 15
"""A unit that stands still says where it is every so many rounds, so that its position never grows old."""


@dataclass(frozen=True)
class Fix:
    """Degrees, km/h, degrees clockwise from north."""

    lon: float
    lat: float
    speed: float
    heading: float | None


class Drive:
    """A way driven at an even pace: `line` (lon, lat), `seconds` of wall time from start to end."""

    def __init__(self, line: Sequence[Point], started: float, seconds: float, clock_speed: float) -> None:
        self._line = list(line)
        self._at = _metres_along(self._line)
        self._started, self._seconds = started, max(seconds, 0.001)
        self._kmh = self._at[-1] / self._seconds * 3.6 / clock_speed

    def done(self, now: float) -> bool:
        """Whether the end is reached."""
        return now - self._started >= self._seconds

    def fix(self, now: float) -> Fix:
        """Where the unit is."""
        share = min(max((now - self._started) / self._seconds, 0.0), 1.0)
        travelled = share * self._at[-1]
        i = min(max(bisect_right(self._at, travelled) - 1, 0), len(self._line) - 2)
        a, b = self._line[i], self._line[i + 1]
        length = self._at[i + 1] - self._at[i]
        part = (travelled - self._at[i]) / length if length else 1.0
        lon, lat = a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
        return Fix(round(lon, 6), round(lat, 6), round(min(self._kmh, 200.0), 1), _heading(a, b))


def _metres_along(line: Sequence[Point]) -> list[float]:
    at = [0.0]
    for (x0, y0), (x1, y1) in pairwise(line):
        east = (x1 - x0) * math.cos(math.radians(y0))
        at.append(at[-1] + math.hypot(east, y1 - y0) * _M_PER_DEGREE)
    return at


def _heading(a: Point, b: Point) -> float:
    east = (b[0] - a[0]) * math.cos(math.radians(a[1]))
    return round(math.degrees(math.atan2(east, b[1] - a[1])) % 360, 1)


class Fleet:
    """The units' places. Times are the event loop's; `speed` is simulated seconds a second."""

    def __init__(self, places: dict[str, Point], speed: float, now: Callable[[], float]) -> None:
        self._still: dict[str, Point] = dict(places)
        self._drives: dict[str, Drive] = {}
        self._speed, self._now = speed, now
        self._round = 0

    def where(self, unit: str) -> Point:
        """Where a unit is, lon and lat."""
        drive = self._drives.get(unit)
        if drive is None:
            return self._still.get(unit, (0.0, 0.0))
        fix = drive.fix(self._now())
        return fix.lon, fix.lat

    async def drive(self, unit: str, line: Sequence[Point], seconds: float) -> None:
        """Drive a way in so many simulated seconds; returns at its end."""
        self.start(unit, line, seconds)
        await asyncio.sleep(seconds / self._speed)

    def start(self, unit: str, line: Sequence[Point], seconds: float) -> None:
        """Set off without waiting: the way home."""
        way = list(line) if len(line) > 1 else [self.where(unit), *line]
        self._drives[unit] = Drive(way, self._now(), seconds / self._speed, self._speed)

    def report(self) -> list[dict[str, Any]]:
        """Positions worth telling this round, as the API takes them; the server knows the realm's time."""
        now = self._now()
        moving = {unit: drive.fix(now) for unit, drive in self._drives.items()}
        for unit, drive in list(self._drives.items()):
            if drive.done(now):
                self._still[unit] = (moving[unit].lon, moving[unit].lat)
                del self._drives[unit]
        told = [_row(unit, fix) for unit, fix in sorted(moving.items())]
        if self._round % STILL_EVERY == 0:
            still = (u for u in self._still if u not in moving)
            told += [_row(u, Fix(*self._still[u], 0.0, None)) for u in still]
        self._round += 1
        return told


def _row(unit: str, fix: Fix) -> dict[str, Any]:
    row = {"unit": unit, "lon": fix.lon, "lat": fix.lat, "speed": fix.speed}
    return row if fix.heading is None else {**row, "heading": fix.heading}
