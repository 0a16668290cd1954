"""Periods of reports: whole days of the city, and what each is compared with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.periods import NAMED, UNITS, Period, part, parts, week_name, week_of, within

CITY = ZoneInfo("Asia/Shanghai")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(MOMENTS, st.sampled_from(sorted(NAMED)))
def test_periods_are_whole_days_that_come_after_what_they_are_compared_with(at: datetime, name: str) -> None:
    period = NAMED[name](at, CITY)
    before = period.before(CITY)
    assert before.since < before.until <= period.since < period.until
    for moment in (period.since, period.until):
        assert moment.astimezone(CITY).time().isoformat() == "00:00:00"
    assert (period.until <= at + timedelta(days=1)) if not name.startswith("last") else (period.until <= at)


@given(MOMENTS, st.sampled_from(("day", "week", "month", "quarter", "year")))
def test_parts_cover_a_period_without_gap_or_overlap(at: datetime, unit: str) -> None:
    period = NAMED["days90"](at, CITY)
    found = [part(first, unit, CITY) for first in parts(period, unit, CITY)]
    assert found[0].since <= period.since
    assert found[-1].until >= period.until
    assert all(one.until == following.since for one, following in pairwise(found))
    inside = [within(one, period) for one in found]
    assert sum(((one.until - one.since) for one in inside), timedelta()) == period.until - period.since


def test_a_month_is_compared_with_the_month_before_day_by_day() -> None:
    at = datetime(2026, 3, 30, 16, 30, tzinfo=UTC)  # 31 March in the city
    march = NAMED["month"](at, CITY)
    assert march.before(CITY) == Period(
        datetime(2026, 1, 31, 16, tzinfo=UTC), datetime(2026, 2, 28, 16, tzinfo=UTC), "month"
    )
    assert {NAMED[name](at, CITY).unit for name in NAMED} == set(UNITS)


def test_weeks_have_names() -> None:
    week = week_of("2026-W47", CITY)
    assert week.since == datetime(2026, 11, 15, 16, tzinfo=UTC)
    assert week_of("2026-11-18", CITY) == week
    assert week_name(week, CITY) == "2026-W47"
    for wrong in ("", "2026-W60", "moon"):
        with pytest.raises(ValueError, match=""):
            week_of(wrong, CITY)
