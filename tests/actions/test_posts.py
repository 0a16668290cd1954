"""Posts: every community has one, staffed by the rule of its type; wards and the share of each station."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from sqlalchemy import text

from actions import posts
from actions.services import Services
from core.posts import PostRule, rule_of, staffing
from db import places_write
from tests.cast import AREA_A, AREA_B, IN_A, IN_B, OFFICER, OFFICER_A, TOWN_A

COMMUNITY = PostRule("community", "城市社区", "", ("社区", "居委会"), 1, 2, 0, "")
VILLAGE = PostRule("village", "行政村", "", ("村", "村委会"), 0, 1, 0, "")
RULES = [COMMUNITY, VILLAGE]


def bring(city: Services, code: str, area: str, where: tuple[float, float], **props: Any) -> None:
    row = {
        "kind": "posts",
        "code": code,
        "name": code,
        "area": area,
        "geom": shapely.Point(*where),
        "props": props,
    }
    with city.engine.begin() as conn:
        conn.execute(text("DELETE FROM place WHERE code = :code"), row)
        places_write.upsert_places(conn, [row])
    city.reference.forget()


def test_the_type_told_comes_before_the_ending_of_the_name() -> None:
    assert rule_of(RULES, None, "东门社区") is COMMUNITY
    assert rule_of(RULES, None, "上村居委会") is COMMUNITY
    assert rule_of(RULES, "village", "东门社区") is VILLAGE
    assert rule_of(RULES, None, "东门") is None
    assert rule_of(RULES, "未知", "东门社区") is None


@pytest.mark.parametrize(
    ("rule", "staff", "state"),
    [
        (COMMUNITY, (1, 1, 2), "ok"),
        (COMMUNITY, (1, 3, 0), "ok"),
        (COMMUNITY, (1, 0, 3), "short"),
        (COMMUNITY, (1, 1, 1), "short"),
        (COMMUNITY, (0, 0, 0), "missing"),
        (VILLAGE, (1, 0, 1), "ok"),
        (VILLAGE, (1, 1, 0), "ok"),
        (VILLAGE, (1, 0, 0), "short"),
        (None, (1, 1, 2), "unknown"),
    ],
)
def test_staff_is_measured_by_the_rule_of_the_type(rule: PostRule | None, staff: Any, state: str) -> None:
    assert staffing(rule, *staff) == state


def test_a_community_without_a_post_is_named(city: Services) -> None:
    bring(city, "JW1", AREA_A, IN_A, type="post", officers=1, auxiliaries=2)
    report = posts.report(city, OFFICER)
    assert [one.code for one in report.uncovered] == [AREA_B]
    assert report.coverage == 0.5
    assert posts.report(city, OFFICER_A).coverage == 1.0
    assert posts.report(city, OFFICER, area=TOWN_A).coverage == 1.0


def test_a_post_may_serve_another_community_and_a_grid_of_one(city: Services) -> None:
    bring(city, "JW1", AREA_A + "001", IN_A, type="post", officers=1, serves=[AREA_B])
    assert posts.report(city, OFFICER).uncovered == ()


def test_a_station_is_no_post(city: Services) -> None:
    bring(city, "PCS", TOWN_A, IN_A, type="station", officers=10)
    assert len(posts.report(city, OFFICER).uncovered) == 2


def test_the_share_of_community_police_is_measured_for_each_station(city: Services) -> None:
    bring(city, "JW1", AREA_A, IN_A, type="post", officers=2, auxiliaries=2)
    bring(city, "PCS1", TOWN_A, IN_A, type="station", strength=5)
    [station] = posts.report(city, OFFICER).stations
    assert (station.community_police, station.strength, station.share, station.low) == (2, 5, 0.4, False)
    bring(city, "PCS1", TOWN_A, IN_A, type="station", strength=6)
    assert posts.report(city, OFFICER).stations[0].low
    bring(city, "PCS1", TOWN_A, IN_A, type="station")
    assert posts.report(city, OFFICER).stations[0].share is None


def test_wards_follow_what_a_file_tells_else_who_is_there_first_within_the_town(city: Services) -> None:
    bring(city, "JW1", AREA_A, IN_A, type="post", officers=1)
    bring(city, "FAR", TOWN_A, (118.101, 24.481), type="station", strength=5)
    bring(city, "NEAR", TOWN_A, (118.111, 24.491), type="station", strength=5)
    wards = {one.code: one.station for one in posts.report(city, OFFICER).communities}
    assert wards == {AREA_A: "NEAR", AREA_B: None}
    bring(city, "JW1", AREA_A, IN_A, type="post", officers=1, station="FAR")
    assert {one.code: one.station for one in posts.report(city, OFFICER).communities}[AREA_A] == "FAR"
    bring(city, "NEAR", TOWN_A, (118.111, 24.491), type="station", strength=5, serves=[AREA_A, AREA_B])
    assert {one.station for one in posts.report(city, OFFICER).communities} == {"NEAR"}


def test_a_post_of_two_communities_counts_once_for_its_station(city: Services) -> None:
    bring(city, "JW1", AREA_A, IN_A, type="post", officers=2, serves=[AREA_B])
    bring(city, "PCS", TOWN_A, IN_B, type="station", strength=4, serves=[AREA_A, AREA_B])
    assert posts.report(city, OFFICER).stations[0].community_police == 2


def test_a_city_may_change_its_rules(city: Services) -> None:
    with city.engine.begin() as conn:
        conn.execute(text("UPDATE post_rule SET share = 0.5 WHERE type = 'station'"))
    bring(city, "JW1", AREA_A, IN_A, type="post", officers=2)
    bring(city, "PCS1", TOWN_A, IN_A, type="station", strength=5)
    assert posts.report(city, OFFICER).stations[0].low
