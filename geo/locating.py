"""Which polygon a point lies in, for many points at once (STRtree, a few µs a point)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from core.places import GRID_TOLERANCE_M
from geo.roadnet import DEGREE_M


def locate(lonlat: NDArray[np.float64], polygons: Sequence[Any]) -> NDArray[np.int64]:
    """Index of the polygon of each point (lon, lat in degrees), -1 = none within GRID_TOLERANCE_M.

    On a common border the polygon with the lower index wins, so sort polygons by code.
    """
    found = np.full(len(lonlat), len(polygons), dtype=np.int64)
    if not len(polygons) or not len(lonlat):
        return np.full(len(lonlat), -1, dtype=np.int64)
    tree = shapely.STRtree(polygons)
    point, polygon = tree.query(shapely.points(lonlat), predicate="intersects")
    np.minimum.at(found, point, polygon)
    missing = found == len(polygons)
    found[missing] = _nearest(lonlat[missing], polygons)
    return found


def _nearest(lonlat: NDArray[np.float64], polygons: Sequence[Any]) -> NDArray[np.int64]:
    """The nearest polygon within the tolerance, measured in local metres about each point's latitude."""
    found = np.full(len(lonlat), -1, dtype=np.int64)
    if not len(lonlat):
        return found
    factor = np.array([np.cos(np.radians(lonlat[:, 1].mean())), 1.0]) * DEGREE_M
    plane = shapely.transform(np.asarray(polygons, dtype=object), lambda xy: xy * factor)
    tree = shapely.STRtree(plane)
    point, polygon = tree.query_nearest(
        shapely.points(lonlat * factor), max_distance=GRID_TOLERANCE_M, all_matches=False
    )
    found[point] = polygon
    return found
