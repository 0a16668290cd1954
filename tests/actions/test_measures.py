"""Measures of areas over a city of two towns, beside counting by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from shapely import Point
from sqlalchemy import update

from actions.measures import BY_NAME, MEASURES, AreaValue, read_measure, tiers
from actions.services import Services
from core.errors import InvalidInput, NotFound, UnknownClass
from db import places_write
from db.tables_places import grid
from tests.cast import AREA_A, AREA_B, FIRE, GRID_A, IN_A, IN_B, LITTER, OFFICER, OFFICER_A, TOWN_A, TOWN_B
from tests.parts import Clock, advance, report, send, through


def values(city: Services, name: str, tier: int = 1, by: Any = OFFICER, **more: Any) -> dict[str, float]:
    return {item.code: item.value for item in read_measure(city, by, "live", name, tier, **more).items}


def populate(city: Services, **props: int) -> None:
    with city.engine.begin() as conn:
        conn.execute(update(grid).where(grid.c.code == GRID_A).values(props=props))


def test_incidents_are_counted_in_every_tier_and_an_area_without_any_has_none(city: Services):
    for _ in range(2):
        report(city, IN_A)
    assert values(city, "incidents", 1) == {TOWN_A: 2, TOWN_B: 0}
    assert values(city, "incidents", 2) == {AREA_A: 2, AREA_B: 0}
    assert values(city, "incidents", 3)[GRID_A] == 2


def test_the_highest_stands_first_with_its_name(city: Services):
    report(city, IN_B)
    found = read_measure(city, OFFICER, "live", "incidents", 1)
    assert [item.code for item in found.items] == [TOWN_B, TOWN_A]
    assert isinstance(found.items[0], AreaValue) and found.items[0].name
    assert (found.areas, list(found.cuts)) == (2, [1])


def test_period_and_class_say_which_incidents_count(city: Services, clock: Clock):
    report(city, IN_A)
    clock.pass_(days=3)
    report(city, IN_A, **{"class": LITTER})
    now = clock.at + timedelta(seconds=1)
    assert values(city, "incidents", until=now)[TOWN_A] == 2
    assert values(city, "incidents", since=now - timedelta(days=1), until=now)[TOWN_A] == 1
    assert values(city, "incidents", until=now, class_code=FIRE)[TOWN_A] == 1
    assert values(city, "open_incidents", until=now)[TOWN_A] == 2


def test_an_incident_whose_grid_is_no_more_counts_in_its_community(city: Services):
    report(city, IN_A)
    with city.engine.begin() as conn:
        conn.execute(update(grid).where(grid.c.code == GRID_A).values(code=GRID_A[:-1] + "9"))
    assert values(city, "incidents", 2)[AREA_A] == 1
    assert sum(values(city, "incidents", 3).values()) == 0


def test_times_are_medians_and_not_known_where_nothing_happened(city: Services, clock: Clock):
    ident = report(city, IN_A)
    clock.pass_(seconds=40)
    (sent,) = send(city, ident, "F1")
    clock.pass_(seconds=200)
    advance(city, sent, "ack", "enroute", "arrive")
    until = clock.at + timedelta(seconds=1)
    assert values(city, "dispatch_median", until=until) == {TOWN_A: pytest.approx(40)}
    assert values(city, "arrival_median", until=until) == {TOWN_A: pytest.approx(200)}


def test_the_closed_share_is_of_what_came_in(city: Services, clock: Clock):
    done = report(city, IN_A, **{"class": LITTER})
    report(city, IN_A)
    through(city, done, "accept", "handle", "reply", "verify", "close")
    assert values(city, "closed_share", until=clock.at + timedelta(seconds=1)) == {TOWN_A: 0.5}


def test_few_people_are_not_told_and_make_no_rate(city: Services, clock: Clock):
    report(city, IN_A)
    until = clock.at + timedelta(seconds=1)
    populate(city, population=4, households=2, managers=1, assistants=2)
    assert values(city, "population") == values(city, "households") == {}
    assert values(city, "incidents_per_thousand", until=until) == {}
    assert values(city, "staff") == {TOWN_A: 3}
    populate(city, population=500, households=5)
    assert values(city, "population", 2) == {AREA_A: 500}
    assert values(city, "incidents_per_thousand", until=until) == {TOWN_A: 2}
    assert values(city, "incidents_per_thousand_homes", until=until) == {TOWN_A: 200}


def test_nobody_is_told_of_areas_that_are_not_theirs(city: Services):
    report(city, IN_B)
    for measure in MEASURES:
        for tier in (0, 1, 2, 3):
            told = values(city, measure.name, tier, by=OFFICER_A)
            assert all(code.startswith(TOWN_A) for code in told), measure.name
    assert values(city, "incidents", area=TOWN_B) == {TOWN_B: 1}
    assert values(city, "incidents", by=OFFICER_A, area=TOWN_B) == {}
    assert tiers(city, OFFICER_A) == [1, 2, 3]


def test_what_is_asked_wrongly_is_refused_by_name(city: Services):
    with pytest.raises(NotFound):
        values(city, "beauty")
    for wrong in (
        {"tier": 7},
        {"method": "magic"},
        {"since": city.now(), "until": city.now()},
        {"until": datetime.min.replace(tzinfo=UTC)},
    ):
        with pytest.raises(InvalidInput):
            values(city, "incidents", **wrong)
    with pytest.raises(UnknownClass):
        values(city, "incidents", class_code="no-such")


def test_what_a_city_keeps_ready_is_measured_where_it_lies(city: Services):
    with city.engine.begin() as conn:
        here = {"area": AREA_A, "geom": Point(IN_A)}
        post = {"kind": "posts", "code": "P", "name": "东门警务室", "props": {}, **here}
        camera = {"kind": "cameras", "name": "视频点位", **here}
        cameras = [{**camera, "code": str(n), "props": {"class": "1", "online": n > 0}} for n in range(4)]
        places_write.upsert_places(conn, [post])
        places_write.upsert_places(conn, cameras)
    city.reference.forget()
    assert [values(city, "cameras", tier)[code] for tier, code in ((1, TOWN_A), (3, GRID_A))] == [4, 4]
    assert values(city, "camera_online_share", 2) == {AREA_A: 0.75}
    assert values(city, "camera_coverage", 1) == {TOWN_A: 1, TOWN_B: 0}
    assert values(city, "posts_covered", 2) == {AREA_A: 1, AREA_B: 0}
    assert values(city, "posts_covered", 1) == {TOWN_A: 1, TOWN_B: 0}
    assert values(city, "hazards_overdue", 1) == {TOWN_A: 0, TOWN_B: 0}


def test_what_is_kept_by_wider_areas_is_not_told_as_none_of_smaller_ones(city: Services):
    assert values(city, "hazards_overdue", 2) == {AREA_A: 0, AREA_B: 0}
    assert values(city, "hazards_overdue", 3) == {}
    assert values(city, "stock_shortages", 1) == {}


def test_every_measure_has_one_name():
    assert len(BY_NAME) == len(MEASURES)
