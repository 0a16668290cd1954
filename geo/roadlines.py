"""Lines and graphs beneath the road graph: lengths as the crow flies, parts of lines, a node more."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from geo.roadnet import DEGREE_M, Floats

Point = tuple[float, float]


def straight_m(lonlat: Floats, point: Floats) -> Floats:
    """Metres as the crow flies."""
    mean_lat = np.radians((lonlat[:, 1] + point[1]) / 2)
    dx = (lonlat[:, 0] - point[0]) * np.cos(mean_lat)
    metres: Floats = np.hypot(dx, lonlat[:, 1] - point[1]) * DEGREE_M
    return metres


def with_source(graph: csr_matrix, exits: dict[int, float]) -> csr_matrix:
    """The graph and one more node, last, with arcs of these seconds to `exits`."""
    size = graph.shape[0] + 1
    data = np.append(graph.data, np.maximum(list(exits.values()), 1e-9))
    indices = np.append(graph.indices, np.array(list(exits), dtype=graph.indices.dtype))
    indptr = np.append(graph.indptr, graph.indptr[-1] + len(exits)).astype(graph.indptr.dtype)
    return csr_matrix((data, indices, indptr), shape=(size, size))


def substring(lonlat: Floats, plane: Floats, low: float, high: float) -> Floats:
    """Coordinates between two shares of a line's length in the plane."""
    steps = np.hypot(*np.diff(plane, axis=0).T)
    along = np.concatenate(([0.0], np.cumsum(steps))) / max(float(steps.sum()), 1e-12)
    inner = lonlat[(along > low) & (along < high)]
    ends = [[np.interp(share, along, lonlat[:, axis]) for axis in (0, 1)] for share in (low, high)]
    return np.vstack([ends[:1], inner, ends[1:]])


def distinct(coords: Floats) -> tuple[Point, ...]:
    """Rounded to a centimetre, without repeats in a row."""
    rounded = np.round(coords, 7)
    keep = np.ones(len(rounded), dtype=bool)
    keep[1:] = (np.diff(rounded, axis=0) != 0).any(axis=1)
    return tuple((float(lon), float(lat)) for lon, lat in rounded[keep])
