"""From road rows to the arrays of a graph: nodes, pieces between nodes, arcs with seconds.

Everything is done on whole arrays, so that a city's roads (36,000 rows) build in about a second.
Nodes are ends of roads and interior points shared by different roads, exact to 1e-7 degrees (1 cm).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from core.places import RoadRow
from core.speeds import Paces

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

EARTH_M = 6371008.8
DEGREE_M = EARTH_M * np.pi / 180.0
SCALE = 1e7
#: km/h of an emergency vehicle in city traffic where a road does not say its own.
CLASS_KMH = {
    "motorway": 80.0,
    "trunk": 65.0,
    "primary": 50.0,
    "secondary": 45.0,
    "tertiary": 40.0,
    "residential": 30.0,
    "lane": 20.0,
}
DEFAULT_KMH = 30.0
#: Where no road is known: driving as the crow flies.
STRAIGHT_KMH = 25.0
#: Over yards and paths between a point and its road, as the crow flies.
ACCESS_KMH = 10.0
SHORTEST_S = 1e-3
#: A part of the roads that hangs together in itself is kept from so many junctions, and such a share of all.
PART_LEAST = 100
PART_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Island:
    """Roads that hang together and lie outside the main part; lon, lat on the longest of them."""

    length_m: float
    pieces: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Left:
    """What is not part of the graph because one cannot drive there and back again; islands longest first."""

    pieces: int = 0
    length_m: float = 0.0
    junctions: int = 0
    islands: tuple[Island, ...] = ()


@dataclass(frozen=True, slots=True)
class Network:
    """Pieces of road between nodes; `ends` has the two node numbers of each piece.

    `lonlat[starts[i]:stops[i]]` is the line of piece i; seconds and length_m are for its whole length, and
    `road_class[i]` is its class in `classes`.
    """

    lonlat: Floats
    starts: Ints
    stops: Ints
    ends: Ints
    seconds: Floats
    length_m: Floats
    oneway: Mask
    road_class: Ints
    classes: tuple[str, ...]
    nodes: int
    left: Left
    straight_ms: float = STRAIGHT_KMH / 3.6
    access_ms: float = ACCESS_KMH / 3.6
    parts: tuple[int, ...] = ()
    """Junctions of each part that is kept; from one to another there is no way by road."""


def build(rows: Sequence[RoadRow]) -> Network:
    """The strongly connected parts of the roads, and how much was left out."""
    lines = np.array([shapely.from_wkb(row.wkb) for row in rows], dtype=object)
    lonlat, line = shapely.get_coordinates(lines, return_index=True)
    keep = _different_lines(rows, lonlat, line)
    lonlat, line = lonlat[keep], line[keep]
    vertex = vertex_numbers(lonlat)
    starts, stops = _cuts(vertex, line)
    steps = np.concatenate(([0.0], np.cumsum(_steps(lonlat))))
    speed = np.array([_speed(row) for row in rows])
    road = line[starts]
    classes, of_row = np.unique([row.road_class for row in rows], return_inverse=True)
    length = steps[stops - 1] - steps[starts]
    network = Network(
        lonlat=lonlat, starts=starts, stops=stops,
        ends=np.column_stack((vertex[starts], vertex[stops - 1])),
        seconds=np.maximum(length / speed[road], SHORTEST_S), length_m=length,
        oneway=np.array([row.oneway for row in rows], dtype=bool)[road],
        road_class=of_row.astype(np.int64)[road], classes=tuple(classes.tolist()),
        nodes=int(vertex.max(initial=-1)) + 1, left=Left(),
    )  # fmt: skip
    return _main_part(network)


def paced(network: Network, paces: Paces) -> Network:
    """The same roads at other speeds: those of a vehicle at an hour of the day."""
    of_class = [paces.of(name) for name in network.classes]
    factor = np.array([pace.factor for pace in of_class], dtype=float)[network.road_class]
    most = np.array([pace.most_ms for pace in of_class], dtype=float)[network.road_class]
    seconds = np.maximum(network.seconds / factor, network.length_m / most)
    return replace(
        network, seconds=seconds, straight_ms=paces.usual.of(network.straight_ms),
        access_ms=min(network.access_ms, paces.usual.most_ms),
    )  # fmt: skip


def _speed(row: RoadRow) -> float:
    """Metres a second."""
    speed = row.speed_kmh
    if speed is None or not 1 <= speed <= 200:
        speed = CLASS_KMH.get(row.road_class, DEFAULT_KMH)
    return speed / 3.6


def _different_lines(rows: Sequence[RoadRow], lonlat: Floats, line: Ints) -> Mask:
    """Which coordinates stay. A two-way road often comes twice, once in each direction: once is enough.

    Otherwise each interior point of such twins would count as a crossing.
    """
    keys = np.round(lonlat * SCALE).astype(np.int64)
    seen: set[tuple[bytes, bool, float]] = set()
    keep = np.ones(len(rows), dtype=bool)
    bounds = np.searchsorted(line, np.arange(len(rows) + 1))
    for number, row in enumerate(rows):
        points = keys[bounds[number] : bounds[number + 1]]
        there, back = points.tobytes(), points[::-1].tobytes()
        key = (there if row.oneway else min(there, back), row.oneway, _speed(row))
        keep[number] = key not in seen
        seen.add(key)
    kept: Mask = keep[line]
    return kept


def keys_of(lonlat: Floats) -> Ints:
    """The same whole number for coordinates equal to 1e-7 degrees."""
    whole = np.round(lonlat * SCALE).astype(np.int64)
    keys: Ints = whole[:, 0] * np.int64(4_000_000_000) + whole[:, 1]
    return keys


def vertex_numbers(lonlat: Floats) -> Ints:
    """Numbers from 0, the same for coordinates equal to 1e-7 degrees."""
    number: Ints = np.unique(keys_of(lonlat), return_inverse=True)[1].astype(np.int64)
    return number


def _cuts(vertex: Ints, line: Ints) -> tuple[Ints, Ints]:
    """Start and stop positions of pieces: lines cut at their ends and where another line shares a point."""
    first = np.ones(len(line), dtype=bool)
    first[1:] = line[1:] != line[:-1]
    last = np.roll(first, -1)
    pairs = np.unique(np.column_stack((vertex, line)), axis=0)
    crossing = np.bincount(pairs[:, 0], minlength=int(vertex.max(initial=-1)) + 1) > 1
    crossing[vertex[first | last]] = True
    cut = np.flatnonzero(crossing[vertex])
    follows = ~last[cut]
    starts = cut[follows]
    return starts, cut[np.flatnonzero(follows) + 1] + 1


def _steps(lonlat: Floats) -> Floats:
    """Metres from each coordinate to the next (also across lines, where the figure is not used)."""
    mean_lat = np.radians((lonlat[1:, 1] + lonlat[:-1, 1]) / 2)
    dx = np.diff(lonlat[:, 0]) * np.cos(mean_lat)
    steps: Floats = np.hypot(dx, np.diff(lonlat[:, 1])) * DEGREE_M
    return steps


def arcs(network: Network, usable: Mask) -> tuple[Ints, Ints, Floats, Ints]:
    """from, to, seconds, piece: each usable piece forward, and backward unless it is one-way; by `to`, then
    by `from`.

    Of parallel arcs only the fastest stays, because a sparse matrix would add them up.
    """
    one_way, two_way = np.flatnonzero(usable), np.flatnonzero(usable & ~network.oneway)
    piece = np.concatenate((one_way, two_way))
    tail = np.concatenate((network.ends[one_way, 0], network.ends[two_way, 1]))
    head = np.concatenate((network.ends[one_way, 1], network.ends[two_way, 0]))
    seconds = network.seconds[piece]
    order = np.lexsort((seconds, tail, head))
    tail, head, seconds, piece = tail[order], head[order], seconds[order], piece[order]
    fastest = np.ones(len(tail), dtype=bool)
    fastest[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    fastest &= tail != head
    return tail[fastest], head[fastest], seconds[fastest], piece[fastest]


def _main_part(network: Network) -> Network:
    """Only pieces within the strongly connected parts that are large enough to be driven on: the largest, and
    islands in the sea or districts cut out of a map; not the yards and the ends of a clipped file."""
    if not len(network.ends):
        return network
    tail, head, seconds, _ = arcs(network, np.ones(len(network.ends), dtype=bool))
    matrix = csr_matrix((seconds, (tail, head)), shape=(network.nodes, network.nodes))
    label = connected_components(matrix, directed=True, connection="strong")[1]
    size = np.bincount(label)
    large = size >= max(PART_LEAST, PART_SHARE * len(np.unique(network.ends)))
    large[size.argmax()] = True
    inside = large[label]
    keep = inside[network.ends].all(axis=1) & (label[network.ends[:, 0]] == label[network.ends[:, 1]])
    number = np.cumsum(inside) - 1
    return Network(
        lonlat=network.lonlat, starts=network.starts[keep], stops=network.stops[keep],
        ends=number[network.ends[keep]], seconds=network.seconds[keep], length_m=network.length_m[keep],
        oneway=network.oneway[keep], road_class=network.road_class[keep], classes=network.classes,
        nodes=int(inside.sum()),
        left=_left(network, inside, keep), parts=tuple(sorted(size[large].tolist(), reverse=True)),
    )  # fmt: skip


def _left(network: Network, inside: Mask, keep: Mask) -> Left:
    """The pieces outside the main part, by what hangs together without passing through it."""
    out = np.flatnonzero(~keep)
    if not len(out):
        return Left()
    ends = network.ends[out]
    a = np.where(inside[ends[:, 0]], ends[:, 1], ends[:, 0])
    b = np.where(inside[ends[:, 1]], ends[:, 0], ends[:, 1])
    graph = csr_matrix((np.ones(len(out)), (a, b)), shape=(network.nodes, network.nodes))
    label = connected_components(graph, directed=False)[1][a]
    islands = [_island(network, out[label == one]) for one in np.unique(label)]
    islands.sort(key=lambda island: -island.length_m)
    junctions = int((~inside[np.unique(network.ends)]).sum())
    return Left(len(out), float(network.length_m[out].sum()), junctions, tuple(islands))


def _island(network: Network, pieces: Ints) -> Island:
    longest = int(pieces[network.length_m[pieces].argmax()])
    lon, lat = network.lonlat[(network.starts[longest] + network.stops[longest]) // 2]
    return Island(float(network.length_m[pieces].sum()), len(pieces), float(lon), float(lat))
