"""Checks of geometry already in EPSG:4326: type, finite, in range, axes, validity. Whole columns at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.files import Reading
from geo.problems import Problem, note

FAMILIES = {
    "point": (0, 4),
    "line": (1, 5),
    "polygon": (3, 6),
}
"""Family → shapely type ids, single and multi."""
#: A repaired polygon may differ in area by one part in ten thousand (0.01 %), no more.
REPAIR_TOLERANCE = 1e-4
Mask = NDArray[np.bool_]
Bounds = tuple[float, float, float, float]


def check(reading: Reading, families: tuple[str, ...], city: Bounds | None = None) -> None:
    """Append problems; leave in the frame clean 2D geometry of the families asked for.

    Rows with an error keep whatever geometry they had. `city` (w, s, e, n) helps to suspect swapped axes.
    """
    _drop_heights(reading)
    seen = {problem.row for problem in reading.problems if problem.level == "error"}
    for look in (_missing, _types(families), _finite, _swapped(city), _range):
        fresh = [problem for problem in look(reading.frame) if problem.row not in seen]
        seen |= {problem.row for problem in fresh}
        reading.problems.extend(fresh)
    _repair(reading, seen)
    _unwrap(reading)


def _values(frame: gpd.GeoDataFrame) -> Any:
    return frame.geometry.to_numpy()


def _rows(frame: gpd.GeoDataFrame, mask: Mask) -> Iterable[int]:
    return (int(row) for row in frame.index[mask])


def _bounds(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """minx, miny, maxx, maxy a row; NaN for empty ones."""
    bounds: NDArray[np.float64] = shapely.bounds(_values(frame))
    return bounds


def _drop_heights(reading: Reading) -> None:
    """Only the plan counts; the frame is two-dimensional from here on."""
    geometry = _values(reading.frame)
    count = int(shapely.has_z(geometry).sum())
    if count:
        reading.problems.append(note("heights_dropped", count=count))
        reading.frame.geometry = shapely.force_2d(geometry)


def _missing(frame: gpd.GeoDataFrame) -> list[Problem]:
    geometry = _values(frame)
    mask = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    return [Problem("geometry_missing", row, "geometry") for row in _rows(frame, mask)]


def _types(families: tuple[str, ...]) -> Callable[[gpd.GeoDataFrame], list[Problem]]:
    allowed = [number for family in families for number in FAMILIES[family]]

    def look(frame: gpd.GeoDataFrame) -> list[Problem]:
        several = (shapely.get_type_id(_values(frame)) == 4) & (
            shapely.get_num_geometries(_values(frame)) > 1
        )
        mask = ~np.isin(shapely.get_type_id(_values(frame)), allowed) | several
        found = frame.geometry.geom_type
        return [
            Problem(
                "geometry_type", row, "geometry", params={"found": found[row], "wanted": ", ".join(families)}
            )
            for row in _rows(frame, mask)
        ]

    return look


def _finite(frame: gpd.GeoDataFrame) -> list[Problem]:
    coordinates, owner = shapely.get_coordinates(_values(frame), return_index=True)
    mask = np.zeros(len(frame), dtype=bool)
    mask[owner[~np.isfinite(coordinates).all(axis=1)]] = True
    return [Problem("coordinate_not_finite", row, "geometry") for row in _rows(frame, mask)]


def _swapped(city: Bounds | None) -> Callable[[gpd.GeoDataFrame], list[Problem]]:
    """Latitude first: certain past 90°, suspected when only the swapped point lies in the city."""

    def look(frame: gpd.GeoDataFrame) -> list[Problem]:
        west, south, east, north = _bounds(frame).T
        mask = (np.maximum(-south, north) > 90) & (np.maximum(-west, east) <= 90)
        mask &= np.maximum(-south, north) <= 180
        if city is not None:
            mask |= _inside(city, south, west) & _inside(city, north, east) & ~_inside(city, west, south)
        return [_swap_problem(frame, row) for row in _rows(frame, mask)]

    return look


def _inside(city: Bounds, x: NDArray[np.float64], y: NDArray[np.float64]) -> Mask:
    return (x >= city[0]) & (x <= city[2]) & (y >= city[1]) & (y <= city[3])


def _swap_problem(frame: gpd.GeoDataFrame, row: int) -> Problem:
    x, y = shapely.get_coordinates(frame.geometry[row])[0]
    return Problem("coordinates_swapped", row, "geometry", params={"lon": float(x), "lat": float(y)})


def _range(frame: gpd.GeoDataFrame) -> list[Problem]:
    west, south, east, north = _bounds(frame).T
    mask = (west < -180) | (east > 180) | (south < -90) | (north > 90)
    return [
        Problem(
            "coordinate_out_of_range", row, "geometry", params={"bounds": str(_rounded(frame.geometry[row]))}
        )
        for row in _rows(frame, mask)
    ]


def _rounded(geometry: Any) -> list[float]:
    return [round(float(value), 6) for value in geometry.bounds]


def _repair(reading: Reading, seen: set[int | None]) -> None:
    """Self-touching rings and the like: made valid when the area stays the same, refused when not."""
    geometry = _values(reading.frame)
    polygonal = np.isin(shapely.get_type_id(geometry), FAMILIES["polygon"])
    for row in _rows(reading.frame, polygonal & ~shapely.is_valid(geometry)):
        if row not in seen:
            _repair_row(reading, row)


def _repair_row(reading: Reading, row: int) -> None:
    broken = reading.frame.geometry[row]
    reason = shapely.is_valid_reason(broken)[:120]
    repaired = polygons_of(shapely.make_valid(broken))
    if repaired.is_empty or abs(repaired.area - broken.area) > REPAIR_TOLERANCE * broken.area:
        reading.problems.append(Problem("polygon_invalid", row, "geometry", params={"reason": reason}))
        return
    reading.problems.append(note("polygon_repaired", row, reason=reason))
    reading.frame.loc[row, "geometry"] = repaired


def _unwrap(reading: Reading) -> None:
    """A multi-point of one point is that point."""
    geometry = _values(reading.frame)
    multi = shapely.get_type_id(geometry) == 4
    if multi.any():
        geometry[multi] = shapely.get_geometry(geometry[multi], 0)
        reading.frame.geometry = geometry


def polygons_of(geometry: Any) -> Any:
    """The polygonal parts of any geometry as one (Multi)Polygon, possibly empty."""
    parts = shapely.get_parts(geometry)
    nested = [part for part in parts if shapely.get_type_id(part) == 6]
    flat = [part for part in parts if shapely.get_type_id(part) == 3]
    flat += [part for whole in nested for part in shapely.get_parts(whole)]
    return flat[0] if len(flat) == 1 else shapely.MultiPolygon(flat)
