"""The street plan: the land between the great roads is halved again and again, until each block has its size.

It is drawn on a plane that a gentle wave then bends into the ground, so that no street is quite straight.
Each quarter of about `_QUARTER_M2` takes the direction of its own outline: the street grids of a city
that grew quarter by quarter, meeting at its main roads. Where it was never planned, each block does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.density import Density
from demo.geometry import Floats, Ints
from demo.skeleton import Skeleton
from demo.terrain import Terrain, in_any
from demo.waves import Waves, octaves

CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "lane")
SHORE_ROAD, SHORE, FOOT, RIVER, BORDER = range(len(CLASSES), len(CLASSES) + 5)
"""Kinds of lines that are no class of street: the road along the water, a shore without one, the foot of a
hill, the river's middle, and a border that nothing drives on (the city's rim, a field's edge, a ridge)."""
_SECONDARY, _TERTIARY, _RESIDENTIAL = (CLASSES.index(c) for c in ("secondary", "tertiary", "residential"))
_LONGER_THAN = (2600.0, 1250.0, 560.0, 215.0)
"""Metres from which a street of the city is a primary road, a secondary one, and so on to residential."""
_BLOCKS_AT_SCALE_1 = 9_800
_QUARTER_M2 = 1.5e6
_STRIP_M = 420.0
"""Longest piece of water along the shore of the city, from bank to middle; thrice that in the country."""
_STEP_M, _GRID_M = 65.0, 0.5
_LEVELS = 40
_ROAD_DENSITY = 0.06
"""Below it only the longer lines are roads, the others are the edges of fields."""
_SHORE_ROAD_DENSITY = 0.1


@dataclass(frozen=True)
class Streets:
    """Lines in local metres that meet at shared end vertices only. `kind` indexes CLASSES or is one of the
    kinds above; `avenue` is the number of the great road a line belongs to, counted from 1, or 0."""

    lines: NDArray[Any]
    kind: Ints
    avenue: Ints


@dataclass
class _Lines:
    """Lines of the straight plan while they are being laid."""

    shape: list[NDArray[Any]]
    kind: list[Ints]
    avenue: list[Ints]

    def add(self, shape: NDArray[Any], kind: Ints | int, avenue: Ints | int = 0) -> None:
        self.shape.append(shape)
        self.kind.append(np.broadcast_to(np.asarray(kind, dtype=np.int64), len(shape)))
        self.avenue.append(np.broadcast_to(np.asarray(avenue, dtype=np.int64), len(shape)))


@dataclass
class _Blocks:
    """Blocks still to be looked at: outline on the plan, direction of its streets, whether on water."""

    shape: NDArray[Any]
    turn: Floats
    settled: NDArray[np.bool_]
    """Whether the direction is its quarter's, for good."""
    wet: NDArray[np.bool_]

    def keep(self, which: NDArray[Any]) -> _Blocks:
        return _Blocks(self.shape[which], self.turn[which], self.settled[which], self.wet[which])


def make_streets(
    terrain: Terrain, skeleton: Skeleton, density: Density, scale: float, rng: np.random.Generator
) -> Streets:
    """The great roads, shores, rims, and all the streets between them, noded."""
    bend = Waves(octaves(0.06 * terrain.side + 600.0, 900.0, 0.027), rng)
    lines = _Lines([], [], [])
    _lay_given(lines, terrain, skeleton, bend)
    faces = shapely.polygonize(shapely.get_parts(_noded(np.concatenate(lines.shape))))
    ground = _Ground(terrain, density, bend, _unit(terrain, density, _BLOCKS_AT_SCALE_1 * scale))
    _halve(lines, ground, shapely.get_parts(faces), rng)
    return _bent(lines, ground)


class _Ground:
    """What the plan asks of the ground under it."""

    def __init__(self, terrain: Terrain, density: Density, bend: Waves, unit: float) -> None:
        self.terrain, self.density, self.bend, self.unit = terrain, density, bend, unit
        self.water, self.city = terrain.shore, terrain.city
        shapely.prepare(self.water)
        shapely.prepare(self.city)

    def under(self, points: NDArray[Any]) -> tuple[Floats, Floats]:
        """Local metres under points of the plan."""
        xy = shapely.get_coordinates(points)
        x, y = (xy + self.bend(xy)).T
        return x, y


def _unit(terrain: Terrain, density: Density, blocks: float) -> float:
    """Area in m² of the densest block, such that the whole city has about so many blocks."""
    west, south, east, north = terrain.city.bounds
    gx, gy = np.meshgrid(np.linspace(west, east, 160), np.linspace(south, north, 160))
    x, y = gx.ravel(), gy.ravel()
    inside = shapely.contains_xy(terrain.city, x, y)
    cell = (east - west) * (north - south) / (159 * 159)
    return float(np.sum(density.at(x[inside], y[inside])) * cell / blocks)


