"""The facts of the grids (网格调整): new boundaries hold, open incidents get the owner these give."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from core.envelope import Body


class GridsTookEffect(Body):
    """A version of the grids holds from now on: one imported for a later day, or a repair. An import that
    holds at once is told by `PlacesImported` alone."""

    version: int
    origin: Literal["import", "repair"]
    holds_from: datetime
    changed: int
    retired: int


class IncidentReassigned(Body):
    """改派属地: the ground of an open incident belongs to another grid now. It keeps the grid it happened in;
    `area` and `keeper` (a base grid) answer for it from now on."""

    area: str
    keeper: str
    place: str
