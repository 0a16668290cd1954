"""An imported network: what is told of it, and that its fastest ways are those that pgRouting finds."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from sqlalchemy import Connection

from actions.imports import ImportOptions, ImportReport, import_file
from actions.realms import open_realm
from actions.services import Services
from bench.oracle import Routing
from core.permissions import SYSTEM

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


@pytest.mark.whole
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
    routing = Routing(conn)
    chosen = dice.sample(sorted(routing.nodes), 2 * PAIRS)
    pairs = list(zip(chosen[:PAIRS], chosen[PAIRS:], strict=True))
    seconds = routing.seconds(chosen[:PAIRS], chosen[PAIRS:])
    return {(routing.nodes[a], routing.nodes[b]): seconds[a, b] for a, b in pairs}