def _lay_given(lines: _Lines, terrain: Terrain, skeleton: Skeleton, bend: Waves) -> None:
    for number, (line, kind) in enumerate(zip(skeleton.lines, skeleton.kinds, strict=True)):
        lines.add(_straight(bend, line), CLASSES.index(kind), number + 1)
    city = terrain.city
    lines.add(_straight(bend, _rings(terrain.shore).intersection(city)), SHORE_ROAD)
    lines.add(_straight(bend, _rings(shapely.union_all(terrain.hills)).intersection(city)), FOOT)
    lines.add(_straight(bend, terrain.river_line.intersection(city)), RIVER)
    lines.add(_straight(bend, _rings(city)), BORDER)


def _straight(bend: Waves, geometry: Any) -> NDArray[Any]:
    parts = shapely.get_parts(shapely.line_merge(geometry))
    parts = parts[shapely.get_type_id(parts) == 1]
    plan: NDArray[Any] = np.atleast_1d(bend.straighten(shapely.segmentize(parts, _STEP_M)))
    return plan


def _rings(geometry: Any) -> Any:
    return shapely.union_all(shapely.get_rings(shapely.get_parts(geometry)))


def _noded(lines: NDArray[Any]) -> Any:
    """All lines cut where they meet; what comes nearer than the grid's step is one."""
    return shapely.unary_union(lines, grid_size=_GRID_M)


def _halve(lines: _Lines, ground: _Ground, faces: NDArray[Any], rng: np.random.Generator) -> None:
    x, y = ground.under(shapely.point_on_surface(faces))
    wet = shapely.contains_xy(ground.water, x, y)
    inside = shapely.contains_xy(ground.city, x, y)
    count = len(faces)
    blocks = _Blocks(faces, np.zeros(count), np.zeros(count, dtype=bool), wet).keep(inside)
    for _ in range(_LEVELS):
        blocks = _to_split(blocks, ground)
        if not len(blocks.shape):
            break
        blocks = _split(lines, ground, blocks, rng)


def _to_split(blocks: _Blocks, ground: _Ground) -> _Blocks:
    """Blocks too large for their place: halving brings them nearer to their size on a logarithmic scale."""
    area = shapely.area(blocks.shape)
    reach = 0.4 * np.sqrt(area)
    x, y = ground.under(shapely.centroid(blocks.shape))
    density = ground.density.at(x, y, reach)
    longest = np.where(density > _SHORE_ROAD_DENSITY, _STRIP_M, 3 * _STRIP_M)
    long, wide = _long_and_wide(blocks.shape)
    strip = (long > longest) & (long > 1.6 * wide)
    return blocks.keep(np.where(blocks.wet, strip, area > np.sqrt(2) * ground.unit / density))


def _long_and_wide(shapes: NDArray[Any]) -> tuple[Floats, Floats]:
    """Sides of the rectangle that has a shape's area and perimeter."""
    half, area = shapely.length(shapes) / 2, shapely.area(shapes)
    root = np.sqrt(np.maximum(half**2 - 4 * area, 0.0))
    return (half + root) / 2, (half - root) / 2


def _split(lines: _Lines, ground: _Ground, blocks: _Blocks, rng: np.random.Generator) -> _Blocks:
    """Halve each block across its longer side, in the direction of its streets; note the cuts."""
    x, y = ground.under(shapely.centroid(blocks.shape))
    grown = ground.density.is_grown(x, y)
    turn, settled = _directions(blocks, grown, rng)
    flat = _turned(blocks.shape, -turn)
    west, south, east, north = shapely.bounds(flat).T
    middle = shapely.get_coordinates(shapely.centroid(flat))
    across = (east - west) >= (north - south)
    low, high = np.where(across, west, south), np.where(across, east, north)
    at = _position(np.where(across, middle[:, 0], middle[:, 1]), high - low, grown, rng)
    first = shapely.box(west, south, np.where(across, at, east), np.where(across, north, at))
    second = shapely.box(np.where(across, at, west), np.where(across, south, at), east, north)
    cut = shapely.linestrings(
        np.stack([
            np.column_stack([np.where(across, at, west), np.where(across, south, at)]),
            np.column_stack([np.where(across, at, east), np.where(across, north, at)]),
        ], axis=1)
    )  # fmt: skip
    _note(lines, ground, blocks, _turned(shapely.intersection(flat, cut), turn))
    halves = [_turned(shapely.intersection(flat, side), turn) for side in (first, second)]
    shape, owner = shapely.get_parts(np.concatenate(halves), return_index=True)
    solid = (shapely.get_type_id(shape) == 3) & (shapely.area(shape) > 1.0)
    origin = np.tile(np.arange(len(turn)), 2)[owner[solid]]
    return _Blocks(shape[solid], turn[origin], settled[origin], blocks.wet[origin])


