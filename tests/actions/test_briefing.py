"""A response is reported in numbered reports on a clock; towns tell what they have lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from actions import briefing, case_queries, dispatch, incidents, linkage
from actions.briefing import FileCommand, LossesCommand
from actions.commands import DispatchCommand
from actions.linkage_commands import EndCommand
from actions.services import Services
from actions.surroundings import surroundings
from actions.unit_of_work import Call
from core.errors import InvalidInput, NotFound
from core.errors_accounts import AreaUnknown
from core.errors_briefing import LossesReduced, NotOwnArea, ReportOutOfTurn
from core.errors_cases import UnknownOffice
from core.errors_commit import SuppliesShort
from core.errors_plans import NotCommander
from db import briefing as rows
from db import log
from outbound.reader import Reader
from pages.cases import paper
from pages.cases.response import blocks
from tests.actions.test_linkage import BY, FIRE, SECOND, activated, in_force, run, sound, tasks
from tests.cast import AREA_A, IN_A, IN_B, LEADER, OFFICER_A, TOWN_A, TOWN_B
from tests.core.test_plans import task as planned
from tests.outbound.desk import notices, read
from tests.parts import Clock, Follower, eventually, kinds, report, stores_with

TOWN = replace(OFFICER_A, area=TOWN_A)


def filing(stage: Any = "first", **given: Any) -> FileCommand:
    return FileCommand.model_validate({"stage": stage, "text": "情况如下", "to": ["@"], **given})


def send(city: Services, ident: str, stage: Any = "first", call: Call = BY, **given: Any) -> dict[str, Any]:
    return briefing.file_report(city, call, ident, filing(stage, **given))


def losses(
    city: Services, incident: str, area: str = TOWN_A, by: Any = LEADER, remark: str = "", **of: float
) -> Any:
    command = LossesCommand(area=area, figures=of, remark=remark)
    return briefing.report_losses(city, Call(by), incident, command)


def incident_of(city: Services, ident: str) -> str:
    return briefing.read_reports(city, LEADER, "live", ident).linkage.incident


def test_a_follow_up_tells_what_came_after_the_draft_of_the_report_before(city: Services) -> None:
    ident = activated(city)
    incident = incident_of(city, ident)
    incidents.note(city, BY, incident, "水深半米")
    drafted = briefing.draft(city, LEADER, "live", ident)
    incidents.note(city, BY, incident, "水深一米")  # while the draft is read
    assert send(city, ident, covers=drafted.seq)["number"] == 1
    follow = briefing.draft(city, LEADER, "live", ident)
    said = [item.values.get("text") for one in follow.sections if one.code == "done" for item in one.items]
    assert (follow.stage, said) == ("follow", ["水深一米"])


def test_after_the_end_the_final_report_closes_the_row(city: Services) -> None:
    ident = activated(city)
    send(city, ident)
    linkage.end(city, BY, ident, EndCommand(reason="险情解除"))
    with pytest.raises(ReportOutOfTurn):
        send(city, ident, "follow")
    assert send(city, ident, "final")["number"] == 2
    with pytest.raises(ReportOutOfTurn):
        send(city, ident, "final")
    found = briefing.read_reports(city, LEADER, "live", ident)
    assert ([one.body.stage for one in found.filed], found.due) == (["first", "final"], None)
    Follower(city).compare()


def test_of_two_who_report_at_once_each_has_a_number_of_its_own(city: Services) -> None:
    ident = activated(city)
    send(city, ident)
    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda by: send(city, ident, "follow", Call(by)), [LEADER, SECOND] * 2))
    assert sorted(one["number"] for one in given) == [2, 3, 4, 5]


def test_whoever_neither_commands_nor_has_to_report_sends_nothing(city: Services) -> None:
    ident = activated(city)
    with pytest.raises(NotCommander):
        send(city, ident, call=Call(FIRE))
    with pytest.raises(NotFound):
        send(city, ident, call=Call(replace(OFFICER_A, area="990102")))
    with pytest.raises(UnknownOffice):
        send(city, ident, to=["wuren@"])


def test_a_task_that_is_to_report_is_done_by_the_report(city: Services) -> None:
    changed = sound()
    changed["tasks"][0] = {**planned(0, reports=True, owner="xiaofang@city")[0], "needs": []}
    in_force(city, **changed)
    ident = str(linkage.activate(
        city, BY, "ponding", linkage.ActivateCommand(incident=report(city), level=2))["linkage"])  # fmt: skip
    by_code = tasks(city, ident)
    with pytest.raises(InvalidInput):
        send(city, ident, task=by_code["save"]["id"])
    with pytest.raises(NotCommander):
        send(city, ident, call=Call(TOWN), task=by_code["meet"]["id"])
    send(city, ident, call=Call(FIRE), task=by_code["meet"]["id"])
    now = tasks(city, ident)
    assert (now["meet"]["status"], now["save"]["status"]) == ("done", "assigned")
    assert kinds(city)[-3:] == ["ReportFiled", "TaskDone", "TasksBegun"]


def test_a_report_that_is_late_is_told_once_and_marked(city: Services, clock: Clock) -> None:
    reader = Reader(city.engine, city.zone, clock)
    read(reader)
    ident = activated(city)
    run(city)
    clock.pass_(minutes=29)
    run(city)
    assert "ReportMissed" not in kinds(city)
    clock.pass_(minutes=2)
    run(city)
    run(city)
    assert kinds(city).count("ReportMissed") == 1
    read(reader)
    assert [one.alarm for one in notices(city) if one.fact == "ReportMissed"] == [True]
    assert send(city, ident)["late"]
    read(reader)
    assert all(one.settled_at for one in notices(city) if one.fact == "ReportMissed")
    clock.pass_(minutes=121)
    run(city)
    assert kinds(city).count("ReportMissed") == 2, "the follow-up of a level Ⅱ response"


def test_towns_tell_their_losses_and_the_districts_are_added_up(city: Services) -> None:
    incident = report(city)
    losses(city, incident, by=TOWN, dead=2, loss=10.5)
    losses(city, incident, TOWN_B, dead=1)
    with pytest.raises(LossesReduced):
        losses(city, incident, dead=1)
    assert losses(city, incident, dead=1, remark="重复统计")["reports"] == 2
    found = briefing.read_losses(city, LEADER, "live", incident)
    assert (found.total, found.districts) == ({"dead": 2}, {"990101": {"dead": 2}})
    assert [(one.area, one.corrected, one.remark) for one in found.areas] == [
        (TOWN_A, 1, "重复统计"), (TOWN_B, 0, ""),
    ]  # fmt: skip
    assert found.as_json()["districts"] == [{"area": "990101", "name": "990101", "figures": {"dead": 2}}]
    Follower(city).compare()


def test_losses_are_of_towns_that_are_there_and_ones_own(city: Services) -> None:
    incident = report(city)
    for area in (AREA_A, "990101", "nowhere"):
        with pytest.raises(AreaUnknown):
            losses(city, incident, area)
    with pytest.raises(NotOwnArea):
        losses(city, incident, TOWN_B, by=TOWN)
    with pytest.raises(InvalidInput):
        losses(city, incident, wounded=1)
    with pytest.raises(NotFound):
        losses(city, "nothing")


def test_who_is_called_by_a_response_reads_the_losses_beside_its_reports(city: Services) -> None:
    ident = activated(city)
    incident, other = incident_of(city, ident), report(city)
    losses(city, incident, injured=3)
    assert briefing.read_reports(city, FIRE, "live", ident).filed == ()
    assert briefing.read_losses(city, FIRE, "live", incident).total == {"injured": 3}
    with pytest.raises(NotFound):
        briefing.read_losses(city, FIRE, "live", other)


def test_two_towns_that_tell_their_losses_at_once_are_both_counted(city: Services) -> None:
    incident = report(city)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda area: losses(city, incident, area, injured=3), [TOWN_A, TOWN_B]))
    assert briefing.read_losses(city, LEADER, "live", incident).total == {"injured": 6}


def test_the_file_of_an_incident_tells_its_response_and_its_supplies(city: Services) -> None:
    stores_with(city, 100)
    ident = activated(city)
    incident = incident_of(city, ident)
    send(city, ident)
    order = DispatchCommand.model_validate(
        {"units": ["F1"], "supplies": [{"item": "1010101", "quantity": 5}]}
    )
    dispatch.dispatch(city, BY, incident, order)
    case = case_queries.read_case(city, LEADER, "live", incident)
    [response] = case.responses
    assert [one.code for one in response.tasks] == ["meet", "pump", "save"]
    assert [one.body.number for one in response.reports.filed] == [1]
    around = surroundings(city, LEADER, IN_A, (100.0, 100.0))
    pdf = paper.file(
        "zh-CN", city.zone, case, city.reference.classes(), [], around, "zhao", city.now_in("live")
    )
    assert pdf.startswith(b"%PDF")
    assert "chengguan@" not in "".join(paper_words(case, city)), "offices have names"


def paper_words(case: case_queries.Case, city: Services) -> list[str]:
    """What stands in the response's tables."""
    found: list[str] = []
    for one in case.responses:
        for block in blocks("zh-CN", city.zone, one, case.card.offices):
            found += [cell for row in getattr(block, "rows", ()) for cell in row]
    return found


