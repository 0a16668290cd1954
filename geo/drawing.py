"""Shapes made ready to be drawn: in web mercator (EPSG:3857), thinned to what a pixel of each level shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from core.tiling import EARTH_M, NEAREST_LEVEL, pixel_m

Shapes = NDArray[np.object_]
_POLE = 85.051129
"""The latitude where web mercator ends."""


def mercator(shapes: Sequence[Any]) -> Shapes:
    """From EPSG:4326 to EPSG:3857."""
    found: Shapes = shapely.transform(_array(shapes), _project)
    return found


def _project(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    lon, lat = np.radians(lonlat[:, 0]), np.radians(np.clip(lonlat[:, 1], -_POLE, _POLE))
    return np.column_stack([lon, np.log(np.tan(np.pi / 4 + lat / 2))]) * EARTH_M


def thinned_coverage(shapes: Shapes, level: int) -> Shapes:
    """Neighbours keep sharing their borders, whatever is left out. The nearest level has all of it."""
    if level == NEAREST_LEVEL or not len(shapes):
        return shapes
    thinned: Shapes = shapely.coverage_simplify(shapes, pixel_m(level) / 2)
    return thinned


def thinned(shapes: Shapes, level: int) -> Shapes:
    """Each for itself, to half a pixel."""
    if level == NEAREST_LEVEL or not len(shapes):
        return shapes
    simpler: Shapes = shapely.simplify(shapes, pixel_m(level) / 2, preserve_topology=True)
    return simpler


def joined(lines: Sequence[Any], *, directed: bool = False) -> list[Any]:
    """Lines that meet end to end as one; `directed` turns none of them round. What is no line is left out."""
    parts = shapely.get_parts(_array(lines))
    single = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    merged = shapely.line_merge(shapely.multilinestrings(single), directed=directed)
    return list(shapely.get_parts(merged))


def pixels(shapes: Shapes, level: int) -> NDArray[np.float64]:
    """How many pixels each shape covers."""
    areas: NDArray[np.float64] = shapely.area(shapes) / pixel_m(level) ** 2
    return areas


def visual_centres(shapes: Shapes) -> Shapes:
    """Where names stand best: the middle of the largest circle inside; for points and lines, on them."""
    centres: Shapes = shapely.point_on_surface(shapes)
    areas = shapely.area(shapes) > 0
    biggest = [max(shapely.get_parts(shape), key=shapely.area) for shape in shapes[areas]]
    radii = [shapely.maximum_inscribed_circle(part, np.sqrt(part.area) / 50) for part in biggest]
    centres[areas] = shapely.get_point(_array(radii), 0)
    return centres


def _array(shapes: Sequence[Any]) -> Shapes:
    """One object a shape, also for shapes that numpy would take for sequences."""
    return np.fromiter(shapes, dtype=object, count=len(shapes))
