"""Closing roads: a fact that counts in the next recommendation, once, and ends when its time is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import shapely
from sqlalchemy import text

from actions import closures
from actions.advice import advise
from actions.closures import CloseCommand
from actions.realms import open_realm
from actions.rebuild import rebuild
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call
from core.errors import Forbidden, InvalidInput, NotFound, Refusal, StaleVersion
from core.errors_roads import NoRoadThere, RoadClosedAlready, RoadNotClosed
from db import log, places_write
from tests.cast import AREA_A, OFFICER, OFFICER_A, SECOND_OFFICER, START, VIEWER
from tests.parts import Clock, Follower, eventually, facts, fold, guards, kinds, renewed, report

DESK = Call(OFFICER)
HOLE = CloseCommand(reason="路面塌陷")
WEST, MIDDLE, EAST, NORTH = (118.105, 24.485), (118.115, 24.485), (118.135, 24.485), 24.495


def lay(services: Services, road_class: str = "primary") -> dict[str, str]:
    """A straight road from F1's post to the east, in two parts, and a way round; ids by name."""
    lines = {
        "西段": [WEST, MIDDLE],
        "东段": [MIDDLE, EAST],
        "绕行": [WEST, (WEST[0], NORTH), (EAST[0], NORTH), EAST],
    }
    rows = [
        {"name": name, "class": road_class, "oneway": False, "speed_kmh": 36.0, "props": {},
         "geom": shapely.LineString(line)}
        for name, line in lines.items()
    ]  # fmt: skip
    with services.engine.begin() as conn:
        places_write.replace_roads(conn, rows)
        found = conn.execute(text("SELECT name, id FROM road")).all()
    renewed(services, "roads")
    return {name: str(ident) for name, ident in found}


@pytest.fixture
def roads(city: Services) -> dict[str, str]:
    return lay(city)


def eta(city: Services, realm: str = "live") -> float:
    """Seconds of F1 to an incident at the east end."""
    with city.engine.connect() as conn:
        graph = closures.open_roads(city, conn, realm)
    return graph.route(WEST, (EAST[0] - 0.0005, EAST[1])).eta_s


def test_a_closed_road_counts_in_the_next_recommendation(city: Services, roads: dict[str, str]) -> None:
    ident = report(city, (EAST[0] - 0.0005, EAST[1]))
    before = {u["unit"]: u["eta_s"] for u in advise(city, OFFICER, "live", ident)["units"]}
    closures.close(city, DESK, roads["西段"], HOLE)
    after = {u["unit"]: u["eta_s"] for u in advise(city, OFFICER, "live", ident)["units"]}
    assert after["F1"] > before["F1"] + 100
    assert after["F2"] == before["F2"]
    closures.reopen(city, DESK, roads["西段"])
    assert {u["unit"]: u["eta_s"] for u in advise(city, OFFICER, "live", ident)["units"]} == before


def test_the_board_draws_it_and_the_guard_row_says_the_same(city: Services, roads: dict[str, str]) -> None:
    follower = Follower(city)
    closures.close(city, DESK, roads["东段"], HOLE)
    follower.compare()
    [drawn] = fold(city).closures.values()
    assert (drawn.name, drawn.by, drawn.reason, drawn.line) == ("东段", "wang", "路面塌陷", (MIDDLE, EAST))
    closures.reopen(city, DESK, roads["东段"])
    follower.compare()
    assert fold(city).closures == {}
    held = guards(city)["closures"]
    rebuild(city, "live")
    assert guards(city)["closures"] == held


def test_of_two_who_close_it_at_once_one_is_told_by_whom(city: Services, roads: dict[str, str]) -> None:
    def attempt(call: Call) -> str:
        try:
            closures.close(city, call, roads["西段"], HOLE)
        except RoadClosedAlready as refused:
            return str(refused.params["by"])
        return ""

    calls = [Call(by) for by in (OFFICER, SECOND_OFFICER)] * 3
    with ThreadPoolExecutor(len(calls)) as pool:
        told = list(pool.map(attempt, calls))
    assert told.count("") == 1
    assert kinds(city).count("RoadClosed") == 1
    [winner] = fold(city).closures.values()
    assert {name for name in told if name} == {winner.by}


def test_it_reopens_when_its_time_is_over(city: Services, roads: dict[str, str], clock: Clock) -> None:
    until = START + timedelta(hours=2)
    closures.close(city, DESK, roads["西段"], CloseCommand(reason="施工", until=until))
    shut = eta(city)
    clock.pass_(hours=1, minutes=59)
    run_due(city, "live")
    assert eta(city) == shut
    clock.pass_(minutes=1)
    while run_due(city, "live"):
        pass
    assert eta(city) < shut
    assert [(f["kind"], f["actor"]) for f in facts(city)][-1][0] in ("RoadReopened", "DayStarted")
    assert fold(city).closures == {}


