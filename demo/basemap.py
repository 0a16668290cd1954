"""The base map of the demo city: land, water, green and names, from the same ground as the grids."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from demo.feature import Feature
from demo.geometry import lattice, to_degrees
from demo.grids import Division
from demo.names import Names
from demo.sites import Sites
from demo.terrain import Terrain

_PARK_SHARE = 0.025


def make_basemap(
    terrain: Terrain, division: Division, sites: Sites, names: Names, rng: np.random.Generator
) -> tuple[Feature, ...]:
    """Polygons and name points, drawn in this order."""
    dry = terrain.frame.difference(terrain.sea)
    rows: list[tuple[str, str, str | None, Any]] = [
        ("land", "land", None, lattice(dry)),
        ("water", "sea", "云屿湾", lattice(terrain.sea)),
        ("water", "river", "望潮江", lattice(terrain.river.intersection(terrain.frame))),
        *_hills(terrain, dry, names),
        *_parks(sites, names, rng),
        *_labels(terrain, division),
    ]
    return tuple(
        Feature({"kind": kind, "class": cls, "name": name}, to_degrees(_sound(shape)))
        for kind, cls, name, shape in rows
    )


def _sound(shape: Any) -> Any:
    """Moving vertices onto the lattice can pinch a thin spot; repair it there."""
    return shape if shapely.is_valid(shape) else shapely.make_valid(shape, method="structure")


def _hills(terrain: Terrain, dry: Any, names: Names) -> list[tuple[str, str, str | None, Any]]:
    ground = dry.difference(terrain.shore)
    return [("green", "hill", names.take() + "山", lattice(h.intersection(ground))) for h in terrain.hills]


def _parks(sites: Sites, names: Names, rng: np.random.Generator) -> list[tuple[str, str, str | None, Any]]:
    """Some blocks of the built city are parks."""
    built = np.flatnonzero((sites.households > 30) & (sites.area < 200_000) & (sites.area > 8_000))
    chosen = rng.choice(built, size=max(int(len(built) * _PARK_SHARE), 4), replace=False)
    return [("green", "park", names.take() + "公园", sites.faces[i]) for i in np.sort(chosen)]


def _labels(terrain: Terrain, division: Division) -> list[tuple[str, str, str | None, Any]]:
    """Names of districts and towns, at a point inside each."""
    rows: list[tuple[str, str, str | None, Any]] = []
    for tier, cls in ((0, "district"), (1, "town")):
        for g in division.tier(tier):
            point = shapely.point_on_surface(g.geom)
            rows.append(("name", cls, g.name, shapely.transform(point, np.rint)))
    return rows
