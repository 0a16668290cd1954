"""Key places (重点场所) of the demo city, and the buildings that the base map shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity

from demo.feature import Feature
from demo.geometry import Floats, largest, lattice, metres, to_degrees, to_metres
from demo.grids import Division, Grid
from demo.names import CITY, chinese_number
from demo.places import Layer, about
from demo.sites import Sites
from demo.skeleton import Skeleton
from demo.terrain import Terrain

_PARK_M2 = 400_000.0
"""The largest block that an industrial park takes in besides its own."""
_KERB_M = 13.0
"""Metres a building keeps from the middle of the street."""


@dataclass(frozen=True)
class Sort:
    """A category: how many at scale 1 and at least, its ground plan in metres (0: none on the base map)."""

    category: str
    words: tuple[str, ...]
    full: int
    least: int
    wide: float = 0.0
    high: float = 0.0
    on_map: str = ""
    """Class on the base map; by default the category."""
    where: str = "people"
    owner: str = "属地镇街"
    """Which department sees after it."""
    special: str = ""
    """Kind of its special grid (专属网格), if it has one."""


_SORTS = (
    Sort("fire_station", ("消防救援站",), 40, 4, where="spread", owner="消防部门"),
    Sort(
        "hospital",
        ("人民医院", "中医院", "中心医院"),
        60,
        4,
        150,
        110,
        owner="卫健部门",
        special="hospital",
    ),
    Sort(
        "school",
        ("实验小学", "第一中学", "中心小学", "外国语学校", "职业学校"),
        280,
        14,
        135,
        100,
        owner="教育部门",
        special="school",
    ),
    Sort("market", ("农贸市场",), 40, 2, 80, 60, owner="市场监管部门", special="market"),
    Sort("chemical", ("加油加气站",), 40, 2, owner="应急管理部门"),
    Sort("mall", ("购物中心",), 40, 2, 150, 110, owner="商务部门"),
    Sort("nursing", ("养老院",), 40, 2, owner="民政部门"),
    Sort("bus_station", ("公交枢纽",), 40, 2, 110, 60, on_map="station", owner="交通部门"),
    Sort("culture", ("文化中心",), 40, 2, 110, 80, owner="文旅部门"),
    Sort("stadium", ("体育中心",), 8, 1, 230, 190, owner="体育部门"),
    Sort("factory", ("工业园",), 45, 2, 300, 200, where="edge", owner="工信部门", special="park"),
    Sort("port", ("港区",), 6, 1, 420, 200, where="sea", owner="港口管理部门"),
)
_GOVERNMENT = Sort("government", (), 0, 0, 120, 80)
_RAIL_STATION = Sort("station", (), 0, 0, 340, 90, special="transport")
_RAIL_NAMES = ("云屿站", "云屿西站", "云屿东站")
_RAIL_SHARES = (0.47, 0.2, 0.78)
"""How far along the railway each station stands."""


@dataclass(frozen=True)
class Landmarks:
    """Key places; base map rows of kind `building`; port grounds in local metres; blocks nobody has taken;
    special grids (专属网格), each with its kind."""

    places: Layer
    buildings: Layer
    ports: tuple[Any, ...]
    free: NDArray[np.bool_]
    special: Layer


def make_landmarks(
    terrain: Terrain,
    skeleton: Skeleton,
    division: Division,
    sites: Sites,
    scale: float,
    rng: np.random.Generator,
) -> Landmarks:
    """All key places, each in a block of its own, its mark on its building where it has one."""
    plots = _Plots(terrain, sites, rng)
    rows = [*_stations(plots, skeleton), *_governments(plots, division)]
    for sort in _SORTS:
        rows.extend(_of_sort(plots, sort, division, scale))
    built = [plots.building(sort, block) for sort, _, block in rows]
    doors = to_degrees(shapely.points([plots.door(b, r[2]) for b, r in zip(built, rows, strict=True)]))
    places = tuple(
        Feature({**_about(i + 1, sort, name), "sample": True}, doors[i])
        for i, (sort, name, _) in enumerate(rows)
    )
    shown = [(r[0], r[1], b) for b, r in zip(built, rows, strict=True) if b is not None]
    buildings = tuple(
        Feature({"kind": "building", "class": sort.on_map or sort.category, "name": name}, to_degrees(shape))
        for sort, name, shape in shown
    )
    ports = tuple(metres(shape) for sort, _, shape in shown if sort.category == "port")
    return Landmarks(places, buildings, ports, plots.free, _special(plots, rows))


def _about(number: int, sort: Sort, name: str) -> dict[str, str]:
    """`phone` is the duty desk of the institution; area code 0000 is nobody's."""
    return {
        "code": f"ZD{number:05d}", "name": name, "category": sort.category, "owner": sort.owner,
        "phone": f"0000-{8_000_000 + number}",
    }  # fmt: skip


