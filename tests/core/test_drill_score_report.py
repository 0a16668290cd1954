"""What becomes of a score: a level, a comparison, findings, a report, and a line of the year's ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.events_drills as d
from core.drill_compare import compare, taken, taken_of, typical
from core.drill_findings import proposed
from core.drill_ledger import Held, ledger, summed, towns_of
from core.drill_levels import Grade, grade
from core.drill_report import Report, report
from core.drill_score import Score, grouped, score, share
from core.envelope import Event
from core.events_ledger import PlannedDrill
from db.drill_levels import shipped_levels
from tests.cast import FIRE, START
from tests.core.played import ACTS, REALM, Told, log, played, script
from tests.core.room import Room
from tests.core.strategies import examples

RULES = shipped_levels()
LATE: dict[str, Told] = {code: (minute + 10, ident, body) for code, (minute, ident, body) in ACTS.items()}
DAY = date(2026, 3, 2)


def scored(events: list[Event]) -> Score:
    return score(script(), events, START)


def rated(*marks: int) -> list[Told]:
    return [
        (151, REALM, d.DrillRated(about="1", mark=mark, text="慢", at_seq=3, evaluator=f"judge{n}"))
        for n, mark in enumerate(marks)
    ]


def graded(*late: str, marks: tuple[int, ...] = ()) -> Grade:
    found = grade(scored(played(more=rated(*marks), **{code: LATE[code] for code in late})), RULES)
    assert found is not None
    return found


# --- levels -----------------------------------------------------------------------------------------------


def test_the_shipped_levels_name_their_source_and_get_milder_one_after_the_other() -> None:
    assert [one.name for one in RULES] == ["优秀", "良好", "合格", "不合格"]
    assert all("（u）" in one.source for one in RULES)
    assert [one.share for one in RULES] == sorted((one.share for one in RULES), reverse=True)
    assert [one.mend_days for one in RULES] == sorted((one.mend_days for one in RULES), reverse=True)
    last = RULES[-1]
    assert (last.share, last.key_failed, last.mark) == (0, None, 0), "whatever happens has a level"


def test_a_drill_in_which_all_went_well_is_excellent() -> None:
    found = graded()
    assert (found.rule.code, found.share, found.lacks) == ("excellent", 1, ())


def test_what_the_level_above_would_have_wanted_is_told() -> None:
    found = graded("close", "task")
    assert found.rule.code == "good"
    assert [(one.condition, one.wanted) for one in found.lacks] == [("share", 0.9)]


def test_one_key_indicator_costs_two_levels_however_good_the_rest_is() -> None:
    found = graded("reinforce")
    assert found.rule.code == "qualified"
    assert [one.indicator.code for one in found.key_failed] == ["reinforce"]
    assert "key" in [one.condition for one in found.lacks]


@pytest.mark.parametrize(
    ("marks", "level"),
    [((5, 5), "excellent"), ((4, 4), "good"), ((3,), "qualified"), ((1, 2), "unqualified")],
)
def test_evaluators_may_lower_a_level(marks: tuple[int, ...], level: str) -> None:
    assert graded(marks=marks).rule.code == level


@examples(100)
@given(st.sets(st.sampled_from(sorted(ACTS))), st.sampled_from(sorted(ACTS)))
def test_nobody_gets_a_better_level_by_being_late(late: set[str], more: str) -> None:
    assert graded(*late, more).rule.rank >= graded(*late).rule.rank


def test_a_running_an_aborted_and_an_unmeasured_drill_have_no_level() -> None:
    whole = scored(played())
    assert grade(replace(whole, ended=None), RULES) is None
    assert grade(replace(whole, aborted=True), RULES) is None
    assert grade(replace(whole, indicators=()), RULES) is None


# --- comparison -------------------------------------------------------------------------------------------


def test_what_was_never_done_took_longer_than_anything() -> None:
    assert typical([]) is None
    middle, none = typical([60, None, 80]), typical([60, None])
    assert middle and none
    assert (middle.n, middle.median, none.n, none.median) == (3, 80, 2, None)


def test_an_indicator_stands_beside_earlier_drills_and_real_incidents() -> None:
    now, before = scored(played("close")), taken(scored(played(ack=LATE["ack"])).indicators)
    found = {
        one.measured.indicator.code: one
        for one in compare(
            now.indicators, {code: [took] for code, took in before.items()}, {(FIRE, "ack"): [30, 50]}
        )
    }
    ack, close = found["ack"], found["close"]
    assert ack.earlier and ack.real and close.earlier
    assert (ack.seconds, ack.earlier.median, ack.real.median) == (60, 660, 40)
    assert (close.seconds, close.earlier.median, close.real) == (None, 115 * 60, None)
    assert "late_one" not in found, "what was not judged is not compared"


def test_a_real_incident_is_timed_from_its_report_as_a_drill_is() -> None:
    room = Room()
    ident = room.report()
    room.now += timedelta(seconds=40)
    room.act(ident, "accept")
    room.now += timedelta(seconds=20)
    room.act(ident, "dispatch")
    rejected = replace(room.incident(ident), status="rejected")
    found = taken_of([room.incident(ident), rejected])
    assert found == {(FIRE, "ack"): [40], (FIRE, "dispatch"): [60]}


# --- findings ---------------------------------------------------------------------------------------------


def test_every_indicator_that_was_not_met_and_every_low_mark_is_a_finding_with_owner_and_date() -> None:
    events = played("close", reinforce=LATE["reinforce"], more=rated(2, 3))
    found = proposed(script(), scored(events), DAY, 30)
    assert [(one.about, one.code, one.office) for one in found] == [
        ("close", "missed", "@"), ("reinforce", "late", "xiaofang@990101001"), ("1", "mark", "@"),
    ]  # fmt: skip
    assert {(one.due_on, one.plan, one.state) for one in found} == {(date(2026, 4, 1), "fire", "proposed")}


# --- the report -------------------------------------------------------------------------------------------


def reported(events: list[Event]) -> Report:
    found = scored(events)
    return report(script(), events, found, grade(found, RULES), findings=proposed(script(), found, DAY, 30))


def test_a_report_tells_the_course_with_the_place_in_the_log_of_every_line() -> None:
    taken_seat = (-1.0, REALM, d.SeatTaken(seat="duty", person="u1", name="王"))
    found = reported(played(more=[taken_seat, *rated(4)]))
    assert [one.seq for one in found.course] == sorted(one.seq for one in found.course)
    lines = [one.item.code for one in found.course]
    assert lines[:3] == ["started", "mark", "inject"]
    assert (lines[-1], lines.count("act_met"), lines.count("inject")) == ("stopped", 12, 3)
    assert found.course[-1].minute == 150
    said = {one.code: one.values for one in found.facts}
    assert (said["people"]["persons"], said["injects"]) == (1, {"came": 3, "count": 4})


def test_a_report_sums_up_objectives_and_seats() -> None:
    found = reported(played("close", reinforce=LATE["reinforce"]))
    assert {one.code: (one.met, one.judged) for one in found.objectives} == {"alarm": (9, 11), "call": (1, 1)}
    assert {one.code: (one.met, one.judged) for one in found.seats} == {"duty": (9, 10), "fire": (1, 2)}
    assert [one.code for one in found.summary if one.code == "worst"], "and names the worst"
    worst = next(one for one in found.summary if one.code == "worst")
    assert worst.values["title"] == "reinforce", "by weight first"
    assert len(found.findings) == 2


def test_a_report_of_a_drill_that_runs_or_never_began_can_be_made() -> None:
    for events in ([], log([(0, REALM, d.DrillStarted(rate=1))])):
        found = reported(events)
        assert (found.grade, found.score.share) == (None, None)


@examples(100)
@given(st.sets(st.sampled_from(sorted(ACTS))))
def test_parts_weigh_as_much_as_the_whole(late: set[str]) -> None:
    found = scored(played(**{code: LATE[code] for code in late})).indicators
    judged = {
        key: [one for one in of if one.state != "not_applicable"]
        for key, of in grouped(found, lambda one: one.inject.number).items()
    }
    weights = {key: sum(one.indicator.weight for one in of) for key, of in judged.items()}
    parts = sum((share(of) or 0) * weights[key] for key, of in judged.items())
    assert parts / sum(weights.values()) == pytest.approx(share(found))


# --- the ledger -------------------------------------------------------------------------------------------

TOWN, OTHER = "990101001", "990101002"


def held(**changed: object) -> Held:
    values = {
        "realm": REALM, "name": "演练", "on": DAY, "towns": (TOWN,), "content": "comprehensive",
        "form": "tabletop", "plan": "fire", "participants": 3, "rehearsal": False, "aborted": False,
    }  # fmt: skip
    return Held(**{**values, **changed})  # type: ignore[arg-type]


def state(*drills: Held, planned: tuple[PlannedDrill, ...] = (), today: date = DAY, year: int = 2026) -> str:
    return ledger([TOWN], year, planned, drills, today)[0].state


@pytest.mark.parametrize(
    ("changed", "counts"),
    [({}, True), ({"content": "special"}, True), ({"content": "single"}, False), ({"rehearsal": True}, False),
     ({"aborted": True}, False), ({"towns": (OTHER,)}, False), ({"on": date(2025, 12, 31)}, False)],
)  # fmt: skip
def test_a_town_has_exercised_by_one_whole_drill_of_the_year(
    changed: dict[str, object], counts: bool
) -> None:
    assert state(held(**changed)) == ("done" if counts else "unplanned")


def test_a_town_is_overdue_when_its_date_or_its_year_went_by() -> None:
    plan = (PlannedDrill(town=TOWN, name="防汛演练", content="special", due_on=date(2026, 6, 1)),)
    assert state(planned=plan) == "planned"
    assert ledger([TOWN], 2026, plan, [], DAY)[0].next_on == date(2026, 6, 1)
    assert state(planned=plan, today=date(2026, 6, 2)) == "overdue"
    assert state(held(), planned=plan, today=date(2026, 6, 2)) == "done"
    assert state(today=date(2027, 1, 1)) == "overdue"
    single = (plan[0].model_copy(update={"content": "single"}),)
    assert state(planned=single) == "unplanned", "a single drill ahead is not enough"


def test_the_ledger_keeps_what_does_not_count_and_sums_its_towns() -> None:
    lines = ledger([TOWN, OTHER], 2026, (), [held(), held(rehearsal=True)], DAY)
    assert [(one.done, len(one.held)) for one in lines] == [(1, 2), (0, 0)]
    assert summed(lines) == {"done": 1, "planned": 0, "unplanned": 1, "overdue": 0}


def test_a_wider_drill_is_that_of_the_towns_who_sat_in_it() -> None:
    towns = [TOWN, OTHER]
    assert towns_of(script(), [], towns) == (TOWN,)
    county = script(division="990101")
    assert towns_of(county, ["duty"], towns) == ()
    assert towns_of(county, ["fire"], towns) == (TOWN,)
    guest = {"code": "guest", "name": "观摩", "role": "observer", "office": f"@{TOWN}"}
    assert towns_of(script(division="990101", seats=[guest]), ["guest"], towns) == (), "they looked on"
