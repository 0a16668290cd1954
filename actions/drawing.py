"""What the map draws at each level of detail, made from grids, roads and base map when they change.

Tiles are cut from the rows written here (db.tiles), so that a tile costs a query and no geometry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
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

Places = NDArray[np.intp]
ALL = slice(None)

RULES = 4
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
        grids = db.grids(conn)
        db.replace_shapes(conn, ["grid", "area"], _grids(grids, dict.fromkeys(_TIERS_FROM, ALL)))
        _redraw_names(conn, grids, db.basemap_shapes(conn))
    elif kind == "roads":
        db.replace_shapes(conn, ["road"], _roads(db.roads(conn)))
    elif kind == "basemap":
        _redraw_basemap(conn)


# --- grids -----------------------------------------------------------------------------------------------


def redraw_grids(conn: Connection, before: Sequence[Source], after: Sequence[Source]) -> None:
    """After some grids were changed, added or taken away, in the same transaction: these as they were and as
    they are. They are drawn anew with their neighbours, whose borders are theirs; all others stay."""
    touched = _touched(before, after)
    if not touched:
        return
    grids, codes = db.grids(conn), {one.code or "" for one in touched}
    kept = [grid for grid in grids if grid.code not in codes]
    if _widest([*kept, *before]) != _widest(grids):
        redraw(conn, "grids")
        return
    near = {tier: _near(_of(tier, grids), _of(tier, touched)) for tier in _TIERS_FROM}
    drawn = list(_grids(grids, near))
    around = {shape.code for shape in drawn if shape.code}
    db.replace_shapes(conn, ["grid", "area"], drawn, codes | around)
    if any(grid.kind in _GRID_NAMES for grid in touched) or len({grid.kind for grid in grids}) == 1:
        _redraw_names(conn, grids, db.basemap_shapes(conn))


def _touched(before: Sequence[Source], after: Sequence[Source]) -> list[Source]:
    """Those of both whose outline, name or tier differ: the rest is not drawn."""
    old, new = ({grid.code: grid for grid in grids} for grids in (before, after))
    changed = {code for code in old.keys() | new.keys() if not _alike(old.get(code), new.get(code))}
    return [grid for grid in (*before, *after) if grid.code in changed]


def _alike(old: Source | None, new: Source | None) -> bool:
    if old is None or new is None or (old.kind, old.name) != (new.kind, new.name):
        return False
    return bool(shapely.equals_exact(old.geom, new.geom, 0.0))


def _of(tier: str, grids: Sequence[Source]) -> list[Source]:
    return [grid for grid in grids if grid.kind == tier]


def _widest(grids: Sequence[Source]) -> str:
    return min((grid.kind for grid in grids), default="")


def _near(own: Sequence[Source], ground: Sequence[Source]) -> Places:
    """Places in `own` of the grids that touch any of the others."""
    if not own or not ground:
        return np.array([], dtype=np.intp)
    tree = shapely.STRtree([grid.geom for grid in own])
    found: Places = np.unique(tree.query([grid.geom for grid in ground], predicate="intersects")[1])
    return found


def _grids(grids: Sequence[Source], wanted: Mapping[str, Places | slice]) -> Iterator[Drawn]:
    """Tier by tier as a coverage; the wide tiers first. The widest there is is drawn in all views.

    Where a tier is not drawn it is kept as `area`: a measure may be painted on any tier in any view. `wanted`
    are places in each tier: a border is thinned from one crossing of borders to the next, so they are thinned
    together with all that touches them, and are as they would be among all.
    """
    widest = _widest(grids)
    for tier, usual in _TIERS_FROM.items():
        own = _of(tier, grids)
        chosen = np.arange(len(own))[wanted[tier]]
        around = _near(own, [own[i] for i in chosen]) if len(chosen) < len(own) else chosen
        mine = np.isin(around, chosen)
        shapes = mercator([own[i].geom for i in around])
        start = WIDEST_LEVEL if tier == widest else usual
        for level in reversed(LEVELS):
            shapes = thinned_coverage(shapes, level)  # what the level before left: fewer points, same result
            layer = "grid" if level >= start else "area"
            for i, geom in zip(around[mine], shapes[mine], strict=True):
                grid = own[i]
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
