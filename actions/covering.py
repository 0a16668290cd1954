"""What cameras, broadcasts and shelters cover, and where they fall short. Figures of places, not of persons.

The measures
- cameras: a base grid is covered when a camera of the first class stands in it, a key place when one stands
  within the norm `camera_near`; the online share counts all cameras.
- broadcasts: a base grid is reached when the point inside it lies within the radius of any (its own
  `reach_m`, else the norm of its level); its whole population counts.
- shelters: places per resident of a district or town against the norm `shelter_share`, and as with broadcasts
  the residents within the radius of its class. As the crow flies; by road is the subject of `actions.reach`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from actions.areas import Areas
from actions.queries import check_read
from actions.services import Services
from core.permissions import Principal, Scope, visible
from db import sites
from db.reach import AreaRow, PlaceRow, read_kind
from geo.locating import locate
from geo.reaching import nearest, within

FIRST = "1"
"""一类视频点位: the class that coverage counts."""
LISTED = 1000
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spot:
    """One place or base grid in a list; `people` 0 where it is not about them."""

    code: str
    name: str
    area: str
    lon: float
    lat: float
    people: int = 0


def _spots(rows: Sequence[PlaceRow]) -> Floats:
    return np.array([row.spot for row in rows], dtype=float).reshape(-1, 2)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class _City:
    """The areas and what of them is asked about."""

    areas: Areas
    seen: NDArray[np.bool_]
    scopes: tuple[Scope, Scope]

    def sees(self, area: str) -> bool:
        return all(visible(scope, area) for scope in self.scopes)

    def rows(self, tier: int) -> list[tuple[AreaRow, Indices]]:
        """Areas of a tier with their base grids in scope, those without any left out."""
        mine: dict[str, list[int]] = defaultdict(list)
        for index in np.flatnonzero(self.seen):
            if owner := self.owner(self.areas.base[index].code, tier):
                mine[owner].append(int(index))
        rows = ((row, np.array(mine.get(row.code, ()), dtype=np.int64)) for row in self.areas.tier(tier))
        return [(row, indices) for row, indices in rows if len(indices)]

    def owner(self, code: str, tier: int) -> str | None:
        """The area of a tier that a code belongs to."""
        above = self.areas.above(code, tier)
        return above.code if above else None

    def bare(self, covered: NDArray[np.bool_]) -> list[Spot]:
        """Base grids in scope that nothing covers, the most populous first."""
        left = [int(i) for i in np.flatnonzero(self.seen & ~covered)]
        left.sort(key=lambda i: (-self.areas.people[i], self.areas.base[i].code))
        return [_spot_of(self.areas.base[i]) for i in left]


def _spot_of(row: AreaRow) -> Spot:
    return Spot(row.code, row.name, row.parent or row.code, *row.spot, row.population)


def _open(services: Services, principal: Principal, area: str) -> _City:
    check_read(principal, "live")
    areas, scope = services.reference.areas(), Scope.of(principal)
    return _City(areas, areas.seen(scope, area), (scope, Scope(area)))


# --- cameras ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CameraRow:
    """One area's cameras by class, how many answer, and what the first class covers."""

    code: str
    name: str
    cameras: int
    classes: Mapping[str, int]
    online: int
    grids: int
    grids_covered: int
    keyplaces: int
    keyplaces_covered: int

    @property
    def online_share(self) -> float | None:
        return _share(self.online, self.cameras)

    @property
    def coverage(self) -> float | None:
        """Share of base grids with a camera of the first class in them."""
        return _share(self.grids_covered, self.grids)


@dataclass(frozen=True, slots=True)
class CameraReport:
    """Areas of the tier asked for; the key places and base grids without a camera of the first class."""

    rows: tuple[CameraRow, ...]
    keyplaces: tuple[Spot, ...]
    grids: tuple[Spot, ...]
    near_m: float


def cameras(services: Services, principal: Principal, area: str = "", tier: int = 2) -> CameraReport:
    """By area of a tier (0 to 3). Raises Forbidden."""
    city = _open(services, principal, area)
    with services.engine.connect() as conn:
        found, keyplaces, norms = read_kind(conn, "cameras"), read_kind(conn, "keyplaces"), sites.norms(conn)
    first = [row for row in found if row.props.get("class") == FIRST]
    near = nearest(_spots(keyplaces), _spots(first)) <= norms["camera_near"]
    covered = np.zeros(len(city.areas.base), dtype=bool)
    per_grid: dict[int, list[PlaceRow]] = defaultdict(list)
    for row, index in zip(found, locate(_spots(found), list(city.areas.shapes)), strict=True):
        if index >= 0:
            per_grid[int(index)].append(row)
            covered[index] |= row.props.get("class") == FIRST
    near_by: dict[str, list[bool]] = defaultdict(list)
    for row, is_near in zip(keyplaces, near, strict=True):
        if city.sees(row.area) and (owner := city.owner(row.area, tier)):
            near_by[owner].append(bool(is_near))
    bare = [
        Spot(row.code, row.name, row.area, *row.spot)
        for row, is_near in zip(keyplaces, near, strict=True)
        if not is_near and city.sees(row.area)
    ]
    rows = [
        _camera_row(row, mine, per_grid, covered, near_by.get(row.code, [])) for row, mine in city.rows(tier)
    ]
    return CameraReport(tuple(rows), tuple(bare), tuple(city.bare(covered)), norms["camera_near"])


