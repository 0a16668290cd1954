"""What the map draws at each level of detail, made from grids, roads and base map when they change.

Tiles are cut from the rows written here (db.tiles), so that a tile costs a query and no geometry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import Connection

from core.tiling import LEVELS, NEAREST_LEVEL, WIDEST_LEVEL
from db import drawing as db
from db.drawing import Drawn, Source
from geo.drawing import (
    Shapes,
    joined,
    mercator,
    pixels,
    thinned,
    thinned_coverage,
    visual_centres,
)

RULES = 3
"""Count on when what follows draws differently: tiles then have other ETags, and cities are drawn anew."""

_TIERS_FROM = {"0": WIDEST_LEVEL, "1": WIDEST_LEVEL, "2": 12, "3": 14}
_ROADS_FROM = {"motorway": 9, "trunk": 9, "primary": 9, "secondary": 11, "tertiary": 12}
"""Level from which a road of this class is drawn."""
_OTHER_ROADS_FROM = 14
_ROAD_NAMES_FROM = {"motorway": 12, "trunk": 12, "primary": 13, "secondary": 14, "tertiary": 14}
"""Level from which its name is; any other at the nearest."""
_ROAD_ORDER = {"tertiary": 1, "secondary": 2, "primary": 3, "trunk": 4, "motorway": 5}
"""The wide ones are drawn over the narrow ones."""
_SMALLEST_PX = {"land": 4.0, "water": 6.0, "green": 20.0, "building": 60.0}
"""Areas that cover less than this are left out, but at the nearest level."""

_GRID_NAMES = {
    "0": ("district", 0, range(9, 15)),
    "1": ("town", 2, range(11, 16)),
    "2": ("community", 5, range(14, 16)),
}
"""Tier → class of its name, rank, levels."""
_NAMES = {
    "sea": (1, 9), "island": (1, 10), "river": (3, 11), "lake": (3, 12), "hill": (3, 12), "place": (4, 12),
    "park": (6, 13), "station": (7, 13), "hospital": (7, 14), "government": (7, 14), "port": (7, 14),
}  # fmt: skip
"""Class of a named thing of the base map → rank of its name, level from which it is written."""
_OTHER_NAME = (8, NEAREST_LEVEL)


def redraw(conn: Connection, kind: str) -> None:
    """After an import of this kind, in its transaction. Nothing for kinds that are not drawn from shapes."""
    if kind == "grids":
        _redraw_grids(conn)
    elif kind == "roads":
        db.replace_shapes(conn, ["road"], _roads(db.roads(conn)))
    elif kind == "basemap":
        _redraw_basemap(conn)


# --- grids -----------------------------------------------------------------------------------------------


def _redraw_grids(conn: Connection) -> None:
    grids = db.grids(conn)
    db.replace_shapes(conn, ["grid", "area"], _grids(grids))
    _redraw_names(conn, grids, db.basemap_shapes(conn))


def _grids(grids: Sequence[Source]) -> Iterator[Drawn]:
    """Tier by tier as a coverage; the wide tiers first. The widest there is is drawn in all views.

    Where a tier is not drawn it is kept as `area`: a measure may be painted on any tier in any view.
    """
    widest = min((grid.kind for grid in grids), default="")
    for tier, usual in _TIERS_FROM.items():
        own = [grid for grid in grids if grid.kind == tier]
        start = WIDEST_LEVEL if tier == widest else usual
        whole = mercator([grid.geom for grid in own])
        for level in LEVELS:
            layer = "grid" if level >= start else "area"
            for grid, geom in zip(own, thinned_coverage(whole, level), strict=True):
                props = {"code": grid.code, "name": grid.name, "tier": int(tier)}
                yield Drawn(level, layer, geom, props, int(tier), grid.code)


# --- roads -----------------------------------------------------------------------------------------------


def _roads(roads: Sequence[Source]) -> Iterator[Drawn]:
    """Streets as long lines: pieces of one class and name that meet are one. Which way they may be driven
    is told at the nearest level alone, where it is drawn."""
    streets = _joined(roads, lambda road: (road.kind, road.name, False))
    whole = mercator([geom for _, geom in streets])
    begins = np.array([_ROADS_FROM.get(kind, _OTHER_ROADS_FROM) for (kind, _, _), _ in streets], dtype=int)
    for level in range(WIDEST_LEVEL, NEAREST_LEVEL):
        drawn = np.flatnonzero(begins <= level)
        for i, geom in zip(drawn, thinned(whole[drawn], level), strict=True):
            yield _road(level, *streets[i][0], geom)
    streets = _joined(roads, lambda road: (road.kind, road.name, road.oneway))
    for (key, _), geom in zip(streets, mercator([geom for _, geom in streets]), strict=True):
        yield _road(NEAREST_LEVEL, *key, geom)


_Street = tuple[str, str | None, bool]


def _joined(roads: Sequence[Source], key: Callable[[Source], _Street]) -> list[tuple[_Street, Any]]:
    """The lines of each street; those of one-way streets run as they may be driven."""
    pieces: dict[_Street, list[Any]] = defaultdict(list)
    for road in roads:
        pieces[key(road)].append(road.geom)
    return [(street, line) for street, lines in pieces.items() for line in joined(lines, directed=street[2])]


def _road(level: int, kind: str, name: str | None, oneway: bool, geom: Any) -> Drawn:
    written = level >= _ROAD_NAMES_FROM.get(kind, NEAREST_LEVEL)
    props = {"class": kind, "name": name if written else None, "oneway": oneway or None}
    return Drawn(level, "road", geom, props, _ROAD_ORDER.get(kind, 0))


# --- base map --------------------------------------------------------------------------------------------


def _redraw_basemap(conn: Connection) -> None:
    shapes = db.basemap_shapes(conn)
    db.replace_shapes(conn, ["land", "water", "green", "building", "rail"], _areas(shapes))
    _redraw_names(conn, db.grids(conn), shapes)


def _areas(shapes: Sequence[Source]) -> Iterator[Drawn]:
    for kind, smallest in _SMALLEST_PX.items():
        own = [shape for shape in shapes if shape.kind == kind and shape.geom.area > 0]
        whole = mercator([shape.geom for shape in own])
        for level in LEVELS:
            large = (pixels(whole, level) >= smallest) | (level == NEAREST_LEVEL)
            kept = [own[i] for i in np.flatnonzero(large)]
            for shape, geom in zip(kept, thinned(whole[large], level), strict=True):
                yield Drawn(level, kind, geom, _area_props(shape))
    rails = mercator(joined([shape.geom for shape in shapes if shape.kind == "rail"]))
    for level in LEVELS:
        yield from (Drawn(level, "rail", geom) for geom in thinned(rails, level))


def _area_props(shape: Source) -> dict[str, str | None]:
    return {"class": shape.label, "name": shape.name if shape.kind == "building" else None}


# --- names -----------------------------------------------------------------------------------------------


def _redraw_names(conn: Connection, grids: Sequence[Source], shapes: Sequence[Source]) -> None:
    areas = _named_areas(grids)
    taken = {area.name for area in areas}
    points = [shape for shape in shapes if shape.kind == "name" and shape.name and shape.name not in taken]
    taken |= {point.name for point in points}
    things = [
        shape for shape in shapes
        if shape.kind in ("water", "green", "building") and shape.name and shape.name not in taken
    ]  # fmt: skip
    names = [*_area_names(areas), *_thing_names([*points, *things])]
    db.replace_shapes(conn, ["name"], names)


def _named_areas(grids: Sequence[Source]) -> list[Source]:
    """Those whose names are written. In a city of one tier its grids are what districts are elsewhere."""
    if len({grid.kind for grid in grids}) == 1:
        grids = [replace(grid, kind="0") for grid in grids]
    return [grid for grid in grids if grid.kind in _GRID_NAMES and grid.name]


def _area_names(areas: Sequence[Source]) -> Iterator[Drawn]:
    for area, centre in zip(areas, _centres(areas), strict=True):
        cls, rank, levels = _GRID_NAMES[area.kind]
        props = {"class": cls, "name": area.name, "rank": rank}
        yield from (Drawn(level, "name", centre, props, rank) for level in levels)


def _thing_names(things: Sequence[Source]) -> Iterator[Drawn]:
    for thing, centre in zip(things, _centres(things), strict=True):
        rank, start = _NAMES.get(thing.label or "", _OTHER_NAME)
        props = {"class": thing.label, "name": thing.name, "rank": rank}
        yield from (Drawn(level, "name", centre, props, rank) for level in range(start, NEAREST_LEVEL + 1))


def _centres(named: Sequence[Source]) -> Shapes:
    return visual_centres(mercator([source.geom for source in named]))
