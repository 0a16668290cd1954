"""Closed rings of a hazard area: circle, downwind sector, polygon. lon/lat in EPSG:4326, geodesic metres."""

from __future__ import annotations

import math

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

Ring = tuple[tuple[float, float], ...]
_EARTH = pyproj.Geod(ellps="WGS84")
_CORNERS = 72
"""Of a whole circle: its area is short by 0.13 % then."""
_DIGITS = 6
"""Decimal places of a degree: a tenth of a metre."""


def circle(centre: tuple[float, float], radius_m: float) -> Ring:
    """Counter-clockwise, so that the area is the outer ring of a polygon."""
    bearings = np.linspace(0.0, -360.0, _CORNERS, endpoint=False)
    return _closed(_around(centre, radius_m, bearings))


def sector(centre: tuple[float, float], radius_m: float, towards: float, opening: float) -> Ring:
    """`towards`: where it points, degrees clockwise of north; `opening`: its whole angle, over 0 to 360.

    A sector of 360 degrees is the circle, and so is one whose gap is too thin to be drawn.
    """
    if opening >= 360:
        return circle(centre, radius_m)
    steps = max(2, math.ceil(_CORNERS * opening / 360) + 1)
    bearings = np.linspace(towards + opening / 2, towards - opening / 2, steps)
    ring = _closed([centre, *_around(centre, radius_m, bearings)])
    return circle(centre, radius_m) if fault(ring) else ring


def _around(
    centre: tuple[float, float], radius_m: float, bearings: NDArray[np.float64]
) -> list[tuple[float, float]]:
    many = np.ones(len(bearings))
    lon, lat, _ = _EARTH.fwd(many * centre[0], many * centre[1], bearings, many * radius_m)
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


def _closed(points: list[tuple[float, float]]) -> Ring:
    rounded = [(round(lon, _DIGITS), round(lat, _DIGITS)) for lon, lat in points]
    return (*rounded, rounded[0])


def area_m2(ring: Ring) -> float:
    """Of a valid ring, whichever way it turns."""
    return abs(float(_EARTH.geometry_area_perimeter(shapely.Polygon(ring))[0]))


def fault(ring: Ring) -> str | None:
    """Why this is not the outline of one area; None where it is."""
    if ring[0] != ring[-1]:
        return "not closed"
    shape = shapely.Polygon(ring)
    if not shape.is_valid:
        return str(shapely.is_valid_reason(shape))
    return None if shape.area else "no area"
