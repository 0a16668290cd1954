"""What advice is held against: pgRouting on the stored roads (the oracle), and the nearest by straight line.

Both work on tables of one connection that are gone with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from geo.roadnet import CLASS_KMH, DEFAULT_KMH, Floats


class Routing:
    """Driving seconds between crossings, by pgr_dijkstraCost. `nodes` are the crossings of the largest part
    that can be driven from each to each: number → lon, lat."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        conn.execute(text("CREATE EXTENSION IF NOT EXISTS pgrouting WITH SCHEMA public"))
        conn.execute(_EDGES, {"speeds": CLASS_KMH, "usual": DEFAULT_KMH})
        rows = conn.execute(_STRONG).all()
        self.nodes: dict[int, tuple[float, float]] = {row.node: (row.lon, row.lat) for row in rows}

    def seconds(self, starts: Sequence[int], ends: Sequence[int]) -> dict[tuple[int, int], float]:
        """From each of `starts` to each of `ends`."""
        rows = self._conn.execute(_COSTS, {"starts": list(starts), "ends": list(ends)})
        return {(row.start_vid, row.end_vid): row.agg_cost for row in rows}


class Straight:
    """Units in a table with an index, as a system without roads has them; told by their row numbers."""

    def __init__(self, conn: Connection, spots: Floats) -> None:
        self._conn = conn
        conn.execute(text("CREATE TEMPORARY TABLE bench_unit (id integer, at public.geography)"))
        conn.execute(_UNITS, {"lon": spots[:, 0].tolist(), "lat": spots[:, 1].tolist()})
        conn.execute(text("CREATE INDEX ON bench_unit USING gist (at)"))
        conn.execute(text("ANALYZE bench_unit"))

    def nearest(self, point: tuple[float, float], k: int) -> list[int]:
        return list(self._conn.scalars(_NEAREST, {"lon": point[0], "lat": point[1], "k": k}))


def recall(found: Sequence[int], right: Sequence[int]) -> float:
    """The share of the right ones that were found."""
    return float(np.isin(right, found).mean()) if len(right) else 1.0


_EDGES = text(
    """
    CREATE TEMPORARY TABLE edges AS
    WITH piece AS (
        SELECT id, oneway, ST_Length(geom::geography) AS metres, geom,
               COALESCE(speed_kmh, (CAST(:speeds AS jsonb) ->> class)::float, :usual) / 3.6 AS speed
        FROM road
    ), ends AS (
        SELECT DISTINCT ST_SnapToGrid(point, 1e-7) AS point FROM piece,
        LATERAL (VALUES (ST_StartPoint(geom)), (ST_EndPoint(geom))) AS both_ends(point)
    ), node AS (SELECT row_number() OVER (ORDER BY point) AS node, point FROM ends)
    SELECT piece.id, a.node AS source, b.node AS target, metres / speed AS cost,
           CASE WHEN oneway THEN -1 ELSE metres / speed END AS reverse_cost, a.point AS start_point
    FROM piece
    JOIN node a ON a.point = ST_SnapToGrid(ST_StartPoint(geom), 1e-7)
    JOIN node b ON b.point = ST_SnapToGrid(ST_EndPoint(geom), 1e-7)
    """
).bindparams(bindparam("speeds", type_=JSONB))
_SQL = "'SELECT id, source, target, cost, reverse_cost FROM edges'"
_STRONG = text(
    f"""
    WITH part AS (SELECT component, node FROM pgr_strongComponents({_SQL})),
    main AS (SELECT component FROM part GROUP BY component ORDER BY count(*) DESC LIMIT 1)
    SELECT DISTINCT part.node, ST_X(start_point) AS lon, ST_Y(start_point) AS lat
    FROM part JOIN main USING (component) JOIN edges ON edges.source = part.node ORDER BY part.node
    """  # noqa: S608  a constant
)
_COSTS = text(
    f"SELECT start_vid, end_vid, agg_cost FROM pgr_dijkstraCost({_SQL}, CAST(:starts AS bigint[]), "  # noqa: S608
    "CAST(:ends AS bigint[]))"
)
_UNITS = text(
    "INSERT INTO bench_unit SELECT number - 1, ST_MakePoint(lon, lat)::geography "
    "FROM unnest(CAST(:lon AS float[]), CAST(:lat AS float[])) WITH ORDINALITY AS unit(lon, lat, number)"
)
_NEAREST = text("SELECT id FROM bench_unit ORDER BY at <-> ST_MakePoint(:lon, :lat)::geography LIMIT :k")
