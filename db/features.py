"""Reference layers as GeoJSON features: as they are, or as an import left them. EPSG:4326."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    Subquery,
    Table,
    Text,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array

from db.history import KINDS, document
from db.places import PLACE_KINDS, Bounds, lies_in
from db.tables_grids import grid_change, grid_version
from db.tables_places import basemap, grid, place, place_history, place_version, road

Feature = dict[str, Any]
LAYERS = ("grids", *PLACE_KINDS, "roads", "basemap")
_TABLES: dict[str, Table] = {KINDS[table.name]: table for table in (road, basemap)}
_HIDDEN = ("props", "since", "id")
"""Members of a row's document that are not properties of the feature; a place's kind is its layer."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which features of a layer. `area` keeps those that lie in it (roads and base map belong to nobody);
    `equal` maps properties to the text they must have; `after` is the id before the page.

    `version` asks for a layer as that import of its kind left it, `at` for the grids that held then.
    """

    area: str = ""
    bbox: Bounds | None = None
    equal: Mapping[str, str] = field(default_factory=dict)
    ident: str | None = None
    after: str | None = None
    version: int | None = None
    at: datetime | None = None


def read_features(
    conn: Connection, layer: str, wanted: Wanted | None = None, limit: int | None = None
) -> list[Feature]:
    """Features of a layer of LAYERS by id; KeyError for another layer."""
    state = _state(layer, wanted or Wanted())
    geometry = cast(func.ST_AsGeoJSON(state.c.geom, 7), JSONB).label("geometry")
    query = select(
        cast(state.c.id, Text).label("id"), _properties(layer, state).label("properties"), geometry
    )
    chosen = _chosen(query, layer, state, wanted or Wanted()).order_by(state.c.id).limit(limit)
    return [
        {"type": "Feature", "id": row.id, "geometry": row.geometry, "properties": row.properties}
        for row in conn.execute(chosen)
    ]


def read_rows(conn: Connection, layer: str, wanted: Wanted | None = None) -> list[tuple[Any, ...]]:
    """(id, properties, geometry as WKB) of features by id, exactly as they are stored."""
    state = _state(layer, wanted or Wanted())
    shape = func.ST_AsBinary(state.c.geom)
    query = select(cast(state.c.id, Text), _properties(layer, state), shape)
    chosen = _chosen(query, layer, state, wanted or Wanted()).order_by(state.c.id)
    return [tuple(row) for row in conn.execute(chosen)]


@dataclass(frozen=True, slots=True)
class Extent:
    """How many features, and west, south, east, north of them all; None when there are none."""

    count: int
    bounds: Bounds | None


def extent(conn: Connection, layer: str, wanted: Wanted | None = None) -> Extent:
    """Of all features wanted, whatever page is asked for."""
    whole = replace(wanted or Wanted(), after=None)
    state = _state(layer, whole)
    box = func.ST_Extent(state.c.geom)
    sides = func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box)
    count, *bounds = conn.execute(_chosen(select(func.count(), *sides), layer, state, whole)).one()
    west, south, east, north = bounds
    return Extent(count, None if west is None else (west, south, east, north))


def _state(layer: str, wanted: Wanted) -> Subquery:
    """The layer's rows at the time that is asked for: id, area, doc, geom."""
    if layer == "grids":
        return (_grids(grid) if wanted.at is None else _grids_at(wanted.at)).subquery("state")
    present = _places(layer) if layer in PLACE_KINDS else _unnamed(_TABLES[layer])
    if wanted.version is not None:
        return _left_by(layer, present, wanted.version).subquery("state")
    return present.subquery("state")


def _grids(table: Any, doc: ColumnElement[Any] | None = None) -> Select[Any]:
    made = document(grid) if doc is None else doc
    return select(table.c.code.label("id"), table.c.code.label("area"), made.label("doc"), table.c.geom)


