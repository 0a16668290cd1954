"""Mapbox vector tiles from PostGIS: shapes kept ready for each level of detail, and places as points."""

from __future__ import annotations

from typing import Any

import psycopg
from sqlalchemy import Connection

from core.permissions import is_area_prefix
from core.tiling import BUFFER, EXTENT, Tile
from db.places import PLACE_KINDS

SHAPES: dict[str, tuple[str, ...]] = {
    "base": ("land", "water", "green", "building", "rail", "road", "name"),
    "basemap": ("land", "water", "green", "building", "rail"),
    "roads": ("road",),
    "grids": ("grid",),
}
"""Tile layers that are cut from `map_shape`, and the MVT layers in each."""
AREAS = {f"areas{tier}": tier for tier in range(4)}
"""Tile layers of one tier of grids with their codes alone, at every zoom: what a measure is painted on."""
LAYERS = (*SHAPES, *AREAS, *PLACE_KINDS)
SCOPED = ("grids", *AREAS, *PLACE_KINDS)
"""Of these an area sees its own alone. Base map and roads belong to nobody, divisions' names too."""
_DRAWN_FROM = {"base": ("grids", "roads", "basemap"), **dict.fromkeys(AREAS, ("grids",))}
CROWD, CROWD_ZOOM, CELL = 300, 7, 64
"""Where a kind has more places than CROWD at tile zoom CROWD_ZOOM, four times as many a zoom nearer, those
that share a square of CELL steps become one with a `count`: 32 pixels of the screen, for the browser's tiles
of points are three steps wider than those of its ground. By kind and zoom: all tiles of a view agree."""

#: Points are given to exactly one tile (left and lower edge belong to it), everything else reaches past the
#: edge, so that lines and their casings join.
_SHAPES = """
WITH tile AS MATERIALIZED (
    SELECT box, ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) * %(buffer)s / %(extent)s) AS around
    FROM (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box) AS envelope
),
shape AS MATERIALIZED (
    SELECT layer, rank, map_shape.id, props,
           ST_AsMVTGeom(geom, box, %(extent)s, %(buffer)s, true) AS geom
    FROM map_shape, tile
    WHERE level = %(level)s AND layer = ANY(%(layers)s) AND geom && around
      AND (layer <> 'name' OR (ST_XMin(geom) >= ST_XMin(box) AND ST_XMin(geom) < ST_XMax(box)
                           AND ST_YMin(geom) >= ST_YMin(box) AND ST_YMin(geom) < ST_YMax(box)))
      AND (%(area)s = '' OR code IS NULL OR code = %(area)s OR (%(division)s AND starts_with(code, %(area)s)))
)
SELECT string_agg(mvt, '' ORDER BY layer) FROM (
    SELECT layer, ST_AsMVT((SELECT feature FROM (SELECT geom, props) AS feature), layer, %(extent)s, 'geom'
                           ORDER BY rank, id) AS mvt
    FROM shape WHERE geom IS NOT NULL GROUP BY layer
) AS layers
"""

#: The wider tiers are kept as `grid` at all levels, the others as `area` where no grid of them is drawn.
_AREAS = """
WITH tile AS MATERIALIZED (
    SELECT box, ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) * %(buffer)s / %(extent)s) AS around
    FROM (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box) AS envelope
),
area AS MATERIALIZED (
    SELECT code, ST_AsMVTGeom(geom, box, %(extent)s, %(buffer)s, true) AS geom
    FROM map_shape, tile
    WHERE level = %(level)s AND layer IN ('grid', 'area') AND rank = %(tier)s AND geom && around
      AND (%(area)s = '' OR code = %(area)s OR (%(division)s AND starts_with(code, %(area)s)))
)
SELECT ST_AsMVT(area, 'area', %(extent)s, 'geom' ORDER BY code) FROM area WHERE geom IS NOT NULL
"""

