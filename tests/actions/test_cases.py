"""Casework on a real PostgreSQL: owners, helpers, whistles, supervisions, requests, merges; who sees what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from actions import assignments, cases, incidents, queries, reading
from actions.commands import (
    AssistCommand,
    AssistEndCommand,
    ExtendCommand,
    RateCommand,
    TransferCommand,
    WhistleCommand,
)
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call
from core.errors import MoveNotAllowed, NotFound, Refusal, StaleVersion
from core.errors_cases import (
    NotHelping,
    NotInCharge,
    NotOnDutyList,
    OwnRequest,
    SupervisionOpen,
    TooOften,
    UnknownOffice,
)
from core.permissions import Principal
from db.tables import incident
from tests.cast import AREA_A, IN_B, LEADER, LITTER, OFFICER, OFFICER_A, TOWN_A, TOWN_B
from tests.parts import DESK, Clock, Follower, fold, head, kinds, report, row, send, through

TOWN_B_DESK = Principal("b1", "zhou", "officer", area=TOWN_B, seat="town-b")
CITY_MANAGEMENT = Principal("c1", "cheng", "officer", dept="chengguan", seat="dept-1")
CHENGGUAN = "chengguan@"
BOSS = Call(LEADER)


def as_(principal: Principal) -> Call:
    return Call(principal)


def litter(city: Services, *verbs: str, by: Call = DESK) -> str:
    ident = report(city, **{"class": LITTER})
    for verb in verbs:
        {"accept": incidents.accept}[verb](city, by, ident)
    return ident


def stored(city: Services, ident: str, *columns: str) -> tuple[Any, ...]:
    """What queues ask of the guard row."""
    with city.engine.connect() as conn:
        return tuple(
            conn.execute(select(*(incident.c[n] for n in columns)).where(incident.c.id == ident)).one()
        )


def sees(city: Services, principal: Principal, ident: str) -> bool:
    """In lists, by itself, in the log and on the map alike, or nowhere."""
    listed, _ = queries.list_incidents(city, principal, "live", queries.IncidentFilter())
    in_list = ident in {feature["id"] for feature in listed}
    told = {fact["subject"] for fact in reading.events(city, principal, "live", 0, 10_000).seen}
    drawn = ident.encode() in reading.state_at(city, principal, "live", head(city))[1]
    try:
        queries.read_incident(city, principal, "live", ident)
        alone = True
    except NotFound:
        alone = False
    assert {in_list, ident in told, drawn, alone} in ({True}, {False})
    return alone


def test_a_department_sees_what_was_transferred_to_it_and_nothing_else(city: Services) -> None:
    ident, other = litter(city, "accept"), litter(city)
    assert not sees(city, CITY_MANAGEMENT, ident)
    cases.transfer(city, DESK, ident, TransferCommand(to=CHENGGUAN, reason="占道经营"))
    assert sees(city, CITY_MANAGEMENT, ident) and not sees(city, CITY_MANAGEMENT, other)
    assert sees(city, OFFICER_A, ident), "the town where it lies sees it still"
    assert stored(city, ident, "owner", "dept") == (CHENGGUAN, "chengguan")
    Follower(city).compare()


def test_who_owns_it_handles_it_and_nobody_beside(city: Services) -> None:
    ident = litter(city, "accept")
    cases.transfer(city, DESK, ident, TransferCommand(to=CHENGGUAN, reason="占道经营"))
    with pytest.raises(NotInCharge):
        incidents.handle(city, as_(OFFICER_A), ident, "已处置")
    incidents.handle(city, as_(CITY_MANAGEMENT), ident, "已劝离")
    incidents.reply(city, as_(CITY_MANAGEMENT), ident, "已处置，感谢监督")
    through(city, ident, "verify", "close")
    incidents.rate(city, DESK, ident, RateCommand(rating=3))
    found = row(city, ident)
    assert (found.status, found.rating, found.handled_level) == ("evaluated", 3, "city")


def test_work_outside_a_duty_list_wants_a_leader_and_a_reason(city: Services) -> None:
    ident = litter(city, "accept")
    strange = next(
        code
        for code in city.reference.departments()
        if not city.reference.duties().covers(code, LITTER, AREA_A)
    )
    command = TransferCommand(to=f"{strange}@", reason="特殊情况")
    with pytest.raises(NotOnDutyList):
        cases.transfer(city, DESK, ident, command)
    cases.transfer(city, BOSS, ident, command)
    told = queries.timeline(city, OFFICER, "live", ident)[-1]
    assert (told["kind"], told["body"]["off_list"]) == ("IncidentTransferred", True)
    with pytest.raises(UnknownOffice):
        cases.transfer(city, BOSS, ident, TransferCommand(to="nobody@", reason="x"))
    with pytest.raises(UnknownOffice):
        cases.transfer(city, BOSS, ident, TransferCommand(to="@777777", reason="x"))


def test_it_goes_back_to_whoever_had_it_at_most_twice(city: Services) -> None:
    ident = litter(city, "accept")
    for _ in range(2):
        cases.transfer(city, DESK, ident, TransferCommand(to=CHENGGUAN, reason="占道经营"))
        cases.give_back(city, as_(CITY_MANAGEMENT), ident, "非本部门职责")
        assert row(city, ident).owner == "@"
        assert not sees(city, CITY_MANAGEMENT, ident), "what left a scope is gone there"
    cases.transfer(city, DESK, ident, TransferCommand(to=CHENGGUAN, reason="请再核"))
    with pytest.raises(TooOften):
        cases.give_back(city, as_(CITY_MANAGEMENT), ident, "非本部门职责")


def test_a_whistle_brings_offices_in_and_measures_how_late_they_come(city: Services, clock: Clock) -> None:
    ident = litter(city)
    command = WhistleCommand(offices=(f"@{TOWN_B}", CHENGGUAN), text="路面塌陷，请速到")
    cases.whistle(city, as_(OFFICER_A), ident, command)
    assert sees(city, TOWN_B_DESK, ident) and sees(city, CITY_MANAGEMENT, ident)
    cases.report_in(city, as_(TOWN_B_DESK), ident, "已到")
    clock.pass_(hours=5)
    run_due(city, "live")
    cases.report_in(city, as_(CITY_MANAGEMENT), ident, None)
    late = {
        line["body"]["office"]: line["body"]["late_s"]
        for line in queries.timeline(city, OFFICER, "live", ident)
        if line["kind"] == "WhistleAnswered"
    }
    assert late[f"@{TOWN_B}"] == 0
    assert late[CHENGGUAN] == pytest.approx(3 * 3600, abs=60)
    assert stored(city, ident, "whistled") == ([],)


def test_two_towns_never_hear_of_one_anothers_incidents(city: Services) -> None:
    mine, theirs = report(city), report(city, IN_B)
    send(city, mine, "F1")
    assert (sees(city, OFFICER_A, theirs), sees(city, TOWN_B_DESK, mine)) == (False, False)
    cases.assist(city, DESK, mine, AssistCommand(offices=(f"@{TOWN_B}",)))
    assert sees(city, TOWN_B_DESK, mine) and not sees(city, OFFICER_A, theirs)
    _, drawn = reading.state_at(city, TOWN_B_DESK, "live", head(city))
    assert b'"links":[{' in drawn.replace(b" ", b""), "who helps sees the units on their way, too"


def test_help_ends_by_the_helper_for_itself_and_by_the_owner_for_any(city: Services) -> None:
    """What it brought into a scope is gone there at once, the units' ways too."""
    ident = litter(city, "accept")
    send(city, ident, "F1")
    cases.assist(city, DESK, ident, AssistCommand(offices=(f"@{TOWN_B}", CHENGGUAN)))
    with pytest.raises(NotInCharge):
        cases.end_help(city, as_(TOWN_B_DESK), ident, AssistEndCommand(offices=(CHENGGUAN,)))
    cases.end_help(city, as_(TOWN_B_DESK), ident, AssistEndCommand(reason="已配合完毕"))
    assert not sees(city, TOWN_B_DESK, ident)
    _, drawn = reading.state_at(city, TOWN_B_DESK, "live", head(city))
    assert b'"links":[]' in drawn.replace(b" ", b"")
    with pytest.raises(NotHelping):
        cases.end_help(city, DESK, ident, AssistEndCommand(offices=(f"@{TOWN_B}",)))
    cases.end_help(city, DESK, ident, AssistEndCommand(offices=(CHENGGUAN,)))
    assert fold(city).incidents[ident].helpers == ()
    Follower(city).compare()


