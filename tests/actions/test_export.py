"""Export then import is the identity, for every kind and format; every export is in the audit."""

from __future__ import annotations

import json
import sqlite3

import pandas as pd
import pyogrio
import pytest
import shapely
from sqlalchemy import func, select

from actions import realms
from actions.export import FolderMissing, FormatUnknown, NothingToExport, export_file
from actions.imports import ImportOptions, UnknownKind, import_file
from actions.services import Services
from core.errors import Forbidden
from core.permissions import SYSTEM, Principal
from db import features, log
from db.engine import make_engine
from db.tables import incident as incident_table
from db.tables_places import place_version
from demo.load import load_city
from geo.kinds import KINDS
from tests.conftest import own_database
from tests.parts import make_services

PLACED = [kind for kind in KINDS if kind != "incidents"]
FORMATS = ("gpkg", "geojson", "csv", "xlsx", "fgb")


@pytest.fixture(scope="module")
def city(cluster, broker, tmp_path_factory):
    """云屿 at its smallest, for all tests of this module."""
    with own_database(cluster) as url:
        engine = make_engine(url)
        services = make_services(engine, broker.url, tmp_path_factory.mktemp("export") / "secret")
        realms.open_realm(services, "live")
        realms.open_realm(services, "system")
        load_city(services, SYSTEM, scale=0.05)
        yield services
        engine.dispose()


def versions(services: Services):
    with services.engine.connect() as conn:
        return conn.execute(select(func.count()).select_from(place_version)).scalar_one()


def live_head(services: Services):
    with services.engine.connect() as conn:
        return log.head(conn, "live")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", PLACED)
def test_what_was_exported_comes_back_as_it_was_and_writes_nothing(city, tmp_path, kind, form):
    path = tmp_path / f"{kind}.{form}"
    before = versions(city), live_head(city)
    written = export_file(city, SYSTEM, kind, path)
    report = import_file(city, SYSTEM, kind, path)
    assert [p for p in report.problems if p.level == "error"] == []
    assert report.read == written.rows > 0
    assert (report.counts.unchanged, report.version) == (report.read, 0), report.counts
    assert (versions(city), live_head(city)) == before


@pytest.mark.parametrize("kind", ["grids", "posts", "roads", "units", "cameras"])
def test_a_shapefile_comes_back_as_it_was(city, tmp_path, kind):
    path = tmp_path / f"{kind}.zip"
    export_file(city, SYSTEM, kind, path)
    report = import_file(city, SYSTEM, kind, path)
    assert report.ok, report.problems
    assert (report.counts.unchanged, report.version) == (report.read, 0), report.counts


@pytest.mark.parametrize("kind", ["grids", "stores", "posts", "shelters", "roads", "units"])
def test_an_empty_city_becomes_the_same_city_from_its_exports(city, database_url, redis_url, tmp_path, kind):
    engine = make_engine(database_url)
    other = make_services(engine, redis_url, tmp_path / "secret")
    realms.open_realm(other, "live")
    realms.open_realm(other, "system")
    for needed in dict.fromkeys(("grids", kind)):
        export_file(city, SYSTEM, needed, tmp_path / f"{needed}.xlsx")
        assert import_file(other, SYSTEM, needed, tmp_path / f"{needed}.xlsx").ok
    export_file(city, SYSTEM, kind, tmp_path / "ours.geojson")
    export_file(other, SYSTEM, kind, tmp_path / "theirs.geojson")
    assert contents(tmp_path / "theirs.geojson") == contents(tmp_path / "ours.geojson")
    engine.dispose()


def contents(path):
    """Properties and geometry rounded to 1e-9 degrees, whatever the order of features and vertices' noise."""
    found = json.loads(path.read_text())["features"]
    shapes = [shapely.set_precision(shapely.from_geojson(json.dumps(one["geometry"])), 1e-9) for one in found]
    return sorted(
        (json.dumps(one["properties"], sort_keys=True), shape.normalize().wkt)
        for one, shape in zip(found, shapes, strict=True)
    )


@pytest.fixture
def past(city, tmp_path):
    """Two incidents of a former system, one of them closed, and one without a number of its own."""
    lon, lat = centre(city)
    code = next(iter(city.reference.classes()))
    rows = [
        {"class": code, "text": "=1+1 路面塌陷", "channel": "12345", "source_id": "A1",
         "lon": lon, "lat": lat,
         "occurred_at": "2025-03-02T09:00:00+08:00", "closed_at": "2025-03-02T11:30:00+08:00"},
        {"class": code, "text": "积水", "channel": "12345", "source_id": "A2", "lon": lon, "lat": lat,
         "occurred_at": "2025-03-02T09:05:00+08:00", "closed_at": None},
        {"class": code, "text": "噪声", "channel": None, "source_id": None, "lon": lon, "lat": lat,
         "occurred_at": "2025-03-02T09:10:00+08:00", "closed_at": None},
    ]  # fmt: skip
    path = tmp_path / "past.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


def centre(city):
    west, south, east, north = city.reference.bounds()
    return round((west + east) / 2, 6), round((south + north) / 2, 6)


