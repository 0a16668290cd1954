"""不交叉重叠，不留空白: whether the grids of a tier cover their parents exactly once.

Faults are values, not refusals: a city with faults is loaded, and told of each. Areas are in m².
shapely's coverage functions find edges that do not match, but miss a deleted grid on the rim, so the
union is also compared with the parent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely

from geo.roadnet import DEGREE_M

Kind = Literal["overlap", "gap", "orphan", "outside"]
#: Smaller faults are rounding of coordinates, not faults of the map.
TOLERANCE_M2 = 1.0


@dataclass(frozen=True, slots=True)
class Area:
    """A grid to check; `parent` None where nothing is above it. `geom` in EPSG:4326."""

    code: str
    parent: str | None
    geom: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """overlap: two siblings share ground; gap: ground of a parent (or hole) in no grid; orphan: the parent
    is not there; outside: a grid sticks out of its parent. `at` = lon, lat of a point in the fault."""

    kind: Kind
    codes: tuple[str, ...]
    area_m2: float
    at: tuple[float, float]


def check_tier(
    areas: Sequence[Area], parents: Mapping[str, Any] | None = None, tolerance_m2: float = TOLERANCE_M2
) -> list[Fault]:
    """All faults of one tier, by kind and code. `parents`: code → geometry of the tier above, if there is
    one; without it only overlaps and enclosed holes are looked for."""
    if not areas:
        return []
    plane = _Plane(np.array([area.geom for area in areas], dtype=object))
    grids = plane.metres([area.geom for area in areas])
    faults = _overlaps(areas, grids, plane, tolerance_m2)
    if parents:
        faults += _against_parents(areas, grids, parents, plane, tolerance_m2)
    else:
        faults += _holes(grids, plane, tolerance_m2)
    return sorted(faults, key=lambda fault: (fault.kind, fault.codes, fault.at))


class _Plane:
    """Local metres about the middle of the city; equal vertices stay equal."""

    def __init__(self, geometries: Any) -> None:
        _, south, _, north = shapely.total_bounds(geometries)
        self._factor = np.array([np.cos(np.radians((south + north) / 2)), 1.0]) * DEGREE_M

    def metres(self, geometries: Sequence[Any]) -> Any:
        return shapely.transform(np.array(geometries, dtype=object), lambda xy: xy * self._factor)

    def fault(self, kind: Kind, codes: tuple[str, ...], where: Any) -> Fault:
        lon, lat = shapely.get_coordinates(shapely.point_on_surface(where))[0] / self._factor
        return Fault(kind, codes, round(float(where.area), 2), (round(float(lon), 7), round(float(lat), 7)))


def _overlaps(areas: Sequence[Area], grids: Any, plane: _Plane, tolerance: float) -> list[Fault]:
    if shapely.coverage_is_valid(grids):
        return []
    bad = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(grids)))
    left, right = shapely.STRtree(grids[bad]).query(grids[bad], predicate="intersects")
    one, other = bad[left[left < right]], bad[right[left < right]]
    shared = shapely.intersection(grids[one], grids[other])
    return [
        plane.fault("overlap", (areas[a].code, areas[b].code), ground)
        for a, b, ground in zip(one, other, shared, strict=True)
        if ground.area > tolerance
    ]


def _against_parents(
    areas: Sequence[Area], grids: Any, parents: Mapping[str, Any], plane: _Plane, tolerance: float
) -> list[Fault]:
    children: dict[str | None, list[int]] = {}
    for index, area in enumerate(areas):
        children.setdefault(area.parent if area.parent in parents else None, []).append(index)
    faults = [plane.fault("orphan", (areas[i].code,), grids[i]) for i in children.pop(None, [])]
    for code, geom in sorted(parents.items()):
        parent = plane.metres([geom])[0]
        own = children.get(code, [])
        faults += _gaps(code, parent, grids[own], plane, tolerance)
        faults += _outside([areas[i].code for i in own], parent, grids[own], plane, tolerance)
    return faults


def _gaps(code: str, parent: Any, own: Any, plane: _Plane, tolerance: float) -> list[Fault]:
    rest = shapely.difference(parent, shapely.union_all(own)) if len(own) else parent
    return [plane.fault("gap", (code,), part) for part in _pieces(rest) if part.area > tolerance]


def _outside(codes: Sequence[str], parent: Any, own: Any, plane: _Plane, tolerance: float) -> list[Fault]:
    beyond = shapely.difference(own, parent)
    return [
        plane.fault("outside", (code,), ground)
        for code, ground in zip(codes, beyond, strict=True)
        if ground.area > tolerance
    ]


def _holes(grids: Any, plane: _Plane, tolerance: float) -> list[Fault]:
    """Enclosed ground in no grid; it may be a lake, so it is for people to judge."""
    rings = [ring for part in _pieces(shapely.union_all(grids)) for ring in part.interiors]
    holes = [shapely.Polygon(ring) for ring in rings]
    return [plane.fault("gap", (), hole) for hole in holes if hole.area > tolerance]


def _pieces(geometry: Any) -> list[Any]:
    return [part for part in shapely.get_parts(geometry) if shapely.get_type_id(part) == 3]
