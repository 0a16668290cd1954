"""A file held against the city: does it lie where it says? Notes only, nothing is shifted or refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from actions.services import Services
from db import vicinity
from geo.files import Reading
from geo.kinds import Kind
from geo.problems import Problem
from geo.suspicion import suspect_datum, suspect_outside, suspect_water
from geo.table import Row

#: Kinds without a place of their own in the table of places.
_ELSEWHERE = ("grids", "roads", "basemap", "units", "incidents")
#: Shapes of ground, which lie on water rightly.
_GROUND = ("grids", "roads", "basemap")


def suspicions(
    services: Services, kind: Kind, reading: Reading, rows: Sequence[Row], datum: str | None
) -> list[Problem]:
    """What is suspected of rows that are otherwise in order; nothing while the city has no grids."""
    city = services.reference.bounds()
    if city is None or not rows:
        return []
    found = suspect_outside(reading, city)
    with services.engine.connect() as conn:
        if kind.name != "basemap":
            lines = vicinity.grid_edges(conn) if kind.name == "grids" else vicinity.road_lines(conn)
            found += suspect_datum(reading, datum, lines, _known(conn, kind, rows))
        waters = () if kind.name in _GROUND else vicinity.waters(conn)
    return found + (suspect_water(reading, waters) if len(waters) else [])


def _known(conn: Connection, kind: Kind, rows: Sequence[Row]) -> NDArray[np.float64] | None:
    """Where the codes of the file are now, row by row; NaN for new ones."""
    if kind.name in _ELSEWHERE:
        return None
    held = vicinity.positions(conn, kind.name, [row["code"] for row in rows])
    return np.array([held.get(row["code"], (np.nan, np.nan)) for row in rows])
