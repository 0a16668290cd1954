"""Finding grids, places, streets and crossings by name or code. Coordinates are lon, lat in EPSG:4326.

Names are looked through whole, without an index: Chinese words have two characters, which trigrams do not
find, and a large city has a few tens of thousands of names, which takes some milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from db.copying import copy_rows
from db.places import Bounds, lies_in
from db.tables_places import basemap, grid, place, street


@dataclass(frozen=True, slots=True)
class Street:
    """`geom` is a shapely MultiLineString; lon, lat lie on it; `area` is the town's code."""

    name: str
    area: str | None
    lon: float
    lat: float
    geom: Any


def replace_streets(conn: Connection, streets: Iterable[Street]) -> None:
    conn.execute(delete(street))
    columns = ("name", "area", "lon", "lat", "geom")
    copy_rows(conn, "street", columns, ({c: getattr(s, c) for c in columns} for s in streets))


@dataclass(frozen=True, slots=True)
class Found:
    """Something with a name and a spot. `layer` is one of db.places.LAYERS, "streets" or "junctions"; `area`
    is the code of the area it lies in (of a grid: the one above), None where that is not stored."""

    layer: str
    id: str
    name: str
    area: str | None
    lon: float
    lat: float
    bounds: Bounds | None = None


# --- by name or code -------------------------------------------------------------------------------------

_SAME, _BEGINS, _HAS = 0, 1, 2
"""How well a name fits."""
_PLACE, _NAMED, _STREET = 10, 20, 30
"""Among those that fit alike: grids by tier (0-3), then these."""
_SHARE = 4
"""A kind of thing fills this part of the answer at most, so long as others were found as well."""


def find(conn: Connection, words: str, area: str = "", limit: int = 20) -> list[Found]:
    """The best first: by how well name or code fit, then grids from the widest, places, streets.

    `words` is in lower case. `area` keeps the grids and places in it; streets and the names on the base map
    belong to nobody.
    """
    rows = conn.execute(_ranked(words, area, limit)).all()
    spots = {key: spot for source in _SOURCES for key, spot in _spots(conn, source, rows)}
    return [Found(row.layer, row.id, row.name, row.area, *spots[row.layer, row.id]) for row in rows]


