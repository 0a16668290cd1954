"""What the map draws around a point, as shapes: for drawings that leave the browser behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

_AROUND = text(
    """
    WITH box AS MATERIALIZED (
        SELECT ST_Expand(ST_Transform(ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), 3857), :wide, :high) AS box
    )
    SELECT layer, rank, props, ST_AsBinary(ST_ClipByBox2D(geom, box)) AS wkb
    FROM map_shape, box
    WHERE level = :level AND geom && box AND layer = ANY(CAST(:layers AS text[]))
      AND (CAST(:area AS text) = '' OR code IS NULL OR code = :area OR starts_with(code, :area))
    ORDER BY rank, id
    """
)


def shapes_around(
    conn: Connection, at: tuple[float, float], half: tuple[float, float], layers: Sequence[str], area: str,
    level: int,
) -> Sequence[Row[Any]]:  # fmt: skip
    """layer, rank, props, wkb (EPSG:3857, cut at the box) within `half` metres of EPSG:3857 of lon, lat, as
    the map draws them at this zoom.

    Grids are those of `area` alone, "" = any.
    """
    given = {"lon": at[0], "lat": at[1], "wide": half[0], "high": half[1], "level": level}
    return conn.execute(_AROUND, {**given, "layers": list(layers), "area": area}).all()
