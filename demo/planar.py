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
from demo.streets import Streets, source_lines
from demo.terrain import Terrain


@dataclass(frozen=True)
class Planar:
    """Noded edges and faces on the lattice. `kind` and `avenue` are those of `Streets`."""

    edges: NDArray[Any]
    kind: Ints
    avenue: Ints
    over_water: NDArray[np.bool_]
    """Edges in the shore strip or on water: great roads there are on a bridge."""
    faces: NDArray[Any]


@dataclass(frozen=True)
class Sides:
    """Which two faces share a stretch of which edge kind: one row a segment."""

    left: Ints
    right: Ints
    length_m: Floats
    kind: Ints


def make_planar(terrain: Terrain, streets: Streets) -> Planar:
    """Node the plan once more where the lattice made lines touch; find the city's faces, drop loose tails."""
    lines, city = lattice(streets.lines), lattice(terrain.city)
    edges = shapely.get_parts(shapely.unary_union(lines, grid_size=1))
    faces, _, tails, _ = (shapely.get_parts(found) for found in shapely.polygonize_full(edges))
    edges = edges[~np.isin(shapely.to_wkb(edges), shapely.to_wkb(tails))]
    source = source_lines(edges, lines, streets.kind, 3.0)
    shapely.prepare(city)
    faces = faces[shapely.contains(city, shapely.point_on_surface(faces))]
    wet = lattice(terrain.shore)
    shapely.prepare(wet)
    middle = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    return Planar(edges, streets.kind[source], streets.avenue[source], shapely.contains(wet, middle), faces)


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