def test_no_incident_closes_over_an_open_supervision(city: Services) -> None:
    ident = litter(city, "accept")
    cases.supervise(city, BOSS, ident, "限今日办结")
    assert stored(city, ident, "supervised", "clock") == (True, "running")
    through(city, ident, "handle", "reply", "verify")
    with pytest.raises(SupervisionOpen):
        incidents.close(city, DESK, ident)
    cases.answer(city, DESK, ident, "已办")
    incidents.close(city, DESK, ident)
    assert stored(city, ident, "supervised", "clock") == (False, None)


def test_an_extension_is_asked_for_by_one_and_granted_by_another(city: Services) -> None:
    ident = litter(city, "accept")
    more = ExtendCommand(amount=2, unit="work_day", reason="等配件")
    before = fold(city).incidents[ident].deadline
    cases.extend(city, DESK, ident, more)
    assert fold(city).incidents[ident].deadline == before
    with pytest.raises(OwnRequest):
        cases.approve(city, Call(replace(LEADER, name=OFFICER.name)), ident)
    cases.approve(city, BOSS, ident)
    after = fold(city).incidents[ident].deadline
    assert before and after and after.due_at > before.due_at
    assert fold(city).incidents[ident].request is None


def test_a_clock_that_stands_is_not_missed_and_goes_on_where_it_was(city: Services, clock: Clock) -> None:
    ident = litter(city, "accept")
    cases.pause(city, BOSS, ident, "等报告人来电")
    clock.pass_(hours=30)
    run_due(city, "live")
    assert "DeadlineMissed" not in kinds(city)
    cases.resume(city, DESK, ident)
    found = fold(city).incidents[ident].deadline
    assert found and found.state in ("running", "near") and found.due_at > city.now()


