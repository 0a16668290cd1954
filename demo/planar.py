"""The plan as one planar graph: every line of it noded against every other, and the faces between them.

Faces are the atoms the grids are merged from; edges are what roads are made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.geometry import Floats, Ints, lattice, to_metres, vertex_keys
from demo.streets import CLASSES, Streets
from demo.terrain import Terrain

SHORE_ROAD, RIVER, BORDER = len(CLASSES), len(CLASSES) + 1, len(CLASSES) + 2
"""Kinds of edges beyond the street classes: the road along the water, the river's middle, the city's rim."""


@dataclass(frozen=True)
class Planar:
    """Noded edges and faces on the lattice. `kind` is a rank of CLASSES or one of the above."""

    edges: NDArray[Any]
    kind: Ints
    source: Ints
    """Which line of the plan an edge is part of."""
    over_water: NDArray[np.bool_]
    """Edges in the shore strip or on water: borders, and roads only where there is a bridge."""
    faces: NDArray[Any]


@dataclass(frozen=True)
class Sides:
    """Which two faces share a stretch of which edge kind: one row a segment."""

    left: Ints
    right: Ints
    length_m: Floats
    kind: Ints


def make_planar(terrain: Terrain, streets: Streets) -> Planar:
    """Node the streets, the waterside roads, the river's middle and the city's rim; find the faces."""
    lines, kinds = _sources(terrain, streets)
    city = lattice(terrain.city)
    edges = shapely.get_parts(shapely.unary_union(lines, grid_size=1))
    edges = edges[_inside(edges, city)]
    source = _nearest(edges, lines)
    faces = shapely.get_parts(shapely.polygonize(edges))
    shapely.prepare(city)
    faces = faces[shapely.contains(city, shapely.point_on_surface(faces))]
    wet = lattice(terrain.shore.intersection(terrain.frame))
    shapely.prepare(wet)
    kind = kinds[source]
    over_water = shapely.contains(wet, _middle(edges)) & (kind < SHORE_ROAD)
    return Planar(edges, kind, source, over_water, faces)


def _sources(terrain: Terrain, streets: Streets) -> tuple[NDArray[Any], Ints]:
    shore = _rings(terrain.shore)
    rim = _rings(terrain.city)
    lines = np.concatenate([streets.lines, shore, [terrain.river_line], rim])
    kinds = np.concatenate(
        [
            streets.rank,
            np.full(len(shore), SHORE_ROAD),
            np.array([RIVER]),
            np.full(len(rim), BORDER),
        ]
    ).astype(np.int64)
    return lattice(lines), kinds


def _rings(geometry: Any) -> NDArray[Any]:
    rings: NDArray[Any] = shapely.get_rings(shapely.get_parts(geometry))
    return rings


def _middle(edges: NDArray[Any]) -> NDArray[Any]:
    """The middle of each edge's first segment: a point surely on one source line."""
    first, second = (shapely.get_coordinates(shapely.get_point(edges, i)) for i in (0, 1))
    points: NDArray[Any] = shapely.points((first + second) / 2)
    return points


def _nearest(edges: NDArray[Any], lines: NDArray[Any]) -> Ints:
    """The source line of each edge. Noding moves a vertex by one lattice step at most."""
    found = shapely.STRtree(lines).query_nearest(_middle(edges), all_matches=False)
    source = np.zeros(len(edges), dtype=np.int64)
    source[found[0]] = found[1]
    return source


def _inside(edges: NDArray[Any], city: Any) -> NDArray[np.bool_]:
    """Edges in the city or on its rim (the rim's own middle may lie a hair outside)."""
    shapely.prepare(city)
    inside: NDArray[np.bool_] = shapely.dwithin(city, _middle(edges), 2.0)
    return inside


def sides(planar: Planar) -> Sides:
    """Match the segments of neighbouring faces; segments on the rim have one face only and are left out."""
    keys, lengths, face = _segments(planar.faces)
    order = np.argsort(keys, kind="stable")
    keys, lengths, face = keys[order], lengths[order], face[order]
    pair = np.flatnonzero(keys[1:] == keys[:-1])
    edge_keys, _, edge = _segments(planar.edges)
    by_key = np.argsort(edge_keys, kind="stable")
    at = by_key[np.searchsorted(edge_keys[by_key], keys[pair])]
    return Sides(face[pair], face[pair + 1], lengths[pair], planar.kind[edge[at]])


def _segments(geometries: NDArray[Any]) -> tuple[Ints, Floats, Ints]:
    """Each segment as (order-free key, metres, index of its geometry)."""
    if shapely.get_type_id(geometries[0]) == 3:
        lines, owner = shapely.get_rings(geometries, return_index=True)
    else:
        lines, owner = geometries, np.arange(len(geometries))
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[1:] == line[:-1]
    vertex = vertex_keys(xy)
    a, b = vertex[:-1][joined], vertex[1:][joined]
    ground = to_metres(xy)
    length = np.hypot(*(ground[1:] - ground[:-1]).T)[joined]
    return _pair_key(a, b), length, owner[line[:-1][joined]]


def _pair_key(a: Ints, b: Ints) -> Ints:
    """A hash of two vertices that does not mind their order; 64 bits are enough never to meet a double."""
    with np.errstate(over="ignore"):
        low, high = np.minimum(a, b).astype(np.uint64), np.maximum(a, b).astype(np.uint64)
        mixed = (low * np.uint64(0x9E3779B97F4A7C15)) ^ (high * np.uint64(0xC2B2AE3D27D4EB4F) + np.uint64(1))
    keys: Ints = mixed.view(np.int64)
    return keys
