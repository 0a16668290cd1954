"""The road network: edges of the plan that carry traffic, bridges, names, one-ways.

Every road is a line between two junctions (or a junction and a dead end); roads that meet share the
exact end vertex; every junction reaches every other one in the allowed directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from demo.geometry import Floats, Ints, lattice, to_metres, vertex_keys
from demo.names import Names
from demo.planar import Planar
from demo.skeleton import Skeleton
from demo.streets import CLASSES, SHORE_ROAD
from demo.strokes import Net, chained, strokes
from demo.terrain import Terrain
from demo.titles import titles

SPEED_KMH = {
    "motorway": 100, "trunk": 70, "primary": 60, "secondary": 50,
    "tertiary": 40, "residential": 30, "lane": 20,
}  # fmt: skip
_MOTORWAY, _TRUNK, _SECONDARY, _TERTIARY, _LANE = (
    CLASSES.index(c) for c in ("motorway", "trunk", "secondary", "tertiary", "lane")
)
_ONEWAY_SHARE = 0.08
_SHORE_NAMES = ("滨河东路", "滨河西路", "滨海西路", "滨海东路", "环岛路", "环湖路", "湖滨路")
_EAST_BANK, _WEST_BANK, _WEST_COAST, _EAST_COAST, _ISLAND_RING, _LAKE = range(6)
_BRIDGE_STEPS = 1_000
"""Lattice steps (10 m) of water from which a stretch is a bridge."""
_SEA_BRIDGES = ("云屿大桥", "望潮大桥")


@dataclass(frozen=True)
class Road:
    """One road between two junctions; `geom` a LineString on the lattice, drawn the way a one-way runs."""

    name: str
    kind: str
    oneway: bool
    speed_kmh: int
    geom: Any


def make_roads(
    terrain: Terrain, skeleton: Skeleton, planar: Planar, names: Names, rng: np.random.Generator
) -> tuple[Road, ...]:
    """All roads of the city, connected."""
    group_names = ["", *skeleton.names, *_SHORE_NAMES]
    net = _driveable(terrain, planar, len(skeleton.names), group_names, names)
    net = _renumbered(net.keep(_in_largest_part(net)))
    net = _renumbered(chained(_without_stubs(net)))
    street = strokes(net)
    name = titles(net, street, group_names, names)
    oneway = _oneways(net, street, rng)
    return tuple(
        Road(name[s], CLASSES[k], one, SPEED_KMH[CLASSES[k]], line)
        for s, k, one, line in zip(*(v.tolist() for v in (street, net.rank, oneway, net.lines)), strict=True)
    )


def _driveable(terrain: Terrain, planar: Planar, avenues: int, group_names: list[str], names: Names) -> Net:
    """Streets, waterside roads, bridges; groups are the avenues, the kinds of shore, each bridge."""
    shore = planar.kind == SHORE_ROAD
    keep = planar.kind <= SHORE_ROAD
    none = np.zeros(len(planar.edges), dtype=np.int64)
    net = _renumbered(Net(planar.edges, none, none, planar.kind, planar.avenue.copy()))
    net.group[shore] = avenues + 1 + _shore_groups(terrain, *_middles(net.lines[shore]).T)
    _name_bridges(terrain, planar, net, avenues, group_names, names)
    net.rank = np.where(shore, _SECONDARY, net.rank)
    keep &= ~_cut_off_by(net, _MOTORWAY, _TERTIARY) & ~_cut_off_by(net, _TRUNK, _LANE)
    return _renumbered(net.keep(keep))


def _renumbered(net: Net) -> Net:
    """Node numbers from the exact end vertices of the lines."""
    ends = [vertex_keys(shapely.get_coordinates(shapely.get_point(net.lines, i))) for i in (0, -1)]
    number = np.unique(np.concatenate(ends), return_inverse=True)[1]
    a, b = np.split(number.astype(np.int64), 2)
    return Net(net.lines, a, b, net.rank, net.group)


def _middles(lines: NDArray[Any]) -> Floats:
    return to_metres(shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True)))


def _shore_groups(terrain: Terrain, x: Floats, y: Floats) -> Ints:
    """Index into _SHORE_NAMES of a road along the water."""
    points = shapely.points(x, y)
    to_sea, to_river = shapely.distance(terrain.sea, points), shapely.distance(terrain.river, points)
    to_lake = shapely.distance(shapely.union_all(terrain.lakes), points)
    river_xy = shapely.get_coordinates(terrain.river_line)[::-1]
    east = x > np.interp(y, river_xy[:, 1], river_xy[:, 0])
    group = np.where(east, _EAST_COAST, _WEST_COAST)
    group = np.where(to_river < to_sea, np.where(east, _EAST_BANK, _WEST_BANK), group)
    group[shapely.contains_xy(terrain.island, x, y)] = _ISLAND_RING
    return np.where(to_lake < np.minimum(to_sea, to_river), _LAKE, group).astype(np.int64)


def _name_bridges(
    terrain: Terrain, planar: Planar, net: Net, crossing: int, group_names: list[str], names: Names
) -> None:
    """Each run of a great road over water is a bridge with a name; the sea crossing's are known ones."""
    spans = np.flatnonzero(planar.over_water & (planar.avenue > 0))
    part = _parts(net.keep(spans))[net.a[spans]]
    water = lattice(terrain.water)
    wet = shapely.length(shapely.intersection(net.lines[spans], water)) > _BRIDGE_STEPS
    known = list(_SEA_BRIDGES)
    west = to_metres(shapely.get_coordinates(shapely.get_point(net.lines[spans], 0)))[:, 0]
    for number in sorted(set(part[wet].tolist()), key=lambda n: float(west[part == n].min())):
        members = spans[part == number]
        over_sea = bool((planar.avenue[members] == crossing).any())
        group_names.append(known.pop(0) if over_sea and known else names.take() + "大桥")
        net.group[members] = len(group_names) - 1


def _cut_off_by(net: Net, great: int, small: int) -> NDArray[np.bool_]:
    """Small streets (this rank and lesser) that would end on a great road: those have no side streets."""
    on_great = np.zeros(net.nodes, dtype=bool)
    for end in (net.a, net.b):
        on_great[end[net.rank == great]] = True
    cut: NDArray[np.bool_] = (net.rank >= small) & (net.group == 0) & (on_great[net.a] | on_great[net.b])
    return cut


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
    largest: NDArray[np.bool_] = part == np.bincount(part).argmax()
    return largest


def _without_stubs(net: Net) -> Net:
    """Without dead ends shorter than 25 m (what a waterside road cuts off) and without loops."""
    length = shapely.length(shapely.transform(net.lines, to_metres))
    degree = net.degree()
    stub = (length < 25) & ((degree[net.a] == 1) | (degree[net.b] == 1))
    return net.keep(~stub & (net.a != net.b))


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
