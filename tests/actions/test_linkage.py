"""A plan is written by one and approved by another; activated once, it moves departments on a clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import delete

from actions import incidents, linkage, linkage_reading, plans, reading, sensitivity
from actions.imports import WholeCityNeeded
from actions.linkage_commands import (
    ActivateCommand,
    AddCommand,
    EndCommand,
    HandOverCommand,
    LevelCommand,
    TaskCommand,
    ZoneCommand,
)
from actions.plans import ApproveCommand, RetireCommand
from actions.rebuild import rebuild
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call
from core.errors import Forbidden, InvalidInput, NotFound
from core.errors_cases import UnknownOffice
from core.errors_plans import NotYourTask, OwnPlan, PlanFaulty, PlanWrittenMeanwhile, ResponseRunning
from core.notices import offices_told
from core.permissions import Principal
from core.plan_text import plan_of
from db import log
from db.shipped import shipped
from db.tables_duty import notice
from outbound.reader import Reader
from tests.cast import FIRE as FIRE_CLASS
from tests.cast import LEADER, OFFICER_A
from tests.core.test_plans import plan
from tests.outbound.desk import notices, read
from tests.parts import Clock, Follower, fold, kinds, report

SECOND = Principal("u8", "sun", "leader", seat="desk-8")
FIRE = Principal("u9", "xiao", "officer", dept="xiaofang", seat="desk-9")
BY = Call(LEADER)


def in_force(city: Services, **changed: Any) -> None:
    given = plans.draft(city, BY, plan(**changed))
    plans.approve(city, Call(SECOND), "ponding", ApproveCommand(version=given["version"]))


def sound(**changed: Any) -> dict[str, Any]:
    """Tasks that the cast's units and stores can fill."""
    tasks = [{**one.model_dump(mode="json"), "needs": []} for one in plan().tasks]
    return {"tasks": tasks, **changed}


def activated(city: Services, level: int = 2) -> str:
    in_force(city, **sound())
    given = linkage.activate(
        city, BY, "ponding", ActivateCommand(incident=report(city), level=level, commander="陈局")
    )
    return str(given["linkage"])


def tasks(city: Services, ident: str) -> dict[str, dict[str, Any]]:
    found = linkage_reading.read_linkage(city, LEADER, "live", ident)
    return {one["code"]: one for one in found["tasks"]}


def act(city: Services, ident: str, code: str, verb: Any, by: Principal = LEADER, **given: Any) -> None:
    one = tasks(city, ident)[code]["id"]
    linkage.act_on_task(city, Call(by), ident, one, verb, TaskCommand(**given))


def run(city: Services) -> None:
    while run_due(city, "live"):
        pass


def test_a_plan_is_in_force_once_a_second_person_has_approved_it(city: Services) -> None:
    given = plans.draft(city, BY, plan(**sound()))
    assert (given["version"], given["faults"]) == (1, [])
    with pytest.raises(OwnPlan):
        plans.approve(city, BY, "ponding", ApproveCommand(version=1))
    plans.approve(city, Call(SECOND), "ponding", ApproveCommand(version=1))
    [listed] = [one for one in plans.list_plans(city, LEADER) if one["plan"] == "ponding"]
    assert (listed["in_force"], listed["state"]) == (1, "approved")
    assert kinds(city)[-2:] == ["PlanDrafted", "PlanApproved"]


def test_a_plan_that_cannot_run_is_not_approved_and_says_why(city: Services) -> None:
    plans.draft(city, BY, plan(**sound(sources=[])))
    with pytest.raises(PlanFaulty) as refused:
        plans.approve(city, Call(SECOND), "ponding", ApproveCommand(version=1))
    assert refused.value.params["first"] == "no_source"


def test_a_new_version_retires_the_one_before_and_both_can_be_compared(city: Services) -> None:
    in_force(city, **sound())
    in_force(city, **sound(summary="改过"))
    told = plans.read_plan(city, LEADER, "ponding")
    assert [(one["version"], one["state"]) for one in told["versions"]] == [(1, "retired"), (2, "approved")]
    [difference] = plans.compare(city, LEADER, "ponding", 1, 2)
    assert difference["section"] == "summary"
    plans.retire(city, BY, "ponding", RetireCommand(reason="修订"))
    with pytest.raises(NotFound):
        linkage.activate(city, BY, "ponding", ActivateCommand(incident=report(city), level=4))


