"""Land and water of the generated city: coast, island, river, hills, and how densely people live where.

Everything here is in a local plane: metres east and north of the city's origin (`geometry.ORIGIN`).
The city's side grows with the root of its scale, so that a street block keeps its size at any scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Polygon, box

from demo.geometry import Floats, largest

SIDE_AT_SCALE_1 = 36_000.0
"""Metres; a city of scale s measures about SIDE_AT_SCALE_1 * sqrt(s) across."""
SHORE_M = 45.0
"""Width of the strip between the water and the road along it."""


@dataclass(frozen=True)
class Centre:
    """A place where people live densely: a bell of `weight` with radius `spread` metres."""

    x: float
    y: float
    spread: float
    weight: float


@dataclass(frozen=True)
class Terrain:
    """The ground the city stands on; polygons in local metres."""

    side: float
    frame: Any
    mainland: Any
    island: Any
    river_line: Any
    river: Any
    sea: Any
    shore: Any
    """Water and the strip along it: no streets here but bridges; its rim is the road along the water."""
    hills: tuple[Any, ...]
    centres: tuple[Centre, ...]

    @property
    def city(self) -> Any:
        """All the ground the city administers: what the grids tile."""
        return shapely.union_all([self.mainland, self.island])

    def density(self, x: Floats, y: Floats) -> Floats:
        """How densely built a point is: 0.03 in the country to 1 in the old town."""
        total = np.full(x.shape, 0.035)
        for c in self.centres:
            total += c.weight * np.exp(-((x - c.x) ** 2 + (y - c.y) ** 2) / (2 * c.spread**2))
        total[in_any(self.hills, x, y)] *= 0.12
        return np.asarray(np.clip(total, 0.03, 1.0), dtype=np.float64)


def in_any(polygons: tuple[Any, ...], x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Which points lie in one of the polygons."""
    inside = np.zeros(x.shape, dtype=bool)
    for polygon in polygons:
        inside |= shapely.contains_xy(polygon, x, y)
    return inside


def make_terrain(scale: float, rng: np.random.Generator) -> Terrain:
    """The ground of a city of this scale."""
    side = SIDE_AT_SCALE_1 * float(np.sqrt(scale))
    mouth = side * float(rng.uniform(-0.06, 0.06))
    coast = _Coast(side, mouth, rng)
    rim = blob(0.0, 0.08 * side, 0.52 * side, 0.5 * side, 0.05, rng)
    frame = box(*rim.buffer(0.1 * side).bounds).union(box(-0.5 * side, -0.5 * side, 0.5 * side, 0)).envelope
    dry = coast.land(frame)
    mainland = largest(dry.intersection(rim))
    island = _island(side, mouth, dry, rng)
    river_line, river = _river(side, mouth, coast, rng)
    sea = frame.difference(dry).difference(island)
    shore = sea.union(river).buffer(SHORE_M + 60).buffer(-60)
    hills = tuple(_hills(side, rng))
    centres = tuple(_centres(side, mouth, coast, island, rng))
    return Terrain(side, frame, mainland, island, river_line, river, sea, shore, hills, centres)


def blob(x: float, y: float, rx: float, ry: float, rough: float, rng: np.random.Generator) -> Any:
    """A rounded, irregular polygon about a point; `rough` is the share of the radius that wanders."""
    turns = np.linspace(0, 2 * np.pi, max(48, int(np.sqrt(rx * ry) / 18)), endpoint=False)
    radius = np.ones_like(turns)
    for k in range(2, 12):
        radius += rough * 2.0 / k * np.sin(k * turns + rng.uniform(0, 2 * np.pi)) * rng.uniform(0.4, 1.0)
    rim = np.column_stack([x + rx * radius * np.cos(turns), y + ry * radius * np.sin(turns)])
    return Polygon(rim).buffer(0)


