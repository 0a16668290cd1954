"""到场时间: when a unit would be there, as a range instead of false precision.

Driving time comes from the roads at the speeds of its vehicle at this hour; before it comes the time until
the crew is on its way, and around it the spread that the city's table of turnouts tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from core.speeds import SpeedTable, Turnout
from geo.roadlines import Point
from geo.roadnet import Floats, Mask
from geo.roads import RoadGraph


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds from the order until there: one in ten is faster than `seconds_low`, nine in ten are than
    `seconds_high`."""

    seconds_low: float
    seconds: float
    seconds_high: float


@dataclass(frozen=True, slots=True)
class Etas:
    """Parallel arrays, one entry a unit. `drive` are the seconds on the road alone."""

    low: Floats
    seconds: Floats
    high: Floats
    drive: Floats
    metres: Floats
    by_road: Mask

    def __getitem__(self, index: int) -> Eta:
        return Eta(float(self.low[index]), float(self.seconds[index]), float(self.high[index]))


@dataclass(frozen=True, slots=True)
class Timing:
    """The roads of a realm as they are now, the city's speeds, and the hour (0 to 23) of its time."""

    graph: RoadGraph
    speeds: SpeedTable = field(default_factory=lambda: SpeedTable((), ()))
    hour: int = 12

    def roads(self, kind: str) -> RoadGraph:
        """At the speeds of what this kind of unit drives."""
        return self.graph.paced(self.speeds.paces(self.speeds.turnout(kind).vehicle, self.hour))

    def eta(self, kind: str, drive_s: float, *, at_home: bool) -> Eta:
        """Of so many seconds of driving."""
        one = self._ranged(np.array([drive_s]), self.speeds.turnout(kind), np.array([at_home]))
        return Eta(*(float(seconds[0]) for seconds in one))

    def etas(self, point: Point, spots: Floats, kinds: Sequence[str], at_home: Mask) -> Etas:
        """Of units at `spots` (rows of lon, lat), of these kinds, to `point` (lon, lat).

        Where no road joins the two, the straight line counts, and `by_road` says so.
        """
        size = len(spots)
        low, seconds, high, drive, metres = (np.zeros(size) for _ in range(5))
        by_road = np.zeros(size, dtype=bool)
        for kind, own in _by_kind(kinds).items():
            drives = self.roads(kind).inbound(point, spots[own])
            drive[own], metres[own], by_road[own] = drives.seconds, drives.metres, drives.by_road
            ranged = self._ranged(drives.seconds, self.speeds.turnout(kind), at_home[own])
            low[own], seconds[own], high[own] = ranged
        return Etas(low, seconds, high, drive, metres, by_road)

    @staticmethod
    def _ranged(drive: Floats, turnout: Turnout, at_home: Mask) -> tuple[Floats, Floats, Floats]:
        home, street = turnout.home, turnout.street
        return (
            np.where(at_home, home.low_s, street.low_s) + drive * turnout.drive_low,
            np.where(at_home, home.usual_s, street.usual_s) + drive,
            np.where(at_home, home.high_s, street.high_s) + drive * turnout.drive_high,
        )


def _by_kind(kinds: Sequence[str]) -> dict[str, np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Positions of each kind."""
    names, number = np.unique(np.asarray(kinds, dtype=str), return_inverse=True)
    return {str(name): np.flatnonzero(number == at) for at, name in enumerate(names)}
