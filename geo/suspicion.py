"""What is suspected of a file whose shapes are sound: that they lie elsewhere than it says.

Nothing here changes a coordinate. A suspicion is a note with its measure, so that somebody who knows the
city can look at the map and name the datum.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import datum as datums
from geo.files import Reading
from geo.problems import Problem, note
from geo.roadnet import DEGREE_M

Bounds = tuple[float, float, float, float]
Floats = NDArray[np.float64]
#: Rows looked at, evenly through the file.
LOOKED_AT = 2000
#: A share of rows from which it is said that they lie outside, or on water.
OUTSIDE, ON_WATER = 0.1, 0.1
#: How far beyond its grids a city's own things may lie, in degrees (about 5 km: islands, motorway posts).
MARGIN = 0.05
#: Another datum fits clearly better when it divides the median distance by three and brings three rows of
#: four nearer. (In the demo city what stands inside blocks is as far from roads in any datum; cameras at
#: roads, and roads themselves, differ by a factor of a hundred.) Fewer rows than this prove nothing.
BETTER, NEARER, ENOUGH = 1 / 3, 0.75, 12
SHIFTED = ("wgs84", "gcj02", "bd09")
#: Rows named in a sentence.
NAMED = 5


def suspect_outside(reading: Reading, city: Bounds) -> list[Problem]:
    """Rows that lie outside the city: a wrong zone, swapped axes, or another town's file."""
    west, south, east, north = city
    bounds = shapely.bounds(reading.frame.geometry.to_numpy())
    outside = (bounds[:, 2] < west - MARGIN) | (bounds[:, 0] > east + MARGIN)
    outside |= (bounds[:, 3] < south - MARGIN) | (bounds[:, 1] > north + MARGIN)
    if outside.mean() < OUTSIDE:
        return []
    return [note("suspect_outside", share=_percent(outside), count=int(outside.sum()))]


def suspect_water(reading: Reading, waters: Sequence[Any]) -> list[Problem]:
    """Points on the sea, rivers or lakes of the base map; a few are bridges and piers."""
    rows = _every(len(reading.frame))
    geometry = reading.frame.geometry.to_numpy()[rows]
    points = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
    wet = np.zeros(len(rows), dtype=bool)
    wet[np.unique(shapely.STRtree(waters).query(geometry, predicate="intersects")[0])] = True
    wet &= points
    if not points.any() or wet.sum() < 2 or wet.sum() / points.sum() < ON_WATER:
        return []
    named = ", ".join(str(row + 1) for row in rows[wet][:NAMED])
    return [note("suspect_water", share=_percent(wet[points]), count=int(wet.sum()), rows=named)]


def suspect_datum(
    reading: Reading, declared: str | None, lines: Sequence[Any], known: Floats | None = None
) -> list[Problem]:
    """GCJ-02 or BD-09 not declared, or declared wrongly: by the distance to what the city knows.

    `known` (lon, lat a row of the file, NaN where there is none) are the places that the same codes have now;
    they decide when there are enough of them. `lines` (EPSG:4326) are roads, or the boundaries of grids for a
    file of grids: what stands along them is near them only when read in its own datum; half a kilometre off
    it is as near as any place.
    """
    now = (declared or "wgs84").lower().replace("-", "").replace("cgcs2000", "wgs84")
    if reading.stated is None or now not in SHIFTED:
        return []
    rows = _every(len(reading.stated))
    stated, before = reading.stated[rows], None if known is None else known[rows]
    given = np.isfinite(stated).all(axis=1)
    if before is not None and (given & np.isfinite(before).all(axis=1)).sum() >= ENOUGH:
        given &= np.isfinite(before).all(axis=1)
        return _compared(_moves(stated[given], before[given]), now)
    if given.sum() < ENOUGH or not len(lines):
        return []
    return _compared(_distances(stated[given], lines), now)


def _compared(distances: dict[str, Floats], now: str) -> list[Problem]:
    """A note when another reading than the present one fits clearly better; metres a row of each."""
    medians = {name: float(np.median(found)) for name, found in distances.items()}
    best = min(medians, key=lambda name: medians[name])
    nearer = float(np.mean(distances[best] < distances[now]))
    if best == now or medians[best] > BETTER * medians[now] or nearer < NEARER:
        return []
    fits, held = round(medians[best], 1), round(medians[now], 1)
    return [note("suspect_datum", suspected=best, fits_m=fits, now_m=held)]


def _moves(stated: Floats, before: Floats) -> dict[str, Floats]:
    """How far each row would have moved, for each way to read it."""
    factor = _metres_a_degree(stated)
    return {name: np.hypot(*((found - before) * factor).T) for name, found in _readings(stated).items()}


def _distances(stated: Floats, lines: Sequence[Any]) -> dict[str, Floats]:
    """Metres from each point to the nearest line, for each way to read the points."""
    factor = _metres_a_degree(stated)
    known = shapely.transform(np.array(lines, dtype=object), lambda xy: xy * factor)
    tree = shapely.STRtree(known)
    points = {name: shapely.points(found * factor) for name, found in _readings(stated).items()}
    return {name: shapely.distance(found, known[tree.nearest(found)]) for name, found in points.items()}


def _readings(stated: Floats) -> dict[str, Floats]:
    """The points in EPSG:4326, taken to be in each datum."""
    x, y = stated.T
    return {name: np.column_stack(datums.to_wgs84(x, y, name)) for name in SHIFTED}


def _metres_a_degree(stated: Floats) -> Floats:
    found: Floats = np.array([np.cos(np.radians(np.median(stated[:, 1]))), 1.0]) * DEGREE_M
    return found


def _every(count: int) -> NDArray[np.intp]:
    """Places of at most LOOKED_AT rows, evenly through the file."""
    return np.unique(np.linspace(0, count - 1, min(count, LOOKED_AT)).astype(np.intp))


def _percent(mask: NDArray[np.bool_]) -> int:
    return round(100 * float(mask.mean()))
