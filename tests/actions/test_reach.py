"""What is reached within minutes: outward, counted in people, with closures, within the asker's area."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import shapely
from sqlalchemy import text

from actions import closures, reach
from actions.areas import Areas
from actions.closures import CloseCommand
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import InvalidInput
from core.permissions import Scope
from db import places_write
from tests.cast import AREA_A, AREA_B, OFFICER, OFFICER_A, TOWN_A, TOWN_B
from tests.parts import renewed

DESK = Call(OFFICER)
POST = (118.105, 24.49)
"""In A, on the road; the middle of A lies 506 m farther on, that of B 2,530 m."""


@dataclass(frozen=True)
class Laid:
    road: str


@pytest.fixture
def laid(city: Services) -> Laid:
    """One road through both middles at 18 km/h, a post in the west, 900 people in A, 100 in B."""
    line = shapely.LineString([(118.101, 24.49), (118.12, 24.49), (118.139, 24.49)])
    row = {"name": "中路", "class": "primary", "oneway": False, "speed_kmh": 18.0, "props": {}}
    post = {
        "kind": "posts", "code": "JW1", "name": "东门警务室", "area": AREA_A, "geom": shapely.Point(*POST),
        "props": {"type": "post", "officers": 1, "auxiliaries": 2},
    }  # fmt: skip
    with city.engine.begin() as conn:
        places_write.replace_roads(conn, [{**row, "geom": line}])
        places_write.upsert_places(conn, [post])
        for area, people in ((AREA_A, 900), (AREA_B, 100)):
            conn.execute(
                text(
                    "UPDATE grid SET props = jsonb_build_object('population', CAST(:n AS int)) "
                    "WHERE parent = :p"
                ),
                {"n": people, "p": area},
            )
        ident = str(conn.scalar(text("SELECT id FROM road")))
    city.reference.forget()
    return Laid(ident)


def within(city: Services, **asked: object) -> dict[str, dict[int, float]]:
    report = reach.reach(city, OFFICER, "live", "posts", **asked)  # type: ignore[arg-type]
    return {share.code: share.within for share in report.shares}


def test_shares_count_people_and_the_city_is_the_sum(city: Services, laid: Laid) -> None:
    found = within(city)
    assert found[TOWN_A] == {5: 1.0, 10: 1.0, 15: 1.0}
    assert found[TOWN_B] == {5: 0.0, 10: 1.0, 15: 1.0}
    assert found[""] == {5: 0.9, 10: 1.0, 15: 1.0}


def test_the_area_is_what_was_counted(city: Services, laid: Laid) -> None:
    report = reach.reach(city, OFFICER, "live", "posts", (5, 10))
    assert [round(shape.area, 6) for shape in report.areas.values()] == [0.0004, 0.0008]
    assert report.beyond.is_empty
    assert report.areas[5].contains(shapely.Point(118.11, 24.49))


def test_a_closure_counts_and_its_end_too(city: Services, laid: Laid) -> None:
    closures.close(city, DESK, laid.road, CloseCommand(reason="施工"))
    assert within(city)[""] == {5: 0.9, 10: 1.0, 15: 1.0}  # all on the one closed road: still called to
    with city.engine.begin() as conn:
        halves = [[(118.101, 24.49), (118.119, 24.49)], [(118.119, 24.49), (118.121, 24.49)],
                  [(118.121, 24.49), (118.139, 24.49)]]  # fmt: skip
        rows = [
            {"name": "中路", "class": "primary", "oneway": False, "speed_kmh": 18.0, "props": {},
             "geom": shapely.LineString(half)} for half in halves
        ]  # fmt: skip
        places_write.replace_roads(conn, rows)
        middle = str(conn.scalar(text("SELECT id FROM road ORDER BY ST_Length(geom) LIMIT 1")))
    renewed(city, "roads")
    closures.reopen(city, DESK, laid.road)
    assert within(city)[TOWN_B][10] == 1.0
    closures.close(city, DESK, middle, CloseCommand(reason="塌陷"))
    assert within(city)[TOWN_B][15] == 0.0
    closures.reopen(city, DESK, middle)
    assert within(city)[TOWN_B][10] == 1.0


def test_a_town_sees_its_own_shares_and_ground_alone(city: Services, laid: Laid) -> None:
    report = reach.reach(city, OFFICER_A, "live", "posts")
    assert [share.code for share in report.shares] == [TOWN_A]
    assert round(report.areas[15].area, 6) == 0.0004


def test_grids_that_tell_no_people_count_as_one_each(city: Services, laid: Laid) -> None:
    with city.engine.begin() as conn:
        conn.execute(text("UPDATE grid SET props = '{}'"))
    renewed(city, "grids")
    report = reach.reach(city, OFFICER, "live", "posts")
    assert not report.by_people
    assert report.shares[0].within[5] == 0.5


def test_without_roads_or_facilities_nothing_is_reached_and_said_so(city: Services, laid: Laid) -> None:
    assert reach.reach(city, OFFICER, "live", "shelters").facilities == 0
    with city.engine.begin() as conn:
        conn.execute(text("DELETE FROM road"))
    renewed(city, "roads")
    report = reach.reach(city, OFFICER, "live", "posts")
    assert not report.by_road
    assert set(report.shares[0].within.values()) == {0.0}


def test_a_new_post_is_tried_and_nothing_is_stored(city: Services, laid: Laid) -> None:
    trial = reach.try_place(city, OFFICER, "live", "posts", (118.135, 24.49))
    assert trial.gained == {5: 100, 10: 0, 15: 0}
    assert [code for code, _, _ in trial.communities] == [AREA_B]
    assert trial.own == "西门2"
    assert within(city)[TOWN_B][5] == 0.0
    assert reach.try_place(city, OFFICER_A, "live", "posts", (118.135, 24.49)).gained[5] == 0


@pytest.mark.parametrize(
    ("source", "minutes"), [("bars", (5,)), ("posts", ()), ("posts", (0,)), ("posts", (61,))]
)
def test_a_question_without_sense_is_refused(city: Services, source: str, minutes: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput):
        reach.reach(city, OFFICER, "live", source, minutes)


def test_areas_know_what_they_belong_to(city: Services) -> None:
    areas: Areas = city.reference.areas()
    town = areas.above(AREA_A + "001", 1)
    assert town is not None and town.code == TOWN_A
    assert areas.above(AREA_A + "999", 2) == areas.by_code[AREA_A]
    assert areas.above("77", 1) is None
    assert areas.seen(Scope(TOWN_B)).tolist() == [False, True]
