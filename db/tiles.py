"""Mapbox vector tiles from PostGIS: shapes kept ready for each level of detail, and places as points."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, text

from core.permissions import is_area_prefix
from core.tiling import BUFFER, EXTENT, Tile
from db.batch import Batch, Params
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
_SHAPES = text("""
WITH tile AS MATERIALIZED (
    SELECT box, ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) * CAST(:margin AS float8)) AS around
    FROM (
        SELECT ST_TileEnvelope(CAST(:z AS integer), CAST(:x AS integer), CAST(:y AS integer)) AS box
    ) AS envelope
),
shape AS MATERIALIZED (
    SELECT layer, rank, map_shape.id, props, ST_AsMVTGeom(geom, box, :extent, :buffer, true) AS geom
    FROM map_shape, tile
    WHERE level = :level AND layer = ANY(CAST(:layers AS text[])) AND geom && around
      AND (layer <> 'name' OR (ST_XMin(geom) >= ST_XMin(box) AND ST_XMin(geom) < ST_XMax(box)
                           AND ST_YMin(geom) >= ST_YMin(box) AND ST_YMin(geom) < ST_YMax(box)))
      AND (CAST(:area AS text) = '' OR code IS NULL OR code = :area
           OR (CAST(:division AS boolean) AND starts_with(code, :area)))
)
SELECT string_agg(mvt, '' ORDER BY layer) FROM (
    SELECT layer, ST_AsMVT((SELECT feature FROM (SELECT geom, props) AS feature), layer, :extent, 'geom'
                           ORDER BY rank, id) AS mvt
    FROM shape WHERE geom IS NOT NULL GROUP BY layer
) AS layers
""")

#: The wider tiers are kept as `grid` at all levels, the others as `area` where no grid of them is drawn.
_AREAS = text("""
WITH tile AS MATERIALIZED (
    SELECT box, ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) * CAST(:margin AS float8)) AS around
    FROM (
        SELECT ST_TileEnvelope(CAST(:z AS integer), CAST(:x AS integer), CAST(:y AS integer)) AS box
    ) AS envelope
),
area AS MATERIALIZED (
    SELECT code, ST_AsMVTGeom(geom, box, :extent, :buffer, true) AS geom
    FROM map_shape, tile
    WHERE level = :level AND layer IN ('grid', 'area') AND rank = :tier AND geom && around
      AND (CAST(:area AS text) = '' OR code = :area
           OR (CAST(:division AS boolean) AND starts_with(code, :area)))
)
SELECT ST_AsMVT(area, 'area', :extent, 'geom' ORDER BY code) FROM area WHERE geom IS NOT NULL
""")

#: One by one, or where they are `crowded` by cells.
_PLACES = text("""
WITH tile AS MATERIALIZED (
    SELECT box, ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) * CAST(:margin AS float8)) AS around
    FROM (
        SELECT ST_TileEnvelope(CAST(:z AS integer), CAST(:x AS integer), CAST(:y AS integer)) AS box
    ) AS envelope
),
spot AS MATERIALIZED (
    SELECT code, name, area, props, ST_AsMVTGeom(spot, box, :extent, 0, false) AS geom
    FROM place, tile
    WHERE kind = :kind AND spot && box
      AND ST_X(spot) >= ST_XMin(box) AND ST_X(spot) < ST_XMax(box)
      AND ST_Y(spot) >= ST_YMin(box) AND ST_Y(spot) < ST_YMax(box)
      AND (CAST(:area AS text) = '' OR area = :area
           OR (CAST(:division AS boolean) AND starts_with(area, :area)))
),
cell AS (
    SELECT count(*) AS points, min(code) AS code, min(name) AS name, min(area) AS area,
           (array_agg(props))[1] AS props, props ->> 'type' AS type,
           ST_MakePoint(round(avg(ST_X(geom))), round(avg(ST_Y(geom)))) AS geom
    FROM spot WHERE geom IS NOT NULL AND CAST(:crowded AS boolean)
    GROUP BY floor(ST_X(geom) / CAST(:cell AS float8)), floor(ST_Y(geom) / CAST(:cell AS float8)),
             props ->> 'type'
),
found AS (
    SELECT code, name, area, props, geom FROM spot WHERE geom IS NOT NULL AND NOT CAST(:crowded AS boolean)
    UNION ALL
    SELECT code, name, area, props, geom FROM cell WHERE points = 1
    UNION ALL
    SELECT NULL, NULL, NULL, jsonb_strip_nulls(jsonb_build_object('count', points, 'type', type)), geom
    FROM cell WHERE points > 1
)
SELECT ST_AsMVT(found, :kind, :extent, 'geom' ORDER BY code, ST_X(geom), ST_Y(geom)) FROM found
""")

_VERSIONS = text("""
SELECT kind, max(version), extract(epoch FROM max(imported_at)) FROM place_version
WHERE kind = ANY(CAST(:kinds AS text[])) GROUP BY kind ORDER BY kind
""")
_COUNT = text("SELECT count(*) FROM place WHERE kind = :kind")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a layer's tiles depend on besides their address. `versions` tells which imports it is drawn from:
    of each kind how many there were, and when the last one was, for a city that was made anew counts from one
    again. `places` is how many there are of the kind in all, 0 for what is no places."""

    versions: str
    places: int


def standing(conn: Connection, layer: str) -> Standing:
    batch = Batch(conn)
    batch.add(_VERSIONS, {"kinds": list(_DRAWN_FROM.get(layer, (layer,)))})
    batch.add(_COUNT, {"kind": layer})
    versions, ((places,),) = batch.run()
    return Standing(" ".join(f"{kind}{version}@{at}" for kind, version, at in versions), places)


def read_tile(conn: Connection, layer: str, tile: Tile, area: str = "", places: int | None = None) -> bytes:
    """The tile's bytes, b"" where there is nothing. KeyError for a layer that is not of LAYERS.

    `area` keeps the grids and places in it, and says nothing about layers that are not SCOPED. `places` is
    what `standing` tells; where it is None, it is asked for.
    """
    if places is None:
        places = standing(conn, layer).places
    batch = Batch(conn, binary=True)
    batch.add(*_statement(layer, tile, area, crowded=places > crowd(tile.z)))
    ((row,),) = batch.run()
    return bytes(row[0] or b"")


def _statement(layer: str, tile: Tile, area: str, *, crowded: bool) -> tuple[TextClause, Params]:
    values: dict[str, object] = {
        "z": tile.z, "x": tile.x, "y": tile.y, "extent": EXTENT, "margin": BUFFER / EXTENT,
        "area": area, "division": bool(area) and is_area_prefix(area),
    }  # fmt: skip
    if layer in PLACE_KINDS:
        return _PLACES, {**values, "kind": layer, "cell": CELL, "crowded": crowded}
    values["buffer"] = BUFFER
    if layer in AREAS:
        return _AREAS, {**values, "level": tile.level, "tier": AREAS[layer]}
    return _SHAPES, {**values, "level": tile.level, "layers": list(SHAPES[layer])}


def crowd(z: int) -> int:
    """How many places of a kind are shown one by one at a tile zoom."""
    return int(CROWD * 4.0 ** (z - CROWD_ZOOM))