Row = tuple[Sort, str, int]
"""What it is, its name, the block it stands in."""


def _special(plots: _Plots, rows: list[Row]) -> Layer:
    """The blocks of great institutions, and of an industrial park what lies free around it, as grids of their
    own over the base grids. Primary schools are left to the base grids they stand in."""
    chosen = [row for row in rows if row[0].special and "小学" not in row[1]]
    shapes = [
        shapely.coverage_union_all(
            plots.sites.faces[plots.grounds(block) if sort.special == "park" else [block]]
        )
        for sort, _, block in chosen
    ]
    return tuple(
        Feature(
            {"code": f"ZS{number:04d}", "tier": None, "name": f"{name}专属网格", "special": sort.special},
            shape,
        )
        for number, ((sort, name, _), shape) in enumerate(
            zip(chosen, to_degrees(np.array(shapes)), strict=True), 1
        )
    )


def _of_sort(plots: _Plots, sort: Sort, division: Division, scale: float) -> list[Row]:
    towns = division.tier(1)
    blocks = plots.draw(sort, about(scale, sort.full, sort.least))
    if sort.category == "fire_station":
        return [(sort, f"云屿{chinese_number(i + 1)}{sort.words[0]}", b) for i, b in enumerate(blocks)]
    town_of = {town.code: town for town in towns}
    counted: dict[tuple[str, str], int] = {}
    rows: list[Row] = []
    for i, block in enumerate(blocks):
        town = town_of[str(plots.sites.grid[block])[:9]]
        word = sort.words[i % len(sort.words)]
        key = (town.code, word)
        counted[key] = counted.get(key, 0) + 1
        rows.append((sort, _named(root_of(town), word, counted[key]), block))
    return rows


def _named(root: str, word: str, number: int) -> str:
    """清溪人民医院, 清溪第二人民医院; schools that have a number count on: 清溪第二中学."""
    if number == 1:
        return root + word
    return f"{root}第{chinese_number(number)}{word.removeprefix('第一')}"


def root_of(town: Grid) -> str:
    """清溪 of 清溪街道."""
    return town.name.removesuffix("街道").removesuffix("镇")


def _stations(plots: _Plots, skeleton: Skeleton) -> list[Row]:
    line = skeleton.rails[0]
    stops = [line.interpolate(share, normalized=True) for share in _RAIL_SHARES]
    return [(_RAIL_STATION, name, plots.nearest(stop)) for name, stop in zip(_RAIL_NAMES, stops, strict=True)]


def _governments(plots: _Plots, division: Division) -> list[Row]:
    heart = division.tier(0)[0]
    rows: list[Row] = [(_GOVERNMENT, f"{CITY}行政中心", plots.of_area(heart.code))]
    rows.extend((_GOVERNMENT, f"{g.name}行政服务中心", plots.of_area(g.code)) for g in division.tier(0))
    for town in division.tier(1):
        word = "办事处" if town.name.endswith("街道") else "便民服务中心"
        rows.append((_GOVERNMENT, town.name + word, plots.of_area(town.code)))
    return rows


