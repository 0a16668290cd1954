"""Who is within reach of what, as the crow flies. Coordinates are lon, lat in EPSG:4326, distances metres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.roadnet import DEGREE_M

Floats = NDArray[np.float64]


def _metres(lonlat: Floats, south: float, north: float) -> Floats:
    """Local metres at the middle of the latitudes: within a city true to a tenth of a per cent."""
    found: Floats = lonlat * np.array([np.cos(np.radians((south + north) / 2)), 1.0]) * DEGREE_M
    return found


def _flat(points: Floats, centres: Floats) -> tuple[Floats, Floats]:
    latitudes = np.concatenate([points[:, 1], centres[:, 1]])
    south, north = float(latitudes.min()), float(latitudes.max())
    return _metres(points, south, north), _metres(centres, south, north)


def nearest(points: Floats, centres: Floats) -> Floats:
    """The distance of each point to the nearest centre; infinite without centres."""
    if not len(points) or not len(centres):
        return np.full(len(points), np.inf)
    flat, around = _flat(points, centres)
    found: Floats = cKDTree(around).query(flat)[0]
    return found


def within(points: Floats, centres: Floats, radii: Floats) -> list[NDArray[np.int64]]:
    """For each centre the points within its radius, as indices."""
    if not len(points) or not len(centres):
        return [np.empty(0, np.int64) for _ in range(len(centres))]
    flat, around = _flat(points, centres)
    found = cKDTree(flat).query_ball_point(around, radii)
    return [np.array(one, dtype=np.int64) for one in found]
