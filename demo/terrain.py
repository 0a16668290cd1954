"""Land and water of the generated city: coast, islands, river, lakes and hills.

Everything here is in a local plane: metres east and north of the city's origin (`geometry.ORIGIN`).
The city's side grows with the root of its scale, so that a street block keeps its size at any scale.
Shapes are laid out as smooth ovals on a plan in shares of the side, then bent by one field of waves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from demo.geometry import Floats, largest
from demo.waves import Waves, octaves

SIDE_AT_SCALE_1 = 36_000.0
"""Metres; a city of scale s measures about SIDE_AT_SCALE_1 * sqrt(s) across."""
SHORE_M = 40.0
"""Width of the strip between the water and the road along it."""
_COAST_STEP_M = 45.0
_FRAME = 1.9
"""How far the base map goes on, in shares of the side: no wall is so wide that it sees the end of it."""

Oval = tuple[float, float, float, float, float]
"""x, y, half width, half height in shares of the side; turn in degrees."""
_CAPES: tuple[Oval, ...] = ((-0.27, -0.12, 0.075, 0.11, 14), (0.37, -0.09, 0.065, 0.12, -32))
_BAYS: tuple[Oval, ...] = (
    (0.0, -0.13, 0.085, 0.09, 0), (-0.44, -0.09, 0.09, 0.08, 20), (0.24, -0.1, 0.07, 0.08, -10),
    (-0.155, -0.14, 0.035, 0.06, -15), (0.3, -0.02, 0.02, 0.06, 40), (-0.36, -0.05, 0.02, 0.05, -30),
)  # fmt: skip
_ISLAND: tuple[Oval, ...] = ((0.0, -0.255, 0.12, 0.085, -8), (0.1, -0.275, 0.095, 0.07, 15))
_ISLETS: tuple[Oval, ...] = (
    (-0.4, -0.27, 0.03, 0.017, 25), (0.29, -0.29, 0.022, 0.03, 10), (0.35, -0.34, 0.012, 0.008, 0),
    (-0.17, -0.35, 0.014, 0.02, -20), (-0.36, -0.32, 0.008, 0.006, 0), (0.2, -0.4, 0.011, 0.008, 40),
)  # fmt: skip
_HILLS: tuple[Oval, ...] = (
    (-0.36, 0.36, 0.15, 0.1, 30), (-0.22, 0.46, 0.12, 0.07, -10), (-0.42, 0.2, 0.05, 0.06, 0),
    (0.1, 0.5, 0.13, 0.07, 15), (0.33, 0.42, 0.17, 0.09, -25), (0.44, 0.29, 0.07, 0.06, 0),
    (-0.2, 0.17, 0.06, 0.04, 35), (0.25, 0.19, 0.055, 0.035, -15), (0.38, -0.1, 0.022, 0.05, -28),
    (-0.29, -0.11, 0.022, 0.04, 14), (0.0, -0.27, 0.034, 0.024, 20), (0.1, 0.27, 0.035, 0.025, 10),
    (-0.66, 0.42, 0.13, 0.08, 30), (0.68, 0.42, 0.12, 0.09, -30), (-0.3, 0.74, 0.19, 0.08, 10),
    (0.27, 0.78, 0.2, 0.1, 0), (0.98, 0.36, 0.16, 0.09, 15), (-1.0, 0.27, 0.17, 0.1, 0),
    (-0.36, 0.05, 0.04, 0.025, 50), (0.14, 0.02, 0.014, 0.01, 0),
)  # fmt: skip
_LAKES: tuple[Oval, ...] = ((0.16, 0.115, 0.022, 0.013, 30), (-0.315, 0.29, 0.028, 0.009, 50))
_RESERVOIR_ARM: Oval = (-0.3, 0.3, 0.02, 0.007, -25)


@dataclass(frozen=True)
class Terrain:
    """The ground the city stands on; polygons in local metres."""

    side: float
    mouth: float
    """Easting of the river's mouth."""
    frame: Any
    """What the base map shows: more than the city."""
    mainland: Any
    island: Any
    islets: tuple[Any, ...]
    river_line: Any
    river: Any
    lakes: tuple[Any, ...]
    sea: Any
    shore: Any
    """Water and the strip along it: no streets here but bridges; its rim is the road along the water."""
    hills: tuple[Any, ...]

    @property
    def city(self) -> Any:
        """All the ground the city administers: what the grids tile."""
        return MultiPolygon([self.mainland, self.island, *self.islets])

    @property
    def water(self) -> Any:
        """Sea, river and lakes."""
        return shapely.union_all([self.sea, self.river, *self.lakes])


