"""The verbs on a real PostgreSQL: a whole life, the promises of a request, refusals that write nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from actions import assignments, dispatch, incidents, queries, rebuild, units
from actions.commands import AmendCommand, DispatchCommand, ReportCommand
from actions.realms import open_realm
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call
from core.errors import (
    BackdatingNotAllowed,
    CoordinatesSwapped,
    Forbidden,
    InvalidInput,
    KeyReused,
    MoveNotAllowed,
    NotFound,
    OutsideCity,
    RealmUnknown,
    Refusal,
    StaleVersion,
    TimeInFuture,
    UnitBusy,
    UnitOffDuty,
    UnitUnknown,
    UnknownClass,
)
from core.permissions import SYSTEM, Principal
from db import log
from db.reporters import reveal_reporter
from db.tables import answer
from tests.cast import (
    AREA_A,
    AREA_B,
    AT_SEA,
    BOUNDS,
    GRID_A,
    GRID_B,
    IN_A,
    IN_B,
    LEADER,
    LITTER,
    OFFICER,
    OFFICER_A,
    SECOND_OFFICER,
    TOWN_B,
    VIEWER,
    unit_body,
)
from tests.parts import (
    Clock,
    Follower,
    elsewhere,
    fold,
    guards,
    head,
    kinds,
    report,
    report_command,
    send,
)

DESK = Call(OFFICER)


def advance(city: Services, ident: str, *verbs: str, by: Principal = OFFICER) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for verb in verbs:
        given = assignments.advance(city, Call(by), ident, verb, "原因")  # type: ignore[arg-type]
    return given


def through(city: Services, ident: str, *verbs: str) -> None:
    acts: dict[str, Any] = {
        "accept": incidents.accept,
        "handle": lambda s, c, i: incidents.handle(s, c, i, "已灭"),
        "reply": lambda s, c, i: incidents.reply(s, c, i, "已处理"),
        "verify": lambda s, c, i: incidents.verify(s, c, i, None),
        "close": incidents.close,
        "reject": lambda s, c, i: incidents.reject(s, c, i, "重复"),
    }
    for verb in verbs:
        acts[verb](city, DESK, ident)


def row(city: Services, ident: str) -> Any:
    """The guard row of an incident."""
    return guards(city)["incidents"][ident]


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
    assert card.verbs == ("note",)
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


# --- promises of a request -------------------------------------------------------------------------------


def keyed(key: str, body: str = "b", by: Principal = OFFICER) -> Call:
    return Call(by, key=key, request_hash=body)


def test_the_same_key_gives_the_same_answer_and_does_nothing_twice(city: Services) -> None:
    first = incidents.report(city, keyed("k1"), report_command())
    seq = head(city)
    assert incidents.report(city, keyed("k1"), report_command()) == first
    assert head(city) == seq


def test_the_same_key_with_another_body_is_refused(city: Services) -> None:
    incidents.report(city, keyed("k1"), report_command())
    seq = head(city)
    with pytest.raises(KeyReused):
        incidents.report(city, keyed("k1", "other"), report_command(IN_B))
    assert head(city) == seq


def test_keys_of_two_principals_are_two_keys(city: Services) -> None:
    first = incidents.report(city, keyed("k1"), report_command())
    second = incidents.report(city, keyed("k1", by=SECOND_OFFICER), report_command())
    assert first["id"] != second["id"]


def test_a_refused_request_may_come_again_with_its_key(city: Services) -> None:
    ident = report(city)
    holder = report(city)
    (assignment,) = send(city, holder, "F1")
    command = DispatchCommand(units=("F1",))
    with pytest.raises(UnitBusy):
        dispatch.dispatch(city, keyed("k1"), ident, command)
    advance(city, assignment, "release")
    assert dispatch.dispatch(city, keyed("k1"), ident, command)["status"] == "dispatched"


def test_twins_at_the_same_moment_have_one_effect_and_one_answer(city: Services) -> None:
    seq = head(city)
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: incidents.report(city, keyed("twin"), report_command()), range(8)))
    assert len({answered["id"] for answered in given}) == 1
    assert all(answered == given[0] for answered in given)
    assert kinds(city, after=seq) == ["IncidentReported"]


def test_a_stale_version_is_refused_with_the_newer_state(city: Services) -> None:
    ident = report(city)
    held = row(city, ident).version
    incidents.note(city, DESK, ident, "又来电")
    seq = head(city)
    with pytest.raises(StaleVersion) as refused:
        incidents.accept(city, replace(DESK, if_match=held), ident)
    assert (refused.value.params["held"], refused.value.params["current"]) == (held, seq)
    assert refused.value.params["newer"]["properties"]["status"] == "reported"
    assert head(city) == seq
    incidents.accept(city, replace(DESK, if_match=seq), ident)


def test_a_source_that_reports_twice_reported_once(city: Services) -> None:
    first = incidents.report(city, DESK, report_command(source_id="X-1"))
    again = incidents.report(city, DESK, report_command(IN_B, source_id="X-1"))
    other = incidents.report(city, DESK, report_command(source_id="X-1", channel="12345"))
    assert (first["created"], again["created"], other["created"]) == (True, False, True)
    assert again["id"] == first["id"] != other["id"]


def test_eight_threads_reporting_one_source_make_one_incident(city: Services) -> None:
    for round_ in range(3):
        seq = head(city)

        def tell(n: int, source: str = f"S-{round_}") -> dict[str, Any]:
            call = Call(OFFICER, key=f"{source}-{n}", request_hash=str(n))
            return incidents.report(city, call, report_command(source_id=source))

        with ThreadPoolExecutor(8) as pool:
            given = list(pool.map(tell, range(8)))
        assert len({answered["id"] for answered in given}) == 1
        assert sum(answered["created"] for answered in given) == 1
        assert kinds(city, after=seq) == ["IncidentReported"]


# --- refusals write nothing ------------------------------------------------------------------------------


def refused(city: Services, kind: type[Refusal], act: Any) -> Refusal:
    """The refusal; the log and every row stay as they were."""
    before = (head(city), guards(city))
    with pytest.raises(kind) as caught:
        act()
    assert (head(city), guards(city)) == before
    with city.engine.connect() as conn:
        assert conn.execute(select(answer)).all() == []
    return caught.value


def reported_with(city: Services, **changed: Any) -> Any:
    call = Call(OFFICER, key="k", occurred_at=changed.pop("occurred_at", None))
    return lambda: incidents.report(city, call, report_command(**changed))


def test_a_report_that_cannot_be_true_is_refused(city: Services, clock: Clock) -> None:
    swapped = {"lon": IN_A[1], "lat": IN_A[0]}
    refused(city, OutsideCity, reported_with(city, where=AT_SEA))
    refused(city, CoordinatesSwapped, reported_with(city, location=swapped))
    refused(city, UnknownClass, reported_with(city, **{"class": "99999"}))
    refused(city, TimeInFuture, reported_with(city, occurred_at=clock() + timedelta(days=4000)))
    refused(city, BackdatingNotAllowed, reported_with(city, occurred_at=clock() - timedelta(hours=1)))


def test_a_dispatch_names_what_is_wrong_with_each_unit(city: Services) -> None:
    holder, ident = report(city), report(city)
    (assignment,) = send(city, holder, "F1")
    number = row(city, holder).number

    def sending(*codes: str) -> Any:
        return lambda: dispatch.dispatch(city, Call(OFFICER, key="k"), ident, DispatchCommand(units=codes))

    assert refused(city, UnitUnknown, sending("P1", "NONE")).params == {"unit": "NONE"}
    assert refused(city, UnitBusy, sending("P1", "F1")).params == {
        "unit": "F1", "unit_name": "消防一队", "incident": holder, "number": number, "assignment": assignment,
    }  # fmt: skip
    refused(city, UnitOffDuty, sending("OFF", "P1"))
    refused(city, InvalidInput, sending("P1", "P1"))


def test_nobody_is_sent_to_a_closed_incident(city: Services) -> None:
    ident = report(city)
    through(city, ident, "accept", "handle", "reply", "verify", "close")
    refusal = refused(city, MoveNotAllowed, lambda: send(city, ident, "F1"))
    assert refusal.params["allowed"] == ["note", "reopen"]


def test_what_one_may_not_do_or_see_is_refused(city: Services) -> None:
    there = report(city, IN_B)
    refused(city, NotFound, lambda: incidents.accept(city, DESK, "nothing"))
    refused(city, NotFound, lambda: incidents.accept(city, Call(OFFICER_A), there))
    refused(city, Forbidden, lambda: incidents.accept(city, Call(VIEWER), there))
    refused(city, Forbidden, lambda: incidents.reopen(city, DESK, there, "x"))
    refused(city, RealmUnknown, lambda: incidents.report(city, Call(OFFICER, "drill:9"), report_command()))
    bound = replace(OFFICER, realm="drill:1")
    refused(city, Forbidden, lambda: incidents.accept(city, Call(bound), there))


def test_a_town_sends_only_units_it_sees(city: Services) -> None:
    here = report(city, IN_A)
    refused(city, UnitUnknown, lambda: send(city, here, "F2", by=OFFICER_A))
    assert send(city, here, "P1", by=OFFICER_A)


def test_a_unit_speaks_for_itself_alone_also_out_of_its_area(city: Services) -> None:
    (assignment,) = send(city, report(city, IN_B), "F1")
    other = Principal("P1", "巡防一队", "unit", kind="unit")
    refused(city, Forbidden, lambda: advance(city, assignment, "ack", by=other))
    itself = Principal("F1", "消防一队", "unit", kind="unit", area=AREA_A)
    assert advance(city, assignment, "ack", by=itself)["status"] == "acknowledged"


def test_a_nul_character_is_refused_before_it_reaches_the_database() -> None:
    for field in ({"text": "a\0b"}, {"address": "\0"}, {"source_id": "x\0"}, {"channel": "1\0"}):
        with pytest.raises(ValueError, match="NUL"):
            report_command(**field)
    with pytest.raises(ValueError, match="NUL"):
        DispatchCommand(units=("F\0",))


def test_a_city_without_grids_takes_reports_anywhere_on_earth(services: Services) -> None:
    open_realm(services, "live")
    assert row(services, report(services, AT_SEA)).grid == ""
    with pytest.raises(CoordinatesSwapped):
        report(services, (24.49, 118.11))


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
