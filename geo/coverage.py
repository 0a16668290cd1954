"""不交叉重叠，不留空白: whether the grids of a tier cover their parents exactly once.

Faults are values, not refusals: a city with faults is loaded, and told of each. Areas are in m².
shapely's coverage functions find edges that do not match, but miss a deleted grid on the rim, so each
parent's ground is also compared with that of its children. Codes and tiers are judged in geo.hierarchy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.plane import Plane, pieces

Kind = Literal[
    "overlap", "duplicate", "sliver", "gap", "outside", "orphan", "tier_skip", "code_length", "code_prefix",
    "county_unknown",
]  # fmt: skip
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
#: Smaller faults are rounding of coordinates, not faults of the map.
TOLERANCE_M2 = 1.0
#: Overlaps and gaps narrower than this on average come of drawing a border twice.
SLIVER_M = 2.0
#: Two grids that share this much of the larger one are the same shape drawn twice.
SAME = 0.999


@dataclass(frozen=True, slots=True)
class Area:
    """A grid to check; `parent` None where nothing is above it. `geom` in EPSG:4326."""

    code: str
    parent: str | None
    geom: Any


@dataclass(frozen=True, slots=True)
class Fault:
    """overlap: two siblings share ground; duplicate: two are one shape; gap: ground of a parent (or hole) in
    no grid; sliver: a thin overlap or gap (`detail` says which); outside: a grid sticks out of its parent;
    the others as in geo.hierarchy. `at` = lon, lat of a point in the fault, `geom` its ground (EPSG:4326)."""

    kind: Kind
    codes: tuple[str, ...]
    area_m2: float
    at: tuple[float, float]
    geom: Any = None
    tier: int = 0
    detail: str = ""


def check_tier(
    areas: Sequence[Area],
    parents: Mapping[str, Any] | None = None,
    tolerance_m2: float = TOLERANCE_M2,
    tier: int = 0,
) -> list[Fault]:
    """Faults of the ground of one tier, by kind and code. `parents`: code → geometry of the tier above, if
    there is one; without it only overlaps and enclosed holes are looked for."""
    if not areas:
        return []
    check = _Check(areas, tolerance_m2, tier)
    faults = check.overlaps()
    faults += check.against(parents) if parents else check.holes()
    return sorted(faults, key=lambda fault: (fault.kind, fault.codes, fault.at))


class _Check:
    """One tier, in metres."""

    def __init__(self, areas: Sequence[Area], tolerance: float, tier: int) -> None:
        self._areas, self._tolerance, self._tier = areas, tolerance, tier
        shapes = np.array([area.geom for area in areas], dtype=object)
        self._plane = Plane(shapes)
        self._grids = self._plane.metres(shapes)
        self._odd = ~shapely.is_empty(shapely.coverage_invalid_edges(self._grids))

    def overlaps(self) -> list[Fault]:
        bad = np.flatnonzero(self._odd)
        left, right = shapely.STRtree(self._grids[bad]).query(self._grids[bad], predicate="intersects")
        one, other = bad[left[left < right]], bad[right[left < right]]
        shared = shapely.intersection(self._grids[one], self._grids[other])
        larger = np.maximum(shapely.area(self._grids[one]), shapely.area(self._grids[other]))
        found = []
        for a, b, ground, most in zip(one, other, shared, larger, strict=True):
            codes = (self._areas[a].code, self._areas[b].code)
            if ground.area > self._tolerance and ground.area >= SAME * most:
                found.append(self._fault("duplicate", codes, ground))
            elif ground.area > self._tolerance:
                found += [self._thin_or("overlap", codes, part) for part in self._large(ground)]
        return found

    def against(self, parents: Mapping[str, Any]) -> list[Fault]:
        """Gaps in the parents, and what sticks out of them; whose parent is not there has none to leave."""
        codes = sorted(parents)
        number = {code: index for index, code in enumerate(codes)}
        above = self._plane.metres([parents[code] for code in codes])
        shapely.prepare(above)
        of = np.array([number.get(area.parent or "", -1) for area in self._areas])
        own = np.flatnonzero(of >= 0)
        beyond = own[~shapely.covers(above[of[own]], self._grids[own])]
        spill = shapely.difference(self._grids[beyond], above[of[beyond]])
        faults = [
            self._fault("outside", (self._areas[child].code,), ground, codes[of[child]])
            for child, ground in zip(beyond, spill, strict=True)
            if ground.area > self._tolerance
        ]
        inside = shapely.area(self._grids)
        inside[beyond] -= shapely.area(spill)
        covered = np.bincount(of[own], weights=inside[own], minlength=len(codes)).astype(np.float64)
        suspect = np.flatnonzero(self._suspect(shapely.area(above), covered, of, own))
        for parent in suspect:
            faults += self._gaps(codes[parent], above[parent], self._grids[own[of[own] == parent]])
        return faults

    def _suspect(
        self, whole: NDArray[np.float64], covered: NDArray[np.float64], of: NDArray[Any], own: NDArray[Any]
    ) -> NDArray[np.bool_]:
        """Parents whose children's areas do not add up to their own; those with overlaps may, by chance."""
        odd: NDArray[np.bool_] = np.abs(whole - covered) > self._tolerance
        odd[of[own[self._odd[own]]]] = True
        return odd

    def _gaps(self, code: str, parent: Any, own: NDArray[np.object_]) -> list[Fault]:
        rest = shapely.difference(parent, shapely.union_all(own)) if len(own) else parent
        return [self._thin_or("gap", (code,), part) for part in self._large(rest)]

    def holes(self) -> list[Fault]:
        """Enclosed ground in no grid; it may be a lake, so it is for people to judge."""
        rings = [ring for part in pieces(shapely.union_all(self._grids)) for ring in part.interiors]
        holes = [shapely.Polygon(ring) for ring in rings]
        return [self._thin_or("gap", (), hole) for hole in holes if hole.area > self._tolerance]

    def _large(self, ground: Any) -> list[Any]:
        return [part for part in pieces(ground) if part.area > self._tolerance]

    def _thin_or(self, kind: Kind, codes: tuple[str, ...], ground: Any) -> Fault:
        thin = 2 * ground.area < SLIVER_M * ground.length
        return self._fault("sliver", codes, ground, kind) if thin else self._fault(kind, codes, ground)

    def _fault(self, kind: Kind, codes: tuple[str, ...], ground: Any, detail: str = "") -> Fault:
        parts = shapely.MultiPolygon(pieces(ground))
        size = round(float(parts.area), 2)
        return fault_at(kind, codes, self._plane.degrees(parts), size, self._tier, detail)


def fault_at(kind: Kind, codes: tuple[str, ...], geom: Any, area_m2: float, tier: int, detail: str) -> Fault:
    """A fault with a point in it to go to."""
    lon, lat = shapely.get_coordinates(shapely.point_on_surface(geom))[0]
    return Fault(kind, codes, area_m2, (round(float(lon), 7), round(float(lat), 7)), geom, tier, detail)