def in_any(polygons: tuple[Any, ...], x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Which points lie in one of the polygons."""
    inside = np.zeros(x.shape, dtype=bool)
    for polygon in polygons:
        inside |= shapely.contains_xy(polygon, x, y)
    return inside


def make_terrain(scale: float, rng: np.random.Generator) -> Terrain:
    """The ground of a city of this scale."""
    plan = _Plan(SIDE_AT_SCALE_1 * float(np.sqrt(scale)), rng)
    side, mouth = plan.side, plan.mouth
    frame = box(-_FRAME * side, -_FRAME * side, _FRAME * side, _FRAME * side)
    dry = _coast(plan)
    limits = Waves(octaves(0.3 * side, 900.0, 0.1), rng)
    rim = limits.bend(_bent(plan, plan.oval((0.0, 0.1, 0.51, 0.47, 0))), _COAST_STEP_M).buffer(0)
    mainland = largest(dry.intersection(rim))
    main_island = _apart(plan, _ISLAND, dry, 0.03)[0]
    islets = [i for o in _ISLETS for i in _apart(plan, (o,), shapely.union_all([dry, main_island]), 0.008)]
    river_line, river = _river(plan, dry)
    lakes = _lakes(plan)
    land = shapely.union_all([dry, main_island, *islets])
    sea = frame.difference(land)
    wet = shapely.union_all([sea, river, *lakes])
    hills = _hills(plan, land, wet)
    shore = wet.buffer(SHORE_M + 60).buffer(-60)
    return Terrain(
        side, mouth, frame, mainland, main_island, tuple(islets), river_line, river, lakes, sea, shore, hills
    )


class _Plan:
    """The drawing board: a side, the river's mouth, the waves that bend the drawing."""

    def __init__(self, side: float, rng: np.random.Generator) -> None:
        self.side, self.rng = side, rng
        self.mouth = side * float(rng.uniform(-0.03, 0.03))
        self.waves = Waves(octaves(0.3 * side, 320.0, 0.075), rng)

    def oval(self, shape: Oval) -> Any:
        """An oval of the plan, a little elsewhere and a little otherwise each time."""
        x, y, wide, high, turn = shape
        dx, dy = self.rng.uniform(-0.012, 0.012, 2)
        size = self.rng.uniform(0.9, 1.12, 2) * self.side
        raw = affinity.scale(Point(0, 0).buffer(1.0, 48), wide * size[0], high * size[1])
        turned = affinity.rotate(raw, turn + self.rng.uniform(-8, 8))
        return affinity.translate(turned, self.mouth + (x + dx) * self.side, (y + dy) * self.side)


def _bent(plan: _Plan, shape: Any) -> Any:
    return plan.waves.bend(shape, _COAST_STEP_M).buffer(0)


def _coast(plan: _Plan) -> Any:
    """The dry ground of the frame but islands: a straight shore with capes and bays, rounded, then bent."""
    side, smooth = plan.side, 0.012 * plan.side
    far = 1.2 * _FRAME * side
    straight = Polygon(
        [
            (-far, -0.16 * side),
            (-side, -0.11 * side),
            (side, -0.03 * side),
            (far, 0.1 * side),
            (far, far),
            (-far, far),
        ]
    )
    capes = shapely.union_all([straight, *(plan.oval(o) for o in _CAPES)])
    carved = capes.difference(shapely.union_all([plan.oval(o) for o in _BAYS]))
    rounded = carved.buffer(-smooth).buffer(2 * smooth).buffer(-smooth)
    return largest(_bent(plan, rounded))


def _apart(plan: _Plan, ovals: tuple[Oval, ...], other: Any, share: float) -> list[Any]:
    """An island of these ovals, a strait of this share of the side off other land; none if it drowns."""
    raw = shapely.union_all([plan.oval(o) for o in ovals])
    free = _bent(plan, raw).difference(other.buffer(share * plan.side))
    parts = [p for p in shapely.get_parts(free) if p.area > 0.35 * raw.area]
    return [largest(MultiPolygon(parts)).buffer(-8).buffer(16).buffer(-8)] if parts else []


def _river(plan: _Plan, dry: Any) -> tuple[Any, Any]:
    """The river's middle line, north to south, and its water: a brook in the hills, an estuary at the sea."""
    side, phase = plan.side, plan.rng.uniform(0, 2 * np.pi)
    end = dry.intersection(LineString([(plan.mouth, -side), (plan.mouth, 0.3 * side)])).bounds[1]
    y = np.linspace(1.1 * _FRAME * side, end - 0.05 * side, 700)
    rise = np.clip((y - end) / side, 0, None)
    swing = 0.024 * (np.sin(15.0 * rise + phase) - np.sin(phase)) + 0.008 * np.sin(44.0 * rise + phase)
    x = plan.mouth + side * (swing * np.tanh(7 * rise) - 0.1 * rise - 0.1 * np.minimum(rise, 0.8) ** 2)
    width = side * (0.05 * np.exp(-((rise / 0.05) ** 2)) + 0.011 * np.exp(-4.0 * rise) + 0.0012) + 16
    line = plan.waves.bend(LineString(np.column_stack([x, y])), 1e9)
    reaches = shapely.linestrings(np.stack([line.coords[:-1], line.coords[1:]], axis=1))
    return line, shapely.union_all(shapely.buffer(reaches, width[:-1] / 2))


def _lakes(plan: _Plan) -> tuple[Any, ...]:
    city, main = (_bent(plan, plan.oval(o)) for o in _LAKES)
    reservoir = main.union(_bent(plan, plan.oval(_RESERVOIR_ARM)))
    return largest(city), largest(reservoir.buffer(30).buffer(-30))


def _hills(plan: _Plan, land: Any, wet: Any) -> tuple[Any, ...]:
    """Hills on land, off the water and the river's valley; ranges that touch are one."""
    room = land.difference(wet.buffer(0.004 * plan.side + 60))
    rough = Waves(octaves(0.11 * plan.side, 500.0, 0.13), plan.rng)
    raw = shapely.union_all([rough.bend(_bent(plan, plan.oval(o)), 60.0).buffer(0) for o in _HILLS])
    kept = shapely.get_parts(raw.intersection(room).buffer(-70).buffer(140).buffer(-70))
    return tuple(hill for hill in kept if hill.area > 60_000)
