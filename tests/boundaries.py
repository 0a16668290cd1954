"""Grids of the two towns of the cast with other borders, and bringing them in as files do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely

from actions.imports import ImportOptions, ImportReport, import_file
from actions.services import Services
from core.permissions import SYSTEM
from tests import cast

WEST, SOUTH, EAST, NORTH = cast.BOUNDS
MIDDLE = (WEST + EAST) / 2
A1, A2 = cast.AREA_A + "001", cast.AREA_A + "002"
Shapes = dict[str, Any]
"""Code → box, or (box, further properties)."""


def bring_grids(city: Services, folder: Path, shapes: Shapes, **options: Any) -> ImportReport:
    features = []
    for code, given in shapes.items():
        box, more = given if isinstance(given[-1], dict) else (given, {})
        geometry = shapely.geometry.mapping(shapely.box(*box))
        properties = {"code": code, "name": code, **more}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path = folder / "grids.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return import_file(city, SYSTEM, "grids", path, ImportOptions(**options))


def split(from_west: float = 0.015) -> Shapes:
    """East gate's base grid in two, at so many degrees from the west."""
    cut = WEST + from_west
    return {A1: (WEST, SOUTH, cut, NORTH), A2: (cut, SOUTH, MIDDLE, NORTH)}


def overlapping() -> Shapes:
    """As `split`, but the second reaches 0.0002° (20 m) over the first."""
    return split() | {A2: (WEST + 0.0148, SOUTH, MIDDLE, NORTH)}


def moved_border(by: float = 0.005) -> Shapes:
    """The border of the two towns moves west: what lies between goes to the west gate."""
    cut = MIDDLE - by
    shapes: Shapes = {}
    for town, box in ((cast.TOWN_A, (WEST, SOUTH, cut, NORTH)), (cast.TOWN_B, (cut, SOUTH, EAST, NORTH))):
        shapes |= dict.fromkeys((town, town + "001", town + "001001"), box)
    return shapes
