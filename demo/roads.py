"""The road network: edges of the plan that carry traffic, bridges, names, one-ways.

Every road is a line between two junctions (or a junction and a dead end); roads that meet share the
exact end vertex; every junction reaches every other one in the allowed directions.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from demo.geometry import Floats, Ints, to_metres, vertex_keys
from demo.names import Names, road_name
from demo.planar import RIVER, SHORE_ROAD, Planar
from demo.streets import CLASSES
from demo.strokes import Net, chained, strokes
from demo.terrain import Terrain, in_any

SPEED_KMH = {
    "motorway": 100, "trunk": 70, "primary": 60, "secondary": 50,
    "tertiary": 40, "residential": 30, "lane": 20,
}  # fmt: skip
_SECONDARY = CLASSES.index("secondary")
_PRIMARY = CLASSES.index("primary")
_TERTIARY = CLASSES.index("tertiary")
_BRIDGES = 3
_ONEWAY_SHARE = 0.08
# Groups: streets that carry one name wherever they run. 0 = named street by street.
_GROUP_NAMES = ("", "滨河东路", "滨河西路", "滨海西路", "滨海东路", "环岛路", "云屿大桥", "望潮大桥")
_ISLAND_RING, _FIRST_SEA_BRIDGE = 5, 6


@dataclass(frozen=True)
class Road:
    """One road between two junctions; `geom` a LineString on the lattice, drawn the way a one-way runs."""

    name: str
    kind: str
    oneway: bool
    speed_kmh: int
    geom: Any


def make_roads(terrain: Terrain, planar: Planar, names: Names, rng: np.random.Generator) -> tuple[Road, ...]:
    """All roads of the city, connected."""
    net = _with_sea_bridges(terrain, _driveable(terrain, planar))
    net = _renumbered(net.keep(_in_largest_part(net)))
    net = _renumbered(chained(_without_stubs(net)))
    street = strokes(net)
    titles = _titles(net, street, names, rng)
    oneway = _oneways(net, street, rng)
    return tuple(
        Road(titles[s], CLASSES[k], one, SPEED_KMH[CLASSES[k]], line)
        for s, k, one, line in zip(*(v.tolist() for v in (street, net.rank, oneway, net.lines)), strict=True)
    )


def _driveable(terrain: Terrain, planar: Planar) -> Net:
    """Streets on dry ground, the waterside roads, and the bridges over the river."""
    net = _renumbered(Net(planar.edges, *_no_ends(planar), planar.kind, np.zeros_like(planar.kind)))
    x, y = _middles(net).T
    shore = planar.kind == SHORE_ROAD
    hilly = in_any(terrain.hills, x, y) & (planar.kind > _SECONDARY)
    dry = (planar.kind < SHORE_ROAD) & ~planar.over_water & ~hilly
    keep = dry | shore | _bridges(net, planar)
    net.group[shore] = _shore_groups(terrain, x[shore], y[shore])
    net.rank = np.where(shore, _SECONDARY, net.rank)
    return net.keep(keep)


def _no_ends(planar: Planar) -> tuple[Ints, Ints]:
    none = np.zeros(len(planar.edges), dtype=np.int64)
    return none, none


def _renumbered(net: Net) -> Net:
    """Node numbers from the exact end vertices of the lines."""
    ends = [vertex_keys(shapely.get_coordinates(shapely.get_point(net.lines, i))) for i in (0, -1)]
    number = np.unique(np.concatenate(ends), return_inverse=True)[1]
    a, b = np.split(number.astype(np.int64), 2)
    return Net(net.lines, a, b, net.rank, net.group)


def _middles(net: Net) -> Floats:
    ends = [shapely.get_coordinates(shapely.get_point(net.lines, i)) for i in (0, 1)]
    return to_metres((ends[0] + ends[1]) / 2)


def _shore_groups(terrain: Terrain, x: Floats, y: Floats) -> Ints:
    points = shapely.points(x, y)
    by_river = shapely.distance(terrain.river, points) < shapely.distance(terrain.sea, points)
    river_xy = shapely.get_coordinates(terrain.river_line)
    east = x > np.interp(y, river_xy[::-1, 1], river_xy[::-1, 0])
    group = np.where(by_river, np.where(east, 1, 2), np.where(east, 4, 3))
    group[shapely.contains_xy(terrain.island, x, y)] = _ISLAND_RING
    return group.astype(np.int64)


def _bridges(net: Net, planar: Planar) -> NDArray[np.bool_]:
    """Streets that go on over the river: the great ones, and lesser ones only where those are too few."""
    for least in range(_PRIMARY, len(CLASSES)):
        chosen = np.zeros(len(net.a), dtype=bool)
        spans = _spans(net, planar, np.flatnonzero(planar.over_water & (planar.kind <= least)))
        for span in spans:
            chosen[span] = True
        if len(spans) >= (_BRIDGES if least <= _TERTIARY else 1):
            break
    return chosen


def _spans(net: Net, planar: Planar, candidates: Ints) -> list[list[int]]:
    """Runs of edges from bank to bank over the river's middle, not much longer than the crow flies."""
    banks = set(net.a[planar.kind == SHORE_ROAD].tolist()) | set(net.b[planar.kind == SHORE_ROAD].tolist())
    middle = set(net.a[planar.kind == RIVER].tolist()) | set(net.b[planar.kind == RIVER].tolist())
    length = shapely.length(shapely.transform(net.lines[candidates], to_metres))
    size = dict(zip(candidates.tolist(), length.tolist(), strict=True))
    at: dict[int, list[int]] = defaultdict(list)
    for e in candidates.tolist():
        for node in (int(net.a[e]), int(net.b[e])):
            at[node].append(e)
    spans = []
    for node in sorted(middle & set(at)):
        span, feet = _spread(net, at, node, banks)
        if len(feet) == 2 and sum(size[e] for e in span) < 1.6 * _apart(net, feet, span):
            spans.append(sorted(span))
    return spans