def test_who_saw_an_older_version_is_told_who_wrote_meanwhile_and_replaces_nothing(city: Services) -> None:
    plans.draft(city, Call(LEADER, if_match=0), plan(**sound()))
    with pytest.raises(PlanWrittenMeanwhile) as refused:
        plans.draft(city, Call(SECOND, if_match=0), plan(**sound(summary="另一份")))
    assert refused.value.params["version"] == 1
    assert plans.read_plan(city, LEADER, "ponding")["plan"]["summary"] == plan().summary
    assert plans.draft(city, Call(SECOND, if_match=1), plan(**sound()))["version"] == 2


def test_the_library_tells_what_is_in_force_what_waits_and_when_it_ran(city: Services) -> None:
    activated(city)
    plans.draft(city, BY, plan(**sound(summary="改过")))
    [listed] = [one for one in plans.list_plans(city, LEADER) if one["plan"] == "ponding"]
    assert (listed["in_force"], listed["draft"], listed["version"]) == (1, 2, 2)
    assert (listed["runs"], listed["drilled_at"], listed["sources"]) == (1, None, 1)
    assert listed["ran_at"] is not None
    found = plans.read_plan(city, LEADER, "ponding")
    assert found["own"]
    assert not plans.read_plan(city, SECOND, "ponding")["own"]


def test_an_incident_is_told_which_plan_it_calls_for(city: Services) -> None:
    changed = sound()
    changed["triggers"] = [{"level": 2, "severity": 3, "classes": [FIRE_CLASS]}]
    in_force(city, **changed)
    found = plans.for_incident(city, LEADER, "live", report(city, severity=2))
    assert [(one["plan"], one["level"]) for one in found] == [("ponding", 2)]
    assert plans.for_incident(city, LEADER, "live", report(city, severity=4)) == []


def test_one_click_calls_every_department_and_the_board_equals_its_guard_rows(city: Services) -> None:
    ident = activated(city)
    assert {code: one["status"] for code, one in tasks(city, ident).items()} == {
        "meet": "assigned", "pump": "waiting", "save": "waiting",
    }  # fmt: skip
    act(city, ident, "meet", "ack")
    act(city, ident, "meet", "done", text="已会商")
    with pytest.raises(NotYourTask):
        act(city, ident, "save", "ack", by=OFFICER_A)
    act(city, ident, "save", "start", by=FIRE)
    assert tasks(city, ident)["save"]["status"] == "under_way"
    Follower(city).compare()


def test_of_two_leaders_at_once_one_activates_and_the_other_is_told(city: Services) -> None:
    in_force(city, **sound())
    incident = report(city)

    def attempt(by: Principal) -> str:
        try:
            linkage.activate(city, Call(by), "ponding", ActivateCommand(incident=incident, level=4))
        except ResponseRunning:
            return "told"
        return "activated"

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(attempt, [LEADER, SECOND, LEADER, SECOND]))
    assert sorted(said) == ["activated", "told", "told", "told"]
    assert len(fold(city).linkages) == 1


def test_a_task_that_nobody_acknowledges_is_told_near_and_over_once(city: Services, clock: Clock) -> None:
    ident = activated(city)
    clock.pass_(minutes=4.5)
    run(city)
    clock.pass_(minutes=1)
    run(city)
    run(city)
    assert [kind for kind in kinds(city) if kind.startswith("Task")] == ["TaskNeared", "TaskMissed"]
    assert tasks(city, ident)["meet"]["late"]


def test_the_response_is_raised_and_its_end_frees_the_incident(city: Services) -> None:
    ident = activated(city, level=4)
    linkage.change_level(city, BY, ident, LevelCommand(level=2, reason="扩大"))
    assert set(tasks(city, ident)) == {"meet", "pump", "save"}
    linkage.end(city, BY, ident, EndCommand(reason="险情解除"))
    assert not fold(city).linkages
    assert not fold(city).tasks
    assert {one["status"] for one in tasks(city, ident).values()} == {"cancelled"}
    Follower(city).compare()