def test_a_duplicate_goes_with_its_master_and_comes_back_whole(city: Services) -> None:
    first, second = litter(city, "accept"), litter(city)
    incidents.merge(city, DESK, second, first)
    assert (row(city, second).status, fold(city).incidents[first].merged) == (
        "merged", (second,),
    )  # fmt: skip
    with pytest.raises(MoveNotAllowed):
        incidents.accept(city, DESK, second)
    incidents.unmerge(city, DESK, second, "不是一件事")
    found = fold(city).incidents[second]
    assert (found.status, found.merged_into, fold(city).incidents[first].merged) == ("reported", None, ())
    assert found.deadline is not None
    Follower(city).compare()


def test_of_many_who_transfer_at_once_one_is_heard(city: Services) -> None:
    ident = litter(city, "accept")
    version = row(city, ident).version
    call = Call(OFFICER, if_match=version)
    offices = [f"@{TOWN_A}", f"@{TOWN_B}", CHENGGUAN] * 4

    def attempt(office: str) -> str:
        command = TransferCommand(to=office, reason="转办")
        try:
            cases.transfer(city, call, ident, command)
        except StaleVersion:
            return "stale"
        return office

    with ThreadPoolExecutor(8) as pool:
        outcome = list(pool.map(attempt, offices))
    winners = [one for one in outcome if one != "stale"]
    assert len(winners) == 1
    assert row(city, ident).owner == winners[0]
    assert kinds(city).count("IncidentTransferred") == 1


def test_a_supervision_and_a_whistle_are_refused_where_nothing_awaits_an_answer(city: Services) -> None:
    ident = litter(city, "accept")
    for attempt in (
        partial(cases.answer, city, DESK, ident, "已办"),
        partial(cases.report_in, city, DESK, ident, None),
        partial(cases.resume, city, DESK, ident),
        partial(cases.approve, city, BOSS, ident),
        partial(incidents.unmerge, city, DESK, ident, "x"),
    ):
        with pytest.raises(Refusal):
            attempt()
    assert kinds(city)[-1] == "IncidentAccepted"


def test_units_under_way_go_with_their_incident_to_whoever_owns_it_or_is_called(city: Services) -> None:
    """Rows of assignments and units are the fold's after each act that changes whom an incident concerns."""
    follower, ident = Follower(city), litter(city, "accept")
    (assignment,) = send(city, ident, "F1")
    whistled = WhistleCommand(offices=(f"@{TOWN_B}",), text="速来")
    for act in (
        lambda: cases.transfer(city, DESK, ident, TransferCommand(to=CHENGGUAN, reason="占道经营")),
        lambda: cases.assist(city, DESK, ident, AssistCommand(offices=(f"@{TOWN_A}",))),
        lambda: cases.whistle(city, DESK, ident, whistled),
        lambda: cases.give_back(city, DESK, ident, "非本部门职责"),
    ):
        act()
        follower.compare()
    offices = fold(city).incidents[ident].offices
    assert fold(city).links[assignment].offices == offices
    seen = assignments.advance(city, as_(TOWN_B_DESK), assignment, "ack")
    assert seen["status"] == "acknowledged"
