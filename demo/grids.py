"""The grids (网格): faces → base grids → communities (村居) → towns (镇街) → districts (区).

Each tier is a union of whole members of the tier below, so the tiers are exact: no overlap, no gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from demo.density import Density
from demo.geometry import Floats, Ints, to_metres
from demo.merge import Neighbours, join, merge
from demo.names import DISTRICTS, Names
from demo.planar import Planar, sides
from demo.terrain import Terrain

CITY_CODE = "9901"
_CELLS_AT_SCALE_1 = {"grids": 5_700, "communities": 555, "towns": 54}
_AT_LEAST = {"grids": 40, "communities": 12, "towns": 6}
_EASE = np.array([0.04, 0.06, 0.12, 0.3, 0.7, 1.0, 1.0, 1.2, 1.2, 0.5, 0.004, 1.0])
"""How easily two cells merge across each kind of line: streets by class, then as `demo.streets` counts."""
_URBAN_PER_M2 = 1_300 / 1e6
"""Households a square metre from which a town is a 街道 and a village a 社区."""
_AREA_WEIGHT = 400.0 / 600_000.0
"""Open land counts too: 0.6 km² weighs as much as a base grid's 400 households."""


@dataclass(frozen=True)
class Grid:
    """One grid of any tier; `geom` on the lattice."""

    code: str
    tier: int
    name: str
    parent: str | None
    households: int
    population: int
    managers: int
    assistants: int
    urban: bool
    geom: Any


@dataclass(frozen=True)
class Division:
    """The tiers, and for each face of the plan the base grid it went into."""

    grids: tuple[Grid, ...]
    face_code: NDArray[Any]
    households: Floats
    """Households a face."""
    density: Floats

    def tier(self, tier: int) -> list[Grid]:
        """The grids of one tier, by code."""
        return [g for g in self.grids if g.tier == tier]


@dataclass
class _Tier:
    """Groups of one tier while they are being made: `of_face` numbers them face by face."""

    of_face: Ints
    codes: list[str]
    names: list[str]


def make_division(
    terrain: Terrain,
    people: Density,
    planar: Planar,
    scale: float,
    names: Names,
    rng: np.random.Generator,
) -> Division:
    """Merge the faces of the plan into four tiers and give them codes, names, people and staff."""
    at, area = _centres_and_areas(planar.faces)
    density = people.at(at[:, 0], at[:, 1])
    counts = {k: max(round(v * scale), _AT_LEAST[k]) for k, v in _CELLS_AT_SCALE_1.items()}
    households = _households(density, area, 400.0 * counts["grids"], rng)
    tiers = _merged(terrain, planar, households + area * _AREA_WEIGHT, counts, at)
    urban = {tier: _urban(tiers[tier], households, area) for tier in ("towns", "communities")}
    coded = _coded(tiers, at, terrain, people.heart, urban, names)
    grids = _made(coded, planar, households, urban["communities"], rng)
    base = np.array(coded[3].codes)[coded[3].of_face]
    return Division(tuple(grids), base, households, density)


def _centres_and_areas(faces: NDArray[Any]) -> tuple[Floats, Floats]:
    ground = shapely.transform(faces, to_metres)
    return shapely.get_coordinates(shapely.point_on_surface(ground)), shapely.area(ground)


def _households(density: Floats, area: Floats, total: float, rng: np.random.Generator) -> Floats:
    raw = density**1.2 * area * rng.uniform(0.7, 1.3, len(area))
    return np.asarray(np.round(raw * total / raw.sum()), dtype=np.float64)


def _merged(
    terrain: Terrain, planar: Planar, weight: Floats, counts: dict[str, int], at: Floats
) -> dict[str, Ints]:
    border = sides(planar)
    pairs = Neighbours(border.left, border.right, border.length_m * _EASE[border.kind])
    group = np.arange(len(weight))
    tiers: dict[str, Ints] = {}
    for name, target in counts.items():
        if name == "communities":
            pairs = _with_ferries(pairs, at, terrain.islets, [terrain.mainland, terrain.island])
        group = _step(group, weight, pairs, target)
        tiers[name] = group
    pairs = _with_ferries(pairs, at, (terrain.island,), [terrain.mainland])
    tiers["districts"] = _step(group, weight, pairs, _district_count(counts["towns"]))
    return tiers


def _step(group: Ints, weight: Floats, pairs: Neighbours, target: int) -> Ints:
    """One tier up: weigh the groups there are and merge them."""
    summed = np.bincount(group, weights=weight).astype(np.float64)
    return merge(summed, join(pairs, group), target)[group]


def _district_count(towns: int) -> int:
    return int(np.clip(round(towns / 9), min(3, towns), len(DISTRICTS)))


def _with_ferries(pairs: Neighbours, at: Floats, islands: tuple[Any, ...], others: list[Any]) -> Neighbours:
    """Islands go with the nearest shore, but not before they must: a weak link across the water each."""
    shores = np.flatnonzero(np.any([shapely.contains_xy(o, *at.T) for o in others], axis=0))
    left, right = [pairs.left], [pairs.right]
    for island in islands:
        ours = np.flatnonzero(shapely.contains_xy(island, *at.T))
        if len(ours):
            gap, nearest = cKDTree(at[shores]).query(at[ours])
            left.append(ours[np.argmin(gap)][None])
            right.append(shores[nearest[np.argmin(gap)]][None])
    links = sum(map(len, left)) - len(pairs.left)
    pull = np.append(pairs.pull, np.full(links, 1.0))
    return Neighbours(np.concatenate(left), np.concatenate(right), pull)


