"""The ground around a point, in metres east and north of it, for a drawing on paper."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from actions.services import Services
from core.permissions import Principal
from core.tiling import EARTH_M, NEAREST_LEVEL
from db.around import shapes_around

_LAYERS = ("water", "green", "building", "rail", "road", "grid", "name")
_BEYOND = 1.1
"""Shapes are cut so far outside, that the cut itself is not seen."""
Line = tuple[tuple[float, float], ...]
_Found = tuple[str, int, str, NDArray[np.float64]]
"""Kind, rank, name, points in EPSG:3857."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`kind` is the map's layer; lines in metres, of an area its rings; a name has a line of one point."""

    kind: str
    rank: int
    line: Line
    name: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """An incident of `level` 1 to 4, or a unit (0), in metres. `there`: it is open, or on scene, in place of
    closed or on its way."""

    at: tuple[float, float]
    level: int
    name: str = ""
    there: bool = True


@dataclass(frozen=True, slots=True)
class Stretch:
    """A hazard area's ring, a closed road or a unit's way, in metres."""

    kind: Literal["zone", "closure", "way"]
    line: Line


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Shapes within half a width and half a height (metres) of the point in the middle, in drawing order."""

    half: tuple[float, float]
    shapes: tuple[Shape, ...]


def surroundings(
    services: Services, principal: Principal, at: tuple[float, float], half: tuple[float, float],
    level: int = NEAREST_LEVEL,
) -> Surroundings:  # fmt: skip
    """What lies around lon, lat, in the detail of this zoom of the map; of the grids those that the asker
    sees. Nothing where no map is drawn."""
    stretch = 1 / math.cos(math.radians(at[1]))  # of a metre in EPSG:3857
    reach = half[0] * stretch * _BEYOND, half[1] * stretch * _BEYOND
    with services.engine.connect() as conn:
        rows = shapes_around(conn, at, reach, _LAYERS, principal.area, level)
    flat = Flat(at)
    found = [
        Shape(kind, rank, flat.metres(line), name)
        for kind, rank, name, line in (*_borders(rows), *_lines(rows))
    ]
    return Surroundings(half, tuple(sorted(found, key=lambda one: _LAYERS.index(one.kind))))


class Flat:
    """The plane of metres east and north of lon, lat."""

    def __init__(self, middle: tuple[float, float]) -> None:
        self._stretch = 1 / math.cos(math.radians(middle[1]))
        self._origin = np.array(_mercator(*middle))

    def metres(self, line: NDArray[np.float64]) -> Line:
        """Of points in EPSG:3857."""
        return tuple((x, y) for x, y in ((line - self._origin) / self._stretch).tolist())

    def of_degrees(self, points: Sequence[tuple[float, float]]) -> Line:
        """Of points in lon, lat."""
        return self.metres(np.array([_mercator(*point) for point in points]))


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    return math.radians(lon) * EARTH_M, math.asinh(math.tan(math.radians(lat))) * EARTH_M


def _lines(rows: Sequence[Any]) -> Iterator[_Found]:
    """Lines and rings of everything but the grids."""
    for row in rows:
        if row.layer == "grid":
            continue
        for part in shapely.get_parts(shapely.from_wkb(bytes(row.wkb))):
            rings = [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]
            name = str(row.props.get("name") or "")
            yield from ((row.layer, row.rank, name, shapely.get_coordinates(ring)) for ring in rings)


def _borders(rows: Sequence[Any]) -> Iterator[_Found]:
    """Borders of the grids, tier by tier, finest first: each once, though two grids share it."""
    tiers: dict[int, list[Any]] = {}
    for row in rows:
        if row.layer == "grid":
            tiers.setdefault(row.rank, []).append(shapely.boundary(shapely.from_wkb(bytes(row.wkb))))
    for tier, edges in sorted(tiers.items(), reverse=True):
        whole = shapely.line_merge(shapely.union_all(edges))
        yield from (("grid", tier, "", shapely.get_coordinates(line)) for line in shapely.get_parts(whole))