class _Coast:
    """The shoreline as a function of x, with a bay at the river's mouth."""

    def __init__(self, side: float, mouth: float, rng: np.random.Generator) -> None:
        self.side, self.mouth = side, mouth
        self.tilt = rng.uniform(0.08, 0.2)
        self.waves = [
            (side * 0.035 / 1.75**k, 2 * np.pi * 1.9**k / side, rng.uniform(0, 2 * np.pi)) for k in range(7)
        ]

    def y(self, x: Floats) -> Floats:
        """Northing of the shore in metres."""
        bay = 0.13 * self.side * np.exp(-(((x - self.mouth) / (0.11 * self.side)) ** 2))
        line = -0.14 * self.side + self.tilt * x + bay
        for amplitude, pulse, phase in self.waves:
            line = line + amplitude * np.sin(pulse * x + phase)
        return line

    def land(self, frame: Any) -> Any:
        """The part of the frame north of the shore."""
        west, _, east, north = frame.bounds
        x = np.linspace(west, east, max(120, int((east - west) / 55)))
        shore = np.column_stack([x, self.y(x)])
        return Polygon([*shore, (east, north), (west, north)]).intersection(frame)


def _island(side: float, mouth: float, dry: Any, rng: np.random.Generator) -> Any:
    x, y = mouth + 0.04 * side, -0.235 * side
    raw = blob(x, y, 0.15 * side, 0.105 * side, 0.09, rng)
    return largest(raw.difference(dry.buffer(0.03 * side)))


def _river(side: float, mouth: float, coast: _Coast, rng: np.random.Generator) -> tuple[Any, Any]:
    end = float(coast.y(np.array([mouth]))[0])
    y = np.linspace(0.75 * side, end - 0.04 * side, 160)
    rise = np.clip((y - end) / side, 0, None)
    phase = rng.uniform(0, 2 * np.pi)
    bend = 0.055 * np.sin(9.0 * rise + phase) + 0.012 * np.sin(31 * rise + phase)
    x = mouth + side * ((bend - 0.067 * np.sin(phase)) * np.tanh(8 * rise) - 0.22 * rise)
    width = side * (0.013 * np.exp(-4 * rise) + 0.003) + 12
    line = LineString(np.column_stack([x, y]))
    reaches = shapely.linestrings(np.stack([line.coords[:-1], line.coords[1:]], axis=1))
    return line, shapely.union_all(shapely.buffer(reaches, width[:-1] / 2))


def _hills(side: float, rng: np.random.Generator) -> list[Any]:
    spots = [(-0.36, 0.3, 0.13), (0.33, 0.4, 0.15), (0.0, 0.5, 0.1), (-0.16, 0.2, 0.05), (0.36, 0.12, 0.06)]
    return [
        blob(
            (x + rng.uniform(-0.03, 0.03)) * side,
            (y + rng.uniform(-0.03, 0.03)) * side,
            r * side * rng.uniform(0.9, 1.2),
            r * side * rng.uniform(0.6, 0.9),
            0.1,
            rng,
        )
        for x, y, r in spots
    ]


def _centres(side: float, mouth: float, coast: _Coast, island: Any, rng: np.random.Generator) -> list[Centre]:
    def shore_y(x: float) -> float:
        return float(coast.y(np.array([x]))[0])

    west, east = mouth - 0.12 * side, mouth + 0.16 * side
    heart = island.centroid
    main = [
        Centre(west, shore_y(west) + 0.09 * side, 0.11 * side, 1.0),
        Centre(east, shore_y(east) + 0.08 * side, 0.09 * side, 0.75),
        Centre(heart.x, heart.y, 0.09 * side, 0.7),
    ]
    towns = [(-0.38, 0.02), (0.4, 0.0), (-0.2, 0.36), (0.14, 0.3), (0.2, 0.48)]
    for x, y in towns:
        dx, dy = rng.uniform(-0.03, 0.03, 2)
        main.append(Centre((x + dx) * side, (y + dy) * side, 0.045 * side, float(rng.uniform(0.3, 0.55))))
    return main
