"""The roads a city is known by: rings, radials, motorways, the sea crossing; and its railway.

Laid out as smooth lines on a plan in shares of the city's side, east and north of the river's mouth.
They cross the river only where they are meant to; all other streets are fitted between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString

from demo.geometry import Floats
from demo.terrain import Terrain
from demo.waves import Waves, octaves

Shares = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Avenue:
    """A great road on the plan; `over` says that it crosses the river and bays, by bridges."""

    name: str
    kind: str
    shares: Shares
    over: bool = False


@dataclass(frozen=True)
class Skeleton:
    """Great roads in local metres with names and classes, as laid on ground and bridges; the railway."""

    lines: tuple[Any, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    rails: tuple[Any, ...]


def _ring(x: float, y: float, wide: float, high: float) -> Shares:
    turn = np.linspace(0, 2 * np.pi, 17)
    return tuple((float(x + wide * np.cos(t)), float(y + high * np.sin(t))) for t in turn)


_AVENUES = (
    Avenue("内环路", "trunk", _ring(0.0, 0.06, 0.105, 0.082), over=True),
    Avenue(
        "绕城高速", "motorway",
        ((-0.262, -0.02), (-0.285, 0.1), (-0.225, 0.225), (-0.08, 0.255), (0.08, 0.24), (0.23, 0.25),
         (0.305, 0.13), (0.29, 0.01)), over=True,
    ),
    Avenue(
        "云岭高速", "motorway",
        ((-0.75, 0.22), (-0.42, 0.27), (-0.25, 0.3), (-0.08, 0.35), (0.1, 0.345), (0.24, 0.315), (0.36, 0.3),
         (0.75, 0.24)), over=True,
    ),
    Avenue(
        "云屿大道", "trunk",
        ((-0.75, 0.11), (-0.4, 0.115), (-0.285, 0.1), (-0.18, 0.075), (-0.09, 0.055), (0.0, 0.06),
         (0.1, 0.06), (0.2, 0.075), (0.305, 0.12), (0.4, 0.15), (0.75, 0.14)), over=True,
    ),
    Avenue(
        "松岭大道", "trunk",
        ((-0.05, 0.1), (-0.1, 0.2), (-0.14, 0.27), (-0.17, 0.33), (-0.14, 0.4), (-0.14, 0.8)),
    ),
    Avenue(
        "清溪大道", "trunk",
        ((0.055, 0.1), (0.14, 0.19), (0.18, 0.26), (0.2, 0.33), (0.24, 0.41), (0.22, 0.8)),
    ),
    Avenue(
        "望海大道", "trunk",
        ((0.08, 0.035), (0.17, 0.0), (0.285, 0.03), (0.38, 0.03), (0.46, 0.0), (0.75, 0.02)),
    ),
    Avenue(
        "海湾大道", "trunk",
        ((-0.075, 0.035), (-0.18, -0.005), (-0.25, 0.0), (-0.33, 0.02), (-0.43, 0.03), (-0.75, 0.04)),
    ),
    Avenue("海港大道", "primary", ((-0.25, 0.015), (-0.25, -0.06), (-0.28, -0.13), (-0.3, -0.21))),
    Avenue("南屏大道", "primary", ((0.335, 0.045), (0.34, -0.05), (0.39, -0.12), (0.44, -0.2))),
    Avenue("溪谷路", "primary", ((0.03, 0.12), (0.025, 0.25), (0.02, 0.35), (0.0, 0.47), (0.04, 0.8))),
    Avenue("银湾路", "primary", ((-0.2, -0.015), (-0.19, 0.08), (-0.285, 0.19), (-0.34, 0.3))),
    Avenue("鹤洲路", "primary", ((0.19, -0.015), (0.21, 0.08), (0.23, 0.16), (0.3, 0.22), (0.36, 0.315))),
    Avenue("环山路", "secondary", ((-0.2, 0.285), (-0.26, 0.36), (-0.32, 0.39), (-0.26, 0.44), (-0.12, 0.4))),
    Avenue("盘岭路", "secondary", ((0.225, 0.41), (0.3, 0.44), (0.36, 0.4), (0.4, 0.34), (0.36, 0.285))),
)  # fmt: skip
SEA_CROSSING = ("跨海大道", "trunk")
_RAILS: tuple[Shares, ...] = (
    ((-2.2, 0.3), (-0.7, 0.2), (-0.4, 0.165), (-0.27, 0.13), (-0.12, 0.115), (-0.05, 0.165), (0.06, 0.17),
     (0.16, 0.16), (0.32, 0.2), (0.45, 0.2), (0.7, 0.17), (2.2, 0.35)),
    ((-0.3, 0.14), (-0.31, 0.06), (-0.265, -0.02), (-0.235, -0.13)),
)  # fmt: skip
_MEANDER = ("环山路", "盘岭路", "溪谷路")


def make_skeleton(terrain: Terrain, rng: np.random.Generator) -> Skeleton:
    """Lay the plan on the ground."""
    side = terrain.side
    gentle = Waves(octaves(0.2 * side, 1200.0, 0.022), rng)
    winding = Waves(octaves(0.035 * side, 350.0, 0.11), rng)
    lines: list[Any] = []
    for avenue in _AVENUES:
        line = gentle.bend(_drawn(terrain, avenue.shares), 60.0)
        if avenue.name in _MEANDER:
            line = winding.bend(line, 40.0)
        lines.append(_on_ground(terrain, line, over=avenue.over))
    lines.append(_sea_crossing(terrain, lines[0], gentle))
    lines = [
        _trimmed(line, shapely.union_all([*lines[:i], *lines[i + 1 :]]), side) for i, line in enumerate(lines)
    ]
    names = (*(a.name for a in _AVENUES), SEA_CROSSING[0])
    kinds = (*(a.kind for a in _AVENUES), SEA_CROSSING[1])
    rails = tuple(_rail(terrain, gentle.bend(_drawn(terrain, r), 60.0)) for r in _RAILS)
    return Skeleton(tuple(lines), names, kinds, rails)


def _drawn(terrain: Terrain, shares: Shares) -> Any:
    """A smooth line near the plan's points (corners cut three times)."""
    xy = np.array(shares) * terrain.side + (terrain.mouth, 0.0)
    for _ in range(3):
        closed = bool((xy[0] == xy[-1]).all())
        cut = np.stack([0.75 * xy[:-1] + 0.25 * xy[1:], 0.25 * xy[:-1] + 0.75 * xy[1:]], axis=1).reshape(
            -1, 2
        )
        xy = np.concatenate([cut, cut[:1]] if closed else [xy[:1], cut, xy[-1:]])
    return LineString(xy)


