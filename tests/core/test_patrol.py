"""Rounds by the calendar: weekly from Monday, daily in a sensitive period."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.patrol import Period, Round, Rule, Tally, is_done, round_of, rounds, rule_for
from tests.cast import AREA_A, AREA_B, TOWN_A

WEEKLY = Rule("hazards", "", 7, 1, "")
MONDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 8)
MEETING = Period("P", "两会", TOWN_A, date(2026, 3, 4), date(2026, 3, 5))


def test_a_week_is_one_round_from_monday_to_sunday():
    assert list(rounds(WEEKLY, [], AREA_A, MONDAY, SUNDAY)) == [Round(MONDAY, SUNDAY)]
    assert round_of(WEEKLY, [], AREA_A, SUNDAY) == Round(MONDAY, SUNDAY)


def test_a_week_that_has_not_ended_is_not_counted():
    assert list(rounds(WEEKLY, [], AREA_A, MONDAY, date(2026, 3, 7))) == []


def test_each_day_of_a_sensitive_period_is_a_round_where_it_holds():
    found = list(rounds(WEEKLY, [MEETING], AREA_A, MONDAY, SUNDAY))
    days = [Round(day, day, sensitive=True) for day in (date(2026, 3, 4), date(2026, 3, 5))]
    assert sorted(found, key=lambda one: one.last) == [*days, Round(MONDAY, SUNDAY)]
    assert list(rounds(WEEKLY, [MEETING], AREA_B, MONDAY, SUNDAY)) == [Round(MONDAY, SUNDAY)]


def test_a_visit_on_any_day_does_the_round():
    week = Round(MONDAY, SUNDAY)
    assert is_done(week, {date(2026, 3, 5)})
    assert not is_done(week, {date(2026, 3, 1), date(2026, 3, 9)})


def test_a_category_of_its_own_goes_before_the_rule_of_the_kind():
    daily = Rule("keyplaces", "chemical", 1, 1, "")
    general = Rule("keyplaces", "", 7, 1, "")
    assert rule_for([general, daily], "keyplaces", "chemical") == daily
    assert rule_for([general, daily], "keyplaces", "school") == general
    assert rule_for([general], "hazards", "") is None


@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.integers(1, 31), st.integers(0, 100))
def test_every_day_lies_in_the_round_it_is_said_to_belong_to(day, days, length):
    rule = Rule("grids", "", days, 1, "")
    this = round_of(rule, [], AREA_A, day)
    assert this.first <= day <= this.last
    until = date.fromordinal(day.toordinal() + length)
    ends = [one.last for one in rounds(rule, [], AREA_A, day, until)]
    assert ends == sorted(set(ends))
    assert len(ends) in (length // days, length // days + 1, (length + 1) // days)


def test_a_rate_of_nothing_is_no_rate():
    assert Tally().rate is None
    assert (Tally(3, 2) + Tally(1, 1)).rate == 0.75
