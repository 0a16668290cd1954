"""Posts and stations, key places, cameras, broadcasts, shelters, hazard sites, sensors of the demo city."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from demo.feature import Feature
from demo.grids import Division, Grid
from demo.sites import Sites

Layer = tuple[Feature, ...]
MISSING_SHARE = 0.03
"""Share of communities that have no post, on purpose: what a coverage check is to find."""
_SHORT_POST, _SHORT_SHARE = 17, 0.12
"""One post of so many is short of staff, and this share of stations of community police, on purpose."""

_HAZARDS = (
    ("flood", "易涝点", "市政部门"), ("landslide", "边坡", "自然资源部门"),
    ("fire", "老旧小区消防隐患", "消防部门"), ("sea", "海堤险段", "水务部门"),
    ("gas", "燃气管网隐患", "燃气企业"), ("building", "危旧房", "住建部门"),
)  # fmt: skip
"""Category, word, who is to mend it."""
_HAZARD_STATUS = {
    "registered": 0.14, "assessed": 0.08, "reported": 0.26, "rectified": 0.1, "closed": 0.22,
    "monitored": 0.2,
}  # fmt: skip
_LATE_SHARE, _LATE_DAY = 0.06, "2025-12-15"
"""So many hazards that are not closed are past their date, on purpose: what the overdue list is to find."""
_SENSORS = (
    ("water_level", "水位计"), ("rain", "雨量计"), ("smoke", "烟感主机"), ("gas", "可燃气体探测器"),
    ("wind", "风速仪"),
)  # fmt: skip


def about(scale: float, at_full: int, least: int) -> int:
    """How many of a thing a city of this scale has."""
    return max(round(at_full * scale), least)


def missing_posts(division: Division, rng: np.random.Generator) -> tuple[str, ...]:
    """Codes of the communities without a post."""
    communities = division.tier(2)
    count = max(round(MISSING_SHARE * len(communities)), 2)
    chosen = rng.choice(len(communities), size=count, replace=False)
    return tuple(sorted(communities[i].code for i in chosen))


def make_posts(
    division: Division, sites: Sites, missing: Sequence[str], scale: float, rng: np.random.Generator
) -> Layer:
    """A post (警务室) a community but the missing ones, and at least a station (派出所) a town."""
    posts = [_post(g, sites, rng) for g in division.tier(2) if g.code not in missing]
    posts = [_short_of_staff(post) if n % _SHORT_POST == 5 else post for n, post in enumerate(posts)]
    return (*posts, *_manned(_stations(division, sites, scale, rng), posts, rng))


def _short_of_staff(post: Feature) -> Feature:
    return Feature({**post.props, "auxiliaries": 0}, post.geom)


def _post(grid: Grid, sites: Sites, rng: np.random.Generator) -> Feature:
    where = sites.spots(sites.within(grid.code)[:1], rng)[0]
    officers, helpers = (1, 2) if grid.urban else (int(rng.integers(0, 2)), 1)
    props = {
        "code": f"JW{grid.code}", "name": f"{grid.name}警务室", "type": "post", "area": grid.code,
        "officers": officers, "auxiliaries": helpers, "sample": True,
    }  # fmt: skip
    return Feature(props, where)


def _stations(division: Division, sites: Sites, scale: float, rng: np.random.Generator) -> list[Feature]:
    towns = sorted(division.tier(1), key=lambda g: -g.population)
    extra = max(about(scale, 71, 0) - len(towns), 0)
    out = []
    for number, town in [*((1, t) for t in towns), *((2, t) for t in towns[:extra])]:
        block = sites.within(town.code)[number * 2 : number * 2 + 1]
        root = town.name.removesuffix("街道").removesuffix("镇")
        props = {
            "code": f"PCS{town.code}{number}", "name": f"{root}{'' if number == 1 else '第二'}派出所",
            "type": "station", "area": town.code,
            "auxiliaries": int(rng.integers(20, 70)), "sample": True,
        }  # fmt: skip
        out.append(Feature(props, sites.spots(block, rng)[0]))
    return out


def _manned(stations: list[Feature], posts: list[Feature], rng: np.random.Generator) -> list[Feature]:
    """Stations with a strength of which most have the community police that the rule wants, and a few not."""
    nearest = [_nearest(post, stations) for post in posts]
    out = []
    for station in stations:
        police = sum(
            int(str(post.props["officers"]))
            for post, own in zip(posts, nearest, strict=True)
            if own is station
        )
        share = rng.uniform(0.24, 0.37) if rng.random() < _SHORT_SHARE else rng.uniform(0.42, 0.62)
        strength = max(round(police / share), 1)
        out.append(Feature({**station.props, "officers": strength, "strength": strength}, station.geom))
    return out


def _nearest(post: Feature, stations: list[Feature]) -> Feature:
    """The station of the post's town that is nearest as the crow flies."""
    own = [s for s in stations if str(post.props["area"]).startswith(str(s.props["area"]))]
    return min(own, key=lambda station: float(station.geom.distance(post.geom)))


