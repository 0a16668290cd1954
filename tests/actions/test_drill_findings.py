"""What a drill showed to be amiss is told in live when it ends, and followed there until it is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions import drill_findings, drills, plans
from actions import drill_findings_reading as reading
from actions.drill_commands import MarkCommand, StopCommand
from actions.drill_findings_commands import COMMANDS, ProposeCommand
from actions.drill_reports import read_report
from actions.plans import ApproveCommand
from actions.rebuild import rebuild
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call
from core.drill_findings import Finding
from core.errors import Forbidden, StaleVersion
from core.errors_findings import FindingMoveNotAllowed, RevisionNotApproved
from db.tables_duty import notice
from db.tables_findings import drill_finding
from db.waking import due_realms
from tests.actions.test_linkage import SECOND, in_force, sound
from tests.cast import LEADER, OFFICER, OFFICER_A, START, TOWN_B, VIEWER
from tests.drilling import inject, opened, run, started
from tests.parts import Clock, kinds

BY = Call(LEADER)
ACK = inject(1, indicators=[{"code": "ack1", "name": "受理", "measure": "ack", "limit_s": 120}])


def played(city: Services, clock: Clock, *, stop: bool = True, **changed: Any) -> str:
    """A drill in which nobody accepted the report; its id, over."""
    ident = started(city, ACK, **changed)
    for minutes in (1, 10):
        clock.pass_(minutes=minutes)
        run(city, ident)
    if stop:
        drills.stop(city, BY, ident, StopCommand())
        with city.engine.connect() as conn:
            assert drills.realm_of(ident) in due_realms(conn, city.now()), (
                "the process that does chores sees it"
            )
        run(city, ident)
    return ident


def known(city: Services, ident: str) -> list[Finding]:
    return [one.finding for one in reading.of_drill(city, LEADER, ident)]


def act(city: Services, ident: str, verb: str, by: Call = BY, **given: Any) -> dict[str, Any]:
    return drill_findings.act(city, by, ident, verb, COMMANDS[verb].model_validate(given))


def bell(city: Services) -> list[tuple[str, str, bool]]:
    query = select(notice).where(notice.c.realm == "live").order_by(notice.c.seq)
    with city.engine.connect() as conn:
        return [(row.fact, row.office, row.settled_at is not None) for row in conn.execute(query)]


def test_a_drill_that_ends_tells_live_once_what_was_amiss(city: Services, clock: Clock) -> None:
    ident = played(city, clock)
    (found,) = known(city, ident)
    assert (found.about, found.code, found.office, found.state) == ("ack1", "missed", "@", "proposed")
    assert found.drill_name == "仓库火灾演练"
    drills.mark(city, BY, ident, MarkCommand(about="1", mark=1, text="无人受理"))
    run(city, ident)
    assert [one.code for one in known(city, ident)] == ["missed", "mark"], "the first is not told again"
    report = read_report(city, LEADER, ident)
    assert [one.id for one in report.findings] == [one.id for one in known(city, ident)]


def test_a_rehearsal_shows_nobodys_faults(city: Services, clock: Clock) -> None:
    ident = opened(city, ACK)
    drills.stop(city, BY, ident, StopCommand(aborted=True, reason="天气"))
    run(city, ident)
    assert kinds(city).count("FindingProposed") == 0, "nothing was measured before the start"


def test_a_finding_is_taken_up_moved_by_its_owner_and_closed(city: Services, clock: Clock) -> None:
    (found,) = known(city, played(city, clock))
    with pytest.raises(Forbidden):
        act(city, found.id, "take_up", Call(OFFICER))
    given = act(city, found.id, "take_up", due_on=date(2026, 4, 1))
    assert (given["state"], given["due_on"]) == ("open", "2026-04-01")
    act(city, found.id, "note", Call(OFFICER), text="已组织培训")
    with pytest.raises(Forbidden):
        act(city, found.id, "close", Call(OFFICER_A), text="办结")
    act(city, found.id, "close", Call(OFFICER), text="完成培训并复测")
    (after,) = reading.listed(city, LEADER, "closed")
    assert (after.finding.said, after.finding.by, after.verbs) == ("完成培训并复测", "wang", ("reopen",))
    assert reading.listed(city, LEADER, "open") == []
    assert ("FindingTakenUp", "@", True) in bell(city)


def test_the_second_of_two_is_told_what_the_first_did(city: Services, clock: Clock) -> None:
    (found,) = known(city, played(city, clock))
    act(city, found.id, "drop", text="脚本时限过严")
    with pytest.raises(FindingMoveNotAllowed) as refused:
        act(city, found.id, "take_up")
    assert (refused.value.params["finding_state"], refused.value.params["by"]) == ("dropped", LEADER.name)
    with pytest.raises(StaleVersion):
        act(city, found.id, "reopen", Call(LEADER, if_match=found.version), text="复议")


def test_what_is_not_mended_in_time_is_told_once(city: Services, clock: Clock) -> None:
    (found,) = known(city, played(city, clock))
    act(city, found.id, "take_up", due_on=date(2026, 3, 3))
    clock.pass_(days=3)
    run_due(city, "live")
    run_due(city, "live")
    assert kinds(city).count("FindingOverdue") == 1
    assert [one.finding.id for one in reading.listed(city, LEADER, "overdue")] == [found.id]
    assert ("FindingOverdue", "@", False) in bell(city)


def test_a_finding_that_opens_a_revision_is_closed_when_that_is_approved(
    city: Services, clock: Clock
) -> None:
    in_force(city, **sound())
    (found,) = known(city, played(city, clock, plan="ponding"))
    taken = act(city, found.id, "take_up")
    given = act(city, found.id, "revise", Call(LEADER, if_match=taken["version"]))
    assert given["revision"] == 2, "the plan in force, written anew"
    (of_plan,) = plans.read_plan(city, OFFICER_A, "ponding")["findings"]
    assert (of_plan["id"], of_plan["revision"]) == (found.id, 2)
    elsewhere = replace(OFFICER_A, area=TOWN_B)
    assert plans.read_plan(city, elsewhere, "ponding")["findings"] == [], "another town's drill"
    with pytest.raises(RevisionNotApproved):
        act(city, found.id, "close", text="已修订")
    plans.approve(city, Call(SECOND), "ponding", ApproveCommand(version=2))
    assert known(city, of_plan["drill"])[0].state == "revising", "somebody has to look at it"
    assert act(city, found.id, "close", text="已修订")["state"] == "closed"


def test_ones_own_finding_stands_beside_those_of_the_score(city: Services, clock: Clock) -> None:
    ident = played(city, clock, stop=False)
    command = ProposeCommand(title="对讲机串频", office="@", inject=1)
    with pytest.raises(Forbidden):
        drill_findings.propose(city, Call(OFFICER), ident, command)
    given = drill_findings.propose(city, BY, ident, command)
    (found,) = known(city, ident)
    assert (found.id, found.name, found.due_on > START.date()) == (given["id"], "对讲机串频", True)
    with pytest.raises(Forbidden):
        reading.of_drill(city, VIEWER, ident)


def test_a_list_is_as_long_as_it_may_be_of_what_its_reader_sees(
    city: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = known(city, played(city, clock, division=TOWN_B))
    (own,) = known(city, played(city, clock))
    for one, day in ((first, 3), (own, 4)):
        act(city, one.id, "take_up", office=f"@{one.area}", due_on=date(2026, 3, day))
    monkeypatch.setattr(reading, "MOST", 1)
    assert [one.finding.id for one in reading.listed(city, LEADER)] == [first.id]
    assert [one.finding.id for one in reading.listed(city, OFFICER_A)] == [own.id]


def test_findings_are_made_again_from_the_log(city: Services, clock: Clock) -> None:
    ident = played(city, clock)
    (found,) = known(city, ident)
    act(city, found.id, "take_up", due_on=found.due_on + timedelta(days=1))
    query = select(drill_finding)
    with city.engine.connect() as conn:
        before = conn.execute(query).all()
    rebuild(city, "live")
    with city.engine.connect() as conn:
        assert conn.execute(query).all() == before
