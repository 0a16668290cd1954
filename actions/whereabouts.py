"""Where many points lie, by one reading of the grids: `db.places.describe_point` for whole files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection

from db import places
from db.places import NOWHERE, PlaceOfPoint
from geo.locating import locate

_STEPS = 7
"""From a base grid up: as far as the description of a single point goes."""


def describe_points(conn: Connection, lonlat: Sequence[tuple[float, float]]) -> list[PlaceOfPoint]:
    """For each lon, lat its base grid, community and place in words; NOWHERE outside."""
    base = places.read_base_grids(conn)
    if not base.codes or not lonlat:
        return [NOWHERE] * len(lonlat)
    found = locate(np.array(lonlat, dtype=np.float64), base.geometries)
    above = places.parents(conn)
    known = {index: _described(base.codes[index], above) for index in set(found.tolist()) if index >= 0}
    return [known.get(index, NOWHERE) for index in found.tolist()]


def _described(code: str, above: dict[str, tuple[str | None, str]]) -> PlaceOfPoint:
    names: list[str] = []
    at: str | None = code
    while at in above and len(names) < _STEPS:
        parent, name = above[at]
        names.insert(0, name)
        at = parent
    return PlaceOfPoint(code, above[code][0] or code, places.place_words(names))
