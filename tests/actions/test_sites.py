"""Hazards, patrols and sensors on a real PostgreSQL: facts, rows, incidents, scope, two at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select, update

from actions import covering, hazards, keeping, patrols, rebuild, sensors, timers
from actions.hazards import HazardFilter
from actions.imports import import_file
from actions.patrols import Wanted
from actions.services import Services
from actions.site_commands import HazardCommand, PeriodCommand, ReadingCommand, VisitCommand
from actions.unit_of_work import Call
from core.errors import Forbidden, InvalidInput, MoveNotAllowed, NotFound, StaleVersion, TimeInFuture
from core.hazards import HazardDuePassed
from core.permissions import SYSTEM
from db import sites as tables
from db.readings import KEPT_DAYS
from db.tables import incident
from db.tables_places import grid, place
from db.tables_sites import hazard as hazard_table
from db.tables_sites import patrol_visit, reading
from tests.cast import (
    AREA_A,
    FIRE,
    GRID_A,
    GRID_B,
    IN_A,
    IN_B,
    LEADER,
    LITTER,
    OFFICER,
    OFFICER_A,
    SYSTEM_A,
    TOWN_A,
    VIEWER,
)
from tests.parts import Clock, Follower, head, kinds, row

DESK, LEAD, GATEWAY = Call(OFFICER), Call(LEADER), Call(SYSTEM_A)


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    features = [
        {"type": "Feature", "properties": {k: v for k, v in values.items() if k != "at"},
         "geometry": {"type": "Point", "coordinates": values["at"]}}
        for values in rows
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def bring(services: Services, folder: Path, kind: str, *rows: dict[str, Any]) -> Any:
    report = import_file(services, SYSTEM, kind, write(folder / f"{kind}.geojson", list(rows)))
    assert report.ok, report.problems
    return report


@pytest.fixture
def sites(city: Services, tmp_path: Path) -> Services:
    """Two hazards, a school and two sensors: the first of each in town A."""
    bring(
        city, tmp_path, "hazards",
        {"code": "H1", "name": "海堤险段", "category": "sea", "owner": "区水务局", "at": IN_A},
        {"code": "H2", "name": "边坡", "category": "landslide", "status": "整改中", "due_on": "2026-03-03",
         "at": IN_B},
    )  # fmt: skip
    bring(city, tmp_path, "keyplaces", {"code": "K1", "name": "东门小学", "category": "school", "at": IN_A})
    bring(
        city, tmp_path, "sensors",
        {"code": "N1", "name": "东门水位计", "category": "water_level", "at": IN_A},
        {"code": "N2", "name": "西门水位计", "category": "water_level", "at": IN_B},
    )  # fmt: skip
    return city


def do(services: Services, verb: str, code: str = "H1", call: Call = DESK, **said: Any) -> dict[str, Any]:
    return hazards.act(services, call, code, verb, HazardCommand(**said))


def listed(services: Services, call: Call = DESK, **wanted: Any) -> list[str]:
    return [found["code"] for found in hazards.list_hazards(services, call, HazardFilter(**wanted)).items]


# --- hazards ---------------------------------------------------------------------------------------------


def test_a_files_hazards_are_registered_as_facts_where_they_stand(sites: Services) -> None:
    assert kinds(sites).count("HazardRegistered") == 2
    first, second = hazards.list_hazards(sites, DESK).items
    assert (first["code"], first["status"], first["due_at"]) == (
        "H2",
        "reported",
        "2026-03-03T16:00:00+00:00",
    )
    assert (second["code"], second["status"], second["owner"]) == ("H1", "registered", "区水务局")


def test_a_hazard_is_struck_off_by_a_leader_after_every_step_and_its_history_tells_it(
    sites: Services,
) -> None:
    for verb in ("assess", "report", "rectify"):
        do(sites, verb, text="已办")
    with pytest.raises(Forbidden):
        do(sites, "close")
    assert do(sites, "close", call=LEAD)["status"] == "closed"
    told = hazards.read_hazard(sites, LEAD, "H1")
    assert [line["kind"] for line in told["history"]] == [
        "HazardRegistered", "HazardAssessed", "HazardReported", "HazardRectified", "HazardClosed",
    ]  # fmt: skip
    assert told["verbs"] == ["reopen", "note"]
    with sites.engine.connect() as conn:
        assert conn.scalar(select(place.c.props["status"].astext).where(place.c.code == "H1")) == "closed"


def test_hazards_are_asked_for_and_shown_by_the_hundred_thousand(sites: Services) -> None:
    codes = ["H1", *(f"X{number}" for number in range(100_000))]
    with sites.engine.begin() as conn:
        assert list(tables.lock_hazards(conn, "live", codes)) == ["H1"]
        tables.show_status(conn, dict.fromkeys(codes, "closed"))
        shown = conn.execute(
            select(place.c.code, place.c.props["status"].astext).where(place.c.kind == "hazards")
        )
        assert dict(shown.all()) == {"H1": "closed", "H2": "reported"}


def test_a_step_that_is_not_allowed_or_comes_too_late_writes_nothing(sites: Services) -> None:
    before = head(sites)
    with pytest.raises(MoveNotAllowed):
        do(sites, "rectify")
    version = hazards.read_hazard(sites, DESK, "H1")["version"]
    with pytest.raises(StaleVersion):
        do(sites, "assess", call=Call(OFFICER, if_match=version - 1))
    with pytest.raises(NotFound):
        do(sites, "assess", "H9")
    assert head(sites) == before


def test_of_two_who_assess_at_once_one_does_it(sites: Services) -> None:
    def assess(_: int) -> bool:
        try:
            do(sites, "assess")
        except MoveNotAllowed:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(assess, range(4))) == [False, False, False, True]


def test_a_hazard_is_seen_and_handled_in_its_area_alone(sites: Services) -> None:
    town = Call(OFFICER_A)
    assert listed(sites, town) == ["H1"]
    with pytest.raises(NotFound):
        do(sites, "note", "H2", town, text="看看")
    with pytest.raises(NotFound):
        hazards.read_hazard(sites, town, "H2")
    with pytest.raises(Forbidden):
        do(sites, "note", call=Call(VIEWER), text="看看")


def test_what_is_past_its_date_is_overdue_by_the_realms_clock(sites: Services, clock: Clock) -> None:
    assert listed(sites, overdue=True) == []
    clock.pass_(days=2)
    assert listed(sites, overdue=True) == ["H2"]
    assert listed(sites, overdue=False) == ["H1"]
    assert hazards.counts(sites, DESK) == {"registered": 1, "reported": 1, "overdue": 1}
    do(sites, "note", "H2", text="延期", due_at=clock.at + timedelta(days=3))
    assert listed(sites, overdue=True) == []


def test_a_date_that_passes_is_told_once_whoever_looks(sites: Services, clock: Clock) -> None:
    clock.pass_(days=2)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: timers.run_due(sites, "live"), range(4))) >= 1
    assert kinds(sites).count("HazardOverdue") == 1
    assert hazards.read_hazard(sites, DESK, "H2")["history"][-1]["kind"] == "HazardOverdue"
    follower = Follower(sites)
    follower.catch_up()
    told = [line for line in follower.board.ticker if line.kind == "HazardOverdue"]
    assert [line.args["title"] for line in told] == ["边坡"]


def test_a_date_that_was_put_off_in_time_is_not_told(sites: Services, clock: Clock) -> None:
    do(sites, "note", "H2", text="延期", due_at=clock.at + timedelta(days=9))
    clock.pass_(days=2)
    timers.run_due(sites, "live")
    assert "HazardOverdue" not in kinds(sites)


def test_a_step_cannot_be_due_before_it_was_taken(sites: Services, clock: Clock) -> None:
    yesterday = clock.at - timedelta(days=1)
    with pytest.raises(HazardDuePassed):
        do(sites, "assess", due_at=yesterday)
    before = Call(SYSTEM, occurred_at=yesterday - timedelta(days=1))
    assert do(sites, "assess", call=before, due_at=yesterday)["overdue"]


def test_hazards_are_read_page_by_page(sites: Services, tmp_path: Path) -> None:
    more = [{"code": f"P{n}", "name": "井", "status": "销号", "at": IN_A} for n in range(3)]
    bring(sites, tmp_path, "hazards", *more)
    pages, cursor = [], None
    for _ in range(5):
        page = hazards.list_hazards(sites, DESK, HazardFilter(cursor=cursor), 1)
        pages += [one["code"] for one in page.items]
        cursor = page.cursor
    assert (pages, cursor) == (["H2", "H1", "P0", "P1", "P2"], None)
    with pytest.raises(InvalidInput):
        hazards.list_hazards(sites, DESK, HazardFilter(cursor="?"))
    assert listed(sites, status="registered,assessed") == ["H1"]


def test_a_file_that_comes_again_keeps_how_far_a_hazard_has_come_and_says_so(
    sites: Services, tmp_path: Path
) -> None:
    do(sites, "assess")
    known = head(sites)
    again = {"code": "H1", "name": "海堤险段", "category": "sea", "status": "登记", "at": IN_A}
    report = bring(sites, tmp_path, "hazards", again)
    assert [problem.code for problem in report.problems] == ["hazard_status_kept"]
    assert hazards.read_hazard(sites, DESK, "H1")["status"] == "assessed"
    assert "HazardRegistered" not in kinds(sites, after=known)


def test_the_rows_of_hazards_and_visits_are_made_again_from_the_log(sites: Services) -> None:
    for verb in ("assess", "monitor"):
        do(sites, verb, text="每月查看")
    patrols.visit(sites, DESK, [VisitCommand(target="hazards", code="H1", finding="裂缝")])

    def rows() -> list[Any]:
        with sites.engine.connect() as conn:
            return [conn.execute(select(t).order_by(t.c.seq)).all() for t in (hazard_table, patrol_visit)]

    before = rows()
    rebuild.rebuild(sites, "live")
    assert rows() == before
    assert [len(part) for part in before] == [2, 1]


# --- patrols ---------------------------------------------------------------------------------------------


def visit(
    services: Services, target: str = "hazards", code: str = "H1", call: Call = DESK, **said: Any
) -> Any:
    return patrols.visit(services, call, [VisitCommand(target=target, code=code, **said)])


def codes(found: dict[str, Any]) -> list[str]:
    return sorted({one["code"] for one in found["items"]})


def test_every_grid_hazard_and_key_place_is_due_once_a_week_until_somebody_was_there(sites: Services) -> None:
    assert codes(patrols.due(sites, DESK)) == [
        GRID_A,
        GRID_B,
        "H1",
        "H2",
        "K1",
    ]
    visit(sites)
    visit(sites, "grids", GRID_A)
    assert "H1" not in codes(patrols.due(sites, DESK))
    assert GRID_A not in codes(patrols.due(sites, DESK))


def test_a_round_nobody_walked_is_missed_and_the_rate_counts_it(sites: Services, clock: Clock) -> None:
    visit(sites)
    assert patrols.missed(sites, DESK)["count"] == 0
    clock.pass_(days=7)
    assert codes(patrols.missed(sites, DESK, Wanted(area=AREA_A))) == [GRID_A, "K1"]
    told = patrols.rate(sites, DESK)
    assert (told["due"], told["done"], told["since"], told["until"]) == (5, 1, "2026-03-02", "2026-03-08")
    of_a = next(one for one in told["items"] if one["area"] == AREA_A)
    assert (of_a["name"], of_a["due"], of_a["done"]) == ("东门2", 3, 1)
    assert patrols.rate(sites, Call(OFFICER_A))["due"] == 3


def test_in_a_sensitive_period_rounds_are_daily(sites: Services, clock: Clock) -> None:
    said = PeriodCommand(code="LH", name="两会", starts_on=date(2026, 3, 3), ends_on=date(2026, 3, 4))
    with pytest.raises(Forbidden):
        patrols.set_period(sites, DESK, said)
    patrols.set_period(sites, LEAD, said)
    visit(sites)
    clock.pass_(days=1)
    assert "H1" in codes(patrols.due(sites, DESK))
    clock.pass_(days=1)
    missed = patrols.missed(sites, DESK, Wanted(since=date(2026, 3, 3)))
    assert {(one["first"], one["sensitive"]) for one in missed["items"]} == {("2026-03-03", True)}
    assert missed["count"] == 5


def test_a_period_is_of_the_live_city_of_an_area_there_is_and_of_nobody_elses(sites: Services) -> None:
    days = {"starts_on": date(2026, 3, 3), "ends_on": date(2026, 3, 4)}
    said = PeriodCommand(code="LH", name="两会", **days)
    patrols.set_period(sites, LEAD, said)
    leader_a = replace(LEADER, area=TOWN_A)
    mine = PeriodCommand(code="LH", name="我的", scope=TOWN_A, **days)
    for call, wanted, refused in (
        (Call(LEADER, realm="drill:1"), mine, InvalidInput),  # a drill's would hold in the live city too
        (Call(leader_a), mine, NotFound),  # the whole city's is not a town's to take
        (LEAD, PeriodCommand(code="X", name="无", scope="NOSUCH", **days), NotFound),
    ):
        with pytest.raises(refused):
            patrols.set_period(sites, call, wanted)
    assert [(one["code"], one["scope"]) for one in patrols.periods(sites, DESK)] == [("LH", "")]


def test_days_before_anything_was_kept_are_refused(sites: Services) -> None:
    for wanted in (Wanted(until=date(1, 1, 1)), Wanted(since=date(1, 1, 1), until=date(1, 1, 3))):
        with pytest.raises(InvalidInput):
            patrols.rate(sites, DESK, wanted)


def test_what_a_round_finds_may_be_reported_with_it(sites: Services) -> None:
    given = visit(sites, finding="堤脚冒水", incident={"class": FIRE, "severity": 3})
    (incident,) = given["incidents"]
    told = row(sites, incident)
    assert (told.channel, told.area) == ("patrol", AREA_A)
    assert kinds(sites)[-2:] == ["IncidentReported", "PatrolVisited"]


def test_a_visit_told_later_has_its_own_time_as_what_it_found_and_begins_no_count(
    sites: Services, clock: Clock
) -> None:
    visit(sites, "grids", GRID_A)
    then = clock.at - timedelta(days=20)
    found = {"finding": "井盖缺失", "incident": {"class": LITTER}, "occurred_at": then}
    given = patrols.visit(
        sites, Call(SYSTEM), [VisitCommand.model_validate({"target": "grids", "code": GRID_A, **found})]
    )
    with sites.engine.connect() as conn:
        query = select(incident.c.reported_at).where(incident.c.id == given["incidents"][0])
        assert conn.scalar(query) == then
    assert patrols.missed(sites, DESK, Wanted(since=then.date()))["count"] == 0


def test_a_struck_off_hazard_has_no_rounds(sites: Services) -> None:
    for verb in ("assess", "report", "rectify"):
        do(sites, verb)
    do(sites, "close", call=LEAD)
    assert "H1" not in codes(patrols.due(sites, DESK))


def test_a_visit_outside_the_area_or_of_nothing_is_refused(sites: Services) -> None:
    for code in ("H2", "H9"):
        with pytest.raises(NotFound):
            visit(sites, "hazards", code, Call(OFFICER_A))


# --- sensors ---------------------------------------------------------------------------------------------


def measure(services: Services, *values: tuple[str, float], call: Call = GATEWAY) -> dict[str, Any]:
    return sensors.take(services, call, [ReadingCommand(sensor=code, value=value) for code, value in values])


def test_a_threshold_that_holds_reports_one_incident_through_its_channel(
    sites: Services, clock: Clock
) -> None:
    before = head(sites)
    for value in (3.0, 3.6, 3.7, 3.6, 3.4, 3.6, 3.7):
        measure(sites, ("N1", value), ("N2", 1.0))
        clock.pass_(seconds=40)
    assert kinds(sites, after=before) == ["IncidentReported", "PlanProposed"]
    told = next(one for one in sensors.list_sensors(sites, DESK) if one["alarm"])
    assert (told["code"], told["value"], told["age_s"], told["limit"]) == ("N1", 3.7, 40.0, 3.5)
    incident = row(sites, told["incident"])
    assert (incident.channel, incident.severity, incident.source_id.split("@")[0]) == ("sensor", 2, "N1")


def test_readings_of_one_batch_are_taken_in_the_order_of_their_times(sites: Services, clock: Clock) -> None:
    times = [clock.at - timedelta(seconds=back) for back in (0, 120, 60)]
    batch = [ReadingCommand(sensor="N1", value=3.9, at=at) for at in times]
    given = sensors.take(sites, GATEWAY, batch)
    assert (given["accepted"], len(given["incidents"])) == (3, 1)
    assert sensors.take(sites, GATEWAY, batch) == {"accepted": 0, "unknown": [], "incidents": []}


def test_a_reading_is_kept_by_the_day_it_has_in_utc_and_an_old_one_makes_no_history(
    sites: Services, clock: Clock
) -> None:
    early = ReadingCommand.model_validate(
        {"sensor": "N1", "value": 1.0, "at": "2026-02-28T06:30:00+08:00"}
    )  # the 27th in UTC, of which nothing has been heard yet
    assert sensors.take(sites, GATEWAY, [early])["accepted"] == 1
    old = ReadingCommand(sensor="N2", value=1.0, at=clock.at - timedelta(days=KEPT_DAYS + 1))
    assert sensors.take(sites, GATEWAY, [old])["accepted"] == 1
    with sites.engine.connect() as conn:
        assert [row.sensor for row in conn.execute(select(reading))] == ["N1"]
    with pytest.raises(ValidationError):  # a time before our era could be written and never be read again
        ReadingCommand.model_validate({"sensor": "N1", "value": 1.0, "at": "0001-01-01T00:00:00+14:00"})


def test_unknown_sensors_are_named_and_hold_up_nobody(sites: Services) -> None:
    assert measure(sites, ("N1", 1.0), ("N9", 1.0)) == {"accepted": 1, "unknown": ["N9"], "incidents": []}


def test_a_reading_from_the_future_or_without_the_right_is_refused(sites: Services, clock: Clock) -> None:
    late = ReadingCommand(sensor="N1", value=1.0, at=clock.at + timedelta(hours=1))
    with pytest.raises(TimeInFuture):
        sensors.take(sites, GATEWAY, [late])
    with pytest.raises(Forbidden):
        measure(sites, ("N1", 1.0), call=DESK)


def test_a_silent_sensor_is_stale_and_one_never_heard_too(sites: Services, clock: Clock) -> None:
    measure(sites, ("N1", 1.0))
    assert [one["code"] for one in sensors.list_sensors(sites, DESK, stale=True)] == ["N2"]
    clock.pass_(minutes=16)
    assert [one["code"] for one in sensors.list_sensors(sites, DESK, stale=True)] == ["N1", "N2"]
    assert [one["code"] for one in sensors.list_sensors(sites, Call(OFFICER_A))] == ["N1"]


def test_the_history_is_thinned_to_a_reading_a_minute_and_forgotten_after_a_month(
    sites: Services, clock: Clock
) -> None:
    for _ in range(12):
        measure(sites, ("N1", 1.0))
        clock.pass_(seconds=20)
    assert len(sensors.read_sensor(sites, DESK, "N1")["history"]) == 4
    clock.pass_(days=31)
    keeping.forget_old(sites)
    with sites.engine.connect() as conn:
        assert conn.execute(select(reading)).all() == []


# --- coverage --------------------------------------------------------------------------------------------


@pytest.fixture
def peopled(sites: Services, tmp_path: Path) -> Services:
    """1,000 residents in town A, 500 in town B; a camera of the first class in A, two others in B."""
    with sites.engine.begin() as conn:
        for code, people in ((GRID_A, 1000), (GRID_B, 500)):
            conn.execute(update(grid).where(grid.c.code == code).values(props={"population": people}))
    sites.reference.forget()
    bring(
        sites, tmp_path, "cameras",
        {"code": "C1", "name": "一", "class": 1, "online": True, "at": (IN_A[0] + 0.0005, IN_A[1])},
        {"code": "C2", "name": "二", "class": 2, "online": False, "at": IN_B},
        {"code": "C3", "name": "三", "class": 3, "online": True, "at": IN_B},
    )  # fmt: skip
    return sites


def test_cameras_are_counted_by_area_and_the_first_class_covers(peopled: Services) -> None:
    told = covering.cameras(peopled, OFFICER)
    first, second = told.rows
    assert (first.cameras, first.online_share, first.coverage, first.keyplaces_covered) == (1, 1.0, 1.0, 1)
    assert (second.cameras, second.online_share, second.coverage) == (2, 0.5, 0.0)
    assert second.classes == {"2": 1, "3": 1}
    assert [spot.code for spot in told.grids] == [GRID_B]
    assert told.keyplaces == ()


def test_a_broadcast_reaches_by_its_own_radius_or_that_of_its_level(
    peopled: Services, tmp_path: Path
) -> None:
    bring(peopled, tmp_path, "broadcasts", {"code": "B1", "name": "广播", "level": "村", "at": IN_A})
    told = covering.broadcasts(peopled, OFFICER)
    assert [(row.people, row.reached) for row in told.rows] == [(1000, 1000), (500, 0)]
    assert [(spot.code, spot.people) for spot in told.grids] == [(GRID_B, 500)]
    bring(
        peopled, tmp_path, "broadcasts",
        {"code": "B1", "name": "广播", "level": "村", "reach_m": 2500, "at": IN_A},
    )  # fmt: skip
    assert covering.broadcasts(peopled, OFFICER).sites[0].people == 1500


def test_places_in_shelters_are_held_against_the_residents_of_the_area(
    peopled: Services, tmp_path: Path
) -> None:
    bring(
        peopled, tmp_path, "shelters",
        {"code": "R1", "name": "公园", "class": "III", "capacity": 150, "at": IN_A},
    )  # fmt: skip
    told = covering.shelters(peopled, OFFICER)
    assert [(row.capacity, row.wanted, row.short, row.share) for row in told.rows] == [
        (150, 200, 50, 1.0), (0, 100, 100, 0.0),
    ]  # fmt: skip
    assert [row.name for row in covering.shelters(peopled, OFFICER_A).rows] == ["东门1"]
