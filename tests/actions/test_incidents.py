"""The verbs on a real PostgreSQL: a whole life, the promises of a request, refusals that write nothing."""

from __future__ import annotations

from sqlalchemy import text

from actions import incidents, queries, rebuild, units
from actions.commands import AmendCommand, ReportCommand
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call
from core.permissions import SYSTEM
from db import log
from db.reporters import reveal_reporter
from tests.cast import (
    AREA_A,
    AREA_B,
    BOUNDS,
    GRID_A,
    GRID_B,
    IN_A,
    IN_B,
    LEADER,
    LITTER,
    OFFICER,
    TOWN_B,
    unit_body,
)
from tests.parts import (
    DESK,
    Clock,
    Follower,
    advance,
    elsewhere,
    fold,
    guards,
    head,
    kinds,
    report,
    report_command,
    row,
    send,
    through,
)

# --- a life ----------------------------------------------------------------------------------------------


def test_an_incident_goes_from_report_to_close_and_the_log_tells_it(city: Services) -> None:
    before = head(city)
    ident = report(city)
    (assignment,) = send(city, ident, "F1")
    advance(city, assignment, "ack", "enroute", "arrive")
    through(city, ident, "handle", "reply", "verify")
    advance(city, assignment, "release")
    incidents.close(city, DESK, ident)
    assert kinds(city, after=before) == [
        "IncidentReported", "IncidentAccepted", "UnitDispatched", "AssignmentAcknowledged",
        "AssignmentEnroute", "AssignmentArrived", "IncidentHandled", "IncidentReplied", "IncidentVerified",
        "AssignmentReleased", "IncidentClosed",
    ]  # fmt: skip
    card = queries.incident_card(city, OFFICER, "live", ident)
    assert (card.incident.status, card.incident.units) == ("closed", ())
    assert [line["kind"] for line in card.timeline] == kinds(city, after=before)
    assert card.verbs == ("note", "attach", "rate", "archive")
    with city.engine.connect() as conn:
        assert log.verify(conn, "live").ok


def test_a_report_finds_its_grid_and_gets_a_number_of_its_day(city: Services) -> None:
    given = incidents.report(city, DESK, report_command(IN_A))
    found = row(city, given["id"])
    assert (given["grid"], found.area, given["status"]) == (GRID_A, AREA_A, "reported")
    assert found.number == f"20260302-{given['seq']:06d}" == given["number"]
    assert found.place.startswith("东门")


def test_a_report_just_outside_the_grids_belongs_to_no_area(city: Services) -> None:
    found = row(city, report(city, (BOUNDS[0] - 0.02, 24.49)))
    assert (found.area, found.grid) == ("", "")


def test_a_report_in_a_chinese_web_maps_datum_is_stored_where_it_is(city: Services) -> None:
    where = {"lon": 118.11500, "lat": 24.48750, "datum": "GCJ02"}
    found = row(city, report(city, location=where))
    assert abs(found.lon - 118.1101) < 0.001
    assert abs(found.lat - 24.4901) < 0.001


def test_moving_an_incident_finds_its_grid_anew_and_takes_its_links_along(city: Services) -> None:
    ident = report(city, IN_A)
    (assignment,) = send(city, ident, "F1")
    incidents.relocate(city, DESK, ident, elsewhere(IN_B), "西门路2号")
    rows = guards(city)
    moved = rows["incidents"][ident]
    assert (moved.area, moved.grid, moved.address) == (AREA_B, GRID_B, "西门路2号")
    assert rows["assignments"][assignment].area == AREA_B
    Follower(city).compare()


def test_correcting_the_class_corrects_the_title(city: Services) -> None:
    ident = report(city)
    incidents.amend(city, DESK, ident, AmendCommand.model_validate({"class": LITTER, "severity": 4}))
    found = row(city, ident)
    assert (found.class_code, found.title, found.severity) == (LITTER, "市容环境", 4)


def test_a_unit_declines_and_the_incident_waits_again(city: Services) -> None:
    ident = report(city)
    (assignment,) = send(city, ident, "F1")
    given = advance(city, assignment, "decline")
    assert given["status"] == "declined"
    assert given["incident"]["status"] == "accepted"
    assert guards(city)["units"]["F1"].status == "available"
    assert send(city, ident, "F1", "P1")


def test_reopening_lets_the_units_still_bound_count(city: Services) -> None:
    ident = report(city)
    send(city, ident, "F1")
    through(city, ident, "handle")
    given = incidents.reopen(city, Call(LEADER), ident, "复燃")
    assert given["status"] == "dispatched"
    Follower(city).compare()


def test_a_note_on_an_incident_that_left_the_board_is_kept(city: Services, clock: Clock) -> None:
    ident = report(city)
    through(city, ident, "reject")
    clock.pass_(days=1, seconds=1)
    run_due(city, "live")
    assert ident not in fold(city).incidents
    assert incidents.note(city, DESK, ident, "家属来电")["status"] == "rejected"
    assert incidents.reopen(city, Call(LEADER), ident, "误判")["status"] == "accepted"
    assert fold(city).incidents[ident] == row(city, ident)
    Follower(city).compare()


def test_the_guard_tables_can_be_made_again_from_the_log(city: Services) -> None:
    ident = report(city)
    (assignment,) = send(city, ident, "F1")
    advance(city, assignment, "ack", "arrive", "release")
    send(city, report(city, IN_B), "F2", "P2")
    before = guards(city)
    with city.engine.begin() as conn:
        conn.execute(text("DELETE FROM incident"))
        conn.execute(text("UPDATE unit SET status = 'off_duty'"))
    rebuild.rebuild(city, "live")
    assert guards(city) == before


# --- persons ---------------------------------------------------------------------------------------------


def test_the_reporters_name_and_phone_stand_nowhere_in_clear(city: Services) -> None:
    person = {"name": "欧阳明月", "phone": "13812342207"}
    command = ReportCommand.model_validate(
        {**report_command().model_dump(by_alias=True), "reporter": person, "source_id": "P-1"}
    )
    call = Call(OFFICER, key="k", request_hash="h")
    given = incidents.report(city, call, command)
    incidents.report(city, call, command)
    for act in ("accept", "handle"):
        through(city, given["id"], act)
    assert row(city, given["id"]).reporter == "欧*** 138****2207"
    with city.engine.connect() as conn:
        sealed = reveal_reporter(conn, city.vault, "live", given["id"])
        tables = conn.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'city'")).all()
        for table in tables:
            shown = conn.scalars(text(f"SELECT row_to_json(t)::text FROM {table} t")).all()  # noqa: S608
            for line in shown:
                assert person["name"] not in line, table
                assert person["phone"] not in line, table
                assert person["phone"].encode().hex() not in line, table
    assert sealed == person


# --- units -----------------------------------------------------------------------------------------------


def test_registering_a_busy_unit_again_keeps_its_assignment(city: Services) -> None:
    (assignment,) = send(city, report(city), "F1")
    units.register(city, Call(SYSTEM), [("F1", AREA_A, unit_body("F1", name="消防特勤队"))])
    unit = guards(city)["units"]["F1"]
    assert (unit.name, unit.assignment, unit.status) == ("消防特勤队", assignment, "dispatched")
    assert TOWN_B not in unit.area