def _on_ground(terrain: Terrain, line: Any, *, over: bool, share: float = 0.1) -> Any:
    """The parts in the city, and the bridges between them: short ones, or longer ones that are meant."""
    dry = _parts(line.intersection(terrain.city).difference(terrain.water))
    dry = [part for part in dry if part.length > 0.012 * terrain.side]
    feet = shapely.union_all([part.boundary for part in dry]).buffer(1.0)
    longest = (share if over else 0.022) * terrain.side
    bridges = [
        part
        for part in _parts(line.intersection(terrain.water))
        if part.length < longest and feet.contains(part.boundary)
        and (over or not part.intersects(terrain.river_line))
    ]  # fmt: skip
    return shapely.line_merge(shapely.union_all([*dry, *bridges]))


def _trimmed(line: Any, others: Any, side: float) -> Any:
    """Without the tails that stick out beyond the last crossing with another great road."""
    pieces = shapely.get_parts(shapely.node(shapely.union_all([line, others])))
    own = pieces[shapely.dwithin(line, shapely.line_interpolate_point(pieces, 0.5, normalized=True), 0.1)]
    loose = [
        piece
        for piece in own
        if piece.length < 0.035 * side and any(_lonely(end, own, others) for end in piece.boundary.geoms)
    ]
    return shapely.line_merge(shapely.union_all([piece for piece in own if piece not in loose]))


def _lonely(end: Any, own: Any, others: Any) -> bool:
    return int(shapely.dwithin(own, end, 0.1).sum()) == 1 and not shapely.dwithin(others, end, 0.1)


def _parts(geometry: Any) -> list[Any]:
    """The pieces of a line that was cut, joined again where nothing cuts them (a ring's seam)."""
    merged = shapely.line_merge(geometry) if geometry.geom_type == "MultiLineString" else geometry
    return [p for p in shapely.get_parts(merged) if p.geom_type == "LineString"]


def _sea_crossing(terrain: Terrain, ring: Any, gentle: Waves) -> Any:
    """From the ring in the west over the island to the coast in the east: by the shortest straits."""
    side, island = terrain.side, terrain.island
    heart = island.centroid
    ends = []
    for west in (True, False):
        bank = terrain.mainland.intersection(_half(terrain, west=west))
        over = shapely.shortest_line(island, bank)
        landing, shore = (np.array(p) for p in over.coords)
        outward = (shore - landing) / max(np.hypot(*(shore - landing)), 1.0)
        inland = shore + outward * 0.02 * side
        joint = np.array(shapely.shortest_line(shapely.Point(inland), ring).coords[-1])
        goal = joint + 0.015 * side * (joint - inland) / max(np.hypot(*(joint - inland)), 1.0)
        ends.append([goal, inland, shore, landing, landing - outward * 0.02 * side])
    path = [*ends[0], np.array([heart.x, heart.y + 0.025 * side]), *ends[1][::-1]]
    smooth = gentle.bend(_rounded(np.array(path)), 60.0)
    return _on_ground(terrain, smooth, over=True, share=0.2)


def _rounded(xy: Floats) -> Any:
    for _ in range(3):
        cut = np.stack([0.75 * xy[:-1] + 0.25 * xy[1:], 0.25 * xy[:-1] + 0.75 * xy[1:]], axis=1).reshape(
            -1, 2
        )
        xy = np.concatenate([xy[:1], cut, xy[-1:]])
    return LineString(xy)


def _half(terrain: Terrain, *, west: bool) -> Any:
    """West or east of the mouth, the capes left out: bridges begin where the city is."""
    near, far = 0.05 * terrain.side, 0.17 * terrain.side
    low, high = (-far, -near) if west else (near, far)
    return shapely.box(terrain.mouth + low, -terrain.side, terrain.mouth + high, terrain.side)


def _rail(terrain: Terrain, line: Any) -> Any:
    """The railway runs on through the frame, and ends at the sea."""
    dry = line.intersection(terrain.frame).difference(terrain.sea)
    return max(_parts(dry), key=lambda part: part.length)
