"""Where units are now. Positions are not facts: the latest is kept in memory, a thinned trace in `track`.

Every web process holds the latest position of each unit, from Redis, or from `track` while Redis is gone and
when it starts.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from core.fixes import Doubt, Position, Sieve, Sifted, metres, sift

__all__ = ["Position", "Positions", "from_rows"]

UNITS_MOST = 50_000
"""A realm's units with a position: ten times the largest city's."""
THIN_S = 10.0
THIN_M = 10.0


class Positions:
    """The latest position of each unit, by realm; and which of them belong into the trace."""

    def __init__(self) -> None:
        self._latest: dict[str, dict[str, Position]] = defaultdict(dict)
        self._doubts: dict[str, dict[str, Doubt]] = defaultdict(dict)
        self._traced: dict[tuple[str, str], Position] = {}
        self._lock = threading.Lock()

    def latest(self, realm: str) -> dict[str, Position]:
        """By unit; do not change it."""
        return self._latest[realm]

    def sift(self, realm: str, fixes: Iterable[Position], sieve: Sieve) -> Sifted:
        """Keep what holds against the sieve (core.fixes)."""
        with self._lock:
            return sift(fixes, self._latest[realm], self._doubts[realm], sieve)

    def take(self, realm: str, fresh: Iterable[Position]) -> list[Position]:
        """Keep what is newer than the held, of what another process or the trace has already sifted."""
        held = self._latest[realm]
        newer = []
        with self._lock:
            for position in fresh:
                known = held.get(position.unit)
                if known is None and len(held) >= UNITS_MOST:
                    continue
                if known is None or position.at_ms > known.at_ms:
                    held[position.unit] = position
                    self._doubts[realm].pop(position.unit, None)
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
    return b.at_ms - a.at_ms >= THIN_S * 1000 or metres(a, b) >= THIN_M


def from_rows(rows: Sequence[Sequence[Any]]) -> list[Position]:
    """Positions of a published message."""
    return [Position(*row) for row in rows]