@pytest.mark.parametrize("form", FORMATS)
def test_incidents_go_and_come_back_as_those_they_are(city, past, tmp_path, form):
    with city.engine.begin() as conn:
        known = conn.execute(select(func.count()).select_from(incident_table)).scalar_one()
    if not known:
        report = import_file(city, SYSTEM, "incidents", past)
        assert (report.written, report.ok) == (3, True), report.problems
    path = tmp_path / f"incidents.{form}"
    assert export_file(city, SYSTEM, "incidents", path).rows == 3
    again = import_file(city, SYSTEM, "incidents", path)
    assert (again.counts.unchanged, again.counts.added, again.ok) == (3, 0, True), again.problems
    with city.engine.connect() as conn:
        rows = conn.execute(select(incident_table).order_by(incident_table.c.reported_at)).all()
    assert [(row.status, row.shelved, row.closed_at is not None) for row in rows] == [
        ("closed", True, True),
        ("reported", False, False),
        ("reported", False, False),
    ]


def test_an_incident_that_was_closed_before_it_was_reported_names_its_row(city, past, tmp_path):
    frame = pd.read_csv(past)
    frame.loc[0, ["source_id", "closed_at"]] = ["A9", "2025-03-02T08:00:00+08:00"]
    frame.to_csv(tmp_path / "wrong.csv", index=False)
    report = import_file(city, SYSTEM, "incidents", tmp_path / "wrong.csv")
    assert [(p.row, p.code) for p in report.problems if p.level == "error"] == [(1, "out_of_order")]


def test_gdal_reads_the_types_the_system_and_the_chinese_names_of_a_geopackage(city, tmp_path):
    path = tmp_path / "posts.gpkg"
    export_file(city, SYSTEM, "posts", path)
    about = pyogrio.read_info(path)
    types = dict(zip(about["fields"], about["dtypes"], strict=True))
    assert (about["crs"], about["geometry_type"], about["layer_name"]) == ("EPSG:4326", "Point", "posts")
    assert (types["code"], types["officers"]) == ("object", "int64")
    with sqlite3.connect(path) as book:
        titles = dict(book.execute("SELECT column_name, name FROM gpkg_data_columns"))
    assert (titles["code"], titles["officers"]) == ("编码", "民警")
    assert pyogrio.read_dataframe(path)["name"].str.contains("[一-龥]").all()


def test_every_export_is_a_fact_of_the_audit_before_it_is_a_file(city, tmp_path):
    with city.engine.connect() as conn:
        head = log.head(conn, "system")
    written = export_file(city, SYSTEM, "stores", tmp_path / "stores.csv")
    with city.engine.connect() as conn:
        (fact,) = [log.to_event(wire) for wire in log.read(conn, "system", head)]
    assert (fact.kind, fact.actor, fact.body.what, fact.body.format) == (
        "Exported",
        "system",
        "stores",
        "csv",
    )
    assert fact.body.rows == written.rows


def test_who_sees_one_area_exports_that_area(city, tmp_path):
    with city.engine.connect() as conn:
        areas = [item["properties"]["area"] for item in features.read_features(conn, "posts")]
    town = areas[0][:9]
    leader = Principal(id="l", name="l", role="leader", area=town)
    assert export_file(city, leader, "posts", tmp_path / "posts.gpkg").rows == sum(
        area.startswith(town) for area in areas
    )
    nowhere = Principal(id="l", name="l", role="leader", area="110101001")
    with pytest.raises(NothingToExport):
        export_file(city, nowhere, "posts", tmp_path / "posts.gpkg")


def test_what_cannot_be_exported_is_refused_before_anything_is_written(city, tmp_path):
    officer = Principal(id="o", name="o", role="officer")
    for who, kind, file, refusal in (
        (officer, "posts", "posts.gpkg", Forbidden),
        (SYSTEM, "dragons", "dragons.gpkg", UnknownKind),
        (SYSTEM, "posts", "posts.doc", FormatUnknown),
        (SYSTEM, "posts", "no/such/posts.gpkg", FolderMissing),
    ):
        with pytest.raises(refusal):
            export_file(city, who, kind, tmp_path / file)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_leaves_some_out_takes_them_away_only_when_it_replaces_all(city, tmp_path):
    path, part = tmp_path / "cameras.geojson", tmp_path / "part.geojson"
    whole = export_file(city, SYSTEM, "cameras", path).rows
    document = json.loads(path.read_text())
    document["features"] = document["features"][:5]
    part.write_text(json.dumps(document))
    assert import_file(city, SYSTEM, "cameras", part).counts.removed == 0
    report = import_file(city, SYSTEM, "cameras", part, ImportOptions(replace=True))
    assert (report.counts.unchanged, report.counts.removed) == (5, whole - 5)
    assert import_file(city, SYSTEM, "cameras", path).counts.added == whole - 5
    units = tmp_path / "units.geojson"
    export_file(city, SYSTEM, "units", units)
    refused = import_file(city, SYSTEM, "units", units, ImportOptions(replace=True))
    assert [p.code for p in refused.problems] == ["replace_not_possible"]


def test_a_store_whose_lots_alone_differ_has_changed(city, tmp_path):
    path = tmp_path / "stores.geojson"
    export_file(city, SYSTEM, "stores", path)
    document = json.loads(path.read_text())
    changed = next(one["properties"] for one in document["features"] if one["properties"].get("lots"))
    changed["lots"][0]["quantity"] += 1
    path.write_text(json.dumps(document))
    report = import_file(city, SYSTEM, "stores", path)
    assert (report.counts.changed, report.counts.added, report.version > 0) == (1, 0, True)
    assert import_file(city, SYSTEM, "stores", path).version == 0
