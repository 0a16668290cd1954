"""The area that is warned, and what lies in it. Coordinates lon, lat in EPSG:4326, distances metres.

A warning names outer rings of few corners, which other systems draw: what is left out is always on the safe
side, so that nobody inside the exact area is outside the rings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.plane import Plane, pieces

MOST_RINGS, MOST_CORNERS = 20, 120
_FIRST_TOLERANCE_M = 2.0
_EDGE_DEGREES = 1e-5
DIGITS = 6
"""Decimals of a degree: a tenth of a metre."""
Ring = tuple[tuple[float, float], ...]
Floats = NDArray[np.float64]


def around(geometry: Any, metres: float) -> Any:
    """The area within a distance of a point or an area."""
    plane = Plane([geometry])
    return plane.degrees(plane.metres([geometry])[0].buffer(metres))


def outline(geometries: Sequence[Any]) -> tuple[Ring, ...]:
    """Closed rings that hold all of these polygons, the largest first; () for none."""
    if not len(geometries):
        return ()
    plane = Plane(geometries)
    parts = _filled(shapely.union_all(plane.metres(geometries)))
    if len(parts) > MOST_RINGS:
        parts = _filled(shapely.convex_hull(shapely.union_all(parts)))
    rings = (_ring(plane.degrees(_coarse(part))) for part in sorted(parts, key=lambda one: -one.area))
    return tuple(rings)


def _filled(geometry: Any) -> list[Any]:
    """Its polygons without their holes: CAP has none."""
    return [shapely.Polygon(part.exterior) for part in pieces(geometry)]


def _coarse(part: Any) -> Any:
    """Of few corners, and holding the part whole."""
    tolerance, found = _FIRST_TOLERANCE_M, part
    while shapely.get_num_coordinates(found) > MOST_CORNERS:
        grown = part.buffer(tolerance * 1.5, quad_segs=4)
        found = shapely.Polygon(grown.exterior).simplify(tolerance)
        tolerance *= 2
    return found


def _ring(polygon: Any) -> Ring:
    corners = np.round(shapely.get_coordinates(polygon.exterior), DIGITS)
    return tuple((float(lon), float(lat)) for lon, lat in corners)


def area_of(rings: Sequence[Ring]) -> Any:
    """The rings as one area."""
    return shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in rings])


def inside(points: Floats, area: Any) -> NDArray[np.bool_]:
    """Which points lie in an area."""
    shapely.prepare(area)
    found: NDArray[np.bool_] = shapely.intersects_xy(area, points[:, 0], points[:, 1])
    return found


def meets(points: Floats, radii: Floats, area: Any) -> NDArray[np.bool_]:
    """Which points, each with a circle about it, are heard somewhere in an area."""
    if not len(points):
        return np.zeros(0, dtype=bool)
    plane = Plane([area])
    flat = plane.metres(shapely.points(points))
    found: NDArray[np.bool_] = shapely.distance(flat, plane.metres([area])[0]) <= radii
    return found


def touched(shapes: NDArray[Any], area: Any) -> NDArray[np.bool_]:
    """Which shapes share more than an edge with an area: what lies within a metre of its own edge does not
    count, for the edges of neighbours are the same."""
    inner = shapely.buffer(area, -_EDGE_DEGREES)
    core = area if shapely.is_empty(inner) else inner
    shapely.prepare(core)
    found: NDArray[np.bool_] = shapely.intersects(core, shapes)
    return found