def _spread(net: Net, at: dict[int, list[int]], node: int, banks: set[int]) -> tuple[set[int], set[int]]:
    """All candidate edges reached from a node without passing a bank, and the bank nodes they reach."""
    span: set[int] = set()
    feet: set[int] = set()
    front = [node]
    while front:
        here = front.pop()
        for e in at[here]:
            if e not in span:
                span.add(e)
                far = int(net.b[e]) if net.a[e] == here else int(net.a[e])
                if far in banks:
                    feet.add(far)
                else:
                    front.append(far)
    return span, feet


def _apart(net: Net, feet: set[int], span: set[int]) -> float:
    where = {}
    for e in span:
        xy = to_metres(shapely.get_coordinates(net.lines[e]))
        where[int(net.a[e])], where[int(net.b[e])] = xy[0], xy[-1]
    first, second = (where[f] for f in sorted(feet))
    return float(np.hypot(*(first - second)))


def _with_sea_bridges(terrain: Terrain, net: Net) -> Net:
    """Join the island to the mainland: the shortest crossing, and the shortest one well away from it."""
    nodes, xy = _node_places(net)
    part = _parts(net)[nodes]
    on_island = shapely.contains_xy(terrain.island, *xy.T)
    here = np.flatnonzero(on_island & (part == _commonest(part[on_island])))
    there = np.flatnonzero(~on_island & (part == _commonest(part[~on_island])))
    gap, nearest = cKDTree(xy[there]).query(xy[here])
    first = int(np.argmin(gap))
    away = np.hypot(*(xy[here] - xy[here[first]]).T) > 0.1 * terrain.side
    picks = [first] + ([int(np.argmin(np.where(away, gap, np.inf)))] if away.any() else [])
    ends = [(nodes[here[i]], nodes[there[nearest[i]]]) for i in picks]
    return _added(net, ends)


def _node_places(net: Net) -> tuple[Ints, Floats]:
    """Node numbers in use, and their local metres."""
    ends = [to_metres(shapely.get_coordinates(shapely.get_point(net.lines, i))) for i in (0, -1)]
    nodes, index = np.unique(np.concatenate([net.a, net.b]), return_index=True)
    return nodes, np.concatenate(ends)[index]


def _commonest(numbers: Ints) -> int:
    return int(np.bincount(numbers).argmax())


def _added(net: Net, ends: list[tuple[int, int]]) -> Net:
    count = len(ends)
    corner = {int(n): p for i, side in ((0, net.a), (-1, net.b)) for n, p in _corners(net, i, side)}
    lines = np.array([shapely.linestrings([corner[int(a)], corner[int(b)]]) for a, b in ends], dtype=object)
    a, b = np.array(ends, dtype=np.int64).T
    return Net(
        np.concatenate([net.lines, lines]),
        np.concatenate([net.a, a]),
        np.concatenate([net.b, b]),
        np.concatenate([net.rank, np.full(count, _PRIMARY)]),
        np.concatenate([net.group, _FIRST_SEA_BRIDGE + np.arange(count)]),
    )


def _corners(net: Net, end: int, side: Ints) -> Any:
    return zip(side.tolist(), shapely.get_coordinates(shapely.get_point(net.lines, end)), strict=True)


def _parts(net: Net, oneway: NDArray[np.bool_] | None = None) -> Ints:
    """Part of each node: connected anyhow, or strongly where one-ways are given."""
    if oneway is None:
        ones, rows, cols = np.ones(len(net.a)), net.a, net.b
    else:
        rows = np.concatenate([net.a, net.b[~oneway]])
        cols = np.concatenate([net.b, net.a[~oneway]])
        ones = np.ones(len(rows))
    graph = coo_matrix((ones, (rows, cols)), shape=(net.nodes, net.nodes))
    kind = "weak" if oneway is None else "strong"
    part: Ints = connected_components(graph, directed=True, connection=kind)[1].astype(np.int64)
    return part


def _in_largest_part(net: Net) -> NDArray[np.bool_]:
    part = _parts(net)[net.a]
    largest: NDArray[np.bool_] = part == _commonest(part)
    return largest


def _without_stubs(net: Net) -> Net:
    """Without dead ends shorter than 25 m (what a waterside road cuts off) and without loops."""
    length = shapely.length(shapely.transform(net.lines, to_metres))
    degree = net.degree()
    stub = (length < 25) & ((degree[net.a] == 1) | (degree[net.b] == 1))
    return net.keep(~stub & (net.a != net.b))


def _titles(net: Net, street: Ints, names: Names, rng: np.random.Generator) -> list[str]:
    count = int(street.max()) + 1
    pick = rng.integers(0, 2, count)
    rank, group = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    rank[street], group[street] = net.rank, net.group
    return [
        _GROUP_NAMES[g] if g else road_name(CLASSES[k], names.take(), p)
        for k, g, p in zip(rank.tolist(), group.tolist(), pick.tolist(), strict=True)
    ]


def _oneways(net: Net, street: Ints, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Some small streets one-way; those that would cut a junction off become two-way again."""
    wanted = (rng.random(int(street.max()) + 1) < _ONEWAY_SHARE)[street] & (net.rank >= _TERTIARY)
    oneway: NDArray[np.bool_] = wanted & (net.group == 0)
    while True:
        part = _parts(net, oneway)
        torn = oneway & (part[net.a] != part[net.b])
        if not torn.any():
            return oneway
        oneway &= ~torn
