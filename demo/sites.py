"""Where things may stand: points on dry ground inside the blocks, drawn by people or by area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.geometry import Floats, Ints, lattice, to_degrees, to_metres
from demo.grids import Division
from demo.planar import Planar
from demo.roads import Road
from demo.terrain import Terrain


@dataclass(frozen=True)
class Sites:
    """The dry blocks: their grid, people, area in m², and a point well inside (lattice)."""

    faces: NDArray[Any]
    grid: NDArray[Any]
    households: Floats
    area: Floats
    middle: Floats
    ground: Floats
    """The same point in local metres."""
    density: Floats
    kerbs: Floats
    """Junctions: where cameras stand. Lattice coordinates."""

    def spots(self, chosen: Ints, rng: np.random.Generator) -> NDArray[Any]:
        """A random point (EPSG:4326) in each chosen block."""
        corners = shapely.get_coordinates(shapely.get_point(shapely.get_exterior_ring(self.faces[chosen]), 1))
        centre = self.middle[chosen]
        drawn = np.rint(centre + (corners - centre) * rng.uniform(0.0, 0.5, (len(chosen), 1)))
        inside = shapely.contains_xy(self.faces[chosen], drawn[:, 0], drawn[:, 1])
        return _points(np.where(inside[:, None], drawn, centre))

    def by_people(self, count: int, rng: np.random.Generator) -> Ints:
        """Blocks drawn by households, few twice."""
        return _drawn(self.households + 1.0, count, rng)

    def by_area(self, count: int, rng: np.random.Generator) -> Ints:
        """Blocks drawn by area: mostly in the country."""
        return _drawn(self.area, count, rng)

    def within(self, prefix: str) -> Ints:
        """Blocks whose grid code begins so, most populous first; all blocks if there is none."""
        found = np.flatnonzero(np.char.startswith(self.grid, prefix))
        found = found if len(found) else np.arange(len(self.grid))
        order: Ints = found[np.argsort(-self.households[found], kind="stable")]
        return order

    def corners(self, count: int, rng: np.random.Generator) -> NDArray[Any]:
        """Kerbs of distinct junctions, some metres off their middle."""
        chosen = rng.choice(len(self.kerbs), size=count, replace=count > len(self.kerbs))
        return _points(self.kerbs[chosen] + np.rint(rng.uniform(-90, 90, (count, 2))))


def make_sites(terrain: Terrain, planar: Planar, division: Division, roads: tuple[Road, ...]) -> Sites:
    """The blocks one can build on: not the strip along the water."""
    inner = shapely.point_on_surface(planar.faces)
    wet = lattice(terrain.shore)
    shapely.prepare(wet)
    dry = ~shapely.contains(wet, inner)
    faces = planar.faces[dry]
    area = shapely.area(shapely.transform(faces, to_metres))
    middle = np.rint(shapely.get_coordinates(inner[dry]))
    return Sites(
        faces, division.face_code[dry], division.households[dry], area, middle, to_metres(middle),
        division.density[dry], _junctions(roads),
    )  # fmt: skip


def _junctions(roads: tuple[Road, ...]) -> Floats:
    """Where three roads or more meet: never a dead end on the city's rim."""
    lines = np.array([r.geom for r in roads])
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, i)) for i in (0, -1)])
    places, roads_there = np.unique(ends, axis=0, return_counts=True)
    junctions: Floats = places[roads_there >= 3]
    return junctions


def _drawn(weight: Floats, count: int, rng: np.random.Generator) -> Ints:
    again = count > len(weight) // 2
    chosen: Ints = rng.choice(len(weight), size=count, replace=again, p=weight / weight.sum())
    return chosen


def _points(xy: Floats) -> NDArray[Any]:
    points: NDArray[Any] = to_degrees(shapely.points(xy))
    return points
