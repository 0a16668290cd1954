"""An imported network: what is told of it, and that its fastest ways are those that pgRouting finds."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from sqlalchemy import Connection, text

from actions.imports import ImportOptions, ImportReport, import_file
from actions.realms import open_realm
from actions.services import Services
from core.permissions import SYSTEM
from geo.roadnet import CLASS_KMH, DEFAULT_KMH

SHENZHEN = Path(__file__).resolve().parents[2].parent / "shared" / "sample" / "shenzhen_osm.gpkg"
PAIRS = 40


def bring(
    services: Services, tmp_path: Path, *lines: list[tuple[float, float]], **columns: Any
) -> ImportReport:
    file = tmp_path / "roads.geojson"
    shapes = [shapely.LineString(line) for line in lines]
    geopandas.GeoDataFrame({"class": ["lane"] * len(lines), **columns}, geometry=shapes, crs=4326).to_file(
        file
    )
    return import_file(services, SYSTEM, "roads", file)


def told(report: ImportReport) -> dict[str, dict[str, Any]]:
    return {problem.code: problem.params for problem in report.problems}


def test_the_report_tells_how_much_hangs_together_and_where_the_rest_lies(
    city: Services, tmp_path: Path
) -> None:
    report = bring(
        city, tmp_path,
        [(118.101, 24.49), (118.119, 24.49)], [(118.119, 24.49), (118.121, 24.49)],
        [(118.105, 24.482), (118.107, 24.482)],
    )  # fmt: skip
    assert report.ok
    found = told(report)
    assert found["roads_main_part"] == {
        "km": 2.0, "share": 90.9, "junctions": 60.0, "parts": 1, "largest": 100.0, "islands": 1,
        "left_km": 0.2,
    }  # fmt: skip
    assert found["road_island"]["pieces"] == 1
    assert found["road_island"]["place"].startswith("东门")


def test_loose_ends_are_joined_with_the_tolerance_said(city: Services, tmp_path: Path) -> None:
    report = bring(
        city, tmp_path, [(118.101, 24.49), (118.11, 24.49)], [(118.110004, 24.490004), (118.119, 24.49)]
    )
    assert told(report)["roads_joined"] == {"count": 1, "metres": 1.0}
    assert told(report)["roads_main_part"]["share"] == 100
    assert city.reference.roads().size == (3, 4)


def test_a_bridge_is_told_and_not_joined(city: Services, tmp_path: Path) -> None:
    report = bring(city, tmp_path, [(118.101, 24.49), (118.119, 24.49)], [(118.11, 24.485), (118.11, 24.495)])
    assert told(report)["roads_crossing"] == {"count": 1, "lon": 118.11, "lat": 24.49}
    assert told(report)["roads_main_part"]["islands"] == 1


@pytest.mark.slow
@pytest.mark.skipif(not SHENZHEN.exists(), reason="the sample folder is not here")
def test_the_network_of_shenzhen_is_routable_as_pgrouting_routes_it(services: Services) -> None:
    open_realm(services, "live")
    report = import_file(services, SYSTEM, "roads", SHENZHEN, ImportOptions(layer="edges"))
    assert report.ok, report.problems[:3]
    network = told(report)["roads_main_part"]
    assert network["parts"] == 3  # three districts, cut out of the map apart: 8,176 of 14,009 junctions
    assert network["junctions"] == pytest.approx(97.7, abs=0.2)
    assert network["largest"] == pytest.approx(58.4, abs=0.2)
    graph = services.reference.roads()
    with services.engine.connect() as conn:
        expected = oracle(conn, random.Random(7))
    assert len(expected) == PAIRS
    for (start, end), seconds in expected.items():
        found = graph.route(start, end)
        assert found.by_road
        assert found.eta_s == pytest.approx(seconds, rel=0.01, abs=0.5)


def oracle(conn: Connection, dice: random.Random) -> dict[tuple[Any, Any], float]:
    """Seconds between random crossings of the largest strong part, by pgRouting on the same table."""
    conn.execute(text("CREATE EXTENSION IF NOT EXISTS pgrouting WITH SCHEMA public"))
    conn.execute(_EDGES, {"speeds": as_json(CLASS_KMH), "usual": DEFAULT_KMH})
    part = conn.execute(_STRONG).all()
    nodes = {row.node: (row.lon, row.lat) for row in part}
    chosen = dice.sample(sorted(nodes), 2 * PAIRS)
    pairs = list(zip(chosen[:PAIRS], chosen[PAIRS:], strict=True))
    costs = conn.execute(_COSTS, {"starts": chosen[:PAIRS], "ends": chosen[PAIRS:]}).all()
    seconds = {(row.start_vid, row.end_vid): row.agg_cost for row in costs}
    return {(nodes[a], nodes[b]): seconds[a, b] for a, b in pairs}


def as_json(speeds: dict[str, float]) -> str:
    """The table of speeds as JSON text."""
    return "{" + ", ".join(f'"{name}": {kmh}' for name, kmh in speeds.items()) + "}"


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
)
_SQL = "'SELECT id, source, target, cost, reverse_cost FROM edges'"
_STRONG = text(
    f"""
    WITH part AS (SELECT component, node FROM pgr_strongComponents({_SQL})),
    main AS (SELECT component FROM part GROUP BY component ORDER BY count(*) DESC LIMIT 1)
    SELECT DISTINCT part.node, ST_X(start_point) AS lon, ST_Y(start_point) AS lat
    FROM part JOIN main USING (component) JOIN edges ON edges.source = part.node
    """  # noqa: S608  a constant
)
_COSTS = text(
    f"SELECT start_vid, end_vid, agg_cost FROM pgr_dijkstraCost({_SQL}, CAST(:starts AS bigint[]), "  # noqa: S608
    "CAST(:ends AS bigint[]))"
)
