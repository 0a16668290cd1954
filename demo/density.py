"""How densely people live where: the old town, new towns, market towns, and villages along the roads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.geometry import Floats
from demo.skeleton import Skeleton
from demo.terrain import Terrain, in_any

_CENTRES = (
    # x and y from the river's mouth and radius in shares of the side; weight; grown (not planned)
    (-0.055, 0.03, 0.038, 0.8, True), (0.065, 0.045, 0.05, 0.55, False), (0.0, 0.06, 0.13, 0.4, False),
    (0.0, -0.22, 0.055, 0.45, True), (0.04, -0.265, 0.12, 0.33, False), (-0.23, 0.05, 0.06, 0.42, False),
    (0.22, 0.08, 0.06, 0.45, False), (0.02, 0.2, 0.05, 0.3, False), (-0.1, 0.2, 0.045, 0.25, False),
    (-0.26, -0.07, 0.05, 0.32, False), (0.34, -0.02, 0.045, 0.33, False), (0.13, 0.17, 0.05, 0.28, False),
    (-0.15, 0.0, 0.05, 0.3, False), (0.17, 0.01, 0.05, 0.3, False),
    (-0.41, 0.1, 0.032, 0.4, False), (0.43, 0.06, 0.034, 0.42, False), (-0.17, 0.31, 0.028, 0.42, True),
    (0.2, 0.33, 0.028, 0.42, False), (0.0, 0.37, 0.024, 0.38, True), (0.41, 0.19, 0.022, 0.36, True),
    (-0.36, 0.2, 0.022, 0.34, True), (0.02, 0.5, 0.018, 0.36, True), (-0.42, 0.02, 0.02, 0.34, True),
    (0.12, 0.4, 0.018, 0.3, True),
)  # fmt: skip
_COUNTRY, _HILL = 0.012, 0.006
_VILLAGES_AT_SCALE_1 = 130
_GROWN = 0.3
"""Density of what was never planned from which streets run as they like."""


@dataclass(frozen=True)
class Density:
    """The places people gather at, as bells with a flat top: x, y, radius in metres, weight, grown or not."""

    x: Floats
    y: Floats
    radius: Floats
    weight: Floats
    grown: NDArray[np.bool_]
    hills: tuple[Any, ...]

    @property
    def heart(self) -> tuple[float, float]:
        """The middle of the old town."""
        return float(self.x[0]), float(self.y[0])

    def at(self, x: Floats, y: Floats, reach: Floats | float = 0.0) -> Floats:
        """How densely built a point is, or the densest within `reach` metres: 0.01 in the country to 1."""
        total = _COUNTRY + self._bells(x, y, reach, np.ones(len(self.x), dtype=bool))
        total[in_any(self.hills, x, y)] = _HILL
        return np.asarray(np.clip(total, _HILL, 1.0), dtype=np.float64)

    def is_grown(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Where streets were never planned: the old town, villages."""
        grown: NDArray[np.bool_] = self._bells(x, y, 0.0, self.grown) > _GROWN
        return grown

    def _bells(self, x: Floats, y: Floats, reach: Floats | float, which: NDArray[np.bool_]) -> Floats:
        total = np.zeros(x.shape)
        for i in np.flatnonzero(which):
            away = np.maximum(np.hypot(x - self.x[i], y - self.y[i]) - reach, 0.0)
            total += self.weight[i] * np.exp(-((away / self.radius[i]) ** 3))
        return total


def make_density(terrain: Terrain, skeleton: Skeleton, scale: float, rng: np.random.Generator) -> Density:
    """The centres of the plan, and villages mostly along the great roads of the country."""
    side = terrain.side
    x, y, radius, weight, grown = (np.array(column) for column in zip(*_CENTRES, strict=True))
    shift = rng.uniform(-0.01, 0.01, (len(x), 2))
    centres = np.column_stack([terrain.mouth + (x + shift[:, 0]) * side, (y + shift[:, 1]) * side])
    villages = _villages(terrain, skeleton, max(round(_VILLAGES_AT_SCALE_1 * scale), 8), rng)
    count = len(villages)
    both = np.concatenate([centres, villages])
    return Density(
        both[:, 0],
        both[:, 1],
        np.concatenate([radius * side, rng.uniform(190, 420, count)]),
        np.concatenate([weight, rng.uniform(0.3, 0.5, count)]),
        np.concatenate([grown, np.ones(count, dtype=bool)]),
        terrain.hills,
    )


def _villages(terrain: Terrain, skeleton: Skeleton, count: int, rng: np.random.Generator) -> Floats:
    """Two of three stand by a road that is no motorway, the others anywhere; none on a hill or in water."""
    roads = shapely.union_all(
        [line for line, kind in zip(skeleton.lines, skeleton.kinds, strict=True) if kind != "motorway"]
    )
    along = shapely.get_coordinates(shapely.segmentize(roads, 300.0))
    near = along[rng.integers(0, len(along), 4 * count)] + rng.normal(0, 320, (4 * count, 2))
    west, south, east, north = terrain.mainland.bounds
    anywhere = rng.uniform((west, south), (east, north), (2 * count, 2))
    spots = np.concatenate([near, anywhere])
    dry = shapely.contains_xy(terrain.city.difference(terrain.shore), *spots.T)
    spots = spots[dry & ~in_any(terrain.hills, *spots.T)]
    return np.asarray(spots[rng.permutation(len(spots))[:count]], dtype=np.float64)
