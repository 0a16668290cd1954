"""Working time: the days that China works, and counting in the hours of a city."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.worktime import Hours, WorkCalendar, announced

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = (Hours.parse("08:30", "12:00"), Hours.parse("14:00", "17:30"))
CITY = WorkCalendar(ZONE, OFFICE)
HOUR = 3600.0

moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
amounts = st.integers(0, 200 * 3600).map(float)
hours = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(
    lambda ends: tuple(Hours(*pair) for pair in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False))
)
calendars = st.builds(
    WorkCalendar,
    st.sampled_from([ZONE, ZoneInfo("America/Los_Angeles")]),
    hours,
    st.dictionaries(st.dates(date(2024, 1, 1), date(2028, 12, 31)), st.booleans(), max_size=20),
)


def at(day: str, hour: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}:00").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        # 国办发明电〔2024〕12号: 2025年部分节假日安排
        ("2025-01-26", True),  # 周日上班
        ("2025-01-28", False),  # 除夕
        ("2025-02-04", False),
        ("2025-02-08", True),  # 周六上班
        ("2025-04-27", True),  # 周日上班
        ("2025-05-05", False),
        ("2025-09-28", True),  # 周日上班
        ("2025-10-08", False),
        ("2025-10-11", True),  # 周六上班
        ("2025-10-12", False),
    ],
)
def test_holidays_and_make_up_days_are_those_of_the_state_councils_notice(day: str, worked: bool) -> None:
    assert CITY.is_workday(date.fromisoformat(day)) is worked


def test_days_that_nobody_announced_go_by_the_weekday_and_are_told_apart() -> None:
    year = next(year for year in range(2026, 2100) if not announced(year))
    new_year = date(year, 1, 1)
    assert CITY.is_workday(new_year) is (new_year.weekday() < 5)
    assert not CITY.knows(year)
    assert not WorkCalendar(ZONE, OFFICE, {new_year: False}).knows(year)
    assert WorkCalendar(ZONE, OFFICE, {date(year, 2, 14): True}).knows(year)


def test_a_citys_exceptions_come_before_the_calendar() -> None:
    typhoon, sunday = date(2025, 7, 30), date(2025, 8, 3)
    city = WorkCalendar(ZONE, OFFICE, {typhoon: False, sunday: True})
    assert (city.is_workday(typhoon), city.is_workday(sunday)) == (False, True)
    assert city.work_days(typhoon, sunday) == 3


def test_four_working_hours_from_an_afternoon_end_the_next_morning() -> None:
    assert CITY.day_s == 7 * HOUR
    assert CITY.add(at("2025-07-30", "16:30"), 4 * HOUR) == at("2025-07-31", "11:30")


def test_what_comes_at_night_before_a_holiday_counts_from_the_first_working_day_after_it() -> None:
    report = at("2025-09-30", "20:00")
    assert CITY.add(report, HOUR) == at("2025-10-09", "09:30")
    assert CITY.add(report, CITY.day_s) == at("2025-10-09", "17:30")
    assert CITY.between(report, at("2025-10-09", "08:30")) == 0


def test_a_make_up_saturday_counts() -> None:
    assert CITY.add(at("2025-10-10", "17:00"), HOUR) == at("2025-10-11", "09:00")


@settings(max_examples=60, deadline=None)
@given(calendars, moments, amounts)
def test_counting_on_and_counting_between_are_inverse(
    calendar: WorkCalendar, start: datetime, seconds: float
) -> None:
    end = calendar.add(start, seconds)
    assert calendar.between(start, end) == seconds
    assert calendar.between(end, start) == -seconds
    assert calendar.between(calendar.add(end, -seconds), end) == seconds


@settings(max_examples=60, deadline=None)
@given(calendars, moments, moments, moments)
def test_working_time_adds_up_and_never_runs_back(
    calendar: WorkCalendar, a: datetime, b: datetime, c: datetime
) -> None:
    a, b, c = sorted((a, b, c))
    assert 0 <= calendar.between(a, b) <= (b - a).total_seconds()
    assert calendar.between(a, b) + calendar.between(b, c) == pytest.approx(calendar.between(a, c))


@settings(max_examples=60, deadline=None)
@given(calendars, moments, amounts, amounts, st.timedeltas(timedelta(), timedelta(days=30)))
def test_later_starts_and_longer_limits_never_end_earlier(
    calendar: WorkCalendar, start: datetime, less: float, more: float, later: timedelta
) -> None:
    less, more = sorted((less, more))
    assert calendar.add(start, less) <= calendar.add(start, more)
    assert calendar.add(start, less) <= calendar.add(start + later, less)


@pytest.mark.parametrize(
    ("starts", "ends"), [("12:00", "08:00"), ("8", "12:75"), ("a", "b"), ("20:00", "24:30")]
)
def test_hours_that_are_none_are_refused(starts: str, ends: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Hours.parse(starts, ends)


def test_a_day_without_hours_or_with_overlapping_ones_is_refused() -> None:
    for spans in ((), (Hours(0, 600), Hours(540, 700))):
        with pytest.raises(ValueError, match="in order and apart"):
            WorkCalendar(ZONE, spans)


def test_a_city_that_never_closes_works_until_24_00() -> None:
    always = WorkCalendar(ZONE, (Hours.parse("00:00", "24:00"),))
    assert always.add(at("2025-07-30", "12:00"), 24 * HOUR) == at("2025-07-31", "12:00")
