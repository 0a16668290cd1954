"""Planes and number grids of the generated city.

Shapes are made in local metres, then every vertex moves once onto a lattice of 1e-7 degree (about
1 cm) held as whole numbers. Noding and unions work on these whole numbers, so borders shared by two
grids, and by a parent and its children, have the very same vertices.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ORIGIN = (118.1, 24.5)
"""Longitude and latitude of the local plane's origin; the city is fictional, the spot is not."""
METRE_CRS = "EPSG:4548"
LATTICE = 1e7
"""Lattice steps a degree."""


@cache
def _plane() -> tuple[Transformer, Transformer, float, float]:
    forth = Transformer.from_crs("EPSG:4326", METRE_CRS, always_xy=True)
    east, north = forth.transform(*ORIGIN)
    return forth, Transformer.from_crs(METRE_CRS, "EPSG:4326", always_xy=True), east, north


def to_lattice(xy: Floats) -> Floats:
    """Local metres, shape (n, 2) → whole-numbered lattice coordinates (lon, lat times 1e7)."""
    _, back, east, north = _plane()
    lon, lat = back.transform(xy[:, 0] + east, xy[:, 1] + north)
    return np.column_stack([np.rint(lon * LATTICE), np.rint(lat * LATTICE)])


def lattice(geometry: Any) -> Any:
    """A geometry, or an array of them, from local metres to the lattice."""
    return shapely.transform(geometry, to_lattice)


def to_degrees(geometry: Any) -> Any:
    """A geometry, or an array of them, from the lattice to EPSG:4326 with exactly 7 decimals."""
    return shapely.transform(geometry, lambda c: np.round(c / LATTICE, 7))


def to_metres(xy: Floats) -> Floats:
    """Lattice → local metres."""
    forth, _, east, north = _plane()
    x, y = forth.transform(xy[:, 0] / LATTICE, xy[:, 1] / LATTICE)
    return np.column_stack([x - east, y - north])


def metres(geometry: Any) -> Any:
    """A geometry, or an array of them, from the lattice to local metres."""
    return shapely.transform(geometry, to_metres)


def largest(geometry: Any) -> Any:
    """The largest part of a polygon or multipolygon."""
    return max(shapely.get_parts(geometry), key=lambda part: part.area)


def vertex_keys(xy: Floats) -> Ints:
    """One whole number a lattice vertex: equal exactly where the vertices are."""
    whole = np.rint(xy).astype(np.int64)
    keys: Ints = whole[:, 0] * (1 << 31) + whole[:, 1]
    return keys
