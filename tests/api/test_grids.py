"""The grids over HTTP: who may look, what is told, how a repair is asked for and done."""

import pytest

from tests import cast
from tests.api.conftest import serving
from tests.boundaries import A1, A2, bring_grids, overlapping


@pytest.fixture
def own(database_url, broker, tmp_path):
    """A server whose second base grid of the east gate reaches 20 m over the first."""
    for server in serving(database_url, broker.url, tmp_path):
        assert bring_grids(server.services, tmp_path, overlapping()).ok
        yield server


def test_faults_are_told_with_their_ground_and_mended_in_two_steps(own):
    told = own.get("/grids/faults").json()
    assert told["counts"] == {"overlap": 1}
    (fault,) = told["items"]
    assert (fault["codes"], fault["geometry"]["type"]) == ([A1, A2], "MultiPolygon")
    asked = {"faults": [fault["id"]]}
    proposal = own.post("/grids/repairs", asked).json()
    assert {change["code"] for change in proposal["changes"]} >= {A1}
    stale = own.post("/grids/repairs", asked | {"apply": proposal["version"] - 1})
    assert (stale.status_code, stale.json()["code"]) == (412, "grids_changed")
    done = own.post("/grids/repairs", asked | {"apply": proposal["version"]})
    assert (done.status_code, done.json()["left"]) == (200, 0)
    assert own.get("/grids/faults").json()["counts"] == {}


def test_versions_and_the_life_of_a_grid_are_told(own):
    newest, before = own.get("/grids/versions").json()["items"]
    assert (newest["version"], newest["file"], before["origin"]) == (1, "grids.geojson", "before")
    life = own.get(f"/grids/{A2}/history").json()
    assert [stage["version"] for stage in life["stages"]] == [1]
    assert life["lineage"][0]["predecessor"] == A1
    assert own.get("/grids/nowhere/history").status_code == 404


def test_staff_load_special_grids_and_the_city_are_told(own):
    assert own.get("/grids/staffing").json()["counts"] == {"unknown": 3}
    assert len(own.get("/grids/balance").json()["loads"]) == 3
    assert own.get("/grids/special").json() == {"items": []}
    city = own.get("/city").json()
    assert {area["code"] for area in city["areas"]} >= {cast.TOWN_A, cast.TOWN_B}
    assert city["city"]["bounds"] == pytest.approx(list(cast.BOUNDS))


def test_incidents_are_counted_by_any_boundaries(own):
    told = own.get("/grids/incidents", boundaries="2026-01-01T00:00:00+08:00", tier=1)
    assert told.status_code == 200
    assert told.json()["items"] == []
    wrong = own.get("/grids/incidents", boundaries="yesterday")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "boundaries")
