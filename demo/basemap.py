"""The base map of the demo city: land, water, green, rail and names, from the same ground as the grids.

Names of districts, towns and communities are the grids' own and not repeated here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.feature import Feature
from demo.geometry import lattice, metres, to_degrees
from demo.harbour import moles
from demo.keyplaces import Landmarks
from demo.names import Names
from demo.sites import Sites
from demo.skeleton import Skeleton
from demo.terrain import Terrain
from demo.waves import Waves

_PARK_SHARE = 0.022
_WOOD_M2 = 60_000.0
"""Smallest piece of woodland in the country."""

Row = tuple[str, str, str | None, Any]
"""kind, class, name, shape in local metres."""


def make_basemap(
    terrain: Terrain,
    skeleton: Skeleton,
    sites: Sites,
    landmarks: Landmarks,
    names: Names,
    rng: np.random.Generator,
) -> tuple[Feature, ...]:
    """Polygons, lines and name points; then the buildings of the landmarks."""
    arms = shapely.union_all(moles(terrain, landmarks.ports))
    dry = shapely.union_all([terrain.frame.difference(terrain.sea), arms])
    lakes = [names.take() + "湖", names.take() + "水库"]
    rows: list[Row] = [
        ("land", "land", None, dry),
        *_hills(terrain, names),
        ("green", "forest", None, _woods(terrain, sites, rng)),
        *_parks(sites, landmarks.free, names, rng),
        ("water", "sea", "云屿湾", terrain.sea.difference(arms)),
        ("water", "river", "望潮江", terrain.river.intersection(terrain.frame)),
        *(("water", "lake", name, lake) for name, lake in zip(lakes, terrain.lakes, strict=True)),
        *(("rail", "rail", "云屿铁路", line) for line in skeleton.rails),
        *_labels(terrain, lakes, names),
    ]
    ground = tuple(
        Feature({"kind": kind, "class": cls, "name": name}, to_degrees(_sound(lattice(shape))))
        for kind, cls, name, shape in rows
        if not shape.is_empty
    )
    return (*ground, *landmarks.buildings)


def _sound(shape: Any) -> Any:
    """Moving vertices onto the lattice can pinch a thin spot; repair it there."""
    return shape if shapely.is_valid(shape) else shapely.make_valid(shape, method="structure")


def _hills(terrain: Terrain, names: Names) -> list[Row]:
    return [("green", "hill", names.take() + "山", hill) for hill in terrain.hills]


def _woods(terrain: Terrain, sites: Sites, rng: np.random.Generator) -> Any:
    """Woodland in the country: fields between hill and town, in patches along their own edges."""
    field = Waves([(0.11 * terrain.side, 1.0), (0.05 * terrain.side, 0.7)], rng)
    near_hill = shapely.distance(shapely.union_all(terrain.hills), shapely.points(sites.ground))
    pull = field(sites.ground)[:, 0] - near_hill / (0.04 * terrain.side) - sites.density * 8.0
    wooded = (pull > -0.35) & (sites.density < 0.12) & (sites.area > 12_000)
    patches = shapely.get_parts(shapely.coverage_union_all(metres(sites.faces[wooded])))
    smooth = shapely.buffer(shapely.buffer(patches, -55.0), 40.0)
    return shapely.union_all(smooth[shapely.area(smooth) > _WOOD_M2])


def _parks(sites: Sites, free: NDArray[np.bool_], names: Names, rng: np.random.Generator) -> list[Row]:
    """Some blocks of the built city are parks."""
    built = np.flatnonzero(free & (sites.density > 0.2) & (sites.area < 160_000) & (sites.area > 9_000))
    chosen = np.sort(rng.choice(built, size=max(int(len(built) * _PARK_SHARE), 3), replace=False))
    ground = metres(sites.faces[chosen])
    return [("green", "park", names.take() + "公园", shapely.buffer(g, -9.0)) for g in ground]


def _labels(terrain: Terrain, lakes: list[str], names: Names) -> list[Row]:
    """Points for the names of islands, waters and hills too wide or too long to name by their middle."""
    rows: list[Row] = [("name", "island", "云屿岛", _inside(terrain.island))]
    rows += [("name", "island", names.take().rstrip("屿") + "屿", _inside(i)) for i in terrain.islets]
    rows += [("name", "lake", name, _inside(lake)) for name, lake in zip(lakes, terrain.lakes, strict=True)]
    side, mouth = terrain.side, terrain.mouth
    for name, x, y in (
        ("云屿湾", 0.0, -0.12),
        ("望海湾", 0.24, -0.16),
        ("银湾", -0.42, -0.15),
        ("东屿洋", 0.2, -0.43),
    ):
        point = shapely.Point(mouth + x * side, y * side)
        if terrain.sea.contains(point):
            rows.append(("name", "sea", name, point))
    south, north = terrain.mainland.bounds[1], terrain.mainland.bounds[3]
    course = terrain.river_line.intersection(shapely.box(-side, south, side, north))
    rows += [("name", "river", "望潮江", course.interpolate(at, normalized=True)) for at in (0.2, 0.5, 0.8)]
    return rows


def _inside(shape: Any) -> Any:
    """The point of a polygon farthest from its edge."""
    circle: NDArray[Any] = shapely.maximum_inscribed_circle(shape)
    return shapely.get_point(circle, 0)
