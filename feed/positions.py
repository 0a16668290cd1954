"""Where units are now. Positions are not facts: the latest is kept in memory, a thinned trace in `track`.

Every web process holds the latest position of each unit, from Redis, or from `track` while Redis is gone and
when it starts.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any

UNITS_MOST = 50_000
"""A realm's units with a position: ten times the largest city's."""
THIN_S = 10.0
THIN_M = 10.0
_DEGREE_M = 111_320.0


@dataclass(frozen=True, slots=True)
class Position:
    """lon/lat EPSG:4326, `at_ms` the realm's time in ms since 1970, speed km/h, heading degrees."""

    unit: str
    lon: float
    lat: float
    at_ms: int
    speed: float | None = None
    heading: float | None = None

    def row(self) -> list[Any]:
        """As screens and Redis carry it."""
        return [self.unit, self.lon, self.lat, self.at_ms, self.speed, self.heading]


class Positions:
    """The latest position of each unit, by realm; and which of them belong into the trace."""

    def __init__(self) -> None:
        self._latest: dict[str, dict[str, Position]] = defaultdict(dict)
        self._traced: dict[tuple[str, str], Position] = {}
        self._lock = threading.Lock()

    def latest(self, realm: str) -> dict[str, Position]:
        """By unit; do not change it."""
        return self._latest[realm]

    def take(self, realm: str, fresh: Iterable[Position]) -> list[Position]:
        """Keep what is newer than the held; those that were."""
        held = self._latest[realm]
        newer = []
        with self._lock:
            for position in fresh:
                known = held.get(position.unit)
                if known is None and len(held) >= UNITS_MOST:
                    continue  # codes that no unit has must not fill the memory
                if known is None or position.at_ms > known.at_ms:
                    held[position.unit] = position
                    newer.append(position)
        return newer

    def thin(self, realm: str, fresh: Iterable[Position]) -> list[Position]:
        """Those that are 10 m or 10 s from the last one traced of their unit."""
        kept = []
        with self._lock:
            for position in fresh:
                last = self._traced.get((realm, position.unit))
                if last is None or _apart(last, position):
                    self._traced[realm, position.unit] = position
                    kept.append(position)
        return kept


def _apart(a: Position, b: Position) -> bool:
    if b.at_ms - a.at_ms >= THIN_S * 1000:
        return True
    east = (b.lon - a.lon) * cos(radians(a.lat)) * _DEGREE_M
    return hypot(east, (b.lat - a.lat) * _DEGREE_M) >= THIN_M


def from_rows(rows: Sequence[Sequence[Any]]) -> list[Position]:
    """Positions of a published message."""
    return [Position(*row) for row in rows]
