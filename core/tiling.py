"""Web-mercator tiles (XYZ) and the levels of detail that are kept ready for them."""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_M = 6378137.0
"""Radius of the sphere of EPSG:3857."""
WORLD_M = 2 * math.pi * EARTH_M
EXTENT, BUFFER = 4096, 64
"""Steps a tile's side is cut into, and how far shapes reach past it."""
DEEPEST = 22
WIDEST_LEVEL, NEAREST_LEVEL = 9, 15
LEVELS = range(WIDEST_LEVEL, NEAREST_LEVEL + 1)
"""Map zooms for which shapes are kept, thinned for each; wider views use the first, nearer the last."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Address of a tile. It covers 512 pixels of the screen, so the map's zoom is one more than `z`."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        return 0 <= self.z <= DEEPEST and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z

    @property
    def level(self) -> int:
        """The level of detail it is drawn from."""
        return min(max(self.z + 1, WIDEST_LEVEL), NEAREST_LEVEL)


def pixel_m(level: int) -> float:
    """Side of a pixel at this map zoom in metres of EPSG:3857 (near the equator: real ones)."""
    return WORLD_M / (256 << level)
