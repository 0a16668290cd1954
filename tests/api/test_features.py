"""Reference layers over HTTP: OGC API – Features as GDAL reads it, pages, versions, exports, tiles."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pyogrio
import pytest
import shapely

from db import places_write
from db.history import Revision
from db.tables_places import place_version
from tests.api.conftest import Server, is_problem
from tests.cast import TOWN_A

CRS84 = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
COMMUNITY = TOWN_A + "001"


def a_place(kind, code, lon, area=COMMUNITY, **props):
    name = props.pop("name", code)
    shape = shapely.Point(lon, 24.49)
    return {"kind": kind, "code": code, "name": name, "area": area, "geom": shape, "props": props}


@pytest.fixture(scope="module")
def sites(server: Server):
    """Twelve shelters, two of them elsewhere; the first was renamed by a second import."""
    rows = [a_place("shelters", f"R{n:02}", 118.1 + n / 1000, capacity=n * 10) for n in range(10)]
    rows += [a_place("shelters", f"R{n:02}", 118.1 + n / 1000, area="990199001001") for n in (10, 11)]
    with server.services.engine.begin() as conn:
        places_write.upsert_places(conn, rows, Revision(1))
        places_write.upsert_places(conn, [{**rows[0], "name": "新名"}], Revision(2))
        for version, day in ((1, "2026-01-01"), (2, "2026-02-01")):
            conn.execute(
                place_version.insert().values(
                    kind="shelters",
                    version=version,
                    file=f"{version}.gpkg",
                    sha256="0",
                    read=12,
                    written=12,
                    imported_at=f"{day}T00:00:00Z",
                    actor="工程师",
                    counts={"added": 12},
                )
            )
    return server


def links(document):
    return {link["rel"]: link["href"] for link in document["links"]}


def test_the_landing_page_leads_to_everything(sites):
    landing = sites.get("/").json()
    assert {"self", "service-desc", "conformance", "data"} <= links(landing).keys()
    with sites.client() as client:
        conforms = client.get(links(landing)["conformance"]).json()["conformsTo"]
        collections = client.get(links(landing)["data"]).json()["collections"]
    assert any(uri.endswith("ogcapi-features-1/1.0/conf/core") for uri in conforms)
    (shelters,) = [one for one in collections if one["id"] == "shelters"]
    assert shelters["extent"]["spatial"]["bbox"] == [pytest.approx([118.1, 24.49, 118.111, 24.49])]
    assert shelters["title"] == "避难场所"


def test_pages_follow_one_another_until_all_are_read(sites):
    address, seen = sites.url + "/api/v1/collections/shelters/items?limit=5", []
    with sites.client() as client:
        while address:
            answer = client.get(address)
            page = answer.json()
            assert (answer.headers["content-type"], answer.headers["content-crs"]) == (
                "application/geo+json",
                CRS84,
            )
            assert (page["numberMatched"], page["numberReturned"]) == (12, len(page["features"]))
            seen += [feature["id"] for feature in page["features"]]
            address = links(page).get("next")
    assert seen == [f"R{n:02}" for n in range(12)]


def test_a_box_and_properties_choose_features(sites):
    def ids(**query):
        return [one["id"] for one in sites.get("/layers/shelters/items", **query).json()["features"]]

    assert ids(bbox="118.1,24.4,118.1025,24.6") == ["R00", "R01", "R02"]
    assert ids(capacity="30") == ids(name="R03") == ["R03"]
    assert ids(limit=1_000_000)[-1] == "R11"
    is_problem(sites.get("/layers/shelters/items", colour="red"), 422, "invalid_input")
    is_problem(sites.get("/layers/shelters/items", limit=0), 422, "invalid_input")
    is_problem(sites.get("/layers/shelters/items", crs="EPSG:3857"), 422, "invalid_input")
    is_problem(sites.get("/layers/roads/items", after="x"), 422, "invalid_input")


def test_one_feature_has_its_own_address(sites):
    found = sites.get("/collections/shelters/items/R03").json()
    assert (found["type"], found["id"], found["properties"]["capacity"]) == ("Feature", "R03", 30)
    assert links(found)["self"].endswith("/collections/shelters/items/R03")
    is_problem(sites.get("/collections/shelters/items/none"), 404, "not_found")
    is_problem(sites.get("/collections/shelters/items/R11", token=sites.town), 404, "not_found")


def test_a_layer_is_read_as_an_import_or_a_day_left_it(sites):
    def first(**query):
        page = sites.get("/layers/shelters/items", **query).json()
        return [one["properties"]["name"] for one in page["features"][:1]]

    assert (first(version=1), first(version=2), first()) == (["R00"], ["新名"], ["新名"])
    assert first(at="2026-01-15T00:00:00Z") == first(datetime="../2026-01-15T00:00:00+00:00") == ["R00"]
    assert first(datetime="2025-01-01T00:00:00Z") == []
    assert first(datetime="2025-01-01T00:00:00Z/..") == ["新名"]
    is_problem(sites.get("/layers/shelters/items", at="soon"), 422, "invalid_input")
    versions = sites.get("/layers/shelters/versions").json()["items"]
    assert [(one["version"], one["file"], one["actor"]) for one in versions] == [
        (2, "2.gpkg", "工程师"),
        (1, "1.gpkg", "工程师"),
    ]


def test_who_is_bound_to_an_area_counts_reads_and_exports_that_area(sites):
    page = sites.get("/collections/shelters/items", token=sites.town).json()
    assert (page["numberMatched"], page["features"][-1]["id"]) == (10, "R09")
    counts = {one["name"]: one["count"] for one in sites.get("/layers", token=sites.town).json()["items"]}
    assert counts["shelters"] == 10
    past = sites.get("/collections/shelters/items", token=sites.town, version=1).json()
    assert past["numberMatched"] == 10
    file = sites.get("/layers/shelters/export", token=sites.town, format="geojson")
    assert len(file.json()["features"]) == 10


def test_an_export_is_a_file_of_its_format_for_those_who_may(sites):
    answer = sites.get("/layers/shelters/export", format="gpkg")
    assert answer.headers["content-type"] == "application/geopackage+sqlite3"
    assert "shelters.gpkg" in answer.headers["content-disposition"]
    frame = pyogrio.read_dataframe(io.BytesIO(answer.content))
    assert (len(frame), frame.crs.to_epsg(), frame["capacity"].iloc[3]) == (12, 4326, 30)
    is_problem(sites.get("/layers/shelters/export", token=sites.viewer), 403, "forbidden")
    is_problem(sites.get("/layers/shelters/export", format="doc"), 422, "format_unknown")
    assert sites.get("/layers/shelters/export", format="/x.gpkg").status_code == 200  # its ending counts
    is_problem(sites.get("/layers/dragons/export"), 404, "unknown_kind")


GDAL_READS = """
import sys, pyogrio
info = pyogrio.read_info(sys.argv[1], layer="shelters")
frame = pyogrio.read_dataframe(sys.argv[1], layer="shelters", PAGE_SIZE="5")
shape = frame.geometry.iloc[3]
print(len(frame), info["geometry_type"], frame["name"].iloc[0], frame["capacity"].max(), shape.x, shape.y)
"""


def gdal(program, *arguments, **environment):
    """A process of its own, for GDAL reads its options once, and our own GDAL asks no other host."""
    others = {name: value for name, value in os.environ.items() if name != "OGR_SKIP"}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], env={**others, **environment}, capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_gdals_own_driver_reads_a_layer_page_by_page(sites):
    token = {"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": sites.api}
    told = gdal(GDAL_READS, f"OAPIF:{sites.url}/api/v1", **token)
    assert told == ["12", "Point", "新名", "90.0", "118.103", "24.49"]


def test_gdals_tile_driver_reads_the_tiles_that_the_tile_json_names(sites, tmp_path):
    told = sites.get("/layers/shelters/tiles.json").json()
    assert told["tilejson"] == "3.0.0"
    assert told["vector_layers"][0]["id"] == "shelters"
    address = told["tiles"][0].format(z=12, x=3391, y=1760)
    with sites.client() as client:
        answer = client.get(address)
    path = tmp_path / "1760.mvt"
    path.write_bytes(answer.content)
    frame = pyogrio.read_dataframe(path)
    assert len(frame) == 12
    assert set(frame["code"]) == {f"R{n:02}" for n in range(12)}
