"""A drill is scored from its log alone: what was asked, how long it took, and whose time it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.events as e
import core.events_cases as c
import core.events_drills as d
import core.events_linkage as m
from core.drill_score import KINDS, Measured, Score, score
from core.envelope import Event
from tests.cast import START, dispatched, due
from tests.core.played import (
    ACTS,
    LIMITS,
    REALM,
    STAGED,
    Told,
    activated,
    delivered,
    filed,
    inject,
    log,
    merged,
    one,
    played,
    script,
    task_set,
)
from tests.core.strategies import examples

OVER = START + timedelta(days=1)


def scored(events: list[Event], **changed: object) -> Score:
    return score(script(**changed), events, OVER)


def of(events: list[Event], code: str) -> Measured:
    return next(one for one in scored(events).indicators if one.indicator.code == code)


def states(events: list[Event]) -> dict[str, str]:
    return {one.indicator.code: one.state for one in scored(events).indicators}


def test_who_did_everything_in_time_has_met_everything() -> None:
    found = states(played())
    assert found.pop("late_one") == "not_applicable", "its inject never came"
    assert set(found.values()) == {"met"}
    assert scored(played()).share == 1


@pytest.mark.parametrize("code", ACTS)
def test_an_act_ten_minutes_later_lowers_exactly_its_indicator(code: str) -> None:
    minute, subject, body = ACTS[code]
    before, after = states(played()), states(played(**{code: (minute + 10, subject, body)}))
    assert {one for one in before if before[one] != after[one]} == {code}
    assert after[code] == "late"
    assert of(played(**{code: (minute + 10, subject, body)}), code).seconds == pytest.approx(
        (of(played(), code).seconds or 0) + 600
    )


@examples(100)
@given(code=st.sampled_from(sorted(ACTS)), minutes=st.floats(0, 10))
def test_a_delay_changes_no_seconds_but_those_of_its_own_indicator(code: str, minutes: float) -> None:
    minute, subject, body = ACTS[code]
    before = scored(played()).indicators
    after = scored(played(**{code: (minute + minutes, subject, body)})).indicators
    others = [
        (old.seconds, new.seconds)
        for old, new in zip(before, after, strict=True)
        if old.indicator.code != code
    ]
    assert all(old == new for old, new in others)


@pytest.mark.parametrize("code", ACTS)
def test_what_nobody_did_is_missed(code: str) -> None:
    after = states(played(code))
    made_up_for = {"dispatch": "reinforcements come", "order": "who does a task has acknowledged it"}
    assert after[code] == ("late" if code in made_up_for else "missed")


def test_before_its_time_is_up_what_is_not_done_is_open_then_late() -> None:
    events = [one for one in played() if one.recorded_at < START + timedelta(minutes=1)]
    early = score(script(), events, START + timedelta(minutes=1))
    assert {one.state for one in early.indicators} == {"open"}
    later = score(script(), events, START + timedelta(minutes=3)).indicators[0]
    assert (later.state, later.at, later.late_s) == ("late", None, 60)


def test_nobody_is_judged_by_time_that_the_drill_did_not_give() -> None:
    stopped = (10.0, REALM, d.DrillStopped(aborted=True, reason="实战"))
    found = scored(log([*STAGED[:3], stopped, ACTS["ack"]]))
    assert found.aborted
    by = {one.indicator.code: (one.state, one.why) for one in found.indicators}
    assert by["ack"] == ("met", "")
    assert by["dispatch"] == ("missed", "")
    assert by["arrival"] == ("not_applicable", "cut")
    assert by["reinforce"] == ("not_applicable", "undelivered")


def test_acts_after_the_end_count_for_nothing_and_marks_do() -> None:
    mark = d.DrillRated(about="1", mark=4, text="快", at_seq=3, evaluator="judge")
    found = scored(played("close", more=[(151, "I1", e.IncidentClosed()), (200, REALM, mark)]))
    assert {one.indicator.code for one in found.indicators if one.state == "missed"} == {"close"}
    assert [(one.mark, one.at) for one in found.marks] == [(4, START)]


def test_an_evaluator_corrects_a_mark_by_another_of_the_same_moment() -> None:
    marks = [
        d.DrillRated(about=about, mark=mark, text="", at_seq=at, evaluator=who)
        for about, mark, at, who in (
            ("1", 1, 4, "a"),
            ("1", 5, 4, "a"),
            ("1", 3, 4, "b"),
            ("alarm", 4, 9, "a"),
        )
    ]
    found = scored(played(more=[(160, REALM, one) for one in marks]))
    assert [(one.about, one.mark, one.evaluator) for one in found.marks] == [
        ("1", 5, "a"), ("1", 3, "b"), ("alarm", 4, "a"),
    ]  # fmt: skip
    assert found.mark == 4


def test_what_is_jumped_over_is_nobodys_time() -> None:
    jump = (0.5, REALM, d.DrillJumped(seconds=600))
    later = [(minute + 10, subject, body) for minute, subject, body in [*STAGED[3:], *ACTS.values()]]
    found = scored(log([*STAGED[:3], jump, *later]))
    assert found.share == 1
    assert found.indicators[0].seconds == 60


def test_a_jump_before_an_inject_or_after_the_act_takes_nothing_off() -> None:
    jumps = [(79, REALM, d.DrillJumped(seconds=60)), (89.5, REALM, d.DrillJumped(seconds=60))]
    assert of(played(more=jumps), "reinforce").seconds == 9 * 60


def test_what_was_done_before_a_jump_and_told_after_it_took_all_its_time() -> None:
    """A phone without a network tells its arrival when the controller has jumped on."""
    jump = (17, REALM, d.DrillJumped(seconds=600))
    told = played(arrival=(28, "A1", e.AssignmentArrived(due=None)), more=[jump])
    there = START + timedelta(minutes=16)
    events = [
        replace(one, occurred_at=there) if isinstance(one.body, e.AssignmentArrived) else one for one in told
    ]
    assert of(events, "arrival").seconds == 16 * 60


def test_an_inject_that_was_refused_is_judged_by_nobody_until_it_comes_after_all() -> None:
    failed = (80.0, REALM, d.InjectFailed(number=4, by_hand=False, reason="place_unknown"))
    assert of(played(more=[failed]), "late_one").why == "failed"
    again = (95.0, REALM, d.InjectDelivered(number=4, by_hand=True, made="", incident=""))
    assert of(played(more=[failed, again]), "late_one").seconds == 4 * 60


@pytest.mark.parametrize("body", [e.IncidentRejected(reason="误报"), c.IncidentMerged(into="I0", number="0")])
def test_to_reject_or_merge_is_to_decide_too(body: e.Body) -> None:
    assert of(played(ack=(1.5, "I1", body)), "ack").seconds == 90


def test_what_was_done_for_the_incident_that_it_was_merged_into_counts_from_the_merge_on() -> None:
    others = [(-5, "I0", dispatched("F1", "A0")), (3, "A0", e.AssignmentArrived(due=None))]
    events = log([*STAGED, *others, merged(2)])
    assert of(events, "dispatch").seconds == 120
    assert of(events, "arrival").seconds == 180


def test_merges_in_a_ring_end() -> None:
    events = log([*STAGED, merged(2), (3, "I0", c.IncidentMerged(into="I1", number="1"))])
    assert of(events, "dispatch").state == "missed"


def test_reinforcements_are_those_sent_after_the_inject() -> None:
    assert of(played("reinforce"), "reinforce").state == "missed"


def test_a_plan_that_is_in_force_already_is_activated_at_once() -> None:
    assert of(played(), "raised").seconds == 0


def asked_later(event: Told, **asks: object) -> Measured:
    """Of an indicator of inject 3, at minute 90, that an act of before meets."""
    act = {"kind": "message", "inject": 1, "text": "请办理"}
    injects = [*script().model_dump(mode="json", by_alias=True)["injects"]]
    injects[2] = inject(3, act, "duty", "call", [one("asked", 10, **asks)])
    told = [fact for fact in STAGED if fact[0] != 90] + [(90.0, REALM, delivered(3, "I1"))]
    found = score(script(injects=injects), log([*told, *ACTS.values(), event]), OVER)
    return next(each for each in found.indicators if each.indicator.code == "asked")


@pytest.mark.parametrize(
    "asks",
    [{"measure": "order", "task": "pump"}, {"measure": "task", "task": "pump"},
     {"measure": "report", "report": "initial"}],
)  # fmt: skip
def test_who_did_not_wait_to_be_asked_is_not_late(asks: dict[str, object]) -> None:
    found = asked_later((120.0, "L1", filed("follow", 3)), **asks)
    assert (found.state, found.seconds) == ("met", 0)


@pytest.mark.parametrize(
    "asks", [{"measure": "dispatch"}, {"measure": "supplies"}, {"measure": "order"}, {"measure": "arrival"}]
)
def test_what_an_inject_asks_for_anew_must_come_after_it(asks: dict[str, object]) -> None:
    assert asked_later((120.0, "L1", filed("follow", 3)), **asks).state == "missed"


def test_a_log_of_what_scoring_reads_scores_alike() -> None:
    events = played(more=[(151, REALM, d.DrillRated(about="1", mark=4, text="", at_seq=3, evaluator="a"))])
    read = [one for one in events if one.kind in KINDS]
    assert len(read) < len(events)
    assert scored(read).indicators == scored(events).indicators
    assert scored(read).marks == scored(events).marks


def test_the_order_is_acknowledged_when_every_office_has_that_was_called_at_once() -> None:
    called = activated(task_set("T1", "pump"), task_set("T3", "save"), task_set("T2", "feed", waits=True))
    two = {"activation": (28.0, "L1", called)}
    assert of(played(**two), "order").state == "missed"
    started = (50.0, "L1", m.TaskStarted(task="T3", office="xiaofang@", due=due("task_done")))
    assert of(played(**two, more=[started]), "order").seconds == 50 * 60
    cancelled = (50.0, "L1", m.TasksCancelled(tasks=("T3",), reason="不必"))
    assert of(played(**two, more=[cancelled]), "order").seconds == 40 * 60


def test_without_a_plan_the_orders_are_the_crews() -> None:
    said = (6.0, "A1", e.AssignmentAcknowledged())
    found = scored(played(more=[said]), plan="").indicators
    assert next(one for one in found if one.indicator.code == "order").seconds == 360


def test_a_report_of_another_stage_is_not_the_one_asked_for() -> None:
    assert of(played("initial"), "initial").state == "missed"
    situation = (84.0, "I1", c.SituationReported(stage="first", text="初报"))
    assert of(played("initial", more=[situation]), "initial").seconds == 84 * 60


def test_an_act_counts_by_when_it_occurred_and_never_before_its_inject() -> None:
    events = played()
    at = next(n for n, one in enumerate(events) if isinstance(one.body, e.AssignmentArrived))
    events[at] = replace(events[at], occurred_at=START + timedelta(minutes=12))
    assert of(events, "arrival").seconds == 12 * 60
    events[at] = replace(events[at], occurred_at=START - timedelta(minutes=12))
    assert of(events, "arrival").seconds == 0


def test_every_limit_is_the_scripts() -> None:
    limits = {one.indicator.code: one.indicator.limit_s for one in scored(played()).indicators}
    assert {code: limits[code] / 60 for code in LIMITS} == LIMITS