def _urban(group: Ints, households: Floats, area: Floats) -> NDArray[np.bool_]:
    """Which groups are of the city (街道, 社区) and not of the country (镇, 村), face by face."""
    dense = np.bincount(group, weights=households) > _URBAN_PER_M2 * np.bincount(group, weights=area)
    urban: NDArray[np.bool_] = dense[group]
    return urban


def _coded(
    tiers: dict[str, Ints],
    at: Floats,
    terrain: Terrain,
    heart: tuple[float, float],
    urban: dict[str, NDArray[np.bool_]],
    names: Names,
) -> list[_Tier]:
    """Codes and names from the top down; numbers run from the heart of the city outwards."""
    far = np.hypot(*(at - np.array(heart)).T)
    districts = _districts(tiers["districts"], at, far, terrain)
    towns = _towns(tiers["towns"], districts, far, urban["towns"], names)
    communities = _communities(tiers["communities"], towns, far, urban["communities"], names)
    return [districts, towns, communities, _base(tiers["grids"], communities, far)]


def _outwards(group: Ints, far: Floats, parent: Ints) -> list[tuple[int, int]]:
    """(group, its parent's group), nearest to the city's heart first."""
    size = np.bincount(group)
    distance = np.bincount(group, weights=far) / size
    above = np.zeros(len(size), dtype=np.int64)
    above[group] = parent
    return [(int(g), int(above[g])) for g in np.lexsort((np.arange(len(size)), distance))]


def _districts(group: Ints, at: Floats, far: Floats, terrain: Terrain) -> _Tier:
    """Codes from the heart outwards; names go to the districts nearest to where they fit."""
    size = np.bincount(group)
    middle = np.column_stack([np.bincount(group, weights=at[:, i]) / size for i in (0, 1)])
    wanted = np.array(list(DISTRICTS.values())) * terrain.side + (terrain.mouth, 0.0)
    which, name = linear_sum_assignment(cdist(middle, wanted))
    title = dict(zip(which.tolist(), np.array(list(DISTRICTS))[name].tolist(), strict=True))
    codes = [""] * len(size)
    for number, (g, _) in enumerate(_outwards(group, far, group)):
        codes[g] = f"{CITY_CODE}{number + 1:02d}"
    return _Tier(group, codes, [f"{title[g]}区" for g in range(len(size))])


def _towns(group: Ints, above: _Tier, far: Floats, urban: NDArray[np.bool_], names: Names) -> _Tier:
    is_urban = np.zeros(int(group.max()) + 1, dtype=bool)
    is_urban[group] = urban
    out = _Tier(group, [""] * len(is_urban), [""] * len(is_urban))
    used: dict[tuple[str, bool], int] = {}
    for g, parent in _outwards(group, far, above.of_face):
        street = bool(is_urban[g])
        key = (above.codes[parent], street)
        used[key] = used.get(key, 0) + 1
        out.codes[g] = f"{key[0]}{used[key] + (0 if street else 99):03d}"
        out.names[g] = names.take() + ("街道" if street else "镇")
    return out


def _communities(group: Ints, above: _Tier, far: Floats, urban: NDArray[np.bool_], names: Names) -> _Tier:
    is_urban = np.zeros(int(group.max()) + 1, dtype=bool)
    is_urban[group] = urban
    out = _Tier(group, [""] * len(is_urban), [""] * len(is_urban))
    used: dict[tuple[str, bool], int] = {}
    for g, parent in _outwards(group, far, above.of_face):
        key = (above.codes[parent], bool(is_urban[g]))
        used[key] = used.get(key, 0) + 1
        out.codes[g] = f"{key[0]}{used[key] + (0 if key[1] else 199):03d}"
        out.names[g] = names.take() + ("社区" if key[1] else "村")
    return out


def _base(group: Ints, above: _Tier, far: Floats) -> _Tier:
    count = int(group.max()) + 1
    out = _Tier(group, [""] * count, [""] * count)
    used: dict[int, int] = {}
    for g, parent in _outwards(group, far, above.of_face):
        used[parent] = used.get(parent, 0) + 1
        out.codes[g] = f"{above.codes[parent]}{used[parent]:03d}"
        out.names[g] = f"{above.names[parent]}第{used[parent]:02d}网格"
    return out


def _made(
    coded: list[_Tier], planar: Planar, households: Floats, urban: NDArray[np.bool_], rng: np.random.Generator
) -> list[Grid]:
    people = np.round(households * rng.uniform(2.3, 3.1, len(households)))
    grids: list[Grid] = []
    for tier, groups in enumerate(coded):
        count = len(groups.codes)
        homes = np.bincount(groups.of_face, weights=households, minlength=count)
        heads = np.bincount(groups.of_face, weights=people, minlength=count)
        urban_faces = np.bincount(groups.of_face, weights=urban, minlength=count)
        is_urban = urban_faces * 2 > np.bincount(groups.of_face)
        helpers = rng.integers(2, 6, count)
        shapes = _unions(planar.faces, groups.of_face)
        for g in sorted(range(count), key=lambda i: groups.codes[i]):
            code, base = groups.codes[g], tier == 3
            above = {0: None, 1: code[:6], 2: code[:9], 3: code[:12]}[tier]
            grids.append(
                Grid(code, tier, groups.names[g], above, int(homes[g]), int(heads[g]),
                     int(base), int(helpers[g]) if base else 0, bool(is_urban[g]), shapes[g])
            )  # fmt: skip
    return grids


def _unions(faces: NDArray[Any], group: Ints) -> list[Any]:
    """The union of each group's faces, all vertices kept."""
    order = np.argsort(group, kind="stable")
    cuts = np.searchsorted(group[order], np.arange(1, int(group.max()) + 1))
    return [shapely.coverage_union_all(members) for members in np.split(faces[order], cuts)]