def _ranked(words: str, area: str, limit: int) -> Select[Any]:
    hits = union_all(*_hits(words, area)).subquery()
    order = (hits.c.fit, hits.c.kind, func.char_length(hits.c.name), hits.c.name, hits.c.id)
    place_in_kind = func.row_number().over(partition_by=(hits.c.layer, hits.c.kind), order_by=order)
    too_many = place_in_kind > max(limit // _SHARE, 3)
    return select(hits).order_by(too_many, *order).limit(limit)


@dataclass(frozen=True, slots=True)
class _Source:
    """A table that is looked through: what its rows are called, and where they lie."""

    table: Table
    layer: ColumnElement[str]
    ident: ColumnElement[str]
    area: ColumnElement[Any]
    kind: ColumnElement[int]
    spot: ColumnElement[Any]


def _inside(table: Table) -> ColumnElement[Any]:
    return func.ST_PointOnSurface(table.c.geom)


_SOURCES = (
    _Source(grid, literal("grids"), grid.c.code, grid.c.parent, grid.c.tier, _inside(grid)),
    _Source(place, place.c.kind, place.c.code, place.c.area, literal(_PLACE), _inside(place)),
    _Source(basemap, literal("basemap"), cast(basemap.c.id, Text), null(), literal(_NAMED), _inside(basemap)),
    _Source(
        street, literal("streets"), cast(street.c.id, Text), street.c.area, literal(_STREET),
        func.ST_MakePoint(street.c.lon, street.c.lat),
    ),
)  # fmt: skip


def _hits(words: str, area: str) -> list[Select[Any]]:
    return [_hit(words, source).where(_within(source, area)) for source in _SOURCES]


def _within(source: _Source, area: str) -> ColumnElement[bool]:
    scopes = {grid: lies_in(grid.c.code, area), place: lies_in(place.c.area, area)}
    return scopes.get(source.table, true())


def _hit(words: str, source: _Source) -> Select[Any]:
    """Rows whose name has the words. A code fits whole or from its beginning; other rows have none."""
    name = _comparable(source.table.c.name, words)
    code = _comparable(source.ident, words) if "code" in source.table.c else name
    same = or_(name == words, code == words)
    begins = or_(func.starts_with(name, words), func.starts_with(code, words))
    fit = case((same, _SAME), (begins, _BEGINS), else_=_HAS)
    return select(
        literal(source.table.name, Text).label("source"),
        source.layer.label("layer"), source.ident.label("id"), source.table.c.name,
        source.area.label("area"), source.kind.label("kind"), fit.label("fit"),
    ).where(or_(func.strpos(name, words) > 0, func.starts_with(code, words)))  # fmt: skip


def _comparable(column: ColumnElement[str], words: str) -> ColumnElement[str]:
    """In lower case; as it is for words that have no letters of two cases, for lowering is what costs."""
    return column if words == words.upper() else func.lower(column)


Spot = tuple[float, float, Bounds | None]


def _spots(
    conn: Connection, source: _Source, rows: Sequence[Row[Any]]
) -> Iterator[tuple[tuple[str, str], Spot]]:
    """Where the rows found in one table lie: (layer, id) → lon, lat, bounds of what is more than a point."""
    mine = [row for row in rows if row.source == source.table.name]
    if not mine:
        return
    key, geom = list(source.table.primary_key)[-1], source.table.c.geom
    edges = (func.ST_XMin(geom), func.ST_YMin(geom), func.ST_XMax(geom), func.ST_YMax(geom))
    query = select(source.layer, source.ident, func.ST_X(source.spot), func.ST_Y(source.spot), *edges).where(
        key.in_([key.type.python_type(row.id) for row in mine]),
        source.layer.in_({row.layer for row in mine}),
    )
    for layer, ident, lon, lat, west, south, east, north in conn.execute(query):
        bounds = None if (west, south) == (east, north) else (west, south, east, north)
        yield (layer, ident), (lon, lat, bounds)


_SHORTEST = 2
"""Letters of a name that is looked for in a text."""


def named_in(conn: Connection, text: str, area: str = "", limit: int = 5) -> list[Found]:
    """What a text (in lower case) names: longest names first, then grids from the widest, places, streets."""
    hits = union_all(*(_named(text, source, area) for source in _SOURCES)).subquery()
    length = func.char_length(hits.c.name)
    order = (length.desc(), hits.c.kind, hits.c.name, hits.c.id)
    rows = conn.execute(select(hits).order_by(*order).limit(limit)).all()
    spots = {key: spot for source in _SOURCES for key, spot in _spots(conn, source, rows)}
    return [Found(row.layer, row.id, row.name, row.area, *spots[row.layer, row.id]) for row in rows]


def _named(text: str, source: _Source, area: str) -> Select[Any]:
    name = source.table.c.name
    inside = and_(func.char_length(name) >= _SHORTEST, func.strpos(text, func.lower(name)) > 0)
    return select(
        literal(source.table.name, Text).label("source"),
        source.layer.label("layer"), source.ident.label("id"), name,
        source.area.label("area"), source.kind.label("kind"),
    ).where(inside, _within(source, area))  # fmt: skip


# --- crossings -------------------------------------------------------------------------------------------

_ONE_CROSSING = 0.0007
"""Degrees (about 70 m): where the same two streets meet twice within this, as dual carriageways do, is told
once."""


def crossings(conn: Connection, pairs: Sequence[tuple[str, str]], limit: int = 20) -> list[Found]:
    """Where two streets meet that are called, or whose names begin, so (in lower case); exact names first."""
    if not pairs:
        return []
    one, other = street.alias(), street.alias()
    first, second = func.lower(one.c.name), func.lower(other.c.name)
    exact = or_(*(and_(first == a, second == b) for a, b in pairs))
    begin = (and_(func.starts_with(first, a), func.starts_with(second, b)) for a, b in pairs)
    query = (
        select(
            one.c.name.label("one"), other.c.name.label("other"), one.c.area,
            func.ST_AsBinary(func.ST_Intersection(one.c.geom, other.c.geom)).label("meet"),
        )
        .join(other, and_(func.ST_Intersects(one.c.geom, other.c.geom), one.c.name != other.c.name))
        .where(or_(*begin))
        .order_by(exact.desc(), one.c.name, other.c.name, one.c.id, other.c.id)
        .limit(limit)
    )  # fmt: skip
    return _told_once(conn.execute(query))[:limit]


def _told_once(rows: Iterable[Row[Any]]) -> list[Found]:
    found: list[Found] = []
    for row in rows:
        name = f"{row.one} / {row.other}"
        for part in shapely.get_parts(shapely.from_wkb(bytes(row.meet))):
            at = shapely.point_on_surface(part)
            known = (abs(f.lon - at.x) + abs(f.lat - at.y) < _ONE_CROSSING for f in found if f.name == name)
            if not any(known):
                found.append(Found("junctions", f"{at.x:.6f},{at.y:.6f}", name, row.area, at.x, at.y))
    return found


def adjoining_names(conn: Connection, words: str) -> list[tuple[str, str]]:
    """Two street names that make the words when one is written after the other ("文园路松柏路")."""
    name = func.lower(street.c.name)
    query = select(name).distinct().where(or_(func.starts_with(words, name), _ends(words, name)))
    names = list(conn.scalars(query))
    return [(one, other) for one in names for other in names if one + other == words]


def name_at_end(conn: Connection, words: str) -> str | None:
    """The longest name of a street, in lower case, that the words end with ("云港区松柏路" → "松柏路")."""
    name = func.lower(street.c.name)
    longest = select(name).where(_ends(words, name)).order_by(func.char_length(name).desc()).limit(1)
    found: str | None = conn.scalar(longest)
    return found


def _ends(words: str, name: ColumnElement[str]) -> ColumnElement[bool]:
    return func.right(words, func.char_length(name)) == name


# --- in words --------------------------------------------------------------------------------------------


def ways(conn: Connection, codes: Iterable[str | None]) -> dict[str, list[str]]:
    """Names of each area from the widest to itself; codes that there are no grids of are left out."""
    wanted = {code for code in codes if code}
    start = select(grid.c.code.label("of"), grid.c.parent, grid.c.name, literal(0).label("up"))
    way = start.where(grid.c.code.in_(wanted)).cte("way", recursive=True)
    above = select(way.c.of, grid.c.parent, grid.c.name, way.c.up + 1).join(grid, grid.c.code == way.c.parent)
    way = way.union_all(above.where(way.c.up < _DEEPEST))
    found: dict[str, list[str]] = {}
    for row in conn.execute(select(way).order_by(way.c.of, way.c.up.desc())):
        found.setdefault(row.of, []).append(row.name)
    return found


_DEEPEST = 6
"""Steps upwards at most, should parents run in a circle."""
