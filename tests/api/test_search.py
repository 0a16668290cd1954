"""The search over HTTP: what people type at a desk, and what they get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from sqlalchemy import delete

from actions import streets
from db import places_write
from db.tables_places import place, road
from tests.api.conftest import Server, is_problem
from tests.cast import AREA_A, AREA_B, GRID_A, IN_A, TOWN_A


def a_road(name: str, *line: tuple[float, float]) -> dict[str, Any]:
    rest = {"class": "primary", "oneway": False, "speed_kmh": None, "props": {}}
    return {"name": name, "geom": shapely.LineString(line), **rest}


@pytest.fixture(scope="module", autouse=True)
def named(server: Server) -> Iterator[None]:
    """Two streets that cross in town A, and a post in each town; gone after this file."""
    with server.services.engine.begin() as conn:
        posts = [("P-A", AREA_A, "东门警务室", IN_A), ("P-B", AREA_B, "西门警务室", (118.13, 24.49))]
        rows = [
            {
                "kind": "posts",
                "code": code,
                "name": name,
                "area": area,
                "geom": shapely.Point(at),
                "props": {},
            }
            for code, area, name, at in posts
        ]
        places_write.upsert_places(conn, rows)
        roads = [
            a_road("松柏路", (118.101, 24.49), (118.119, 24.49)),
            a_road("文园路", (118.11, 24.481), (118.11, 24.499)),
        ]
        places_write.replace_roads(conn, roads)
        streets.rewrite(conn)
    yield
    with server.services.engine.begin() as conn:
        conn.execute(delete(place))
        conn.execute(delete(road))
        streets.rewrite(conn)


def asked(server: Server, words: str, token: str | None = None, **query: Any) -> list[dict[str, Any]]:
    answer = server.get("/search", token=token, q=words, **query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_place_is_told_with_its_kind_its_area_in_words_and_its_spot(server: Server) -> None:
    assert asked(server, "东门警") == [
        {
            "layer": "posts", "id": "P-A", "name": "东门警务室", "detail": "东门1 · 东门2",
            "lon": IN_A[0], "lat": IN_A[1],
        }
    ]  # fmt: skip


def test_a_grid_has_bounds_and_is_told_within_the_areas_above_it(server: Server) -> None:
    (grid, *_) = asked(server, GRID_A)
    assert (grid["id"], grid["name"], grid["detail"]) == (GRID_A, "东门3", "东门1 · 东门2")
    assert grid["bounds"] == [118.1, 24.48, 118.12, 24.5]


def test_full_width_letters_digits_and_spaces_are_the_narrow_ones(server: Server) -> None:
    for words in ("　ｐ－ａ ", "P-A", "p-a"):
        assert [item["id"] for item in asked(server, words)] == ["P-A"]


@pytest.mark.parametrize(
    "words",
    [
        "松柏路与文园路",
        "文园路和松柏路交叉口",
        "松柏路文园路路口",
        "松柏路 & 文园路",
        "松柏 @ 文园",
        "东门1松柏路/文园路",
    ],
)
def test_two_streets_are_their_crossing(server: Server, words: str) -> None:
    (first, *_) = asked(server, words)
    assert (first["layer"], first["lon"], first["lat"]) == ("junctions", 118.11, 24.49)
    assert {*first["name"].split(" / ")} == {"松柏路", "文园路"}
    assert first["detail"] == "东门1"


@pytest.mark.parametrize("words", ["松柏路118号", "东门1松柏路118号3栋", "松柏路１１８－２号"])
def test_a_house_number_is_the_street_and_said_to_be_about(server: Server, words: str) -> None:
    (first, *_) = asked(server, words)
    assert (first["layer"], first["name"], first["approximate"]) == ("streets", "松柏路", True)
    assert "approximate" not in asked(server, "松柏路")[0]


@pytest.mark.parametrize("words", ["118.11,24.49", "24.49，118.11", "118.11 24.49"])
def test_a_position_typed_in_is_that_point(server: Server, words: str) -> None:
    (point,) = asked(server, words)
    assert (point["layer"], point["lon"], point["lat"]) == ("point", *IN_A)
    assert point["detail"] == "东门1 · 东门2 · 东门3"


def test_a_position_outside_the_city_is_not_found(server: Server) -> None:
    assert asked(server, "121.47,31.23") == []


def test_words_before_the_last_say_where(server: Server) -> None:
    assert [item["id"] for item in asked(server, "东门1 警务室")] == ["P-A"]
    assert asked(server, "东门1 西门警务室") == []


def test_a_town_finds_nothing_of_another(server: Server) -> None:
    assert [item["id"] for item in asked(server, "警务室", server.town)] == ["P-A"]
    assert asked(server, "西门", server.town) == []
    assert asked(server, "118.13,24.49", server.town) == []
    assert asked(server, "118.11,24.49", server.town)
    assert asked(server, "松柏路", server.town)[0]["detail"] == "东门1"


def test_so_many_are_told_as_were_asked_for(server: Server) -> None:
    assert len(asked(server, "门", limit=3)) == 3
    assert asked(server, TOWN_A, limit=1)[0]["id"] == TOWN_A


def test_nothing_typed_too_much_typed_and_nonsense_are_refused(server: Server) -> None:
    for query in ({}, {"q": " 　"}, {"q": "路" * 101}, {"q": "路", "limit": 0}, {"q": "路", "limit": "x"}):
        is_problem(server.get("/search", **query), 422, "invalid_input")
    assert asked(server, "路" * 100) == []


def test_the_search_needs_somebody_who_may_read(server: Server) -> None:
    is_problem(server.get("/search", token=server.token(verbs=["report"]), q="路"), 403, "forbidden")
