"""What is kept ready for the map: rows of `map_shape`, written whole for the kinds that changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from sqlalchemy import ARRAY, Connection, Text, any_, delete, func, literal, select

from db.copying import copy_rows
from db.tables_places import basemap, grid, map_shape, road

MERCATOR = 3857


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape as one level of detail draws it. `geom` is shapely in EPSG:3857; `code` is a grid's, for the
    scope; `rank` orders the features within a tile, low first."""

    level: int
    layer: str
    geom: Any
    props: dict[str, Any] = field(default_factory=dict)
    rank: int = 0
    code: str | None = None


def replace_shapes(
    conn: Connection, layers: Sequence[str], shapes: Iterable[Drawn], codes: Collection[str] | None = None
) -> None:
    """The shapes of these layers anew, at all levels; with `codes`, of these grids alone."""
    gone = delete(map_shape).where(map_shape.c.layer.in_(layers))
    if codes is not None:
        gone = gone.where(map_shape.c.code == any_(literal(list(codes), ARRAY(Text))))
    conn.execute(gone)
    drawn = list(shapes)
    geoms = shapely.set_srid([shape.geom for shape in drawn], MERCATOR)
    encoded = shapely.to_wkb(geoms, hex=True, include_srid=True)
    rows = (_row(shape, geom) for shape, geom in zip(drawn, encoded, strict=True))
    copy_rows(conn, "map_shape", ("level", "layer", "code", "rank", "props", "geom"), rows)


def _row(shape: Drawn, geom: str) -> dict[str, Any]:
    props = {key: value for key, value in shape.props.items() if value is not None}
    return {
        "level": shape.level, "layer": shape.layer, "code": shape.code, "rank": shape.rank,
        "props": props, "geom": geom,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A row to draw, as it is stored. `geom` is shapely in EPSG:4326; `kind` is a grid's tier, a road's
    class, or a base map shape's kind."""

    kind: str
    geom: Any
    name: str | None = None
    code: str | None = None
    label: str | None = None
    oneway: bool = False


def grids(conn: Connection) -> list[Source]:
    """By code."""
    query = select(grid.c.code, grid.c.tier, grid.c.name, func.ST_AsBinary(grid.c.geom).label("wkb"))
    rows = conn.execute(query.order_by(grid.c.code))
    return [Source(str(r.tier), shapely.from_wkb(bytes(r.wkb)), r.name, r.code) for r in rows]


def roads(conn: Connection) -> list[Source]:
    query = select(
        road.c["class"].label("kind"), road.c.name, road.c.oneway, func.ST_AsBinary(road.c.geom).label("wkb")
    )
    rows = conn.execute(query.order_by(road.c.id))
    return [Source(r.kind, shapely.from_wkb(bytes(r.wkb)), r.name, oneway=r.oneway) for r in rows]


def basemap_shapes(conn: Connection) -> list[Source]:
    """`label` is the shape's class."""
    query = select(
        basemap.c.kind, basemap.c["class"].label("label"), basemap.c.name,
        func.ST_AsBinary(basemap.c.geom).label("wkb"),
    )  # fmt: skip
    rows = conn.execute(query.order_by(basemap.c.id))
    return [Source(r.kind, shapely.from_wkb(bytes(r.wkb)), r.name, label=r.label) for r in rows]