def make_cameras(sites: Sites, scale: float, rng: np.random.Generator) -> Layer:
    """Cameras at junctions: class 1, 2, 3; a few are off line."""
    count = about(scale, 4700, 40)
    where, classes = sites.corners(count, rng), rng.choice([1, 2, 3], size=count, p=[0.3, 0.5, 0.2])
    online = rng.random(count) > 0.04
    return tuple(
        Feature(
            {"code": f"SX{i + 1:06d}", "name": f"视频点位 {i + 1:06d}", "class": int(classes[i]),
             "online": bool(online[i])}, where[i],
        )
        for i in range(count)
    )  # fmt: skip


def make_broadcasts(division: Division, sites: Sites, rng: np.random.Generator) -> Layer:
    """Emergency broadcast points of the four levels: 市, 区, 镇, 村; one a division of each level."""
    rows = [("9901", "云屿市", "市")]
    for tier, level in ((0, "区"), (1, "镇"), (2, "村")):
        rows.extend((g.code, g.name, level) for g in division.tier(tier))
    return tuple(
        Feature(
            {"code": f"GB{code}", "name": f"{name}应急广播", "level": level, "area": code},
            sites.spots(sites.within(code)[3:4], rng)[0] if len(sites.within(code)) > 3
            else sites.spots(sites.within(code)[:1], rng)[0],
        )
        for code, name, level in rows
    )  # fmt: skip


def make_shelters(sites: Sites, scale: float, rng: np.random.Generator) -> Layer:
    """Shelters (避难场所) of class I, II, III with their capacity in persons."""
    capacity = {"I": (8000, 30000), "II": (2000, 8000), "III": (200, 2000)}

    def row(i: int) -> dict[str, object]:
        level = "I" if i % 20 == 0 else "II" if i % 5 == 0 else "III"
        low, high = capacity[level]
        persons = int(rng.integers(low, high))
        return {"name": f"应急避难场所 {i + 1:03d} 号", "class": level, "capacity": persons}

    return _numbered("BN", about(scale, 741, 12), sites, row, rng, people=True)


def make_hazards(sites: Sites, scale: float, rng: np.random.Generator) -> Layer:
    """Hazard sites (风险隐患点), each somewhere on its way from registered to closed."""

    def row(i: int) -> dict[str, object]:
        category, word, owner = _HAZARDS[i % len(_HAZARDS)]
        status = str(rng.choice(list(_HAZARD_STATUS), p=list(_HAZARD_STATUS.values())))
        late = status != "closed" and rng.random() < _LATE_SHARE
        due = {"due_on": _LATE_DAY} if late else {}
        return {"name": f"{word} {i + 1:03d}", "category": category, "status": status, "owner": owner, **due}

    return _numbered("YH", about(scale, 658, 12), sites, row, rng, people=False)


def make_sensors(sites: Sites, scale: float, rng: np.random.Generator) -> Layer:
    """Water level, rain, smoke, gas and wind sensors."""

    def row(i: int) -> dict[str, object]:
        category, word = _SENSORS[i % len(_SENSORS)]
        return {"name": f"{word} {i + 1:03d}", "category": category}

    return _numbered("GZ", about(scale, 240, 10), sites, row, rng, people=False)


def _numbered(
    letters: str,
    count: int,
    sites: Sites,
    row: Callable[[int], dict[str, object]],
    rng: np.random.Generator,
    *,
    people: bool,
) -> Layer:
    """`count` rows with running codes, spread by people or by area."""
    blocks = sites.by_people(count, rng) if people else sites.by_area(count, rng)
    where = sites.spots(blocks, rng)
    return tuple(Feature({"code": f"{letters}{i + 1:05d}", **row(i)}, where[i]) for i in range(count))
