"""The base map of the demo city: land, water, green, rail and names, from the same ground as the grids.

Names of districts, towns and communities are the grids' own and not repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import ops

from demo.feature import Feature
from demo.geometry import Ints, lattice, metres, to_degrees
from demo.grids import Division
from demo.harbour import moles
from demo.keyplaces import Landmarks
from demo.names import Names
from demo.sites import Sites
from demo.skeleton import Skeleton
from demo.terrain import Terrain
from demo.waves import Waves

_PARK_SHARE, _GREAT_PARK_M = 0.02, 330.0
_HILL_ENDS, _WATER_ENDS, _ISLET_ENDS = "峰岭岩林坪", "溪塘泉江浔涧", "角矶礁洲汀渚"
_THIN_STEPS = 20
"""Lattice steps (20 cm): half the width of what is too thin for a map."""
_WOOD_M2 = 60_000.0
"""Smallest piece of woodland in the country."""

Row = tuple[str, str, str | None, Any]
"""kind, class, name, shape in local metres."""


@dataclass(frozen=True)
class Nature:
    """Names of what the ground is made of."""

    hills: tuple[str, ...]
    lakes: tuple[str, ...]
    islets: tuple[str, ...]


def name_nature(terrain: Terrain, names: Names) -> Nature:
    """Before the streets take the best names."""
    return Nature(
        tuple(names.take(_HILL_ENDS) + "山" for _ in terrain.hills),
        tuple(names.take(_WATER_ENDS) + word for word in ("湖", "水库")),
        tuple(names.take(_ISLET_ENDS) + "屿" for _ in terrain.islets),
    )


def make_basemap(
    terrain: Terrain,
    skeleton: Skeleton,
    division: Division,
    sites: Sites,
    landmarks: Landmarks,
    nature: Nature,
    rng: np.random.Generator,
) -> tuple[Feature, ...]:
    """Polygons, lines and name points; then the buildings of the landmarks."""
    arms = shapely.union_all(moles(terrain, landmarks.ports))
    sea = shapely.union_all([terrain.sea, _estuary(terrain)])
    dry = shapely.union_all([terrain.frame.difference(sea), arms])
    rows: list[Row] = [
        ("land", "land", None, dry),
        *(("green", "hill", name, hill) for name, hill in zip(nature.hills, terrain.hills, strict=True)),
        ("green", "forest", None, _woods(terrain, sites, rng)),
        *_parks(sites, division, landmarks.free, rng),
        ("water", "sea", "云屿湾", sea.difference(arms)),
        ("water", "river", "望潮江", terrain.river.intersection(terrain.frame).difference(sea)),
        *(("water", "lake", name, lake) for name, lake in zip(nature.lakes, terrain.lakes, strict=True)),
        *(("rail", "rail", "云屿铁路", line) for line in skeleton.rails),
        *_labels(terrain, nature),
    ]
    ground = tuple(
        Feature({"kind": kind, "class": cls, "name": name}, to_degrees(_sound(lattice(shape))))
        for kind, cls, name, shape in rows
        if not shape.is_empty
    )
    return (*ground, *landmarks.buildings)


def _sound(shape: Any) -> Any:
    """A shape of the lattice that is valid in degrees too, and has no vertex twice in a row: where vertices
    pinch it, its thin spots go."""
    shape = shapely.remove_repeated_points(shape)
    if shapely.is_valid(to_degrees(shape)):
        return shape
    whole = shapely.make_valid(shape, method="structure")
    opened = whole.buffer(-_THIN_STEPS, join_style="mitre").buffer(_THIN_STEPS, join_style="mitre")
    return shapely.remove_repeated_points(shapely.transform(opened, np.rint))


def _estuary(terrain: Terrain) -> Any:
    """The wide end of the river: on the map it is the sea's, so that the coast goes on along its banks."""
    inland = terrain.river_line.difference(terrain.sea)
    course = max(shapely.get_parts(inland), key=lambda part: part.length)
    reach = 0.085 * terrain.side
    lower = ops.substring(course, course.length - reach, course.length)
    return terrain.river.intersection(
        lower.buffer(reach, cap_style="flat").union(terrain.sea.buffer(reach / 4))
    )


def _woods(terrain: Terrain, sites: Sites, rng: np.random.Generator) -> Any:
    """Woodland in the country: fields between hill and town, in patches along their own edges."""
    field = Waves([(0.11 * terrain.side, 1.0), (0.05 * terrain.side, 0.7)], rng)
    near_hill = shapely.distance(shapely.union_all(terrain.hills), shapely.points(sites.ground))
    pull = field(sites.ground)[:, 0] - near_hill / (0.04 * terrain.side) - sites.density * 8.0
    wooded = (pull > -0.35) & (near_hill > 0) & (sites.density < 0.12) & (sites.area > 12_000)
    patches = shapely.get_parts(shapely.coverage_union_all(metres(sites.faces[wooded])))
    smooth = shapely.buffer(shapely.buffer(patches, -70.0), 55.0)
    return shapely.union_all(smooth[shapely.area(smooth) > _WOOD_M2])


def _parks(sites: Sites, division: Division, free: NDArray[np.bool_], rng: np.random.Generator) -> list[Row]:
    """A great park a district, named after it, and some blocks named after their community."""
    built = np.flatnonzero(free & (sites.density > 0.2) & (sites.area < 160_000) & (sites.area > 9_000))
    great = {g.name.removesuffix("区"): _great_park(sites, built, g.code, rng) for g in division.tier(0)}
    chosen = np.sort(rng.choice(built, size=max(int(len(built) * _PARK_SHARE), 3), replace=False))
    roots = {g.code: g.name.removesuffix("社区").removesuffix("村") for g in division.tier(2)}
    small = {roots[str(sites.grid[b])[:12]]: metres(sites.faces[b]).buffer(-9.0) for b in chosen}
    return [("green", "park", f"{root}公园", shape) for root, shape in {**great, **small}.items()]


def _great_park(sites: Sites, built: Ints, code: str, rng: np.random.Generator) -> Any:
    """The blocks around one of the district's densest."""
    ours = built[np.char.startswith(sites.grid[built], code)]
    if not len(ours):
        return shapely.Polygon()
    heart = ours[np.argsort(-sites.density[ours], kind="stable")[int(rng.integers(0, 1 + len(ours) // 3))]]
    near = ours[np.hypot(*(sites.ground[ours] - sites.ground[heart]).T) < _GREAT_PARK_M]
    blocks = shapely.buffer(metres(sites.faces[near]), -7.0)
    return shapely.union_all(blocks).buffer(9.0).buffer(-9.0)


def _labels(terrain: Terrain, nature: Nature) -> list[Row]:
    """Points for the names of islands, waters and hills too wide or too long to name by their middle."""
    rows: list[Row] = [("name", "island", "云屿岛", _inside(terrain.island))]
    rows += [("name", "island", n, _inside(s)) for n, s in zip(nature.islets, terrain.islets, strict=True)]
    rows += [("name", "lake", n, _inside(s)) for n, s in zip(nature.lakes, terrain.lakes, strict=True)]
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
