"""Local metres about the middle of a city, for lengths and areas of its shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.roadnet import DEGREE_M


class Plane:
    """Metres east and north of (0, 0) at the latitude of the middle; equal vertices stay equal."""

    def __init__(self, geometries: Any) -> None:
        _, south, _, north = shapely.total_bounds(geometries)
        self._factor = np.array([np.cos(np.radians((south + north) / 2)), 1.0]) * DEGREE_M

    def metres(self, geometries: Any) -> NDArray[np.object_]:
        found: NDArray[np.object_] = shapely.transform(
            np.array(geometries, dtype=object), lambda xy: xy * self._factor
        )
        return found

    def degrees(self, geometry: Any) -> Any:
        return shapely.transform(geometry, lambda xy: xy / self._factor)


def pieces(geometry: Any) -> list[Any]:
    """The polygons of any geometry."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return [part for part in parts if shapely.get_type_id(part) == shapely.GeometryType.POLYGON]
