"""Finding by name and code: what fits best comes first, and what lies outside the area does not come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from sqlalchemy import Connection, Engine

from actions import streets
from db import places_write, search

DISTRICT, TOWN, OTHER_TOWN = "990101", "990101001", "990101002"
COMMUNITY, OTHER = TOWN + "001", OTHER_TOWN + "001"


def box(west: float, east: float) -> Any:
    return shapely.MultiPolygon([shapely.box(west, 24.0, east, 24.1)])


def a_grid(code: str, tier: int, name: str, geom: Any) -> dict[str, Any]:
    cut = {0: None, 1: 6, 2: 9, 3: 12}[tier]
    parent = code[:cut] if cut else None
    return {"code": code, "tier": tier, "name": name, "parent": parent, "geom": geom, "props": {}}


def a_place(kind: str, code: str, name: str, area: str, lon: float = 118.05) -> dict[str, Any]:
    spot = shapely.Point(lon, 24.05)
    return {"kind": kind, "code": code, "name": name, "area": area, "geom": spot, "props": {}}


def a_road(name: str | None, *line: tuple[float, float]) -> dict[str, Any]:
    rest = {"class": "primary", "oneway": False, "speed_kmh": None, "props": {}}
    return {"name": name, "geom": shapely.LineString(line), **rest}


@pytest.fixture
def city(engine: Engine) -> Iterator[Connection]:
    """松柏街道 in the west and 文园街道 in the east; 松柏路 runs through both, 文园路 crosses it twice."""
    with engine.begin() as conn:
        grids = [
            a_grid(DISTRICT, 0, "云港区", box(118.0, 118.2)),
            a_grid(TOWN, 1, "松柏街道", box(118.0, 118.1)),
            a_grid(OTHER_TOWN, 1, "文园街道", box(118.1, 118.2)),
            a_grid(COMMUNITY, 2, "松柏社区", box(118.0, 118.1)),
            a_grid(OTHER, 2, "老松柏社区", box(118.1, 118.2)),
            *(
                a_grid(f"{COMMUNITY}{n:03}", 3, f"松柏社区第{n:02}网格", box(118.0, 118.1))
                for n in range(1, 9)
            ),
        ]
        places_write.upsert_grids(conn, grids)
        rows = [
            a_place("keyplaces", "ZD01", "松柏小学", COMMUNITY),
            a_place("posts", "JW01", "松柏社区警务室", COMMUNITY),
            a_place("posts", "JW02", "文园社区警务室", OTHER, 118.15),
            a_place("cameras", "SX-a1", "Camera 松柏", COMMUNITY),
        ]
        places_write.upsert_places(conn, rows)
        roads = [
            a_road("松柏路", (118.02, 24.05), (118.06, 24.05)),
            a_road("松柏路", (118.06, 24.05), (118.08, 24.05)),
            a_road("松柏路", (118.11, 24.05), (118.15, 24.05)),
            a_road("文园路", (118.06, 24.02), (118.06, 24.05)),
            a_road("文园路", (118.06, 24.05), (118.06, 24.08)),
            a_road("文园路", (118.13, 24.02), (118.13, 24.08)),
            a_road("文园路", (118.1303, 24.02), (118.1303, 24.08)),
            a_road(None, (118.0, 24.01), (118.1, 24.01)),
        ]
        places_write.replace_roads(conn, roads)
        park = {
            "kind": "green",
            "class": "park",
            "name": "松柏公园",
            "geom": shapely.box(118.03, 24.06, 118.04, 24.07),
        }
        places_write.replace_basemap(conn, [park])
        streets.rewrite(conn)
        yield conn


def names(found: list[search.Found]) -> list[str]:
    return [f.name for f in found]


def test_grids_come_from_the_widest_then_places_then_the_map_then_streets(city: Connection) -> None:
    found = search.find(city, "松柏", limit=50)
    assert [f.layer for f in found[:2]] == ["grids", "grids"]
    assert names(found)[:2] == ["松柏街道", "松柏社区"]
    begins = names(found)[: names(found).index("老松柏社区")]
    assert begins[-5:] == ["松柏小学", "松柏社区警务室", "松柏公园", "松柏路", "松柏路"]
    assert names(found)[-2:] == ["老松柏社区", "Camera 松柏"]


def test_the_same_name_comes_before_one_that_begins_so_and_that_before_one_that_has_it(
    city: Connection,
) -> None:
    found = [f for f in search.find(city, "松柏社区", limit=50) if f.layer == "grids"]
    assert names(found)[0] == "松柏社区"
    assert names(found)[-1] == "老松柏社区"


def test_one_kind_leaves_room_for_the_others(city: Connection) -> None:
    first = search.find(city, "松柏", limit=12)
    assert sum("网格" in name for name in names(first)) == 3
    assert {f.layer for f in first} >= {"grids", "posts", "streets", "basemap", "keyplaces"}
    assert sum("网格" in name for name in names(search.find(city, "网格", limit=12))) == 8


def test_a_code_is_found_whole_or_from_its_beginning_in_letters_of_either_size(city: Connection) -> None:
    assert search.find(city, OTHER_TOWN)[0].name == "文园街道"
    assert names(search.find(city, "sx-a1")) == ["Camera 松柏"]
    assert names(search.find(city, "camera")) == ["Camera 松柏"]
    assert search.find(city, "a1") == []


def test_what_is_found_has_a_spot_inside_it_and_bounds(city: Connection) -> None:
    town = search.find(city, "松柏街道")[0]
    assert town.bounds == (118.0, 24.0, 118.1, 24.1)
    assert shapely.box(*town.bounds).contains(shapely.Point(town.lon, town.lat))
    post = search.find(city, "jw01")[0]
    assert (post.lon, post.lat, post.bounds, post.area) == (118.05, 24.05, None, COMMUNITY)


def test_a_street_is_found_once_a_town_with_a_spot_on_it(city: Connection) -> None:
    west, east = [f for f in search.find(city, "松柏路") if f.layer == "streets"]
    assert (west.area, east.area) == (TOWN, OTHER_TOWN)
    assert west.bounds == (118.02, 24.05, 118.08, 24.05)
    assert (west.lon, west.lat) == (pytest.approx(118.04), 24.05)


def test_an_area_finds_its_own_grids_and_places_and_all_streets(city: Connection) -> None:
    found = search.find(city, "文园", TOWN)
    assert {f.layer for f in found} == {"streets"}
    assert "松柏社区" in names(search.find(city, "松柏", TOWN))
    assert "老松柏社区" not in names(search.find(city, "松柏", TOWN))


def test_words_with_the_signs_of_patterns_are_taken_as_they_are(city: Connection) -> None:
    for words in ("%", "_", "松%路", "\\", "'"):
        assert search.find(city, words) == []


def test_two_streets_meet_where_they_cross_and_dual_carriageways_once(city: Connection) -> None:
    found = search.crossings(city, [("松柏路", "文园路")])
    assert [(round(f.lon, 3), f.lat, f.area) for f in found] == [
        (118.06, 24.05, TOWN),
        (118.13, 24.05, OTHER_TOWN),
    ]
    assert names(found) == ["松柏路 / 文园路"] * 2
    assert names(search.crossings(city, [("文园", "松柏")])) == ["文园路 / 松柏路"] * 2
    assert search.crossings(city, [("松柏路", "海滨路")]) == []
    assert search.crossings(city, []) == []


def test_names_written_one_after_the_other_are_told_apart(city: Connection) -> None:
    assert search.adjoining_names(city, "文园路松柏路") == [("文园路", "松柏路")]
    assert search.adjoining_names(city, "文园路松柏") == []
    assert search.name_at_end(city, "云港区松柏路") == "松柏路"
    assert search.name_at_end(city, "云港区") is None


def test_the_way_to_an_area_goes_from_the_widest_in(city: Connection) -> None:
    assert search.ways(city, [COMMUNITY, TOWN, None, "77"]) == {
        COMMUNITY: ["云港区", "松柏街道", "松柏社区"],
        TOWN: ["云港区", "松柏街道"],
    }
    assert search.ways(city, []) == {}


def test_without_grids_a_street_lies_in_no_town(engine: Engine) -> None:
    with engine.begin() as conn:
        places_write.replace_roads(conn, [a_road("松柏路", (118.0, 24.0), (118.1, 24.0))])
        streets.rewrite(conn)
        (found,) = search.find(conn, "松柏")
        assert (found.layer, found.area) == ("streets", None)
        places_write.replace_roads(conn, [a_road(None, (118.0, 24.0), (118.1, 24.0))])
        streets.rewrite(conn)
        assert search.find(conn, "松柏") == []
