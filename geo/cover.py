"""What stays covered: how soon the nearest of a fleet is at each place, and how soon when some of it is away.

One search from all units at once tells every crossing who is there first. When some are away, only the
crossings that were theirs change: those are searched anew, from their rim and from whoever else stands among
them. That gives what a search of the whole city without them would, at a fraction of its time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.roadlines import with_source
from geo.roadnet import Floats, Ints, Mask
from geo.roads import FAR_FROM_ROAD_M, RoadGraph
from geo.snapping import Snapped

NOBODY = -1


class Cover:
    """A fleet on the roads. Immutable, so any thread may ask it.

    `units` and `places` have rows of lon, lat; units are told by their row numbers. Times are seconds of
    driving, inf past `limit_s` and where no road is near.
    """

    def __init__(self, graph: RoadGraph, units: Floats, places: Floats, limit_s: float) -> None:
        self._limit = limit_s
        self._streets = None if graph.empty or not len(places) or not len(units) else graph.streets
        self._size = len(units)
        self._whole = np.full(len(places), np.inf)
        if self._streets is None:
            return
        net = self._streets.net
        own, self._end = graph.snap(units), graph.snap(places)
        self._beside = np.where(self._end.off_m <= FAR_FROM_ROAD_M, self._end.off_m / net.access_ms, np.inf)
        begun = np.where(own.off_m <= FAR_FROM_ROAD_M, own.off_m / net.access_ms, np.inf)
        self._node, self._late, self._who = self._entries(own, begun)
        self._place, self._direct, self._by = self._same_piece(own, begun)
        self._node_s, self._owner = self._spread()
        self._whole = self._arrived(self._node_s, np.arange(len(places)), np.ones(len(units), dtype=bool))

    def _entries(self, own: Snapped, begun: Floats) -> tuple[Ints, Floats, Ints]:
        """Each unit's ways onto the crossings: node, seconds until there, unit."""
        assert self._streets is not None  # noqa: S101
        ahead, behind = self._streets.exits(own, np.zeros(self._streets.net.nodes))
        ends = self._streets.net.ends[own.piece]
        node = np.concatenate((ends[:, 1], ends[:, 0]))
        late = np.concatenate((begun + ahead, begun + behind))
        who = np.tile(np.arange(len(begun)), 2)
        able = np.isfinite(late)
        return node[able], late[able], who[able]

    def _same_piece(self, own: Snapped, begun: Floats) -> tuple[Ints, Floats, Ints]:
        """Who stands on one piece of road with a place and may drive straight there: place, seconds, unit."""
        assert self._streets is not None  # noqa: S101
        order = np.argsort(own.piece, kind="stable")
        low, high = (np.searchsorted(own.piece[order], self._end.piece, side) for side in ("left", "right"))
        count = high - low
        place = np.repeat(np.arange(len(count)), count)
        within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        who = order[np.repeat(low, count) + within]
        direct = begun[who] + self._streets.along_one_piece(own[who], self._end[place])
        able = np.isfinite(direct)
        return place[able], direct[able], who[able]

    def _spread(self) -> tuple[Floats, Ints]:
        """Seconds to every crossing, and whose they are."""
        assert self._streets is not None  # noqa: S101
        size = self._streets.net.nodes
        first = _earliest(self._node, self._late)
        exits = dict(zip(self._node[first].tolist(), self._late[first].tolist(), strict=True))
        seconds, before = dijkstra(
            with_source(self._streets.forward, exits),
            indices=size,
            limit=self._limit,
            return_predecessors=True,
        )
        begins = np.full(size + 1, NOBODY)
        begins[self._node[first]] = self._who[first]
        return seconds[:size], _owners(before[:size], begins)

    def seconds(self, away: Sequence[int] = ()) -> Floats:
        """To each place from the nearest in time of those that are not away."""
        gone = np.zeros(self._size, dtype=bool)
        gone[list(away)] = True
        if self._streets is None or not gone.any():
            return self._whole
        lost = gone[self._owner] & (self._owner != NOBODY)
        ends = self._streets.net.ends[self._end.piece]
        other = lost[ends[:, 0]] | lost[ends[:, 1]]
        other[self._place[gone[self._by]]] = True
        if not other.any():
            return self._whole
        found = self._whole.copy()
        found[other] = self._arrived(self._without(lost, gone), np.flatnonzero(other), ~gone)
        return found

    def _arrived(self, node_s: Floats, places: Ints, stay: Mask) -> Floats:
        """To these places, from the crossings and from whoever stands beside them and stays."""
        assert self._streets is not None  # noqa: S101
        found = self._streets.arrivals(self._end[places], node_s)
        number = np.full(len(self._end.piece), NOBODY)
        number[places] = np.arange(len(places))
        near = stay[self._by] & (number[self._place] != NOBODY)
        np.minimum.at(found, number[self._place[near]], self._direct[near])
        total = found + self._beside[places]
        within: Floats = np.where(total <= self._limit, total, np.inf)
        return within

    def _without(self, lost: Mask, gone: Mask) -> Floats:
        """Seconds to every crossing when these are away, and those crossings were theirs."""
        theirs = np.flatnonzero(lost)
        found = self._node_s.copy()
        if len(theirs):
            found[theirs] = self._anew(theirs, lost, gone)
        return found

    def _anew(self, theirs: Ints, lost: Mask, gone: Mask) -> Floats:
        """Seconds to the crossings `theirs`, from their rim and from the units among them that stay."""
        assert self._streets is not None  # noqa: S101
        number = np.full(len(lost), NOBODY)
        number[theirs] = np.arange(len(theirs))
        first = np.full(len(theirs), np.inf)
        arc, head = _rows(self._streets.reverse, theirs)
        tail = self._streets.reverse.indices[arc]
        rim = ~lost[tail]
        late = self._node_s[tail[rim]] + self._streets.reverse.data[arc[rim]]
        np.minimum.at(first, head[rim], late)
        stay = lost[self._node] & ~gone[self._who]
        np.minimum.at(first, number[self._node[stay]], self._late[stay])
        entered = np.flatnonzero(first <= self._limit)
        if not len(entered):
            return first
        exits = dict(zip(entered.tolist(), first[entered].tolist(), strict=True))
        graph = with_source(self._among(theirs, number), exits)
        found: Floats = dijkstra(graph, indices=len(theirs), limit=self._limit)
        return found[: len(theirs)]

    def _among(self, nodes: Ints, number: Ints) -> csr_matrix:
        """The streets between these crossings, numbered anew."""
        assert self._streets is not None  # noqa: S101
        roads = self._streets.forward
        arc, tail = _rows(roads, nodes)
        head = number[roads.indices[arc]]
        inside = head != NOBODY
        first = np.searchsorted(tail[inside], np.arange(len(nodes) + 1))
        return csr_matrix((roads.data[arc[inside]], head[inside], first), shape=(len(nodes), len(nodes)))


