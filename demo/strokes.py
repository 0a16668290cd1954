"""Streets as people name them: edges chained between junctions, and followed straight across them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.geometry import Floats, Ints, to_metres

_STRAIGHT_DEG = 38.0


@dataclass
class Net:
    """Edges as a graph: `a`, `b` are node numbers, `rank` the class; a street is of one `group`.

    Lines are on the lattice and run from a to b.
    """

    lines: NDArray[Any]
    a: Ints
    b: Ints
    rank: Ints
    group: Ints

    def keep(self, which: NDArray[Any]) -> Net:
        """The chosen edges; nodes keep their numbers."""
        return Net(self.lines[which], self.a[which], self.b[which], self.rank[which], self.group[which])

    @property
    def nodes(self) -> int:
        """One more than the highest node number."""
        return int(max(self.a.max(initial=-1), self.b.max(initial=-1))) + 1

    def degree(self) -> Ints:
        """Edges at each node; a loop counts twice."""
        return np.bincount(np.concatenate([self.a, self.b]), minlength=self.nodes).astype(np.int64)


def chained(net: Net) -> Net:
    """Edges that meet where nothing else does, and are of one kind, made one."""
    at = _ends(net)
    used = np.zeros(len(net.a), dtype=bool)
    through = _through(net, at)
    out: list[tuple[Any, int, int, int]] = []
    starts = [e for e in range(len(net.a)) if not (through[net.a[e]] and through[net.b[e]])]
    for e in [*starts, *range(len(net.a))]:
        if not used[e]:
            out.append(_walk(net, at, through, used, e))
    first = np.array([edge for *_, edge in out])
    ends = np.array([(a, b) for _, a, b, _ in out], dtype=np.int64)
    lines = np.array([line for line, *_ in out], dtype=object)
    return Net(lines, ends[:, 0], ends[:, 1], net.rank[first], net.group[first])


def _ends(net: Net) -> dict[int, list[int]]:
    at: dict[int, list[int]] = defaultdict(list)
    for e, (a, b) in enumerate(zip(net.a.tolist(), net.b.tolist(), strict=True)):
        at[a].append(e)
        at[b].append(e)
    return at


def _through(net: Net, at: dict[int, list[int]]) -> NDArray[np.bool_]:
    """Nodes where a road merely goes on."""
    passing = np.zeros(net.nodes, dtype=bool)
    for node, edges in at.items():
        if len(edges) == 2 and edges[0] != edges[1]:
            e, f = edges
            passing[node] = net.rank[e] == net.rank[f] and net.group[e] == net.group[f]
    return passing


def _walk(
    net: Net, at: dict[int, list[int]], through: NDArray[np.bool_], used: NDArray[np.bool_], first: int
) -> tuple[Any, int, int, int]:
    """From a chain's end edge to its other end."""
    begin = int(net.a[first]) if not through[net.a[first]] else int(net.b[first])
    node, edge = begin, first
    points: list[Floats] = []
    while True:
        used[edge] = True
        forward = net.a[edge] == node
        coords = shapely.get_coordinates(net.lines[edge])
        points.append(coords if forward else coords[::-1])
        node = int(net.b[edge]) if forward else int(net.a[edge])
        onward = [e for e in at[node] if not used[e]] if through[node] else []
        if not onward:
            break
        edge = onward[0]
    joined = np.concatenate([points[0], *(p[1:] for p in points[1:])])
    return shapely.linestrings(joined), begin, node, first


def strokes(net: Net) -> Ints:
    """Street number of each edge: at each junction the straightest pair of one class and group goes on."""
    parent = list(range(len(net.a)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for e, f in _straight_pairs(net):
        parent[max(root(e), root(f))] = min(root(e), root(f))
    roots = [root(i) for i in range(len(parent))]
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def _straight_pairs(net: Net) -> list[tuple[int, int]]:
    heading = _headings(net)
    at: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for e, (a, b) in enumerate(zip(net.a.tolist(), net.b.tolist(), strict=True)):
        at[a].append((e, heading[e][0]))
        at[b].append((e, heading[e][1]))
    pairs: list[tuple[int, int]] = []
    for ends in at.values():
        pairs.extend(_pairs_at(net, ends))
    return pairs


def _pairs_at(net: Net, ends: list[tuple[int, float]]) -> list[tuple[int, int]]:
    bends = sorted(
        (abs((g - h) % 360 - 180), e, f)
        for i, (e, g) in enumerate(ends)
        for f, h in ends[i + 1 :]
        if e != f and net.rank[e] == net.rank[f] and net.group[e] == net.group[f]
    )
    taken: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for bend, e, f in bends:
        if bend <= _STRAIGHT_DEG and not {e, f} & taken:
            taken |= {e, f}
            pairs.append((e, f))
    return pairs


def _headings(net: Net) -> list[tuple[float, float]]:
    """Degrees in which each edge leaves its node a, and its node b."""
    xy, owner = shapely.get_coordinates(net.lines, return_index=True)
    ground = to_metres(xy)
    first = np.searchsorted(owner, np.arange(len(net.a)))
    last = np.append(first[1:], len(owner)) - 1
    out_a, out_b = ground[first + 1] - ground[first], ground[last - 1] - ground[last]
    angle = [np.degrees(np.arctan2(v[:, 1], v[:, 0])) for v in (out_a, out_b)]
    return list(zip(angle[0].tolist(), angle[1].tolist(), strict=True))
