"""Hazards, patrols, sensors and coverage over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from actions.imports import import_file
from core.permissions import SYSTEM
from tests.api.conftest import Server, is_problem, now
from tests.cast import GRID_A, GRID_B

_CSV = {
    "hazards": "code,name,category,status,lon,lat\nYH1,易涝点,flood,登记,118.11,24.49\n"
    "YH2,边坡,landslide,监控,118.13,24.49\n",
    "sensors": "code,name,category,lon,lat\nGZ1,水位计,water_level,118.11,24.49\n",
}


@pytest.fixture(scope="module")
def sites(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("sites")
    for kind, text in _CSV.items():
        file = folder / f"{kind}.csv"
        file.write_text(text, encoding="utf-8")
        report = import_file(server.services, SYSTEM, kind, file)
        assert report.ok, report.problems
    return server


def test_a_hazard_is_assessed_once_whoever_repeats_the_request(sites: Server) -> None:
    first = sites.post("/hazards/YH1/assess", {"text": "低洼", "level": 2}, idempotency_key="h-1")
    again = sites.post("/hazards/YH1/assess", {"text": "低洼", "level": 2}, idempotency_key="h-1")
    assert (first.status_code, first.json()) == (200, again.json())
    assert first.json()["status"] == "assessed"
    told = is_problem(sites.post("/hazards/YH1/close"), 409, "hazard_step_not_allowed")
    assert told["params"]["allowed"] == ["report", "monitor", "note"]
    read = sites.get("/hazards/YH1")
    assert read.headers["etag"] == f'"{first.json()["seq"]}"'
    is_problem(sites.post("/hazards/YH1/note", {"text": "x"}, if_match='"1"'), 412, "stale_version")


def test_hazards_are_listed_by_state_and_within_the_tokens_area(sites: Server) -> None:
    listed = sites.get("/hazards", status="monitored").json()
    assert [one["code"] for one in listed["items"]] == ["YH2"]
    assert listed["counts"]["monitored"] == 1
    assert [one["code"] for one in sites.get("/hazards", sites.town).json()["items"]] == ["YH1"]
    is_problem(sites.get("/hazards/YH2", sites.town), 404, "not_found")
    is_problem(sites.get("/hazards", overdue="vielleicht"), 422, "invalid_input")
    is_problem(sites.post("/hazards/YH1/explode"), 404, "not_found")
    is_problem(sites.post("/hazards/YH1/assess", token=sites.viewer), 403, "forbidden")


def test_a_tour_of_visits_counts_for_due_and_rate(sites: Server) -> None:
    tour = [{"target": "grids", "code": GRID_A}, {"target": "hazards", "code": "YH1", "finding": "积水"}]
    assert sites.post("/patrols/visits", tour).status_code == 201
    assert sites.post("/patrols/visits", tour[0]).status_code == 201
    due = sites.get("/patrols/due").json()
    assert (GRID_B in {one["code"] for one in due["items"]}, due["count"]) == (True, 2)
    assert sites.get("/patrols/rate").json()["rate"] is None
    assert sites.get("/patrols/missed", since="2026-01-01", until="2026-01-31").json()["count"] == 0
    is_problem(sites.get("/patrols/missed", since="gestern"), 422, "invalid_input")
    is_problem(sites.post("/patrols/visits", [{**tour[0], "code": "X"}]), 404, "not_found")
    is_problem(
        sites.post("/patrols/visits", {**tour[0], "incident": {"class": "21000"}}), 422, "invalid_input"
    )


def test_a_sensitive_period_is_declared_and_listed(sites: Server) -> None:
    said = {"code": "JQ", "name": "海洋节", "starts_on": "2030-05-01", "ends_on": "2030-05-03"}
    assert sites.post("/patrols/periods", said).status_code == 201
    assert said | {"scope": ""} in sites.get("/patrols/periods").json()["items"]
    is_problem(sites.post("/patrols/periods", {**said, "ends_on": "2030-04-01"}), 422, "invalid_input")
    is_problem(sites.post("/patrols/periods", said, sites.town), 404, "not_found")


def test_readings_are_put_and_told_with_their_age(sites: Server) -> None:
    with sites.client() as client:
        given = client.put("/sensors/readings", json=[{"sensor": "GZ1", "value": 1.25, "at": now()}])
        assert (given.status_code, given.json()["accepted"]) == (202, 1)
        many = [{"sensor": "GZ1", "value": 1}] * 5001
        is_problem(client.put("/sensors/readings", json=many), 422, "invalid_input")
        is_problem(client.put("/sensors/readings", json=[{"sensor": "GZ1"}]), 422, "invalid_input")
    (told,) = sites.get("/sensors").json()["items"]
    assert (told["value"], told["unit"], told["limit"], told["stale"]) == (1.25, "m", 3.5, False)
    assert told["age_s"] < 60
    assert [one["value"] for one in sites.get("/sensors/GZ1").json()["history"]] == [1.25]
    assert sites.get("/sensors", stale="true").json() == {"items": []}
    is_problem(sites.get("/sensors/GZ9"), 404, "not_found")


def test_coverage_is_told_by_kind_and_tier(sites: Server) -> None:
    told = sites.get("/coverage/cameras", tier=3).json()
    assert {row["code"] for row in told["rows"]} == {GRID_A, GRID_B}
    assert sites.get("/coverage/shelters", sites.town).json()["rows"][0]["name"] == "东门1"
    is_problem(sites.get("/coverage/thoughts"), 404, "not_found")
    is_problem(sites.get("/coverage/cameras", tier=7), 422, "invalid_input")