class _Plots:
    """Blocks given out to places: each once while they last."""

    def __init__(self, terrain: Terrain, sites: Sites, rng: np.random.Generator) -> None:
        self.sites, self.rng = sites, rng
        self.free: NDArray[np.bool_] = np.ones(len(sites.area), dtype=bool)
        self._at = shapely.points(sites.ground)
        self._weight = {
            "people": sites.households + 0.2,
            "spread": np.sqrt(sites.households + 1.0),
            "edge": np.where((sites.area > 30_000) & (sites.area < 400_000), 1.0, 1e-6),
            "sea": np.where(
                shapely.dwithin(terrain.sea, self._at, 260.0) & (sites.households > 5), sites.area, 1e-9
            ),
        }

    def draw(self, sort: Sort, count: int) -> list[int]:
        """Blocks for a sort of place, large enough for it if there are such."""
        weight = self._weight[sort.where] * self.free
        roomy = weight * (self.sites.area > 0.9 * (sort.wide + 2 * _KERB_M) * (sort.high + 2 * _KERB_M))
        chosen_from = roomy if (roomy > 1e-3).sum() > count else weight
        chosen = self.rng.choice(len(weight), size=count, replace=False, p=chosen_from / chosen_from.sum())
        self.free[chosen] = False
        return [int(block) for block in chosen]

    def nearest(self, point: Any) -> int:
        """The free block of some size nearest to a point in local metres."""
        gap = shapely.distance(self._at, point) + np.where(self.free & (self.sites.area > 9_000), 0.0, 1e7)
        return self._taken(int(np.argmin(gap)))

    def of_area(self, code: str) -> int:
        """A free block of an area, among its most populous: large rather than small."""
        within = [int(b) for b in self.sites.within(code)[:25] if self.free[b]]
        return self._taken(
            max(within or [int(self.sites.within(code)[0])], key=lambda b: float(self.sites.area[b]))
        )

    def _taken(self, block: int) -> int:
        self.free[block] = False
        return block

    def grounds(self, block: int) -> list[int]:
        """A block of an industrial park, and the free ones of some size beside it across a street."""
        own = self.sites.faces[block]
        beside = shapely.length(shapely.intersection(self.sites.faces, own)) > 0
        around = np.flatnonzero(beside & self.free & (self.sites.area < _PARK_M2))
        return [block, *around.tolist()]

    def building(self, sort: Sort, block: int) -> Any:
        """Its ground plan on the lattice: along the street, inside the block; None without a plan or room."""
        if not sort.wide:
            return None
        ground = shapely.transform(self.sites.faces[block], to_metres)
        room = ground.buffer(-_KERB_M)
        if room.is_empty or room.area < 150.0:
            return None
        centre = shapely.maximum_inscribed_circle(room).coords[0]
        plan = _plan(sort, centre, _street_angle(ground))
        inside = largest(room.intersection(plan))
        return lattice(inside.simplify(1.0)) if inside.area > 100.0 else None

    def door(self, building: Any, block: int) -> Floats:
        """Where the place's mark stands: on its building, else in the middle of its block. Lattice, whole."""
        if building is None:
            return np.asarray(self.sites.middle[block])
        return np.asarray(np.rint(shapely.get_coordinates(shapely.point_on_surface(building))[0]))


def _street_angle(ground: Any) -> float:
    """Degrees of the longer side of a block."""
    ring = np.array(shapely.oriented_envelope(ground).exterior.coords)
    sides = np.diff(ring, axis=0)[:2]
    along = sides[int(np.argmax(np.hypot(*sides.T)))]
    return float(np.degrees(np.arctan2(along[1], along[0])))


def _plan(sort: Sort, centre: tuple[float, float], angle: float) -> Any:
    """A rectangle, or an oval for a stadium, or a block with a court for what is large."""
    x, y = centre
    wide, high = sort.wide / 2, sort.high / 2
    if sort.category == "stadium":
        raw = affinity.scale(shapely.Point(x, y).buffer(1.0, 12), wide, high)
    elif sort.category in {"school", "hospital"}:
        raw = shapely.box(x - wide, y - high, x + wide, y + high).difference(
            shapely.box(x - 0.55 * wide, y - 0.35 * high, x + 0.55 * wide, y + 1.1 * high)
        )
    else:
        raw = shapely.box(x - wide, y - high, x + wide, y + high)
    return affinity.rotate(raw, angle, origin=(x, y))
