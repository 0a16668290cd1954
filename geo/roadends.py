"""Roads as files have them: ends that nearly touch are joined, crossings without a common point are told.

Joined is only what ends loosely within TOLERANCE_M of another road: drawn by hand, or cut apart by rounding.
Roads that cross without a common point stay apart: that is what a bridge or a tunnel is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.plane import Plane
from geo.roadnet import SCALE, Floats, vertex_numbers

#: Metres; said in the import's report.
TOLERANCE_M = 1.0
#: Nearer than this is the same point.
SAME_M = 0.02


@dataclass(frozen=True, slots=True)
class Joined:
    """The lines (EPSG:4326) with `count` loose ends moved onto their neighbours."""

    lines: list[Any]
    count: int


def join(lines: Sequence[Any]) -> Joined:
    """Move loose ends onto the road they nearly touch: onto its nearest point if one is within the tolerance,
    else onto its line, which gets a point there."""
    plane = Plane(lines)
    metres = plane.metres(lines)
    points = [shapely.get_coordinates(line) for line in metres]
    line, at_end = _loose_ends(lines)
    spots = np.array([points[i][-1 if end else 0] for i, end in zip(line, at_end, strict=True)]).reshape(
        -1, 2
    )
    tree = shapely.STRtree(metres)
    loose, other = tree.query(shapely.points(spots), predicate="dwithin", distance=TOLERANCE_M)
    own = other == line[loose]
    moved: set[int] = set()
    changed: set[int] = set()
    for number, neighbour in zip(loose[~own].tolist(), other[~own].tolist(), strict=True):
        if number not in moved and _attach(
            points, int(line[number]), bool(at_end[number]), neighbour, changed
        ):
            moved.add(number)
    fresh = [
        plane.degrees(shapely.LineString(points[i])) if i in changed else lines[i] for i in range(len(lines))
    ]
    return Joined(fresh, len(moved))


def _loose_ends(lines: Sequence[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Line and side (True = its last point) of every end that is no other line's point."""
    lonlat, owner = shapely.get_coordinates(np.array(lines, dtype=object), return_index=True)
    vertex = vertex_numbers(lonlat)
    used = np.bincount(vertex)
    first = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    last = np.append(first[1:], len(owner)) - 1
    place = np.concatenate((first, last))
    side = np.repeat([False, True], len(first))
    loose = used[vertex[place]] == 1
    return owner[place[loose]].astype(np.int64), side[loose]


def _attach(points: list[Floats], line: int, at_end: bool, other: int, changed: set[int]) -> bool:
    """Move one end onto another line as both are now; whether anything moved."""
    end = -1 if at_end else 0
    spot, there = points[line][end], points[other]
    gaps = np.hypot(*(there - spot).T)
    nearest = int(gaps.argmin())
    if gaps[nearest] < SAME_M:
        return False  # the other end was moved here before
    if gaps[nearest] <= TOLERANCE_M:
        target = there[nearest]
    else:
        target = _insert(points, other, spot)
        changed.add(other)
    moved = points[line].copy()
    moved[end] = target
    if np.hypot(*np.diff(moved, axis=0).T).sum() < SAME_M:
        return False  # the whole road is shorter than the tolerance
    points[line] = moved
    changed.add(line)
    return True


def _insert(points: list[Floats], line: int, spot: Floats) -> Floats:
    """Give a line a point where it is nearest to the spot."""
    a, b = points[line][:-1], points[line][1:]
    along = b - a
    share = np.clip(((spot - a) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0, 1)
    feet = a + share[:, None] * along
    segment = int(np.hypot(*(feet - spot).T).argmin())
    points[line] = np.insert(points[line], segment + 1, feet[segment], axis=0)
    foot: Floats = feet[segment]
    return foot


def unjoined_crossings(lines: Sequence[Any]) -> Floats:
    """lon, lat of every place where two roads cross without a point that both have; once, however many
    lines a file has for each road."""
    shapes = np.array(lines, dtype=object)
    one, two = shapely.STRtree(shapes).query(shapes, predicate="crosses")
    keep = one < two
    one, two = one[keep], two[keep]
    met, pair = shapely.get_coordinates(shapely.intersection(shapes[one], shapes[two]), return_index=True)
    sets = _vertex_sets(shapes, np.union1d(one, two))
    keys = [(int(x), int(y)) for x, y in np.round(met * SCALE)]
    apart = [
        key not in sets[int(one[number])] or key not in sets[int(two[number])]
        for key, number in zip(keys, pair, strict=True)
    ]
    found: Floats = np.unique(np.round(met[np.array(apart, dtype=bool)], 6), axis=0)
    return found


def _vertex_sets(shapes: NDArray[Any], wanted: NDArray[np.int64]) -> dict[int, set[tuple[int, int]]]:
    return {
        int(i): {(int(x), int(y)) for x, y in np.round(shapely.get_coordinates(shapes[i]) * SCALE)}
        for i in wanted
    }