_PLACES = """
WITH tile AS MATERIALIZED (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box),
spot AS MATERIALIZED (
    SELECT code, name, area, props, ST_AsMVTGeom(spot, box, %(extent)s, 0, false) AS geom
    FROM place, tile
    WHERE kind = %(kind)s AND spot && box
      AND ST_X(spot) >= ST_XMin(box) AND ST_X(spot) < ST_XMax(box)
      AND ST_Y(spot) >= ST_YMin(box) AND ST_Y(spot) < ST_YMax(box)
      AND (%(area)s = '' OR area = %(area)s OR (%(division)s AND starts_with(area, %(area)s)))
),
crowd AS MATERIALIZED (
    SELECT count(*) > %(crowd)s AS here
    FROM (SELECT 1 FROM place WHERE kind = %(kind)s LIMIT %(crowd)s + 1) AS first
),
cell AS (
    SELECT count(*) AS points, min(code) AS code, min(name) AS name, min(area) AS area,
           (array_agg(props))[1] AS props, props ->> 'type' AS type,
           ST_MakePoint(round(avg(ST_X(geom))), round(avg(ST_Y(geom)))) AS geom
    FROM spot WHERE geom IS NOT NULL
    GROUP BY floor(ST_X(geom) / %(cell)s), floor(ST_Y(geom) / %(cell)s), props ->> 'type'
),
found AS (
    SELECT code, name, area, props, geom FROM spot WHERE NOT (SELECT here FROM crowd) AND geom IS NOT NULL
    UNION ALL
    SELECT code, name, area, props, geom FROM cell WHERE (SELECT here FROM crowd) AND points = 1
    UNION ALL
    SELECT NULL, NULL, NULL, jsonb_strip_nulls(jsonb_build_object('count', points, 'type', type)), geom
    FROM cell WHERE (SELECT here FROM crowd) AND points > 1
)
SELECT ST_AsMVT(found, %(kind)s, %(extent)s, 'geom' ORDER BY code, ST_X(geom), ST_Y(geom)) FROM found
"""

_VERSIONS = """
SELECT kind, max(version), max(imported_at) FROM place_version
WHERE kind = ANY(%(kinds)s) GROUP BY kind ORDER BY kind
"""


def read_tile(conn: Connection, layer: str, tile: Tile, area: str = "") -> bytes:
    """The tile's bytes, b"" where there is nothing. KeyError for a layer that is not of LAYERS.

    `area` keeps the grids and places in it, and says nothing about layers that are not SCOPED.
    """
    raw: Any = conn.connection.driver_connection
    return run(raw, *statement(layer, tile, area))


def statement(layer: str, tile: Tile, area: str = "") -> tuple[str, dict[str, Any]]:
    """What psycopg is asked for a tile."""
    values: dict[str, Any] = {
        "z": tile.z, "x": tile.x, "y": tile.y, "extent": EXTENT, "buffer": BUFFER,
        "area": area, "division": bool(area) and is_area_prefix(area),
    }  # fmt: skip
    if layer in PLACE_KINDS:
        return _PLACES, {**values, "kind": layer, "crowd": crowd(tile.z), "cell": CELL}
    if layer in AREAS:
        return _AREAS, {**values, "level": tile.level, "tier": AREAS[layer]}
    return _SHAPES, {**values, "level": tile.level, "layers": list(SHAPES[layer])}


def crowd(z: int) -> int:
    """How many places of a kind are shown one by one at a tile zoom."""
    return int(CROWD * 4.0 ** (z - CROWD_ZOOM))


def run(connection: psycopg.Connection[Any], query: str, values: dict[str, Any]) -> bytes:
    """By a binary cursor: as text a tile would be twice as long. Not prepared, for the planner must see the
    level to choose its index."""
    with connection.cursor(binary=True) as cursor:
        row = cursor.execute(query.encode(), values, prepare=False).fetchone()
    return bytes(row[0]) if row and row[0] else b""


def versions(conn: Connection, layer: str) -> str:
    """Which imports the layer is drawn from: of each kind how many there were, and when the last one was, for
    a city that was made anew counts from one again."""
    kinds = list(_DRAWN_FROM.get(layer, (layer,)))
    raw: Any = conn.connection.driver_connection  # asked for each tile: without the costs of composing it
    rows = raw.execute(_VERSIONS, {"kinds": kinds}).fetchall()
    return " ".join(f"{kind}{version}@{at.timestamp()}" for kind, version, at in rows)