def _directions(
    blocks: _Blocks, grown: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_]]:
    """The outline's direction until a block is no larger than a quarter; then it stays, unless it grew."""
    box = shapely.oriented_envelope(blocks.shape)
    corner = shapely.get_coordinates(shapely.get_exterior_ring(box)).reshape(-1, 5, 2)
    along = corner[:, 1] - corner[:, 0]
    own = np.arctan2(along[:, 1], along[:, 0]) + grown * rng.normal(0, 0.19, len(grown))
    free = ~blocks.settled | grown
    turn = np.where(free, own, blocks.turn)
    return turn, blocks.settled | (shapely.area(blocks.shape) < 2 * _QUARTER_M2)


def _turned(shapes: NDArray[Any], turn: Floats) -> NDArray[Any]:
    """Each shape turned about the origin by its own angle."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    cos, sin = np.cos(turn)[owner], np.sin(turn)[owner]
    turned = np.column_stack([xy[:, 0] * cos - xy[:, 1] * sin, xy[:, 0] * sin + xy[:, 1] * cos])
    copies: NDArray[Any] = shapely.set_coordinates(shapes.copy(), turned)
    return copies


def _position(middle: Floats, length: Floats, grown: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Near the middle, on a lattice of the quarter, so that many streets go on across; or just near it."""
    step = 2.0 ** np.floor(np.log2(length / 4.0))
    planned = np.round(middle / step) * step
    planned = np.clip(planned, middle - 0.16 * length, middle + 0.16 * length)
    return np.where(grown, middle + length * rng.uniform(-0.14, 0.14, len(length)), planned)


def _note(lines: _Lines, ground: _Ground, blocks: _Blocks, cuts: NDArray[Any]) -> None:
    shape, owner = shapely.get_parts(cuts, return_index=True)
    solid = shapely.get_type_id(shape) == 1
    shape, owner = shape[solid], owner[solid]
    length = shapely.length(shape)
    x, y = ground.under(shapely.centroid(shape))
    thick = ground.density.at(x, y, 0.25 * length)
    city_length = length * np.clip(0.35 + 1.3 * thick, 0.35, 1.0)
    kind = 2 + np.sum(city_length[:, None] <= np.array(_LONGER_THAN), axis=1)
    bare = (thick < _ROAD_DENSITY) & (kind > _TERTIARY)
    bare |= in_any(ground.terrain.hills, x, y) | blocks.wet[owner]
    lines.add(shape, np.where(bare, BORDER, kind))


def _bent(lines: _Lines, ground: _Ground) -> Streets:
    """Node the whole plan, say of which line each edge is, and bend it into the ground."""
    plan = np.concatenate(lines.shape)
    edges = shapely.get_parts(_noded(plan))
    kinds = np.concatenate(lines.kind)
    source = source_lines(edges, plan, kinds, 2 * _GRID_M)
    kind, avenue = kinds[source], np.concatenate(lines.avenue)[source]
    x, y = ground.under(shapely.line_interpolate_point(edges, 0.5, normalized=True))
    thick = ground.density.at(x, y)
    kind = np.where((kind == SHORE_ROAD) & (thick < _SHORE_ROAD_DENSITY), SHORE, kind)
    kind = np.where(kind == FOOT, np.where(ground.density.at(x, y, 200.0) > 0.25, _TERTIARY, BORDER), kind)
    return Streets(ground.bend.bend(edges, _STEP_M), kind, avenue)


def source_lines(edges: NDArray[Any], lines: NDArray[Any], kind: Ints, tolerance: float) -> Ints:
    """The line each edge is a piece of, told by its middle.

    Where several lie within the tolerance (they run together, or the edge is but the gap between two
    junctions that noding left side by side), the one of the lowest kind.
    """
    middle = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    segments, owner = _segments(lines)
    edge, near = shapely.STRtree(segments).query(middle, predicate="dwithin", distance=tolerance)
    order = np.lexsort((owner[near], kind[owner[near]], edge))
    found, at = np.unique(edge[order], return_index=True)
    if len(found) < len(edges):
        raise ValueError("noding moved an edge off its line")
    source: Ints = owner[near][order][at]
    return source


def _segments(lines: NDArray[Any]) -> tuple[NDArray[Any], Ints]:
    """Lines in their single segments (a tree of long lines is slow to search), and whose they are."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    return shapely.linestrings(np.stack([xy[:-1][joined], xy[1:][joined]], axis=1)), line[1:][joined]
