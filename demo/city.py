"""云屿市 (Yunyu), a fictional coastal city made from a seed: the same seed gives the same city, byte by byte.

All of it is a sample (示例): no place, person or name is real. Each subject draws from a stream of its
own, so that adding cameras moves no street.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from core.errors import InvalidInput
from demo import places
from demo.basemap import make_basemap, name_nature
from demo.density import make_density
from demo.feature import Feature
from demo.geometry import METRE_CRS, to_degrees
from demo.grids import Division, Grid, make_division
from demo.keyplaces import make_landmarks
from demo.names import CITY, Names
from demo.planar import make_planar
from demo.roads import Road, make_roads
from demo.sites import make_sites
from demo.skeleton import make_skeleton
from demo.stores import make_stores
from demo.streets import make_streets
from demo.terrain import make_terrain
from demo.units import make_units

SEED = 20260101
SMALL, FULL = 0.05, 1.0
"""The scale of tests and benches, and that of a city as the product first shows it."""
SCALES = (0.02, 6.0)
KINDS = (
    "grids", "roads", "basemap", "posts", "keyplaces", "stores", "cameras", "broadcasts", "shelters",
    "hazards", "sensors", "units",
)  # fmt: skip
"""The order to import in: areas first, units (which live in areas and near roads) last."""


_COMMUNITY_TYPES = {(2, True): "community", (2, False): "village"}


@dataclass(frozen=True)
class City:
    """The generated city; `layers` holds the rows of each import kind, in KINDS order."""

    seed: int
    scale: float
    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees: the grids' extent."""
    missing_posts: tuple[str, ...]
    layers: Mapping[str, tuple[Feature, ...]]
    special: tuple[Feature, ...]
    """专属网格, which are imported with the grids."""

    def rows(self, kind: str) -> tuple[Feature, ...]:
        """What the file of a kind holds."""
        return (*self.layers[kind], *(self.special if kind == "grids" else ()))

    def meta(self) -> dict[str, Any]:
        """What the product stores about the city itself."""
        return {
            "name": CITY, "name_en": "Yunyu", "sample": True, "bounds": list(self.bounds), "seed": self.seed,
            "scale": self.scale, "metre_crs": METRE_CRS, "missing_posts": list(self.missing_posts),
        }  # fmt: skip


def make_city(seed: int = SEED, scale: float = SMALL) -> City:
    """Generate the city. Scale 1 has 5,700 base grids; InvalidInput outside SCALES."""
    if not SCALES[0] <= scale <= SCALES[1]:
        raise InvalidInput(pointer="scale", detail=f"{SCALES[0]}–{SCALES[1]}")
    streams = _Streams(seed)
    names = Names(streams("names"))
    terrain = make_terrain(scale, streams("terrain"))
    skeleton = make_skeleton(terrain, streams("skeleton"))
    density = make_density(terrain, skeleton, scale, streams("density"))
    planar = make_planar(terrain, make_streets(terrain, skeleton, density, scale, streams("streets")))
    division = make_division(terrain, density, planar, scale, names, streams("grids"))
    nature = name_nature(terrain, names)
    roads = make_roads(terrain, skeleton, planar, names, streams("roads"))
    sites = make_sites(terrain, planar, division, roads)
    missing = places.missing_posts(division, streams("missing"))
    posts = places.make_posts(division, sites, missing, scale, streams("posts"))
    landmarks = make_landmarks(terrain, skeleton, division, sites, scale, streams("keyplaces"))
    layers = {
        "grids": _grid_features(division),
        "roads": _road_features(roads),
        "basemap": make_basemap(terrain, skeleton, division, sites, landmarks, nature, streams("basemap")),
        "posts": posts,
        "keyplaces": landmarks.places,
        "stores": make_stores(division, sites, scale, streams("stores")),
        "cameras": places.make_cameras(sites, scale, streams("cameras")),
        "broadcasts": places.make_broadcasts(division, sites, streams("broadcasts")),
        "shelters": places.make_shelters(sites, scale, streams("shelters")),
        "hazards": places.make_hazards(sites, scale, streams("hazards")),
        "sensors": places.make_sensors(sites, scale, streams("sensors")),
        "units": make_units(division, sites, posts, landmarks.places, scale, streams("units")),
    }
    west, south, east, north = shapely.total_bounds([f.geom for f in layers["grids"]]).tolist()
    return City(seed, scale, (west, south, east, north), missing, layers, landmarks.special)


class _Streams:
    """A random stream a subject."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __call__(self, subject: str) -> np.random.Generator:
        return np.random.default_rng([self._seed, zlib.crc32(subject.encode())])


def _grid_features(division: Division) -> tuple[Feature, ...]:
    shapes = _polygons([g.geom for g in division.grids])
    return tuple(Feature(_grid_props(g), s) for g, s in zip(division.grids, shapes, strict=True))


def _grid_props(grid: Grid) -> dict[str, Any]:
    return {
        "code": grid.code, "tier": grid.tier, "name": grid.name, "parent": grid.parent,
        "households": grid.households, "population": grid.population, "managers": grid.managers,
        "assistants": grid.assistants, "type": _COMMUNITY_TYPES.get((grid.tier, grid.urban)),
    }  # fmt: skip


def _road_features(roads: tuple[Road, ...]) -> tuple[Feature, ...]:
    shapes = to_degrees(np.array([r.geom for r in roads]))
    return tuple(
        Feature({"name": r.name, "class": r.kind, "oneway": r.oneway, "speed_kmh": r.speed_kmh}, s)
        for r, s in zip(roads, shapes, strict=True)
    )


def _polygons(shapes: list[Any]) -> NDArray[Any]:
    degrees: NDArray[Any] = to_degrees(np.array(shapes, dtype=object))
    return shapely.normalize(degrees)  # type: ignore[no-any-return]
