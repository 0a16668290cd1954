"""The streets between crossings as a graph in memory: the arcs of scipy's CSR, and searches over them.

Everything is searched *backwards* from where somebody is needed: one search answers for all who might come.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.roadlines import with_source
from geo.roadnet import Floats, Ints, Mask, Network, arcs
from geo.snapping import Snapped

#: Trees of recent targets kept in memory (0.4 MB each with 36,000 nodes).
REMEMBERED_TREES = 32
#: This near the end of a one-way piece a point is at the crossing itself.
AT_CROSSING_M = 1.0


class Tree:
    """Seconds and metres from every node to the target (inf past the limit), and the next node on the way.

    The target is the last node. `step` has the metres from each node to the next.
    """

    def __init__(self, seconds: Floats, following: Ints, step: Floats) -> None:
        self.seconds, self.following, self._step = seconds, following, step

    @cached_property
    def metres(self) -> Floats:
        """By doubling: after n rounds each node knows the way of its next 2^n steps."""
        last = len(self.following) - 1
        ahead = np.where(self.following < 0, last, self.following)
        metres = self._step.copy()
        while (ahead != last).any():
            metres, ahead = metres + metres[ahead], ahead[ahead]
        metres[~np.isfinite(self.seconds)] = np.inf
        return metres


class Streets:
    """Immutable, so any thread may search. `closed` pieces have no arcs: nobody drives through them, but who
    stands on one may leave it, and what lies on one is reached."""

    def __init__(self, net: Network, closed: Mask) -> None:
        self.net, self.closed = net, closed
        self._tail, self._head, seconds, self._piece = arcs(net, ~closed)
        self._first = np.searchsorted(self._head, np.arange(net.nodes + 1))
        self.reverse = csr_matrix((seconds, self._tail, self._first), shape=(net.nodes, net.nodes))
        self.tree = lru_cache(REMEMBERED_TREES)(self._grow)

    @cached_property
    def forward(self) -> csr_matrix:
        return self.reverse.T.tocsr()

    def piece_between(self, tail: int, head: int) -> int:
        """The fastest open piece from one node straight to the next."""
        row = slice(self._first[head], self._first[head + 1])
        return int(self._piece[row][self._tail[row] == tail][0])

    def _grow(self, piece: int, share: float, limit: float) -> Tree:
        """Dijkstra from a node of its own (the last) that stands for the target on its piece.

        Advice and the dispatch that follows it ask for the same one, hence `tree` remembers a few.
        """
        size = self.net.nodes
        exits = self._entries(piece, share)
        seconds, following = dijkstra(
            with_source(self.reverse, exits), indices=size, limit=limit, return_predecessors=True
        )
        step = np.zeros(size + 1)
        taken = following[self._tail] == self._head
        step[self._tail[taken]] = self.net.length_m[self._piece[taken]]
        pace = float(self.net.length_m[piece]) / float(self.net.seconds[piece])
        for node, cost in exits.items():
            if following[node] == size:
                step[node] = cost * pace
        return Tree(seconds, following, step)

    def _entries(self, piece: int, share: float) -> dict[int, float]:
        """Seconds to a target from the ends of its piece by which it may be reached."""
        start, end = (int(node) for node in self.net.ends[piece])
        whole = float(self.net.seconds[piece])
        found: dict[int, float] = {}
        if self.enters_forwards(piece, share):
            found[start] = share * whole
        if self.enters_backwards(piece, share):
            found[end] = min((1 - share) * whole, found.get(end, np.inf))
        return found

    def enters_forwards(self, piece: int, share: float) -> bool:
        """Whether a target there may be reached from the start of its piece: not through a closed one."""
        rest = (1 - share) * float(self.net.length_m[piece])
        return not self.closed[piece] or rest > AT_CROSSING_M

    def enters_backwards(self, piece: int, share: float) -> bool:
        """Whether a target there may be reached from the end of its piece."""
        length = float(self.net.length_m[piece])
        if self.closed[piece] and share * length <= AT_CROSSING_M < (1 - share) * length:
            return False
        return not self.net.oneway[piece] or (1 - share) * length <= AT_CROSSING_M

    def drive(self, own: Snapped, target: Snapped, tree: Tree) -> tuple[Floats, Floats]:
        """Seconds and metres from points on the roads to the tree's target, with the ways to the roads."""
        ahead, behind = self.exits(own, tree.seconds)
        along = self.along_one_piece(own, target)
        ends, length = self.net.ends[own.piece], self.net.length_m[own.piece]
        ways = np.stack((along, ahead, behind))
        metres = np.stack(
            (
                np.abs(target.share - own.share) * length,
                (1 - own.share) * length + tree.metres[ends[..., 1]],
                own.share * length + tree.metres[ends[..., 0]],
            )
        )
        best, beside = ways.argmin(axis=0)[None], own.off_m + target.off_m
        seconds: Floats = np.take_along_axis(ways, best, 0)[0] + beside / self.net.access_ms
        return seconds, np.take_along_axis(metres, best, 0)[0] + beside

    def exits(self, own: Snapped, seconds: Floats) -> tuple[Floats, Floats]:
        """Seconds when leaving the piece at its end, and at its start (inf on a one-way); `seconds` are those
        from each node on."""
        net, closed = self.net, self.closed[own.piece]
        whole, ends, length = net.seconds[own.piece], net.ends[own.piece], net.length_m[own.piece]
        ahead = (1 - own.share) * whole + seconds[ends[..., 1]]
        behind = own.share * whole + seconds[ends[..., 0]]
        at_start, at_end = own.share * length <= AT_CROSSING_M, (1 - own.share) * length <= AT_CROSSING_M
        no_way_back = (net.oneway[own.piece] & ~at_start) | (closed & at_end & ~at_start)
        return np.where(closed & at_start, np.inf, ahead), np.where(no_way_back, np.inf, behind)

    def along_one_piece(self, own: Snapped, target: Snapped) -> Floats:
        """Seconds without leaving the piece, where both lie on the same one and may drive so."""
        gap = target.share - own.share
        usable = (own.piece == target.piece) & ((gap >= 0) | ~self.net.oneway[own.piece])
        return np.where(usable, np.abs(gap) * self.net.seconds[own.piece], np.inf)

    def spread(self, start: Snapped, begun: Floats, limit_s: float) -> Floats:
        """Seconds to every node from the nearest in time of several points, each `begun` seconds late, by one
        Dijkstra from a node of its own before them all."""
        ends, size = self.net.ends[start.piece], self.net.nodes
        ahead, behind = self.exits(start, np.zeros(size))
        first = np.full(size, np.inf)
        np.minimum.at(first, ends[:, 1], begun + ahead)
        np.minimum.at(first, ends[:, 0], begun + behind)
        entered = np.flatnonzero(np.isfinite(first))
        exits = dict(zip(entered.tolist(), first[entered].tolist(), strict=True))
        cost: Floats = dijkstra(with_source(self.forward, exits), indices=size, limit=limit_s)
        return cost

    def arrivals(self, end: Snapped, seconds: Floats) -> Floats:
        """Seconds at points on their pieces, by whichever end they may be reached from."""
        net, closed = self.net, self.closed[end.piece]
        ends, whole, length = net.ends[end.piece], net.seconds[end.piece], net.length_m[end.piece]
        at_start, at_end = (share * length <= AT_CROSSING_M for share in (end.share, 1 - end.share))
        forwards = np.where(closed & at_end, np.inf, seconds[ends[:, 0]] + end.share * whole)
        barred = (net.oneway[end.piece] & ~at_end) | (closed & at_start & ~at_end)
        backwards = np.where(barred, np.inf, seconds[ends[:, 1]] + (1 - end.share) * whole)
        nearer: Floats = np.minimum(forwards, backwards)
        return nearer

    def neighbours(self, start: Snapped, begun: Floats, end: Snapped) -> Floats:
        """Seconds to points that lie on a piece together with a start; inf for all others."""
        best = np.full(len(end.piece), np.inf)
        order = np.argsort(start.piece, kind="stable")
        low, high = (np.searchsorted(start.piece[order], end.piece, side) for side in ("left", "right"))
        number = np.repeat(np.arange(len(best)), high - low)
        within = np.arange(len(number)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
        own = order[np.repeat(low, high - low) + within]
        np.minimum.at(best, number, begun[own] + self.along_one_piece(start[own], end[number]))
        return best
