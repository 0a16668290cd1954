"""Who is there first: driving times on the city's roads, in memory.

The graph is a scipy CSR. Units are ranked by one Dijkstra run *backwards* from the incident, with a
limit that grows until enough of them are settled, so a busy city pays only for the streets nearby. A closed
road is an arc of infinite length.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from core.places import RoadRow
from geo.roadlines import Point, distinct, straight_m, substring, with_source
from geo.roadnet import Floats, Ints, Left, Network, arcs, build
from geo.snapping import Snapped, Snapper

Candidate = tuple[str, float, float]

#: Over yards and paths between a point and its road, as the crow flies.
ACCESS_KMH = 10.0
#: Where no road is known: driving as the crow flies.
STRAIGHT_KMH = 25.0
#: Farther than this from any road, the roads say nothing about a point.
FAR_FROM_ROAD_M = 1000.0
FIRST_LIMIT_S = 120.0
LIMIT_GROWTH = 3.0
LAST_LIMIT_S = 4 * 3600.0
#: Trees of recent targets kept in memory (0.4 MB each with 36,000 nodes).
REMEMBERED_TREES = 32
#: This near the end of a one-way piece a point is at the crossing itself.
AT_CROSSING_M = 1.0


@dataclass(frozen=True, slots=True)
class Reach:
    """How fast a candidate is there. `by_road` False = straight line at STRAIGHT_KMH."""

    id: str
    eta_s: float
    distance_m: float
    by_road: bool = True


@dataclass(frozen=True, slots=True)
class Route:
    """The way itself, (lon, lat) from origin to destination."""

    coords: tuple[Point, ...]
    eta_s: float
    distance_m: float
    by_road: bool = True


@dataclass(frozen=True, slots=True)
class _Tree:
    """Seconds from every node to the target (inf past the limit) and the next node on the way."""

    seconds: Floats
    following: Ints


class RoadGraph:
    """Immutable once built, so any thread may ask it. An empty one answers by straight lines."""

    def __init__(self, rows: Sequence[RoadRow] = ()) -> None:
        self._net: Network = build(rows)
        self._snapper = Snapper(self._net)
        tail, head, seconds, piece = arcs(self._net)
        size = self._net.nodes
        pieces = zip(tail.tolist(), head.tolist(), piece.tolist(), strict=True)
        self._arc_piece = ChainMap({(a, b): p for a, b, p in pieces})
        self._reverse = csr_matrix((seconds, (head, tail)), shape=(size, size))
        self._closed = np.zeros(len(self._net.ends), dtype=bool)
        self._search = lru_cache(REMEMBERED_TREES)(self._grow_tree)

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
        return self._net.nodes, int(self._reverse.nnz)

    def without(self, lines: Sequence[Sequence[Point]]) -> RoadGraph:
        """The same roads with those along these lines closed: nobody drives through them.

        Who stands on a closed road may leave it, and what lies on one is still reached: closures keep traffic
        out, not those who are called to what happened there.
        """
        closed = self._snapper.along(lines) if lines and not self.empty else ()
        if not len(closed):
            return self
        other = copy(self)
        other._shut({int(piece) for piece in closed})
        return other

    def _shut(self, closed: set[int]) -> None:
        """On a fresh copy: arcs of these pieces become inf, or the next fastest piece between their ends."""
        self._reverse, self._closed = self._reverse.copy(), self._closed.copy()
        self._closed[list(closed)] = True
        changed: dict[tuple[int, int], int] = {}
        for piece in closed:
            a, b = (int(node) for node in self._net.ends[piece])
            for tail, head in ((a, b), (b, a)):
                others = [other for other in self._between(tail, head) if other not in closed]
                best = min(others, key=lambda other: float(self._net.seconds[other]), default=piece)
                changed[tail, head] = best
                self._set_arc(tail, head, np.inf if best == piece else float(self._net.seconds[best]))
        self._arc_piece = ChainMap(changed, *self._arc_piece.maps)
        self._search = lru_cache(REMEMBERED_TREES)(self._grow_tree)

    def _between(self, tail: int, head: int) -> Ints:
        """Pieces that may be driven from one node straight to the other."""
        ends = self._net.ends
        along = (ends[:, 0] == tail) & (ends[:, 1] == head)
        against = (ends[:, 0] == head) & (ends[:, 1] == tail) & ~self._net.oneway
        return np.flatnonzero(along | against)

    def _set_arc(self, tail: int, head: int, seconds: float) -> None:
        first, last = self._reverse.indptr[head], self._reverse.indptr[head + 1]
        self._reverse.data[first:last][self._reverse.indices[first:last] == tail] = seconds

    def nearest(self, point: Point, candidates: Sequence[Candidate], k: int = 10) -> list[Reach]:
        """The k candidates (id, lon, lat) that reach `point` (lon, lat) first, best first."""
        if not candidates:
            return []
        at = np.array([[lon, lat] for _, lon, lat in candidates], dtype=float)
        straight = straight_m(at, np.array(point))
        eta, tree, snapped, target = self._times(point, at, straight, k)
        order = np.lexsort((np.arange(len(eta)), eta))[:k]
        return [
            Reach(candidates[i][0], *self._figures(i, eta, straight, tree, snapped, target)) for i in order
        ]

    def route(self, origin: Point, destination: Point) -> Route:
        """The fastest way along the roads, with the exact points at both ends."""
        at = np.array([origin], dtype=float)
        straight = straight_m(at, np.array(destination))
        eta, tree, snapped, target = self._times(destination, at, straight, 1)
        figures = self._figures(0, eta, straight, tree, snapped, target)
        if tree is None or snapped is None or target is None or not figures[2]:
            return Route((origin, destination), *figures)
        parts = [self._line(*leg) for leg in self._legs(snapped[0], target, tree)]
        coords = np.vstack([np.array([origin]), *parts, np.array([destination])])
        return Route(distinct(coords), *figures)

    def outward(self, sources: Floats, targets: Floats, limit_s: float) -> Floats:
        """Seconds from the nearest in time of `sources` to each of `targets`; inf past the limit, or where no
        road is near. Both have rows of lon, lat; driven from the source, so one-ways count that way.
        """
        if self.empty or not len(sources) or not len(targets):
            return np.full(len(targets), np.inf)
        start, end = self._snapper.snap(sources), self._snapper.snap(targets)
        start = start[start.off_m <= FAR_FROM_ROAD_M]
        begun = start.off_m / (ACCESS_KMH / 3.6)
        seconds = self._spread(start, begun, limit_s)
        arrived = np.minimum(self._arrivals(end, seconds), self._same_piece(start, begun, end))
        total = arrived + end.off_m / (ACCESS_KMH / 3.6)
        within: Floats = np.where((end.off_m <= FAR_FROM_ROAD_M) & (total <= limit_s), total, np.inf)
        return within

    def _spread(self, start: Snapped, begun: Floats, limit_s: float) -> Floats:
        """Seconds to every node, by one Dijkstra from a node of its own before all sources."""
        ends = self._net.ends[start.piece]
        idle = _Tree(np.zeros(self._net.nodes), np.zeros(0, dtype=np.int64))
        ahead, behind = self._exits(start, idle)
        first = np.full(self._net.nodes, np.inf)
        np.minimum.at(first, ends[:, 1], begun + ahead)
        np.minimum.at(first, ends[:, 0], begun + behind)
        entered = np.flatnonzero(np.isfinite(first))
        exits = dict(zip(entered.tolist(), first[entered].tolist(), strict=True))
        graph = with_source(self._reverse.T.tocsr(), exits)
        cost: Floats = dijkstra(graph, indices=self._net.nodes, limit=limit_s, directed=True)
        return cost

    def _arrivals(self, end: Snapped, seconds: Floats) -> Floats:
        """Seconds at points on their pieces, by whichever end they may be reached from."""
        ends, whole = self._net.ends[end.piece], self._net.seconds[end.piece]
        length, closed = self._net.length_m[end.piece], self._closed[end.piece]
        at_start, at_end = (share * length <= AT_CROSSING_M for share in (end.share, 1 - end.share))
        forwards = np.where(closed & at_end, np.inf, seconds[ends[:, 0]] + end.share * whole)
        barred = (self._net.oneway[end.piece] & ~at_end) | (closed & at_start & ~at_end)
        backwards = np.where(barred, np.inf, seconds[ends[:, 1]] + (1 - end.share) * whole)
        nearer: Floats = np.minimum(forwards, backwards)
        return nearer

    def _same_piece(self, start: Snapped, begun: Floats, end: Snapped) -> Floats:
        """Seconds to points that lie on a piece together with a source."""
        best = np.full(len(end.piece), np.inf)
        order = np.argsort(start.piece, kind="stable")
        low, high = (np.searchsorted(start.piece[order], end.piece, side) for side in ("left", "right"))
        for target in np.flatnonzero(high > low):
            own = order[low[target] : high[target]]
            best[target] = (begun[own] + self._along_one_piece(start[own], end[target])).min()
        return best

    def _times(
        self, point: Point, at: Floats, straight: Floats, k: int
    ) -> tuple[Floats, _Tree | None, Snapped | None, Snapped | None]:
        """Seconds of every candidate: exact for the k fastest, at least as good for nobody else."""
        by_air = straight / (STRAIGHT_KMH / 3.6)
        if self.empty:
            return by_air, None, None, None
        snapped, target = self._snapper.snap(at), self._snapper.snap(np.array([point], dtype=float))[0]
        if target.off_m > FAR_FROM_ROAD_M:
            return by_air, None, None, None
        off_road = snapped.off_m > FAR_FROM_ROAD_M
        limit = FIRST_LIMIT_S
        while True:
            tree = self._search(int(target.piece), float(target.share), limit)
            eta = np.where(off_road, by_air, self._by_road(snapped, target, tree))
            if limit > LAST_LIMIT_S:
                return np.where(np.isinf(eta), by_air, eta), tree, snapped, target
            if (eta <= limit).sum() >= min(k, len(eta)):
                return eta, tree, snapped, target
            limit *= LIMIT_GROWTH

    def _grow_tree(self, piece: int, share: float, limit: float) -> _Tree:
        """Dijkstra from a node of its own (the last) that stands for the target on its piece.

        Advice and the dispatch that follows it ask for the same one, hence `_search` remembers a few.
        """
        start, end = (int(node) for node in self._net.ends[piece])
        exits: dict[int, float] = {}
        if self._enters_forwards(piece, share):
            exits[start] = share * float(self._net.seconds[piece])
        if self._enters_backwards(piece, share):
            other = (1 - share) * float(self._net.seconds[piece])
            exits[end] = min(other, exits.get(end, np.inf))
        graph = with_source(self._reverse, exits)
        cost, before = dijkstra(
            graph, indices=self._net.nodes, limit=limit, return_predecessors=True, directed=True
        )
        return _Tree(cost, before)

    def _by_road(self, snapped: Snapped, target: Snapped, tree: _Tree) -> Floats:
        ahead, behind = self._exits(snapped, tree)
        drive = np.minimum(np.minimum(ahead, behind), self._along_one_piece(snapped, target))
        access = (snapped.off_m + target.off_m) / (ACCESS_KMH / 3.6)
        total: Floats = drive + access
        return total

    def _exits(self, snapped: Snapped, tree: _Tree) -> tuple[Floats, Floats]:
        """Seconds when leaving the piece at its end, and at its start (inf on a one-way)."""
        whole = self._net.seconds[snapped.piece]
        ends = self._net.ends[snapped.piece]
        ahead = (1 - snapped.share) * whole + tree.seconds[ends[..., 1]]
        behind = snapped.share * whole + tree.seconds[ends[..., 0]]
        length, closed = self._net.length_m[snapped.piece], self._closed[snapped.piece]
        at_start = snapped.share * length <= AT_CROSSING_M
        at_end = (1 - snapped.share) * length <= AT_CROSSING_M
        no_way_back = (self._net.oneway[snapped.piece] & ~at_start) | (closed & at_end & ~at_start)
        return np.where(closed & at_start, np.inf, ahead), np.where(no_way_back, np.inf, behind)

    def _enters_forwards(self, piece: int, share: float) -> bool:
        """Whether a target there may be reached from the start of its piece: not through a closed one."""
        rest = (1 - share) * float(self._net.length_m[piece])
        return not self._closed[piece] or rest > AT_CROSSING_M

    def _enters_backwards(self, piece: int, share: float) -> bool:
        """Whether a target there may be reached from the end of its piece."""
        length = float(self._net.length_m[piece])
        if self._closed[piece] and share * length <= AT_CROSSING_M < (1 - share) * length:
            return False
        return not self._net.oneway[piece] or (1 - share) * length <= AT_CROSSING_M

    def _along_one_piece(self, snapped: Snapped, target: Snapped) -> Floats:
        """Seconds without leaving the piece, where both lie on the same one and may drive so."""
        gap = target.share - snapped.share
        usable = (snapped.piece == target.piece) & ((gap >= 0) | ~self._net.oneway[snapped.piece])
        return np.where(usable, np.abs(gap) * self._net.seconds[snapped.piece], np.inf)

    def _figures(
        self, index: int, eta: Floats, straight: Floats,
        tree: _Tree | None, snapped: Snapped | None, target: Snapped | None,
    ) -> tuple[float, float, bool]:  # fmt: skip
        """eta_s, distance_m, by_road of one candidate."""
        by_air = (round(float(eta[index]), 1), round(float(straight[index]), 1), False)
        if tree is None or snapped is None or target is None:
            return by_air
        own = snapped[index]
        if own.off_m > FAR_FROM_ROAD_M or not np.isfinite(self._by_road(own, target, tree)):
            return by_air
        legs = self._legs(own, target, tree)
        road = sum(abs(stop - start) * float(self._net.length_m[piece]) for piece, start, stop in legs)
        return by_air[0], round(road + float(own.off_m + target.off_m), 1), True

    def _legs(self, own: Snapped, target: Snapped, tree: _Tree) -> list[tuple[int, float, float]]:
        """(piece, share at start, share at stop) one after the other; stop < start drives backwards."""
        ahead, behind = self._exits(own, tree)
        piece = int(own.piece)
        if self._along_one_piece(own, target) <= min(ahead, behind):
            return [(piece, float(own.share), float(target.share))]
        forward = bool(ahead <= behind)
        legs = [(piece, float(own.share), 1.0 if forward else 0.0)]
        node = int(self._net.ends[piece, 1 if forward else 0])
        while (following := int(tree.following[node])) != self._net.nodes:
            legs.append(self._leg(node, following))
            node = following
        return [*legs, self._last_leg(node, target)]

    def _leg(self, node: int, following: int) -> tuple[int, float, float]:
        piece = self._arc_piece[node, following]
        return (piece, 0.0, 1.0) if self._net.ends[piece, 0] == node else (piece, 1.0, 0.0)

    def _last_leg(self, node: int, target: Snapped) -> tuple[int, float, float]:
        """From a node at one end of the target's piece to the target; the cheaper end of a loop."""
        piece, share = int(target.piece), float(target.share)
        start, end = (int(number) for number in self._net.ends[piece])
        if start != end and not self._enters_forwards(piece, share):
            return (piece, 1.0, share)
        backwards = node == end and self._enters_backwards(piece, share) and (start != end or share > 0.5)
        return (piece, 1.0, share) if backwards else (piece, 0.0, share)

    def _line(self, piece: int, start: float, stop: float) -> Floats:
        """lon, lat of a part of a piece in driving order."""
        lonlat = self._net.lonlat[self._net.starts[piece] : self._net.stops[piece]]
        low, high = min(start, stop), max(start, stop)
        whole = (low, high) == (0.0, 1.0)  # all but the first and the last of a route
        part = lonlat if whole else substring(lonlat, self._snapper.plane(lonlat), low, high)
        return part if stop >= start else part[::-1]


def load_rows(rows: Sequence[RoadRow]) -> RoadGraph:
    """A graph of the stored roads (db.places.read_roads)."""
    return RoadGraph(rows)
