"""What would mend the faults of a coverage, grid by grid; refused where it cannot be said how.

Ground of a gap goes to the neighbour with the longest border on it, ground of an overlap to the one of the
two with the longest border (shapely.coverage_clean, which also gives neighbours the same vertices); the tiers
above become the unions of their children. A missing parent is the grid above that holds the child's ground.
Nothing says whose a wide gap is, which of two equal shapes is right, or what a wrong code should have been.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import shapely

from geo.coverage import TOLERANCE_M2, Area, Fault, Kind
from geo.hierarchy import Tiers, check_city
from geo.plane import Plane, pieces

Reason = Literal["duplicate", "too_wide", "too_much", "no_neighbour", "no_parent", "code", "still_there"]
GAP_M = 20.0
"""Wider gaps may be grids that were forgotten."""
MOST = 0.5
"""Two grids that share more than this of the smaller one are a matter for people."""
INSIDE = 0.95
"""A grid that lies this far in one of the tier above hangs there."""
_GROUND: frozenset[Kind] = frozenset({"overlap", "sliver", "gap", "outside"})
_HANGING: frozenset[Kind] = frozenset({"orphan", "tier_skip"})


@dataclass(frozen=True, slots=True)
class Change:
    """A grid as it would be; areas in m², `geom` EPSG:4326."""

    code: str
    tier: int
    before_m2: float
    after_m2: float
    gained_m2: float
    lost_m2: float
    parent: str | None
    geom: Any


@dataclass(frozen=True, slots=True)
class Repair:
    """`solved` and `refused` name faults by their place in the list that was given."""

    changes: tuple[Change, ...]
    solved: tuple[int, ...]
    refused: Mapping[int, Reason]


def propose(tiers: Tiers, faults: Sequence[Fault], gap_m: float = GAP_M) -> Repair:
    """What would mend these faults of these grids. Gaps wider than `gap_m` on average are refused."""
    work = _Work(tiers, gap_m)
    refused: dict[int, Reason] = {}
    for index, fault in enumerate(faults):
        if reason := work.take(fault):
            refused[index] = reason
    work.clean()
    left = _told(check_city(work.tiers()))
    for index, fault in enumerate(faults):
        if index not in refused and _alike(fault) in left:
            refused[index] = "still_there"
    solved = tuple(index for index in range(len(faults)) if index not in refused)
    return Repair(tuple(work.changes()) if solved else (), solved, refused)


def _alike(fault: Fault) -> tuple[str, tuple[str, ...], tuple[float, float]]:
    return fault.kind, fault.codes, (round(fault.at[0], 5), round(fault.at[1], 5))


def _told(faults: Sequence[Fault]) -> set[tuple[str, tuple[str, ...], tuple[float, float]]]:
    return {_alike(fault) for fault in faults}


class _Work:
    """The grids while they are mended."""

    def __init__(self, tiers: Tiers, gap_m: float) -> None:
        self._before = {(tier, area.code): area for tier, areas in tiers.items() for area in areas}
        self._now = dict(self._before)
        self._order = sorted(tiers)
        self._gap_m = gap_m
        self._plane = Plane(np.array([area.geom for area in self._before.values()], dtype=object))
        self._touched: dict[int, set[str]] = {tier: set() for tier in tiers}
        self._trees: dict[int, tuple[list[str], Any]] = {}

    def take(self, fault: Fault) -> Reason | None:
        """Do what can be done at once; the reason where nothing can."""
        if fault.kind in _HANGING:
            return self._hang(fault)
        if fault.kind not in _GROUND:
            return "duplicate" if fault.kind == "duplicate" else "code"
        gap = "gap" in (fault.kind, fault.detail)
        if gap:
            return self._fill(fault)
        if fault.kind == "outside":
            self._touched[fault.tier] |= set(fault.codes)
            return None
        return self._share(fault)

    def _share(self, fault: Fault) -> Reason | None:
        """An overlap: `clean` gives it to one of the two."""
        both = [self._now[fault.tier, code].geom for code in fault.codes]
        if fault.area_m2 > MOST * min(shapely.area(self._plane.metres(both))):
            return "too_much"
        self._touched[fault.tier] |= set(fault.codes)
        return None

    def _fill(self, fault: Fault) -> Reason | None:
        (ground,) = self._plane.metres([fault.geom])
        if 2 * ground.area > self._gap_m * ground.length:
            return "too_wide"
        beside = self._near(fault.tier, fault.geom)
        if fault.codes:  # a gap of a parent is filled by its own
            beside = [code for code in beside if self._now[fault.tier, code].parent == fault.codes[0]]
        if not beside:
            return "no_neighbour"
        shapes = self._plane.metres([self._now[fault.tier, code].geom for code in beside])
        shared = shapely.area(shapely.intersection(shapes, ground.buffer(0.5)))
        self._grow(fault.tier, beside[int(np.argmax(shared))], fault.geom)
        return None

    def _grow(self, tier: int, code: str, ground: Any) -> None:
        held = self._now[tier, code]
        self._now[tier, code] = replace(held, geom=_multi(shapely.union(held.geom, ground)))
        self._touched[tier].add(code)

    def _hang(self, fault: Fault) -> Reason | None:
        """A parent for a grid without one: what lies over it in the tier above."""
        (code,) = fault.codes
        above = self._order[self._order.index(fault.tier) - 1]
        (ground,) = self._plane.metres([fault.geom])
        for over in self._near(above, fault.geom):
            (shape,) = self._plane.metres([self._now[above, over].geom])
            fits = not (code.isdigit() and over.isdigit()) or code.startswith(over)
            if fits and shape.intersection(ground).area >= INSIDE * ground.area:
                self._now[fault.tier, code] = replace(self._now[fault.tier, code], parent=over)
                return None
        return "no_parent"

    def _near(self, tier: int, geom: Any) -> list[str]:
        """Grids of a tier, as they were, that touch a shape."""
        if tier not in self._trees:
            own = [area for (of, _), area in self._before.items() if of == tier]
            self._trees[tier] = [area.code for area in own], shapely.STRtree([area.geom for area in own])
        codes, tree = self._trees[tier]
        return [codes[i] for i in sorted(tree.query(geom, predicate="intersects"))]

    def clean(self) -> None:
        """Tier by tier from the finest: grids that changed fit their neighbours again, parents their own."""
        for tier in reversed(self._order):
            if self._touched[tier]:
                self._clean_tier(tier)
                self._rebuild_parents(tier)

    def _clean_tier(self, tier: int) -> None:
        around = set(self._touched[tier])
        for code in self._touched[tier]:
            around |= set(self._near(tier, self._now[tier, code].geom))
        codes = sorted(around)
        fitted = shapely.coverage_clean([self._now[tier, code].geom for code in codes], snapping_distance=0.0)
        for code, geom in zip(codes, fitted, strict=True):
            held = self._now[tier, code]
            if not shapely.equals(held.geom, geom) or _corners(held.geom) != _corners(geom):
                self._now[tier, code] = replace(held, geom=_multi(geom))
                self._touched[tier].add(code)

    def _rebuild_parents(self, tier: int) -> None:
        place = self._order.index(tier)
        if not place:
            return
        above = self._order[place - 1]
        for code in {self._now[tier, child].parent for child in self._touched[tier]}:
            held = self._now.get((above, code or ""))
            if held is None:
                continue
            own = [area.geom for (of, _), area in self._now.items() if of == tier and area.parent == code]
            whole = _multi(shapely.union_all(own))
            (odd,) = self._plane.metres([shapely.symmetric_difference(whole, held.geom)])
            if odd.area > TOLERANCE_M2:
                self._now[above, held.code] = replace(held, geom=whole)
                self._touched[above].add(held.code)

    def tiers(self) -> dict[int, list[Area]]:
        """The grids as they would be."""
        found: dict[int, list[Area]] = {tier: [] for tier in self._order}
        for (tier, _), area in self._now.items():
            found[tier].append(area)
        return found

    def changes(self) -> Iterator[Change]:
        """What differs, the finest tier first."""
        differs = [key for key, area in self._now.items() if area is not self._before[key]]
        for tier, code in sorted(differs, key=lambda key: (-key[0], key[1])):
            before, after = self._before[tier, code], self._now[tier, code]
            old, new = self._plane.metres([before.geom, after.geom])
            gained, lost = new.difference(old).area, old.difference(new).area
            yield Change(
                code, tier, round(old.area, 1), round(new.area, 1), round(gained, 1), round(lost, 1),
                after.parent, after.geom,
            )  # fmt: skip


def _corners(geometry: Any) -> set[tuple[float, float]]:
    return set(map(tuple, shapely.get_coordinates(geometry).tolist()))


def _multi(geometry: Any) -> Any:
    return shapely.MultiPolygon(pieces(geometry))