def _camera_row(
    row: AreaRow,
    mine: Indices,
    per_grid: Mapping[int, Sequence[PlaceRow]],
    covered: NDArray[np.bool_],
    near: Sequence[bool],
) -> CameraRow:
    own = [one for index in mine for one in per_grid.get(int(index), ())]
    classes = Counter(str(one.props.get("class", "")) for one in own)
    online = sum(one.props.get("online") is not False for one in own)
    return CameraRow(
        row.code, row.name, len(own), dict(sorted(classes.items())), online, len(mine),
        int(covered[mine].sum()), len(near), sum(near),
    )  # fmt: skip


# --- broadcasts and shelters -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Site:
    """One broadcast or shelter: its level or class, its radius, who lives within it."""

    code: str
    name: str
    area: str
    level: str
    reach_m: float
    people: int
    lon: float
    lat: float
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One area: its residents and how many of them are reached; for shelters their places too."""

    code: str
    name: str
    sites: int
    people: int
    reached: int
    capacity: int = 0
    wanted: int = 0
    """Places that the norm wants for the residents."""

    @property
    def share(self) -> float | None:
        return _share(self.reached, self.people)

    @property
    def short(self) -> int:
        return max(0, self.wanted - self.capacity)


@dataclass(frozen=True, slots=True)
class ReachReport:
    """Areas of the tier asked for, the sites themselves, and the base grids that none reaches."""

    rows: tuple[ReachRow, ...]
    sites: tuple[Site, ...]
    grids: tuple[Spot, ...]


def broadcasts(services: Services, principal: Principal, area: str = "", tier: int = 1) -> ReachReport:
    """Who hears the emergency broadcast. Raises Forbidden."""
    return _reached(services, principal, "broadcasts", "level", area, tier)


def shelters(services: Services, principal: Principal, area: str = "", tier: int = 1) -> ReachReport:
    """Who has a shelter near, and where places are short. Raises Forbidden."""
    return _reached(services, principal, "shelters", "class", area, tier)


def _reached(
    services: Services, principal: Principal, kind: str, by: str, area: str, tier: int
) -> ReachReport:
    city = _open(services, principal, area)
    with services.engine.connect() as conn:
        found, norms = read_kind(conn, kind), sites.norms(conn)
    prefix = f"{kind.removesuffix('s')}_reach_"
    radii = np.array([_radius(row, norms, prefix + str(row.props.get(by, ""))) for row in found])
    inside = within(city.areas.spots, _spots(found), radii)
    covered = np.zeros(len(city.areas.base), dtype=bool)
    for indices in inside:
        covered[indices] = True
    told = [
        Site(
            row.code, row.name, row.area, str(row.props.get(by, "")), float(radius),
            int(city.areas.people[indices].sum()), *row.spot, _whole(row.props.get("capacity")),
        )
        for row, radius, indices in zip(found, radii, inside, strict=True)
        if city.sees(row.area)
    ]  # fmt: skip
    share = norms.get(f"{kind.removesuffix('s')}_share", 0.0)
    own: dict[str | None, list[Site]] = defaultdict(list)
    for site in told:
        own[city.owner(site.area, tier)].append(site)
    rows = [_reach_row(row, own[row.code], city.areas.people[mine], covered[mine], share)
            for row, mine in city.rows(tier)]  # fmt: skip
    return ReachReport(tuple(rows), tuple(told), tuple(city.bare(covered)))


def _radius(row: PlaceRow, norms: Mapping[str, float], name: str) -> float:
    own = row.props.get("reach_m")
    return float(own) if own is not None else norms.get(name, 0.0)


def _whole(value: Any) -> int | None:
    return int(value) if value is not None else None


def _reach_row(
    row: AreaRow, own: Sequence[Site], people: Floats, covered: NDArray[np.bool_], share: float
) -> ReachRow:
    return ReachRow(
        row.code, row.name, len(own), int(people.sum()), int(people[covered].sum()),
        sum(site.capacity or 0 for site in own), round(float(people.sum()) * share),
    )  # fmt: skip


def keyplaces(services: Services, principal: Principal, area: str = "") -> list[PlaceRow]:
    """重点场所 in scope, by code. Raises Forbidden."""
    city = _open(services, principal, area)
    with services.engine.connect() as conn:
        return [row for row in read_kind(conn, "keyplaces") if city.sees(row.area)]


def spot_of(services: Services, principal: Principal, kind: str, code: str) -> tuple[float, float] | None:
    """lon, lat of a place in scope; None if there is none. Raises Forbidden."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        row = sites.find_places(conn, kind, [code]).get(code)
    seen = row is not None and visible(Scope.of(principal), row.area or "")
    return (row.lon, row.lat) if row is not None and seen else None
