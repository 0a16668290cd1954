"""到场时间: when a unit would be there, as a range instead of false precision.

Driving time comes from the roads at the speeds of its vehicle at this hour; before it comes the time until
the crew is on its way, and around it the spread that the city's table of turnouts tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, field

import numpy as np

from core.speeds import SpeedTable, Turnout
from geo.roadlines import Point
from geo.roadnet import Floats, Ints, Mask
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
        return self._driven(self.speeds.turnout(kind).vehicle)

    def _driven(self, vehicle: str) -> RoadGraph:
        return self.graph.paced(self.speeds.paces(vehicle, self.hour))

    def eta(self, kind: str, drive_s: float, *, at_home: bool) -> Eta:
        """Of so many seconds of driving."""
        figures = _ranged([self.speeds.turnout(kind)], _ONE, np.array([at_home]), np.array([drive_s]))
        return Eta(*(float(seconds) for seconds in figures[:, 0]))

    def etas(self, point: Point, spots: Floats, kinds: Sequence[str], at_home: Mask) -> Etas:
        """Of units at `spots` (rows of lon, lat), of these kinds, to `point` (lon, lat).

        Where no road joins the two, the straight line counts, and `by_road` says so.
        """
        if not self.graph.empty:
            self.graph.snap(spots)  # who has moved is looked up once for all vehicles
        drive, metres = np.zeros(len(spots)), np.zeros(len(spots))
        by_road = np.zeros(len(spots), dtype=bool)
        names, number = np.unique(np.asarray(kinds, dtype=str), return_inverse=True)
        turnouts = [self.speeds.turnout(str(name)) for name in names]
        vehicles = np.array([one.vehicle for one in turnouts], dtype=str)[number]
        for vehicle in np.unique(vehicles):
            own = np.flatnonzero(vehicles == vehicle)
            drives = self._driven(str(vehicle)).inbound(point, spots[own])
            drive[own], metres[own], by_road[own] = drives.seconds, drives.metres, drives.by_road
        low, seconds, high = _ranged(turnouts, number, at_home, drive)
        return Etas(low, seconds, high, drive, metres, by_road)


_ONE = np.zeros(1, dtype=np.int64)


def _ranged(turnouts: Sequence[Turnout], number: Ints, at_home: Mask, drive: Floats) -> Floats:
    """Rows of low, usual and high seconds; `number` tells which of the turnouts is whose."""
    start = np.array([(astuple(one.street), astuple(one.home)) for one in turnouts]).reshape(-1, 2, 3)
    share = np.array([(one.drive_low, 1.0, one.drive_high) for one in turnouts]).reshape(-1, 3)
    ranged: Floats = start[number, at_home.astype(np.int64)].T + share[number].T * drive
    return ranged
