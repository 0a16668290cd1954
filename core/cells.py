"""H3 cells as numbers: a heat map counts by cell, and a coarser cell is the finer one with bits set."""

from __future__ import annotations

import h3

RESOLUTION = 9
"""Of stored cells: hexagons some 350 m across."""
_FINEST, _DIGIT_BITS, _RESOLUTION_BIT = 15, 3, 52


def cell_of(lon: float, lat: float) -> int:
    """The stored cell of a point (EPSG:4326); 63 bits, so that a bigint holds it."""
    return int(h3.str_to_int(h3.latlng_to_cell(lat, lon, RESOLUTION)))


def parent_masks(resolution: int) -> tuple[int, int]:
    """(keep, put): `cell & keep | put` is the parent of a stored cell at this resolution (0..RESOLUTION).

    An index holds its resolution in bits 52 to 55 and one digit of three bits a resolution below them; the
    digits that a cell does not use are 7.
    """
    unused = (1 << _DIGIT_BITS * (_FINEST - resolution)) - 1
    depth = 0xF << _RESOLUTION_BIT
    return ~(depth | unused) & (2**63 - 1), resolution << _RESOLUTION_BIT | unused


def text_of(cell: int) -> str:
    """The index as H3 writes it; a number of 63 bits does not survive JavaScript."""
    return str(h3.int_to_str(cell))


def middle_of(cell: int) -> tuple[float, float]:
    """Lon, lat of the middle of a cell."""
    lat, lon = h3.cell_to_latlng(h3.int_to_str(cell))
    return lon, lat


def ring_of(cell: int) -> list[tuple[float, float]]:
    """Corners of a cell as lon, lat, 6 decimals (0.1 m); not closed."""
    corners = h3.cell_to_boundary(h3.int_to_str(cell))
    return [(round(lon, 6), round(lat, 6)) for lat, lon in corners]
