"""Values about places that the database and the geometry rooms share."""

from __future__ import annotations

from dataclasses import dataclass

GRID_TOLERANCE_M = 50.0
"""A point this near to a grid, and in none, belongs to the nearest: shores, piers, sloppy borders."""


@dataclass(frozen=True, slots=True)
class RoadRow:
    """A road as it is stored. `wkb` is a LineString in EPSG:4326; `oneway` runs along the line;
    `speed_kmh` None = by class."""

    id: int
    road_class: str
    oneway: bool
    speed_kmh: float | None
    wkb: bytes