def test_an_incident_is_not_ended_while_a_response_to_it_runs(city: Services) -> None:
    in_force(city, **sound())
    incident = report(city)
    linkage.activate(city, BY, "ponding", ActivateCommand(incident=incident, level=4))
    with pytest.raises(ResponseRunning):
        incidents.reject(city, BY, incident, "重复")


def test_who_has_no_task_in_it_and_no_say_there_does_not_see_it(city: Services) -> None:
    ident = activated(city)
    stranger = replace(OFFICER_A, area="990102")
    with pytest.raises(NotFound):
        linkage_reading.read_linkage(city, stranger, "live", ident)


def test_thirty_three_departments_and_sixty_tasks_begin_in_one_fact(city: Services) -> None:
    base = plan().tasks[0].model_dump(mode="json")
    depts = [row["code"] for row in shipped("departments.csv")]
    many = [{**base, "code": f"t{n}", "phase": "first", "owner": f"{depts[n % 33]}@city"} for n in range(60)]
    given = plans.draft(city, BY, plan_of(plan(tasks=many, phases=plan().model_dump()["phases"][:1])
                                          .model_dump(mode="json")))  # fmt: skip
    assert given["faults"] == []
    plans.approve(city, Call(SECOND), "ponding", ApproveCommand(version=1))
    before = len(kinds(city))
    answer = linkage.activate(city, BY, "ponding", ActivateCommand(incident=report(city), level=4))
    assert (answer["tasks"], len(answer["offices"])) == (60, 34)  # and the desk that commands
    assert kinds(city)[before:] == ["IncidentReported", "PlanActivated"]


def test_the_library_is_the_whole_citys_and_no_drills(city: Services) -> None:
    given = plans.draft(city, BY, plan(**sound()))
    town, dept = replace(LEADER, area="990101001"), replace(SECOND, dept="xiaofang")
    with pytest.raises(WholeCityNeeded):
        plans.draft(city, Call(town), plan(**sound(summary="改过")))
    with pytest.raises(WholeCityNeeded):
        plans.approve(city, Call(dept), "ponding", ApproveCommand(version=given["version"]))
    with pytest.raises(InvalidInput):
        plans.draft(city, Call(LEADER, realm="drill"), plan(**sound(summary="演练")))
    with pytest.raises(Forbidden):
        plans.draft_text(city, Call(replace(OFFICER_A, area="")), "{ not even read")


def test_a_draft_that_was_replaced_is_not_approved_for_the_one_that_was_read(city: Services) -> None:
    read = plans.draft(city, BY, plan(**sound()))
    plans.draft(city, BY, plan(**sound(summary="后来改的")))
    with pytest.raises(NotFound):
        plans.approve(city, Call(SECOND), "ponding", ApproveCommand(version=read["version"]))


def test_neither_command_nor_a_task_goes_to_an_office_that_is_not_there(city: Services) -> None:
    ident = activated(city)
    with pytest.raises(UnknownOffice):
        linkage.hand_over(city, BY, ident, HandOverCommand(office="wuren@990101", name="某", reason="换班"))
    with pytest.raises(UnknownOffice):
        act(city, ident, "meet", "change", owner="@123456789", reason="换单位")
    with pytest.raises(UnknownOffice):
        added = AddCommand(title="清点", owner="wuren@town", due_min=30, reason="漏了")
        linkage.add_task(city, BY, ident, added)


def test_a_response_raised_lowered_and_raised_again_has_the_tasks_of_its_level(city: Services) -> None:
    ident = activated(city, level=4)
    for level in (2, 4, 2):
        linkage.change_level(city, BY, ident, LevelCommand(level=level, reason="研判"))
    still = {code for code, one in tasks(city, ident).items() if one["status"] != "cancelled"}
    assert still == {"meet", "pump", "save"}
    Follower(city).compare()


def test_whoever_is_given_a_task_late_has_its_whole_time(city: Services, clock: Clock) -> None:
    ident = activated(city)
    clock.pass_(minutes=600)
    act(city, ident, "meet", "change", owner="xiaofang@", reason="原单位无人")
    act(city, ident, "meet", "ack", by=FIRE)
    run(city)
    assert [kind for kind in kinds(city) if kind == "TaskMissed"] == []


