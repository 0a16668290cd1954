"""Limits of steps: which row holds, and clocks in calendar and in working time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import near_at
from core.due import Deadline
from core.due import TimeUnit as Unit
from core.events import Due
from core.limits import UNITS, Limit, Limits, NoLimit
from tests.core.test_worktime import CITY, HOUR, amounts, at, moments

TOWN = "990101001"
RULES = (
    Limit("", "", "ordinary", "handle", 5, "work_day", "通则"),
    Limit("", "", "emergency", "handle", 4, "hour", "通则"),
    Limit("51", "", "", "handle", 2, "work_day", "城管"),
    Limit("51010", "", "", "handle", 4, "work_hour", "市容"),
    Limit("51010", "9901", "", "handle", 6, "work_hour", "该区市容"),
    Limit("51010", TOWN, "", "handle", 2, "work_hour", "该街道市容"),
    Limit("", TOWN, "", "handle", 1, "hour", "该街道"),
)
LIMITS = Limits(RULES, CITY)


def running(due: Due) -> Deadline:
    return Deadline(due.step, due.due_at, due.total_s, near_at=due.near_at, working=due.working)


@pytest.mark.parametrize(
    ("class_code", "area", "emergency", "source"),
    [
        ("61000", "990202002", False, "通则"),
        ("51020", "990202002", False, "城管"),
        ("51020", TOWN + "003", False, "城管"),  # the class says more than the area
        ("51010", "990202002", False, "市容"),
        ("51010", "990102001", False, "该区市容"),
        ("51010", TOWN + "003", False, "该街道市容"),
        ("61000", TOWN, False, "该街道"),
    ],
)
def test_the_row_that_says_most_of_class_then_area_holds(
    class_code: str, area: str, emergency: bool, source: str
) -> None:
    rule = LIMITS.rule("handle", class_code=class_code, area=area, emergency=emergency)
    assert rule.source == source


def test_urgency_chooses_where_nothing_else_does() -> None:
    start = at("2025-07-30", "16:30")
    assert LIMITS.due("handle", start, emergency=True).due_at == start + timedelta(hours=4)
    assert LIMITS.due("handle", start, emergency=False).due_at == at("2025-08-06", "16:30")


def test_a_step_without_a_row_is_our_fault() -> None:
    with pytest.raises(NoLimit):
        LIMITS.rule("fly", emergency=True)


def test_a_working_clock_is_near_at_four_fifths_of_its_working_time() -> None:
    due = LIMITS.due("handle", at("2025-08-01", "16:30"), class_code="51020", emergency=False)
    assert (due.due_at, due.working) == (at("2025-08-05", "16:30"), True)
    assert due.near_at == CITY.add(due.due_at, -0.2 * 2 * CITY.day_s) == at("2025-08-05", "11:42")


def test_a_clock_in_calendar_time_is_near_as_ever() -> None:
    start = at("2025-08-02", "03:00")
    due = LIMITS.due("handle", start, area=TOWN, emergency=True)
    old = Due(step=due.step, due_at=due.due_at, total_s=due.total_s)
    assert near_at(due) == near_at(old) == start + timedelta(minutes=48)


def test_a_paused_clock_carries_on_with_what_was_left() -> None:
    due = LIMITS.due("handle", at("2025-08-01", "08:30"), class_code="51020", emergency=False)
    again = LIMITS.resume(running(due), at("2025-08-01", "12:00"), at("2025-08-08", "20:00"))
    assert again.due_at == at("2025-08-12", "12:00")
    assert CITY.between(at("2025-08-08", "20:00"), again.due_at) == 10.5 * HOUR
    assert again.near_at == CITY.add(again.due_at, -0.2 * 2 * CITY.day_s)


def test_a_clock_that_was_over_when_paused_is_over_when_it_goes_on() -> None:
    start = at("2025-08-01", "08:30")
    due = LIMITS.due("handle", start, area=TOWN, emergency=True)
    later = start + timedelta(days=3)
    again = LIMITS.resume(running(due), start + timedelta(hours=2), later)
    assert (again.due_at, again.near_at) == (later, later)


def test_an_extension_by_working_days_adds_them_to_the_end() -> None:
    due = LIMITS.due("handle", at("2025-08-01", "08:30"), class_code="51020", emergency=False)
    longer = LIMITS.extended(running(due), 3, "work_day")
    assert (longer.due_at, longer.working) == (at("2025-08-07", "17:30"), True)
    assert longer.near_at == at("2025-08-07", "08:30")


@settings(max_examples=60, deadline=None)
@given(moments, amounts, st.sampled_from(UNITS), st.integers(1, 40), st.sampled_from(UNITS))
def test_an_extended_clock_ends_later_and_is_near_before_it_ends(
    start: datetime, seconds: float, unit: Unit, more: int, by: Unit
) -> None:
    limits = Limits([Limit("", "", "", "handle", 1 + seconds / 3600, unit, "")], CITY)
    due = limits.due("handle", start, emergency=False)
    longer = limits.extended(due, more, by)
    assert due.due_at < longer.due_at
    assert longer.near_at is not None
    assert start <= longer.near_at < longer.due_at


@settings(max_examples=60, deadline=None)
@given(moments, st.sampled_from(UNITS), st.timedeltas(timedelta(), timedelta(days=9)), st.data())
def test_pausing_loses_and_gains_no_time(
    start: datetime, unit: Unit, stood: timedelta, data: st.DataObject
) -> None:
    limits = Limits([Limit("", "", "", "handle", 30, unit, "")], CITY)
    due = limits.due("handle", start, emergency=False)
    paused = start + (due.due_at - start) * data.draw(st.floats(0, 1))
    again = limits.resume(running(due), paused, paused + stood)
    if due.working:
        spent = CITY.between(start, paused) + CITY.between(paused + stood, again.due_at)
        assert spent == pytest.approx(CITY.between(start, due.due_at))
    else:
        assert again.due_at == due.due_at + stood
    assert again.near_at is not None
    assert paused + stood <= again.near_at <= again.due_at
