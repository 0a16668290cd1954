"""Response units (力量) of the demo city: names as a dispatcher says them, homes at their stations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.feature import Feature
from demo.grids import Division
from demo.names import chinese_number
from demo.places import Layer
from demo.sites import Sites


@dataclass(frozen=True)
class Kind:
    """`share` of 60 units; `homes` names the layer they live at; `skills` rotate over the units."""

    key: str
    letter: str
    share: int
    home: str
    crew: tuple[int, int]
    vehicle: str
    skills: tuple[str, ...]


_FIRE = ("fire,rescue", "fire,rescue,hazmat", "fire,highrise")
_POLICE = ("police,public_order", "police,traffic", "police,riot")
_MUNICIPAL = ("municipal,drainage", "municipal,power", "municipal,road")
KINDS = (
    Kind("fire", "E", 8, "fire_station", (5, 8), "消防车", _FIRE),
    Kind("police", "P", 12, "station", (2, 4), "警车", _POLICE),
    Kind("medical", "M", 8, "hospital", (3, 4), "救护车", ("medical", "medical,als")),
    Kind("urban", "C", 6, "post", (2, 4), "执法车", ("urban,street", "urban,market")),
    Kind("municipal", "S", 6, "post", (3, 6), "抢修车", _MUNICIPAL),
    Kind("patrol", "X", 6, "station", (2, 5), "巡逻车", ("patrol,public_order",)),
    Kind("micro_fire", "W", 5, "post", (3, 5), "微型消防车", ("fire",)),
    Kind("forest_fire", "F", 3, "fire_station", (8, 15), "森林消防车", ("forest_fire,rescue",)),
    Kind("village_guard", "H", 3, "post", (4, 8), "摩托车", ("patrol,mediation",)),
    Kind("volunteer", "V", 3, "post", (5, 12), "步行", ("mediation,evacuation",)),
)


def unit_count(scale: float) -> int:
    """60 in the small city (0.05), 400 at full size."""
    return max(round(42 + 358 * scale), 12)


def make_units(
    division: Division, sites: Sites, posts: Layer, keyplaces: Layer, scale: float, rng: np.random.Generator
) -> Layer:
    """All units with code, name, kind, skills, crew, vehicle and home."""
    homes = _homes(posts, keyplaces)
    units: list[Feature] = []
    for kind, count in zip(KINDS, _counts(unit_count(scale)), strict=True):
        units.extend(_unit(kind, i, homes[kind.home], rng) for i in range(count))
    return tuple(units)


def _homes(posts: Layer, keyplaces: Layer) -> dict[str, list[Feature]]:
    homes: dict[str, list[Feature]] = {"post": [], "station": [], "fire_station": [], "hospital": []}
    for place in (*posts, *keyplaces):
        key = place.props.get("type") or place.props.get("category")
        if key in homes:
            homes[key].append(place)
    return homes


def _counts(total: int) -> list[int]:
    """Largest remainders, at least one of each kind."""
    exact = np.array([k.share for k in KINDS]) * total / sum(k.share for k in KINDS)
    counts = np.maximum(np.floor(exact), 1).astype(int)
    for i in np.argsort(-(exact - np.floor(exact)), kind="stable")[: max(total - int(counts.sum()), 0)]:
        counts[i] += 1
    return [int(c) for c in counts]


def _unit(kind: Kind, i: int, homes: list[Feature], rng: np.random.Generator) -> Feature:
    at = (i * (1 if len(homes) < 20 else 7)) % len(homes)
    home = homes[at]
    code = f"{kind.letter}{i + 1:02d}"
    props = {
        "code": code, "name": _name(kind, i, code, at, home), "kind": kind.key,
        "skills": kind.skills[i % len(kind.skills)], "vehicle": kind.vehicle, "on_duty": True,
        "crew": int(rng.integers(kind.crew[0], kind.crew[1] + 1)),
    }  # fmt: skip
    return Feature(props, home.geom)


def _name(kind: Kind, i: int, code: str, station: int, home: Feature) -> str:
    """消防一中队 E01, 120 急救 M07, 特警 03, …: unique, as the code or running number is in each."""
    if kind.key == "fire":
        return f"消防{chinese_number(station + 1)}中队 {code}"
    place = str(home.props["name"]).removesuffix("警务室")
    number = f"{i + 1:02d}"
    return {
        "police": f"{('巡警', '交警', '特警')[i % 3]} {number}",
        "medical": f"120 急救 {code}",
        "urban": f"城管机动 {code}",
        "municipal": f"市政抢修 {code}",
        "patrol": f"巡防队 {code}",
        "micro_fire": f"{place}微型消防站 {code}",
        "forest_fire": f"森林灭火队 {code}",
        "village_guard": f"{place}护村队 {code}",
        "volunteer": f"{place}红袖标 {code}",
    }[kind.key]