def test_a_worker_that_waits_for_a_road_does_not_hold_the_counter(
    city: Services, roads: dict[str, str], clock: Clock
) -> None:
    until = START + timedelta(hours=1)
    closures.close(city, DESK, roads["西段"], CloseCommand(reason="施工", until=until))
    report(city)  # its clock wakes in the same round
    clock.pass_(hours=2)
    with city.engine.connect() as conn, ThreadPoolExecutor(1) as pool:
        conn.execute(text("SELECT FROM closure FOR UPDATE"))
        round_of = pool.submit(run_due, city, "live")
        eventually(lambda: waits(city))
        log.take(conn, "live")  # as whoever ends a response does next: it would wait for the worker
        conn.rollback()
        assert round_of.result(timeout=20)
    assert {"RoadReopened", "DeadlineMissed"} <= set(kinds(city))


def waits(city: Services) -> bool:
    """Whether somebody waits for a lock."""
    with city.engine.connect() as conn:
        return bool(conn.scalar(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")))


def test_a_closure_that_was_made_anew_outlives_the_timer_of_the_old_one(
    city: Services, roads: dict[str, str], clock: Clock
) -> None:
    until = START + timedelta(hours=1)
    closures.close(city, DESK, roads["西段"], CloseCommand(reason="施工", until=until))
    closures.reopen(city, DESK, roads["西段"])
    closures.close(city, DESK, roads["西段"], HOLE)
    clock.pass_(hours=2)
    run_due(city, "live")
    assert [c.reason for c in fold(city).closures.values()] == ["路面塌陷"]


def test_a_drill_has_closures_of_its_own(city: Services, roads: dict[str, str]) -> None:
    open_realm(city, "drill:1")
    free = eta(city)
    closures.close(city, Call(OFFICER, "drill:1"), roads["西段"], HOLE)
    assert eta(city) == free
    assert eta(city, "drill:1") > free


def test_a_network_imported_anew_stays_closed_where_it_was(city: Services, roads: dict[str, str]) -> None:
    free = eta(city)
    closures.close(city, DESK, roads["西段"], HOLE)
    shut = eta(city)
    fresh = lay(city, "secondary")
    assert fresh["西段"] != roads["西段"]
    assert eta(city) == shut > free
    closures.reopen(city, DESK, roads["西段"])
    assert eta(city) == free


def test_what_cannot_be_closed_is_refused(city: Services, roads: dict[str, str]) -> None:
    over = CloseCommand(reason="施工", until=START - timedelta(minutes=1))
    refusals = [
        (NotFound, lambda: closures.close(city, DESK, "999999", HOLE)),
        (NotFound, lambda: closures.close(city, DESK, "东门路", HOLE)),
        (InvalidInput, lambda: closures.close(city, DESK, roads["西段"], over)),
        (RoadNotClosed, lambda: closures.reopen(city, DESK, roads["西段"])),
        (Forbidden, lambda: closures.close(city, Call(VIEWER), roads["西段"], HOLE)),
        (NotFound, lambda: closures.close(city, Call(OFFICER_A), roads["东段"], HOLE)),
        (NoRoadThere, lambda: closures.road_at(city, OFFICER, "live", 118.12, 24.49)),
    ]
    for kind, attempt in refusals:
        with pytest.raises(Refusal) as refused:
            attempt()
        assert type(refused.value) is kind
    assert "RoadClosed" not in kinds(city)


def test_reopening_what_somebody_else_closed_anew_is_refused_to_who_saw_the_old(
    city: Services, roads: dict[str, str]
) -> None:
    seen = closures.close(city, DESK, roads["西段"], HOLE)["seq"]
    closures.reopen(city, DESK, roads["西段"])
    closures.close(city, Call(SECOND_OFFICER), roads["西段"], HOLE)
    with pytest.raises(StaleVersion):
        closures.reopen(city, Call(OFFICER, if_match=seen), roads["西段"])


def test_a_click_means_the_nearest_road_and_says_whether_it_is_closed(
    city: Services, roads: dict[str, str]
) -> None:
    closures.close(city, DESK, roads["西段"], HOLE)
    found = closures.road_at(city, OFFICER, "live", 118.110, 24.4853)
    assert (found["road"], found["name"], found["closure"]["reason"]) == (roads["西段"], "西段", "路面塌陷")
    assert closures.road_at(city, OFFICER, "live", 118.125, 24.4853)["closure"] is None


def test_closures_are_listed_within_the_askers_area(city: Services, roads: dict[str, str]) -> None:
    for name in ("西段", "东段"):
        closures.close(city, DESK, roads[name], HOLE)
    assert len(closures.list_closures(city, OFFICER, "live")) == 2
    [own] = closures.list_closures(city, OFFICER_A, "live")
    assert (own["properties"]["name"], own["properties"]["area"]) == ("西段", AREA_A)