def _grids_at(at: datetime) -> Select[Any]:
    """Each grid by the newest version that held; before the first one, the first."""
    first = select(func.min(grid_version.c.holds_from)).scalar_subquery()
    newest = grid_version.c.holds_from.desc(), grid_version.c.version.desc()
    latest = (
        select(grid_change)
        .join(grid_version, grid_version.c.version == grid_change.c.version)
        .where(grid_version.c.holds_from <= func.greatest(at, first))
        .distinct(grid_change.c.code)
        .order_by(grid_change.c.code, *newest)
        .subquery()
    )
    names = ("code", "tier", "name", "parent", "props", "version")
    pairs = [part for name in names for part in (literal(name, Text), latest.c[name])]
    return _grids(latest, func.jsonb_build_object(*pairs, type_=JSONB)).where(not_(latest.c.retired))


def _places(kind: str) -> Select[Any]:
    columns = place.c.code.label("id"), place.c.area, document(place).label("doc"), place.c.geom
    return select(*columns, place.c.since).where(place.c.kind == kind)


def _unnamed(table: Table) -> Select[Any]:
    area = cast(null(), Text).label("area")
    return select(table.c.id, area, document(table).label("doc"), table.c.geom, table.c.since)


def _left_by(layer: str, present: Select[Any], version: int) -> CompoundSelect[Any]:
    """Present rows that old, and past ones that held then."""
    still = present.subquery("present")
    code = place_history.c.code
    past = select(
        code if layer in PLACE_KINDS else cast(code, BigInteger),
        place_history.c.area, place_history.c.doc, place_history.c.geom,
    )  # fmt: skip
    then = (place_history.c.since <= version) & (place_history.c.until > version)
    columns = [still.c[name] for name in ("id", "area", "doc", "geom")]
    return union_all(
        select(*columns).where(still.c.since <= version), past.where(place_history.c.kind == layer, then)
    )


def _properties(layer: str, state: Subquery) -> ColumnElement[Any]:
    hidden = [*_HIDDEN, "kind"] if layer in PLACE_KINDS else list(_HIDDEN)
    own = state.c.doc.op("-", return_type=JSONB())(cast(array(hidden), ARRAY(Text)))
    return own.concat(func.coalesce(state.c.doc["props"], literal({}, JSONB), type_=JSONB))


def _chosen(query: Select[Any], layer: str, state: Subquery, wanted: Wanted) -> Select[Any]:
    if wanted.bbox:
        query = query.where(state.c.geom.op("&&")(func.ST_MakeEnvelope(*wanted.bbox, 4326)))
    if layer not in _TABLES:
        query = query.where(lies_in(state.c.area, wanted.area))
    for name, value in wanted.equal.items():
        query = query.where(_properties(layer, state)[name].astext == value)
    if wanted.ident is not None:
        query = query.where(cast(state.c.id, Text) == wanted.ident)
    if wanted.after is not None:
        query = query.where(state.c.id > cast(wanted.after, state.c.id.type))
    return query


def version_at(conn: Connection, kind: str, at: datetime) -> int:
    """The import of a kind that was the last at a time; 0 before the first."""
    query = select(func.max(place_version.c.version)).where(
        place_version.c.kind == kind, place_version.c.imported_at <= at
    )
    return int(conn.scalar(query) or 0)


def grids_have_versions(conn: Connection) -> bool:
    """Whether older grids are known: a city from before versions were kept has none until its next import."""
    return conn.scalar(select(grid_version.c.version).limit(1)) is not None


def date_of_grids(conn: Connection, version: int) -> datetime | None:
    """From when a version of the grids holds; None for one that there never was, or that was not kept.

    Of the imports from before versions were kept, what the last one left is the first version.
    """
    found: datetime | None = conn.scalar(
        select(grid_version.c.holds_from).where(grid_version.c.version == version)
    )
    if found:
        return found
    counted = place_version.c.kind == "grids"
    at: datetime | None = conn.scalar(
        select(place_version.c.imported_at).where(counted, place_version.c.version == version)
    )
    kept, first = conn.execute(
        select(func.min(grid_version.c.recorded_at), func.min(grid_version.c.holds_from))
    ).one()
    if at is None or kept is None or at >= kept:
        return at  # a version that took effect later is counted again, on that day
    later = (place_version.c.version > version) & (place_version.c.imported_at < kept)
    return None if conn.scalar(select(exists().where(counted, later))) else first
