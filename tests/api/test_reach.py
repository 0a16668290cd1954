"""Roads, reach and posts over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shapely
from sqlalchemy import delete, text

from db import places_write
from db.tables_places import place, road
from tests.api.conftest import Server, is_problem
from tests.cast import AREA_A, TOWN_A, TOWN_B
from tests.parts import renewed


@pytest.fixture(scope="module", autouse=True)
def laid(server: Server) -> Iterator[str]:
    """A road through both towns and a post in A; gone after this file. The road's id."""
    line = shapely.LineString([(118.101, 24.49), (118.12, 24.49), (118.139, 24.49)])
    row = {"name": "中路", "class": "primary", "oneway": False, "speed_kmh": 18.0, "props": {}, "geom": line}
    post = {
        "kind": "posts", "code": "JW1", "name": "东门警务室", "area": AREA_A,
        "geom": shapely.Point(118.105, 24.49), "props": {"type": "post", "officers": 1, "auxiliaries": 2},
    }  # fmt: skip
    with server.services.engine.begin() as conn:
        conn.execute(delete(place))  # other files may have left theirs
        places_write.replace_roads(conn, [row])
        places_write.upsert_places(conn, [post])
        ident = str(conn.scalar(text("SELECT id FROM road")))
    renewed(server.services, "roads")
    yield ident
    with server.services.engine.begin() as conn:
        conn.execute(delete(place))
        conn.execute(delete(road))
    renewed(server.services, "roads")


def test_a_road_is_closed_once_and_reopened(server: Server, laid: str) -> None:
    until = "2099-01-01T00:00:00+08:00"
    given = server.post(f"/roads/{laid}/close", {"reason": "路面塌陷", "until": until}, idempotency_key="c1")
    assert (given.status_code, given.json()["closed"]) == (200, True), given.text
    again = server.post(f"/roads/{laid}/close", {"reason": "路面塌陷", "until": until}, idempotency_key="c1")
    assert again.json() == given.json()
    told = is_problem(server.post(f"/roads/{laid}/close", {"reason": "施工"}), 409, "road_closed_already")
    assert "路面塌陷" in told["detail"]
    [closed] = server.get("/closures").json()["features"]
    assert (closed["id"], closed["geometry"]["type"]) == (laid, "LineString")
    drawn = server.get("/state").json()["upsert"]["closures"]
    assert [one["id"] for one in drawn] == [laid]
    assert server.post(f"/roads/{laid}/reopen").status_code == 200
    assert server.get("/closures").json()["features"] == []
    is_problem(server.post(f"/roads/{laid}/reopen"), 409, "road_not_closed")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [({}, 422, "invalid_input"), ({"reason": "x", "until": "soon"}, 422, "invalid_input"),
     ({"reason": "x", "until": "2001-01-01T00:00:00Z"}, 422, "invalid_input")],
)  # fmt: skip
def test_a_closure_without_sense_is_refused(
    server: Server, laid: str, body: dict[str, str], status: int, code: str
) -> None:
    is_problem(server.post(f"/roads/{laid}/close", body), status, code)


def test_roads_are_for_those_who_may_and_see_them(server: Server, laid: str) -> None:
    is_problem(server.post(f"/roads/{laid}/close", {"reason": "施工"}, token=server.viewer), 403, "forbidden")
    is_problem(server.post("/roads/999999/close", {"reason": "施工"}), 404, "not_found")
    is_problem(server.post("/roads/x'/close", {"reason": "施工"}), 404, "not_found")


@pytest.mark.parametrize("ident", ["9" * 5000, "9" * 19, "x"])
def test_a_number_that_no_road_has_is_not_found(server: Server, ident: str) -> None:
    is_problem(server.post(f"/roads/{ident}/close", {"reason": "施工"}), 404, "not_found")
    is_problem(server.post(f"/roads/0{ident}/reopen"), 404, "not_found")


def test_a_road_has_one_number_only(server: Server, laid: str) -> None:
    is_problem(server.post(f"/roads/0{laid}/close", {"reason": "施工"}), 404, "not_found")
    is_problem(server.post(f"/roads/{laid}/close", {"reason": "施工", "until": "9999-12-31T23:59:59-12:00"}),
               422, "invalid_input")  # fmt: skip


def test_reach_gives_shares_and_areas_of_the_askers_area(server: Server) -> None:
    found = server.get("/reach", **{"from": "posts", "minutes": "5,10"}).json()
    assert found["facilities"] == 1
    shares = {one["code"]: one["within"] for one in found["shares"]}
    assert shares == {"": {"5": 0.5, "10": 1.0}, TOWN_A: {"5": 1.0, "10": 1.0}, TOWN_B: {"5": 0.0, "10": 1.0}}
    assert [one["properties"]["minutes"] for one in found["areas"]["features"]] == [10, 5]
    assert {one["geometry"]["type"] for one in found["areas"]["features"]} == {"Polygon"}
    own = server.get("/reach", token=server.town, **{"from": "posts"}).json()
    assert [one["code"] for one in own["shares"]] == [TOWN_A]
    assert [one["code"] for one in server.get("/reach", area=TOWN_B).json()["shares"]] == [TOWN_B]


@pytest.mark.parametrize("query", [{"from": "bars"}, {"minutes": "five"}, {"minutes": "99"}, {"minutes": ""}])
def test_a_question_without_sense_is_refused(server: Server, query: dict[str, str]) -> None:
    is_problem(server.get("/reach", **query), 422, "invalid_input")


def test_a_place_is_tried(server: Server) -> None:
    found = server.get("/reach/trial", lon=118.135, lat=24.49).json()
    assert found["gained"]["5"] == 1
    assert found["stands_in"] == "西门2"
    is_problem(server.get("/reach/trial", lon="east", lat=24.49), 422, "invalid_input")


def test_coverage_of_posts_is_told(server: Server) -> None:
    found = server.get("/posts/coverage").json()
    assert (found["coverage"], found["uncovered"]) == (0.5, [TOWN_B + "001"])
    assert server.get("/posts/coverage", token=server.town).json()["coverage"] == 1.0