def _rows(matrix: csr_matrix, rows: Ints) -> tuple[Ints, Ints]:
    """Where the entries of some rows stand, and in which of these rows each is."""
    first, count = matrix.indptr[rows], matrix.indptr[rows + 1] - matrix.indptr[rows]
    row = np.repeat(np.arange(len(rows)), count)
    return np.repeat(first - (np.cumsum(count) - count), count) + np.arange(len(row)), row


def _earliest(node: Ints, late: Floats) -> Ints:
    """Of each node the entry that is there first; of equals the first."""
    order = np.lexsort((np.arange(len(node)), late, node))
    once = np.ones(len(order), dtype=bool)
    once[1:] = np.diff(node[order]) != 0
    found: Ints = order[once]
    return found


def _owners(before: Ints, begins: Ints) -> Ints:
    """Whose each node is: by doubling, each looks 2^n steps back at the nth round. The last of `begins` is
    the node before them all, which is nobody's, as what is not reached."""
    last = len(begins) - 1
    back = np.where(before < 0, last, before)
    root = np.arange(last)
    at_root = back == last
    jump = np.append(np.where(at_root, root, back), last)
    while not np.array_equal(further := jump[jump], jump):
        jump = further
    owner: Ints = np.where(before < 0, NOBODY, begins[jump[:last]])
    return owner
