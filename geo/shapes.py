"""Checks of geometry already in EPSG:4326: type, finite, in range, axes, validity. Whole columns at once.

Repaired is only what leaves no doubt, and it is told: heights go, repeated vertices go, needles and
self-touching rings of (nearly) no area go, slivers under a square metre go. A bow-tie, a hole outside its
shell or a line without length is refused with its row and place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.files import Reading
from geo.problems import Problem, note
from geo.roadnet import DEGREE_M

FAMILIES = {
    "point": (0, 4),
    "line": (1, 5),
    "polygon": (3, 6),
}
"""Family → shapely type ids, single and multi."""
#: A repaired polygon may differ in area by one part in ten thousand (0.01 %), no more.
REPAIR_TOLERANCE = 1e-4
#: Parts and holes smaller than this come from drawing programs, not from a city.
SLIVER_M2 = 1.0
Mask = NDArray[np.bool_]
Bounds = tuple[float, float, float, float]


def check(reading: Reading, families: tuple[str, ...], city: Bounds | None = None) -> None:
    """Append problems; leave in the frame clean 2D geometry of the families asked for.

    Rows with an error keep whatever geometry they had. `city` (w, s, e, n) helps to suspect swapped axes.
    """
    _drop_heights(reading)
    _unwrap(reading)
    seen = {problem.row for problem in reading.problems if problem.level == "error"}
    for look in (_missing, _types(families), _several, _finite, _swapped(city), _range, _short(families)):
        fresh = [problem for problem in look(reading.frame) if problem.row not in seen]
        seen |= {problem.row for problem in fresh}
        reading.problems.extend(fresh)
    _drop_repeated(reading)
    _repair(reading, seen)
    _drop_slivers(reading, seen)


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
    count = int((shapely.has_z(geometry) | shapely.has_m(geometry)).sum())
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
        mask = ~np.isin(shapely.get_type_id(_values(frame)), allowed)
        found = frame.geometry.geom_type
        return [
            Problem(
                "geometry_type", row, "geometry", params={"found": found[row], "wanted": ", ".join(families)}
            )
            for row in _rows(frame, mask)
        ]

    return look


def _several(frame: gpd.GeoDataFrame) -> list[Problem]:
    """A row is one place: a multi-point of several is several places, and which one is meant is not said."""
    counts = shapely.get_num_geometries(_values(frame))
    mask = (shapely.get_type_id(_values(frame)) == 4) & (counts > 1)
    return [
        Problem("several_points", row, "geometry", params={"count": int(counts[row - 1])})
        for row in _rows(frame, mask)
    ]


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


def _short(families: tuple[str, ...]) -> Callable[[gpd.GeoDataFrame], list[Problem]]:
    """Lines without length. Of a road network such lines are left out and counted where it is written: they
    are joints of its edges, and common."""

    def look(frame: gpd.GeoDataFrame) -> list[Problem]:
        geometry = _values(frame)
        mask = np.isin(shapely.get_type_id(geometry), FAMILIES["line"]) & (shapely.length(geometry) == 0)
        return [Problem("line_too_short", row, "geometry") for row in _rows(frame, mask)]

    return look if families != ("line",) else lambda frame: []


def _range(frame: gpd.GeoDataFrame) -> list[Problem]:
    """Beyond the globe, or around more than half of it, as shapes are that cross the line of 180°."""
    west, south, east, north = _bounds(frame).T
    mask = (west < -180) | (east > 180) | (south < -90) | (north > 90) | (east - west > 180)
    return [
        Problem(
            "coordinate_out_of_range", row, "geometry", params={"bounds": str(_rounded(frame.geometry[row]))}
        )
        for row in _rows(frame, mask)
    ]


def _rounded(geometry: Any) -> list[float]:
    return [round(float(value), 6) for value in geometry.bounds]


def _drop_repeated(reading: Reading) -> None:
    """A vertex given twice in a row says nothing twice."""
    geometry = _values(reading.frame)
    long = np.isin(shapely.get_type_id(geometry), (*FAMILIES["line"], *FAMILIES["polygon"]))
    long &= shapely.length(geometry) > 0
    slim = shapely.remove_repeated_points(geometry[long])
    changed = shapely.get_num_coordinates(slim) < shapely.get_num_coordinates(geometry[long])
    if changed.any():
        geometry[np.flatnonzero(long)[changed]] = slim[changed]
        reading.frame.geometry = geometry
        reading.problems.append(note("vertices_dropped", count=int(changed.sum())))


def _repair(reading: Reading, seen: set[int | None]) -> None:
    """Self-touching rings and the like: made valid when the area stays the same, refused when not."""
    geometry = _values(reading.frame)
    for row in _rows(reading.frame, _polygonal(geometry) & ~shapely.is_valid(geometry)):
        if row not in seen:
            _repair_row(reading, row)


def _polygonal(geometry: Any) -> Mask:
    return np.isin(shapely.get_type_id(geometry), FAMILIES["polygon"])


def _repair_row(reading: Reading, row: int) -> None:
    broken = reading.frame.geometry[row]
    reason = shapely.is_valid_reason(broken)[:120]
    repaired = polygons_of(shapely.make_valid(broken))
    if repaired.is_empty or abs(repaired.area - broken.area) > REPAIR_TOLERANCE * broken.area:
        reading.problems.append(Problem("polygon_invalid", row, "geometry", params={"reason": reason}))
        return
    change = _square_metres(broken, repaired.area - broken.area)
    reading.problems.append(note("polygon_repaired", row, reason=reason, area_m2=round(change, 2)))
    reading.frame.loc[row, "geometry"] = repaired


def _square_metres(where: Any, area: float) -> float:
    """Square degrees about a place as square metres."""
    return float(area * DEGREE_M**2 * np.cos(np.radians(where.centroid.y)))


def _drop_slivers(reading: Reading, seen: set[int | None]) -> None:
    """Parts and holes of next to no area, unless nothing else would be left."""
    geometry = _values(reading.frame)
    compound = _polygonal(geometry) & (
        (shapely.get_num_geometries(geometry) > 1) | (shapely.get_num_interior_rings(geometry) > 0)
    )
    for row in _rows(reading.frame, compound & shapely.is_valid(geometry)):
        if row not in seen:
            _drop_slivers_of(reading, row)


def _drop_slivers_of(reading: Reading, row: int) -> None:
    whole = reading.frame.geometry[row]
    limit = SLIVER_M2 / _square_metres(whole, 1.0)
    parts = shapely.get_parts(whole)
    kept = parts[shapely.area(parts) >= limit]
    dropped = [float(area) for area in shapely.area(parts) if area < limit]
    clean = []
    for part in kept if len(kept) else parts:
        holes = [shapely.Polygon(ring) for ring in part.interiors]
        dropped += [hole.area for hole in holes if hole.area < limit]
        clean.append(shapely.Polygon(part.exterior, [h.exterior for h in holes if h.area >= limit]))
    if dropped and len(kept):
        area = round(_square_metres(whole, sum(dropped)), 3)
        told = {"count": len(dropped), "area_m2": area, "limit_m2": SLIVER_M2}
        reading.problems.append(note("slivers_dropped", row, **told))
        reading.frame.loc[row, "geometry"] = clean[0] if len(clean) == 1 else shapely.MultiPolygon(clean)


def _unwrap(reading: Reading) -> None:
    """A multi-point of one point is that point; so is a collection that holds one shape."""
    geometry = _values(reading.frame)
    alone = np.isin(shapely.get_type_id(geometry), (4, 7)) & (shapely.get_num_geometries(geometry) == 1)
    if alone.any():
        geometry[alone] = shapely.get_geometry(geometry[alone], 0)
        reading.frame.geometry = geometry


def polygons_of(geometry: Any) -> Any:
    """The polygonal parts of any geometry as one (Multi)Polygon, possibly empty."""
    parts = shapely.get_parts(geometry)
    nested = [part for part in parts if shapely.get_type_id(part) == 6]
    flat = [part for part in parts if shapely.get_type_id(part) == 3]
    flat += [part for whole in nested for part in shapely.get_parts(whole)]
    return flat[0] if len(flat) == 1 else shapely.MultiPolygon(flat)
