"""Streets as people name them: all roads of one name in one town, kept for the search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection

from db import drawing, search
from db.drawing import Source
from db.search import Street
from geo.locating import locate

TOWN = "1"


def rewrite(conn: Connection) -> None:
    """After an import of roads or grids, in its transaction."""
    towns = [grid for grid in drawing.grids(conn) if grid.kind == TOWN]
    named = [road for road in drawing.roads(conn) if road.name]
    search.replace_streets(conn, _streets(named, towns))


def _streets(roads: Sequence[Source], towns: Sequence[Source]) -> Iterator[Street]:
    """A road lies in the town that its middle lies in."""
    pieces: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for road, town in zip(roads, _towns_of(roads, towns), strict=True):
        pieces[road.name or "", int(town)].append(road.geom)
    for (name, town), lines in pieces.items():
        longest = max(lines, key=lambda line: line.length)
        middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
        area = towns[town].code if town >= 0 else None
        yield Street(name, area, middle.x, middle.y, shapely.MultiLineString(lines))


def _towns_of(roads: Sequence[Source], towns: Sequence[Source]) -> Any:
    if not roads:
        return []
    middles = shapely.line_interpolate_point([road.geom for road in roads], 0.5, normalized=True)
    return locate(shapely.get_coordinates(np.asarray(middles)), [town.geom for town in towns])
