import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import func, select

from actions import realms, stock
from actions.imports import ImportOptions, UnknownKind, import_file
from actions.reference import Reference
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import Forbidden
from core.permissions import SYSTEM, Principal
from db import log, places
from db.tables import incident as incident_table
from db.tables import unit as unit_table
from db.tables_places import basemap, grid, place, place_version, road
from db.tables_stock import lot
from demo.load import load_city
from feed.announce import Announcer
from feed.positions import Positions
from pages.messages import LANGUAGES, has

SAMPLE = Path(__file__).resolve().parents[2].parent / "shared" / "sample"
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
COMMUNITY, WEST, EAST = "990101001001", "990101001001001", "990101001001002"


@pytest.fixture
def services(engine, redis_url):
    announcer = Announcer(redis_url, "test")
    parts = Services(
        engine=engine, announcer=announcer, positions=Positions(), reference=Reference(engine, ZONE),
        vault=None, zone=ZONE, city="test", now=lambda: NOON,
    )  # fmt: skip
    realms.open_realm(parts, "live")
    yield parts
    announcer.close()


def box(west, south, east, north):
    return shapely.box(west, south, east, north)


def write(path, rows):
    """A GeoJSON file of (properties, geometry)."""
    features = [
        {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(geometry)}
        for properties, geometry in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


GRIDS = [
    ({"code": "990101", "name": "云溪区"}, box(118.0, 24.0, 118.2, 24.1)),
    ({"code": "990101001", "name": "临江街道"}, box(118.0, 24.0, 118.2, 24.1)),
    ({"code": COMMUNITY, "name": "望海社区"}, box(118.0, 24.0, 118.2, 24.1)),
    ({"code": WEST, "name": "第一网格", "households": 321}, box(118.0, 24.0, 118.1, 24.1)),
    ({"code": EAST, "name": "第二网格", "households": 4}, box(118.1, 24.0, 118.2, 24.1)),
]


@pytest.fixture
def city(services, tmp_path):
    report = import_file(services, SYSTEM, "grids", write(tmp_path / "grids.geojson", GRIDS))
    assert report.problems == ()
    return services


@pytest.fixture
def bring(city, tmp_path):
    """Write rows to a file and import it."""

    def bring(kind, rows, **options):
        path = write(tmp_path / f"{kind}.geojson", rows)
        return import_file(city, SYSTEM, kind, path, ImportOptions(**options))

    return bring


def fetch(services, query):
    with services.engine.connect() as conn:
        return conn.execute(query).all()


def codes(report, level="error"):
    return [(p.row, p.code) for p in report.problems if p.level == level]


def at(lon, lat):
    return shapely.Point(lon, lat)


def test_tiers_and_parents_are_read_from_the_codes(city):
    rows = fetch(city, select(grid.c.code, grid.c.tier, grid.c.parent).order_by(grid.c.tier, grid.c.code))
    assert [tuple(row) for row in rows] == [
        ("990101", 0, None),
        ("990101001", 1, "990101"),
        (COMMUNITY, 2, "990101001"),
        (WEST, 3, COMMUNITY),
        (EAST, 3, COMMUNITY),
    ]


def test_an_import_that_changes_something_is_one_fact_with_version_hash_and_counts(city, tmp_path):
    moved = [(row | {"name": "新名"} if row["code"] == WEST else row, shape) for row, shape in GRIDS]
    again = import_file(city, SYSTEM, "grids", write(tmp_path / "grids.geojson", moved))
    assert (again.read, again.written, again.refused, again.version) == (5, 5, 0, 2)
    with city.engine.connect() as conn:
        facts = [log.to_event(wire) for wire in log.read(conn, "live", 0)]
    told = [fact.body for fact in facts if fact.kind == "PlacesImported"]
    first = {"read": 5, "written": 5, "added": 5, "changed": 0, "unchanged": 0, "removed": 0}
    second = {"read": 5, "written": 5, "added": 0, "changed": 1, "unchanged": 4, "removed": 0}
    assert [(body.places, body.version, body.counts) for body in told] == [
        ("grids", 1, first),
        ("grids", 2, second),
    ]
    rows = fetch(city, select(place_version.c.version, place_version.c.sha256, place_version.c.file))
    assert [tuple(row) for row in rows] == [
        (1, told[0].sha256, "grids.geojson"),
        (2, told[1].sha256, "grids.geojson"),
    ]


def test_a_file_that_changes_nothing_is_no_version(city, tmp_path):
    again = import_file(city, SYSTEM, "grids", write(tmp_path / "again.geojson", GRIDS))
    assert (again.ok, again.written, again.counts.unchanged, again.version) == (True, 5, 5, 0)
    assert fetch(city, select(func.max(place_version.c.version))) == [(1,)]


def test_a_city_without_codes_gets_stable_ones_and_is_told_so(services, tmp_path):
    path = write(
        tmp_path / "n.geojson", [({"nhood": "Mission"}, box(0, 0, 1, 1)), ({"nhood": "Bay"}, box(1, 0, 2, 1))]
    )
    report = import_file(services, SYSTEM, "grids", path, ImportOptions(fields={"name": "nhood"}))
    assert (report.written, report.ok) == (2, True)
    assert codes(report, "note") == [(None, "codes_made"), (None, "tier_assumed")]
    with services.engine.connect() as conn:
        assert places.describe_point(conn, 0.5, 0.5) == places.PlaceOfPoint("G-0001", "G-0001", "Mission")


def test_coverage_faults_are_notes_and_do_not_refuse_a_city(bring):
    report = bring("grids", [({"code": EAST, "name": "第二网格"}, box(118.09, 24.0, 118.19, 24.1))])
    assert report.ok
    assert [p.code for p in report.problems] == ["coverage_gap", "coverage_overlap"]
    assert report.problems[1].params["codes"] == f"{WEST}, {EAST}"


def test_a_code_given_twice_refuses_the_file_and_names_both_rows(bring, city):
    report = bring(
        "posts", [({"code": "P1", "name": "甲"}, at(118.05, 24.05)), ({"code": "Ｐ 1"}, at(118.06, 24.05))]
    )
    assert (report.written, report.refused) == (0, 1)
    assert [(p.row, p.field, p.params) for p in report.problems if p.code == "code_duplicate"] == [
        (2, "code", {"value": "P1", "first": 1})
    ]
    assert fetch(city, select(place)) == []


def test_one_bad_row_keeps_all_others_out(bring, city):
    rows = [({"code": f"C{n}", "name": "球机"}, at(118.05, 24.05)) for n in range(20)]
    report = bring("cameras", [*rows, ({"code": "C99", "name": "球机"}, at(24.05, 118.05))])
    assert (report.read, report.written, report.refused) == (21, 0, 1)
    assert codes(report) == [(21, "coordinates_swapped")]
    assert fetch(city, select(place)) == []


def test_the_area_of_a_place_is_found_by_its_grid(bring, city):
    report = bring(
        "cameras",
        [
            ({"code": "C1", "name": "一号", "online": "在线", "class": 1}, at(118.15, 24.05)),
            ({"code": "C2", "name": "二号", "area": "990102"}, at(118.15, 24.05)),
            ({"code": "C3", "name": "三号"}, at(118.5, 24.05)),
        ],
    )
    assert codes(report, "note") == [(None, "suspect_outside"), (None, "outside_grids")]
    rows = fetch(city, select(place.c.code, place.c.area, place.c.props).order_by(place.c.code))
    assert [tuple(row) for row in rows] == [
        ("C1", COMMUNITY, {"online": True, "class": "1"}),
        ("C2", "990102", {}),
        ("C3", None, {}),
    ]


def test_gcj02_is_converted_once_at_the_edge(bring, city):
    bring("posts", [({"code": "P1", "name": "甲"}, at(118.09437708, 24.47715323))], datum="gcj02")
    (row,) = fetch(city, select(func.ST_X(place.c.geom), func.ST_Y(place.c.geom)))
    assert tuple(row) == pytest.approx((118.0894, 24.4798), abs=1e-8)


def test_an_unknown_datum_is_a_problem_with_its_name(bring):
    assert codes(bring("posts", [({"code": "P1"}, at(118, 24))], datum="mars")) == [(None, "unknown_datum")]


def test_a_dry_run_says_all_and_writes_nothing(bring, city):
    before = fetch(city, select(func.max(place_version.c.version)))
    report = bring("posts", [({"code": "P1", "name": "甲"}, at(118.05, 24.05))], dry_run=True)
    assert (report.read, report.written, report.refused, report.dry_run, report.ok) == (1, 0, 0, True, True)
    assert fetch(city, select(place)) == []
    assert fetch(city, select(func.max(place_version.c.version))) == before


def a_store(lots):
    return [({"code": "S1", "name": "一号库", "lots": json.dumps(lots)}, at(118.05, 24.05))]


def a_lot(**changes):
    return {
        "item": "1030101",
        "name": "帐篷",
        "quantity": 12,
        "unit": "顶",
        "expiry": None,
        "minimum": 5,
        **changes,
    }


def test_stores_bring_their_lots(bring, city):
    assert bring("stores", a_store([a_lot(), a_lot(expiry="2027-01-31", quantity=3)])).ok
    rows = fetch(city, select(lot.c.store, lot.c.item, lot.c.quantity, lot.c.expiry).order_by(lot.c.quantity))
    assert [(r.store, r.item, r.quantity, str(r.expiry)) for r in rows] == [
        ("S1", "1030101", 3.0, "2027-01-31"),
        ("S1", "1030101", 12.0, "None"),
    ]
    assert "lots" not in fetch(city, select(place.c.props))[0][0]


@pytest.mark.parametrize(
    "lots", [[a_lot(quantity=-1)], [{"item": "1"}], {"item": "1"}, [a_lot(expiry="soon")], "no"]
)
def test_broken_lots_name_their_row_and_field(bring, lots):
    report = bring("stores", a_store(lots))
    assert [(p.row, p.field, p.code) for p in report.problems] == [(1, "lots", "field_invalid")]


def test_a_lot_given_twice_is_refused(bring):
    assert codes(bring("stores", a_store([a_lot(), a_lot()]))) == [(1, "lot_duplicate")]


def test_stock_may_not_fall_below_what_is_reserved(bring, city):
    bring("stores", a_store([a_lot()]))
    (ident,) = fetch(city, select(lot.c.id))[0]
    stock.reserve(city, Call(SYSTEM), ident, stock.MoveCommand(quantity=10))
    assert codes(bring("stores", a_store([a_lot(quantity=9)]))) == [(1, "stock_below_reserved")]
    assert fetch(city, select(lot.c.quantity)) == [(12.0,)]


def test_units_become_facts_and_guard_rows(bring, city):
    properties = {"code": "E01", "name": "消防一中队", "kind": "fire", "skills": "fire，rescue", "crew": 6}
    assert bring("units", [(properties, at(118.15, 24.05))]).written == 1
    (row,) = fetch(city, select(unit_table.c.id, unit_table.c.kind, unit_table.c.area, unit_table.c.status))
    assert tuple(row) == ("E01", "fire", COMMUNITY, "available")
    with city.engine.connect() as conn:
        facts = [log.to_event(wire).body for wire in log.read(conn, "live", 0)]
    (known,) = [body for body in facts if body.kind == "UnitRegistered"]
    assert (known.skills, known.crew, known.on_duty) == (("fire", "rescue"), 6, True)


def test_an_unknown_kind_of_unit_is_told_the_known_ones(bring):
    (problem,) = bring("units", [({"code": "X", "name": "x", "kind": "navy"}, at(118.1, 24.05))]).problems
    assert (problem.code, problem.params["value"]) == ("field_not_a_choice", "navy")
    assert "volunteer" in problem.params["choices"]


def test_roads_take_the_words_of_openstreetmap(bring, city):
    one, two = shapely.LineString([(118, 24), (118.1, 24)]), shapely.LineString([(118.1, 24), (118.1, 24.1)])
    rows = [
        ({"highway": "primary_link", "oneway": "-1", "maxspeed": "60|40"}, one),
        ({"highway": "service", "oneway": "False"}, shapely.MultiLineString([one, two])),
    ]
    assert bring("roads", rows).written == 2
    found = fetch(city, select(road.c["class"], road.c.oneway, road.c.speed_kmh).order_by(road.c.id))
    assert [tuple(row) for row in found] == [
        ("primary", True, 60.0),
        ("lane", False, None),
        ("lane", False, None),
    ]
    with city.engine.connect() as conn:
        assert shapely.from_wkb(places.read_roads(conn)[0].wkb).coords[0] == (118.1, 24)


def test_the_road_graph_is_read_again_after_an_import(bring, city):
    assert city.reference.roads().empty
    bring("roads", [({"class": "primary"}, shapely.LineString([(118, 24), (118.1, 24)]))])
    assert city.reference.roads().size == (2, 2)


def test_base_map_shapes_of_any_geometry_are_kept(bring, city):
    rows = [({"kind": "land"}, box(118, 24, 119, 25)), ({"kind": "name", "name": "云屿湾"}, at(118.1, 24.05))]
    assert bring("basemap", rows).written == 2
    assert fetch(city, select(func.count()).select_from(basemap)) == [(2,)]


def a_report(**changes):
    given = {"class": "04", "text": "路面塌陷", "channel": "12345", "source_id": "A1"}
    return {**given, "occurred_at": "2026-03-02T09:00:00+08:00", **changes}


@pytest.fixture
def class_code(city):
    return next(iter(city.reference.classes()))


def test_incidents_are_reported_by_the_ordinary_verb_at_their_own_time(bring, city, class_code):
    rows = [(a_report(**{"class": class_code, "source_id": str(n)}), at(118.15, 24.05)) for n in range(3)]
    assert bring("incidents", rows).written == 3
    found = fetch(city, select(incident_table.c.grid, incident_table.c.reported_at))
    assert {tuple(row) for row in found} == {(EAST, datetime(2026, 3, 2, 1, 0, tzinfo=UTC))}


def test_an_incident_the_source_reported_before_stays_one(bring, city, class_code):
    row = (a_report(**{"class": class_code}), at(118.15, 24.05))
    bring("incidents", [row])
    again = bring("incidents", [row])
    assert (again.counts.unchanged, codes(again, "note")) == (1, [(None, "incidents_known")])
    assert fetch(city, select(func.count()).select_from(incident_table)) == [(1,)]


def test_incidents_with_faults_are_all_named_and_none_is_written(bring, city, class_code):
    rows = [
        (a_report(**{"class": class_code}), at(118.15, 24.05)),
        (a_report(**{"class": "nonsense", "source_id": "A2"}), at(118.15, 24.05)),
        (a_report(**{"class": class_code, "source_id": "A3"}), at(116.4, 39.9)),
        (
            a_report(**{"class": class_code, "source_id": None, "occurred_at": "2036-01-01T00:00+08:00"}),
            at(118.1, 24.05),
        ),
    ]
    report = bring("incidents", rows)
    assert codes(report) == [(2, "unknown_class"), (3, "outside_city"), (4, "time_in_future")]
    assert fetch(city, select(incident_table)) == []


def test_who_may_not_import_is_refused(city, tmp_path):
    viewer = Principal(id="v", name="v", role="viewer")
    with pytest.raises(Forbidden):
        import_file(city, viewer, "grids", tmp_path / "grids.geojson")


def test_an_unknown_kind_is_refused_with_the_known_ones(city, tmp_path):
    with pytest.raises(UnknownKind):
        import_file(city, SYSTEM, "dragons", tmp_path / "grids.geojson")


def test_a_missing_file_is_a_problem_with_a_remedy(city, tmp_path):
    report = import_file(city, SYSTEM, "posts", tmp_path / "none.geojson")
    assert not report.ok
    document = report.as_json(lambda key, **params: f"{key}:{Path(params['path']).name}")
    assert document["problems"] == [
        {
            "row": None, "field": None, "code": "file_missing", "level": "error",
            "message": "error.file_missing:none.geojson", "remedy": "remedy.file_missing:none.geojson",
        }
    ]  # fmt: skip


def test_a_thousand_mistakes_are_listed_a_hundred_times_and_counted(bring):
    report = bring("posts", [({"code": f"P{n}"}, at(24, 118)) for n in range(1000)])
    wrong = [p for p in report.problems if p.level == "error"]
    assert (report.refused, len(wrong)) == (1000, 101)
    assert wrong[-1].params == {"of": "coordinates_swapped", "count": 900}


def test_a_geopackage_is_read_by_layer(city, tmp_path):
    frame = gpd.GeoDataFrame({"code": ["K1"], "name": ["一小"]}, geometry=[at(118.05, 24.05)], crs=4490)
    path = tmp_path / "city.gpkg"
    frame.to_file(path, layer="schools")
    frame.to_file(path, layer="other")
    assert codes(import_file(city, SYSTEM, "keyplaces", path)) == [(None, "layer_needed")]
    wrong = import_file(city, SYSTEM, "keyplaces", path, ImportOptions(layer="dragons"))
    assert codes(wrong) == [(None, "layer_unknown")]
    assert import_file(city, SYSTEM, "keyplaces", path, ImportOptions(layer="schools")).written == 1


def test_a_hundred_thousand_points_load_within_twenty_seconds(city, tmp_path):
    rng = np.random.default_rng(1)
    points = gpd.points_from_xy(rng.uniform(118, 118.2, 100_000), rng.uniform(24, 24.1, 100_000))
    frame = gpd.GeoDataFrame(
        {"code": [f"C{n}" for n in range(100_000)], "name": "球机"}, geometry=points, crs=4326
    )
    frame.to_file(tmp_path / "cameras.gpkg")
    began = time.process_time()
    assert import_file(city, SYSTEM, "cameras", tmp_path / "cameras.gpkg").written == 100_000
    assert time.process_time() - began < 20


INVALID = sorted(SAMPLE.glob("geojson_invalid/examples/*/*.geojson"))


@pytest.mark.skipif(not INVALID, reason="the sample folder is not here")
@pytest.mark.parametrize("kind", ["grids", "hazards", "roads", "posts"])
def test_no_file_of_the_invalid_collection_crashes(services, kind):
    for path in INVALID:
        report = import_file(services, SYSTEM, kind, path)
        assert report.ok == (report.written > 0), path.name
        assert report.ok or report.refused or not report.read, path.name


@pytest.mark.skipif(not (SAMPLE / "sf_fire").exists(), reason="the sample folder is not here")
def test_san_francisco_loads_with_one_tier_and_made_codes(services):
    hoods = SAMPLE / "sf_fire" / "analysis_neighborhoods.geojson"
    stations = SAMPLE / "sf_fire" / "current_fire_stations.geojson"
    fields = {"name": "nhood"}
    assert import_file(services, SYSTEM, "grids", hoods, ImportOptions(fields=fields)).written == 41
    fields = {"name": "common_name", "code": "facility_id"}
    assert import_file(services, SYSTEM, "posts", stations, ImportOptions(fields=fields)).written == 42


def test_the_demo_city_loads_without_a_fault_and_soon(services):
    began = time.process_time()
    loaded = load_city(services, SYSTEM)
    assert time.process_time() - began < 8  # under 3 s on an idle machine; tests share theirs
    told = [p for report in loaded.reports.values() for p in report.problems]
    assert [(p.code, p.level) for p in told] == [("roads_main_part", "note")]
    assert told[0].params["share"] == 100
    assert sum(loaded.rows.values()) > 2000
    graph = services.reference.roads()
    assert graph.left.pieces == 0
    assert graph.size[0] > 500


def test_every_problem_has_its_sentence_and_remedy_in_both_languages():
    """Codes are found in the sources, so that a new one cannot be forgotten."""
    root = Path(__file__).resolve().parents[2]
    sources = [*root.glob("geo/*.py"), *root.glob("actions/import*.py")]
    named = re.compile(
        r'(?:Problem|note|refuse|_Broken)\(\s*"([a-z_]+)"|^    code = "([a-z_]+)"', re.MULTILINE
    )
    found = {one or two for path in sources for one, two in named.findall(path.read_text())}
    found |= {f"coverage_{kind}" for kind in ("overlap", "gap", "orphan", "outside")}
    assert len(found) > 45
    keys = [f"{part}.{code}" for code in sorted(found) for part in ("error", "remedy")]
    assert [(lang, key) for lang in LANGUAGES for key in keys if not has(lang, key)] == []