def test_a_zone_lies_on_the_earth() -> None:
    with pytest.raises(ValidationError):
        ZoneCommand(shape="polygon", ring=((200.0, 95.0), (201.0, 95.0), (201.0, 96.0), (200.0, 95.0)))


def test_departments_hear_of_tasks_and_the_commander_of_what_is_late(city: Services, clock: Clock) -> None:
    reader = Reader(city.engine, city.zone, clock)
    read(reader)
    ident = activated(city)
    read(reader)
    begun = [one for one in notices(city) if one.fact == "PlanActivated"]
    assert begun
    assert all(one.alarm for one in begun)
    clock.pass_(minutes=6)
    run(city)
    read(reader)
    late = [one for one in notices(city) if one.fact.startswith("Task")]
    assert {one.fact for one in late} == {"TaskNeared", "TaskMissed"}
    act(city, ident, "meet", "done", text="已会商")
    read(reader)
    still = [one for one in notices(city) if one.fact in ("TaskNeared", "TaskMissed") and not one.settled_at]
    assert still == [], "what is done alarms nobody any more, the commander neither"
    linkage.end(city, BY, ident, EndCommand(reason="险情解除"))
    read(reader)
    waiting = {one.fact for one in notices(city) if not one.settled_at and one.alarm}
    assert waiting <= {"IncidentReported", "DeadlineMissed"}, "what is left is the incident's own"


def test_what_offices_were_told_of_a_response_is_told_again_from_the_log(city: Services) -> None:
    reader = Reader(city.engine, city.zone, city.now)
    read(reader)
    activated(city)
    read(reader)
    before = notices(city)
    with city.engine.begin() as conn:
        conn.execute(delete(notice))
    rebuild(city, "live")
    assert [(one.seq, one.office) for one in notices(city)] == [(one.seq, one.office) for one in before]


def test_a_task_that_is_taken_back_leaves_the_alarms_of_others(city: Services) -> None:
    reader = Reader(city.engine, city.zone, city.now)
    read(reader)
    ident = activated(city)
    act(city, ident, "save", "cancel", reason="无被困人员")
    read(reader)
    begun = [one for one in notices(city) if one.fact == "PlanActivated"]
    assert begun
    assert [one.settled_at for one in begun] == [None] * len(begun)


def test_whose_task_is_given_to_another_hears_of_it(city: Services) -> None:
    ident = activated(city)
    act(city, ident, "save", "change", owner="yingji@", reason="消防已满员")
    with city.engine.connect() as conn:
        given = [log.to_event(wire) for wire in log.read_all(conn, "live")][-1]
    [incident] = fold(city).incidents.values()
    assert set(offices_told("told", given, incident)) == {"xiaofang@", "yingji@"}


def test_a_department_reads_the_facts_of_those_responses_alone_in_which_it_has_a_task(city: Services) -> None:
    ident = activated(city)
    stranger = replace(FIRE, dept="gongan")
    with pytest.raises(NotFound):
        linkage_reading.read_linkage(city, stranger, "live", ident)

    def read_of(who: Principal) -> list[str]:
        return [
            one["kind"] for one in reading.events(city, who, "live", 0, 1000).seen if one["subject"] == ident
        ]

    assert read_of(FIRE) == ["PlanActivated"]
    assert read_of(stranger) == []


def test_a_response_that_is_over_hides_from_visitors_with_its_incident(city: Services) -> None:
    wall = Principal("t9", "lobby", "wall", kind="wall", visitors=True)
    ident = activated(city)
    incident = fold(city).linkages[ident].incident
    linkage.end(city, BY, ident, EndCommand(reason="险情解除"))
    assert linkage_reading.read_linkage(city, wall, "live", ident)["ended_at"]
    sensitivity.mark(city, BY, incident, "涉密")
    with pytest.raises(NotFound):
        linkage_reading.read_linkage(city, wall, "live", ident)
    assert linkage_reading.read_linkage(city, LEADER, "live", ident)["ended_at"]
