"""Who is there first: driving times on the city's roads, in memory.

Units are ranked by one search *backwards* from the incident, with a limit that grows until enough of them are
settled, so a busy city pays only for the streets nearby. The same roads are searched at the speeds of
different vehicles and hours, and without what is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.places import RoadRow
from core.speeds import Paces
from geo import roadways
from geo.roadlines import Point, distinct, straight_m
from geo.roadnet import Floats, Left, Mask, Network, build, paced
from geo.snapping import Snapped, Snapper
from geo.streets import Streets

Candidate = tuple[str, float, float]

#: Farther than this from any road, the roads say nothing about a point.
FAR_FROM_ROAD_M = 1000.0
FIRST_LIMIT_S = 120.0
LIMIT_GROWTH = 3.0
LAST_LIMIT_S = 4 * 3600.0
#: The same roads at other speeds that are kept (1.5 MB each with 36,000 arcs).
PACES_KEPT = 12


@dataclass(frozen=True, slots=True)
class Reach:
    """How fast a candidate is there. `by_road` False = straight line."""

    id: str
    eta_s: float
    distance_m: float
    by_road: bool = True


@dataclass(frozen=True, slots=True)
class Drives:
    """Parallel arrays, one entry a candidate; seconds of driving, metres of the way."""

    seconds: Floats
    metres: Floats
    by_road: Mask


@dataclass(frozen=True, slots=True)
class Route:
    """The way itself, (lon, lat) from origin to destination."""

    coords: tuple[Point, ...]
    eta_s: float
    distance_m: float
    by_road: bool = True


class RoadGraph:
    """Immutable once built, so any thread may ask it. An empty one answers by straight lines."""

    def __init__(self, rows: Sequence[RoadRow] = ()) -> None:
        net = build(rows)
        self._snapper = Snapper(net)
        self._use(net, np.zeros(len(net.ends), dtype=bool))

    def _use(self, net: Network, closed: Mask) -> None:
        self._net, self._closed = net, closed
        self._streets = Streets(net, closed)
        self.paced = lru_cache(PACES_KEPT)(self._paced)

    @property
    def empty(self) -> bool:
        return not len(self._net.ends)

    @property
    def left(self) -> Left:
        """Pieces outside the strongly connected parts that are kept."""
        return self._net.left

    @property
    def size(self) -> tuple[int, int]:
        """Nodes and directed arcs."""
        return self._net.nodes, int(self._streets.reverse.nnz)

    @property
    def streets(self) -> Streets:
        """The roads as arcs, for searches of other kinds."""
        return self._streets

    def snap(self, spots: Floats) -> Snapped:
        """Where on the roads points (rows of lon, lat) lie."""
        return self._snapper.snap(spots)

    def without(self, lines: Sequence[Sequence[Point]]) -> RoadGraph:
        """The same roads with those along these lines closed: nobody drives through them.

        Who stands on a closed road may leave it, and what lies on one is still reached: closures keep traffic
        out, not those who are called to what happened there.
        """
        closed = self._snapper.along(lines) if lines and not self.empty else ()
        if not len(closed):
            return self
        shut = self._closed.copy()
        shut[closed] = True
        return self._other(self._net, shut)

    def _paced(self, paces: Paces) -> RoadGraph:
        """The same roads at the speeds of a vehicle at an hour; asked through `paced`, which keeps some."""
        return self if paces == Paces() else self._other(paced(self._net, paces), self._closed)

    def _other(self, net: Network, closed: Mask) -> RoadGraph:
        """With the same lines, so that where a point lies on them is worked out once for all."""
        other = copy(self)
        other._use(net, closed)
        return other

    def nearest(self, point: Point, candidates: Sequence[Candidate], k: int = 10) -> list[Reach]:
        """The k candidates (id, lon, lat) that reach `point` (lon, lat) first, best first."""
        if not candidates:
            return []
        at = np.array([[lon, lat] for _, lon, lat in candidates], dtype=float)
        drives = self._drives(point, at, k)
        order = np.lexsort((np.arange(len(at)), drives.seconds))[:k]
        seconds, metres = drives.seconds.round(1), drives.metres.round(1)
        return [
            Reach(candidates[i][0], float(seconds[i]), float(metres[i]), bool(drives.by_road[i]))
            for i in order
        ]

    def inbound(self, point: Point, spots: Floats) -> Drives:
        """From every one of `spots` (rows of lon, lat) to `point`; by straight line what no road joins."""
        return self._drives(point, spots, len(spots))

    def _drives(self, point: Point, at: Floats, k: int) -> Drives:
        """Exact for the k fastest; the others are inf, or no faster than those."""
        straight = straight_m(at, np.array(point))
        by_air = Drives(straight / self._net.straight_ms, straight, np.zeros(len(at), dtype=bool))
        target = self._target(point)
        if target is None:
            return by_air
        own = self._snapper.snap(at)
        off_road, limit = own.off_m > FAR_FROM_ROAD_M, FIRST_LIMIT_S if k < len(at) else LAST_LIMIT_S
        while True:
            tree = self._streets.tree(int(target.piece), float(target.share), limit)
            seconds, metres = self._streets.drive(own, target, tree)
            eta = np.where(off_road, by_air.seconds, seconds)
            if limit >= LAST_LIMIT_S or (eta <= limit).sum() >= min(k, len(eta)):
                break
            limit *= LIMIT_GROWTH
        by_road = ~off_road & np.isfinite(seconds)
        if limit >= LAST_LIMIT_S:
            eta = np.where(by_road, eta, by_air.seconds)
        return Drives(eta, np.where(by_road, metres, straight), by_road)

    def _target(self, point: Point) -> Snapped | None:
        """Where on the roads a point lies; None without a road near."""
        if self.empty:
            return None
        found = self._snapper.snap(np.array([point], dtype=float))[0]
        return None if found.off_m > FAR_FROM_ROAD_M else found

    def route(self, origin: Point, destination: Point) -> Route:
        """The fastest way along the roads, with the exact points at both ends."""
        at = np.array([origin], dtype=float)
        drives, target = self._drives(destination, at, 1), self._target(destination)
        seconds, metres = round(float(drives.seconds[0]), 1), round(float(drives.metres[0]), 1)
        if target is None or not drives.by_road[0]:
            return Route((origin, destination), seconds, metres, by_road=False)
        tree = self._streets.tree(int(target.piece), float(target.share), LAST_LIMIT_S)  # has just been grown
        found = roadways.legs(self._streets, self._snapper.snap(at)[0], target, tree)
        parts = [roadways.line(self._streets, self._snapper, leg) for leg in found]
        return Route(distinct(np.vstack([at, *parts, np.array([destination])])), seconds, metres)

    def outward(self, sources: Floats, targets: Floats, limit_s: float) -> Floats:
        """Seconds from the nearest in time of `sources` to each of `targets`; inf past the limit, or where no
        road is near. Both have rows of lon, lat; driven from the source, so one-ways count that way.
        """
        if self.empty or not len(sources) or not len(targets):
            return np.full(len(targets), np.inf)
        start, end = self._snapper.snap(sources), self._snapper.snap(targets)
        start = start[start.off_m <= FAR_FROM_ROAD_M]
        begun = start.off_m / self._net.access_ms
        seconds = self._streets.spread(start, begun, limit_s)
        arrived = np.minimum(
            self._streets.arrivals(end, seconds), self._streets.neighbours(start, begun, end)
        )
        total = arrived + end.off_m / self._net.access_ms
        within: Floats = np.where((end.off_m <= FAR_FROM_ROAD_M) & (total <= limit_s), total, np.inf)
        return within


def load_rows(rows: Sequence[RoadRow]) -> RoadGraph:
    """A graph of the stored roads (db.places.read_roads)."""
    return RoadGraph(rows)