def test_who_lacks_goods_is_told_of_those_incidents_alone_that_they_may_see(city: Services) -> None:
    stores_with(city, 10)
    first = report(city, IN_B)
    wanted = {"units": ["F2"], "supplies": [{"item": "1010101", "quantity": 8}]}
    dispatch.dispatch(city, BY, first, DispatchCommand.model_validate(wanted))
    own = report(city)
    order = DispatchCommand.model_validate({**wanted, "units": ["F1"]})
    with pytest.raises(SuppliesShort) as told:
        dispatch.dispatch(city, BY, own, order)
    assert len(told.value.params["holders"]) == 1
    with pytest.raises(SuppliesShort) as told:
        dispatch.dispatch(city, Call(TOWN), own, order)
    assert told.value.params["holders"] == [], "the other town's incident is not theirs to know"


def test_a_worker_that_tells_what_is_late_does_not_hold_the_counter_while_it_waits(
    city: Services, clock: Clock
) -> None:
    ident = activated(city)
    other = report(city)  # its dispatch clock wakes in the same round
    clock.pass_(minutes=31)
    with city.engine.connect() as conn, ThreadPoolExecutor(1) as pool:
        rows.read_linkage(conn, "live", ident, lock=True)
        round_of = pool.submit(run, city)
        eventually(lambda: waits(city))
        log.take(conn, "live")  # as whoever ends the response does next: it would wait for the worker
        conn.rollback()
        round_of.result(timeout=20)
    assert other
    assert "ReportMissed" in kinds(city)


def waits(city: Services) -> bool:
    """Whether somebody waits for a lock."""
    with city.engine.connect() as conn:
        return bool(conn.scalar(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")))


def test_a_draft_is_read_by_those_who_report_and_by_no_other_office_that_was_called(city: Services) -> None:
    ident = activated(city)
    assert briefing.read_reports(city, FIRE, "live", ident).filed == ()
    with pytest.raises(NotCommander):
        briefing.draft(city, FIRE, "live", ident)
    of = briefing.read_reports(city, LEADER, "live", ident).linkage
    assert [briefing.may_write(city, who, "live", of) for who in (LEADER, FIRE)] == [True, False]
