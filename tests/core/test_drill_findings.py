"""A finding goes its way from proposal to end; who may move it, and what its facts fold to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.events_findings as e
from core.drill_findings import (
    MOVES,
    OWNERS,
    RUNNING,
    Finding,
    Step,
    allowed,
    apply,
    as_fact,
    check,
    decide,
    overdue,
    went_overdue,
)
from core.envelope import Body, Event
from core.errors import Forbidden
from core.errors_findings import FindingDuePassed, FindingMoveNotAllowed, FindingWithoutPlan
from core.permissions import Principal
from tests.cast import LEADER, OFFICER, START, TOWN_A, TOWN_B, VIEWER, unit_body
from tests.core.strategies import examples

TODAY = date(2026, 3, 2)
DUE = TODAY + timedelta(days=30)
OWNER = Principal("u9", "he", "officer", area=TOWN_B, dept="xiaofang")
LEADER_B = Principal("u10", "xu", "leader", area=TOWN_B)
PROPOSED = as_fact(
    Finding("ack", "late", 1, f"xiaofang@{TOWN_B}", DUE, "fire", 7, {"title": "受理", "n": 1}, key="ack"),
    "drill:01", "高层火灾演练",
)  # fmt: skip


def told(seq: int, body: Body) -> Event:
    return Event("live", seq, 1, "finding:F1", TOWN_A, START, START, "zhao", "desk-3", None, body)


def folded(*bodies: Body) -> Finding:
    found: Finding | None = None
    for seq, body in enumerate((PROPOSED, *bodies), 1):
        found = apply(found, told(seq, body))
    assert found
    return found


def fact(of: Finding, verb: str, step: Step) -> Body:
    if verb == "revise":
        return e.FindingRevised(plan=of.plan, version=3)
    return decide(of, verb, step, TODAY)


@examples(100)
@given(st.lists(st.sampled_from([*MOVES, "overdue"]), max_size=12))
def test_whatever_is_tried_a_finding_goes_only_where_the_table_says(verbs: list[str]) -> None:
    found, told_late = folded(), 0
    for seq, verb in enumerate(verbs, 2):
        if verb == "overdue":
            for body in went_overdue(found, DUE + timedelta(days=1)):
                told_late += 1
                found = apply(found, told(seq, body)) or found
            continue
        states, after = MOVES[verb]
        if found.state not in states:
            with pytest.raises(FindingMoveNotAllowed):
                check(found, verb, LEADER)
            assert verb not in allowed(found, LEADER)
            continue
        check(found, verb, LEADER)
        before = found
        found = apply(found, told(seq, fact(found, verb, Step(text="说明")))) or found
        assert found.state == (after or before.state)
        assert (found.version, found.by) == (seq, "zhao")
        assert (found.revision is not None) >= (found.state == "revising")
    assert told_late <= 1, "of one day it is told once"
    assert overdue(found, date.max) == (found.state in RUNNING)


def test_leaders_of_the_drills_area_decide_and_the_owner_moves_its_own() -> None:
    found = folded(e.FindingTakenUp(office=str(OWNER.office), due_on=DUE, title=""))
    assert set(allowed(found, LEADER)) == {"assign", "drop", "note", "revise", "close"}
    assert set(allowed(found, OWNER)) == OWNERS
    for by in (VIEWER, LEADER_B, OFFICER):
        assert allowed(found, by) == [], "another area's leader, another office"
    with pytest.raises(Forbidden):
        check(found, "drop", OWNER)


def test_what_is_taken_up_has_an_owner_and_a_day_that_is_not_over() -> None:
    found = folded()
    body = decide(found, "take_up", Step(title="受理口径不一"), TODAY)
    assert body == e.FindingTakenUp(office=found.office, due_on=DUE, title="受理口径不一")
    with pytest.raises(FindingDuePassed):
        decide(found, "take_up", Step(due_on=TODAY - timedelta(days=1)), TODAY)


def test_a_finding_of_a_drill_without_a_plan_revises_none() -> None:
    without = PROPOSED.model_copy(update={"plan": ""})
    found = apply(None, told(1, without))
    assert found
    found = apply(found, told(2, e.FindingTakenUp(office="@", due_on=DUE, title="")))
    assert found
    with pytest.raises(FindingWithoutPlan):
        check(found, "revise", LEADER)


def test_a_new_day_may_go_by_too() -> None:
    taken_up = e.FindingTakenUp(office="@", due_on=DUE, title="")
    (late,) = went_overdue(folded(taken_up), DUE + timedelta(days=1))
    later = e.FindingAssigned(office="@", due_on=DUE + timedelta(days=10), reason="延期")
    after = folded(taken_up, late, later)
    assert went_overdue(after, DUE + timedelta(days=5)) == []
    assert len(went_overdue(after, DUE + timedelta(days=11))) == 1


def test_facts_about_other_things_change_nothing() -> None:
    assert apply(None, told(1, e.FindingNoted(text="先说后有"))) is None
    found = folded()
    assert apply(found, told(9, unit_body())) == found
