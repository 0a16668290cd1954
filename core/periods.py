"""Periods of reports in the city's own days: this week, last month, and what each is compared with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UNITS = ("length", "week", "month", "quarter", "year")
"""By what a period is set back to be compared: by its own length, or by a part of the calendar."""
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_WEEK = re.compile(r"^(\d{4})-?W(\d{1,2})$")


@dataclass(frozen=True, slots=True)
class Period:
    """Half open, in UTC."""

    since: datetime
    until: datetime
    unit: str = "length"

    def before(self, zone: ZoneInfo) -> Period:
        """What to compare with: one unit of the calendar earlier, or as long and right before."""
        if self.unit == "length":
            return Period(self.since - (self.until - self.since), self.since)
        since, until = (_earlier(at.astimezone(zone), self.unit) for at in (self.since, self.until))
        return Period(since.astimezone(UTC), min(until.astimezone(UTC), self.since), self.unit)


def _earlier(at: datetime, unit: str) -> datetime:
    """The same hour a week, month … earlier; the last day of a shorter month."""
    if unit == "week":
        return at - timedelta(days=7)
    first = _plus_months(at.date().replace(day=1), -_MONTHS[unit])
    last = (_plus_months(first, 1) - timedelta(days=1)).day
    return datetime.combine(first.replace(day=min(at.day, last)), at.timetz())


def _plus_months(first: date, months: int) -> date:
    """The first of the month so many months on."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def begin_of(day: date, unit: str) -> date:
    """The first day of the week, month … that a day is in; of a day itself."""
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day of the city begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _current(unit: str) -> Callable[[datetime, ZoneInfo], Period]:
    """From its beginning to the end of this day."""

    def period(now: datetime, zone: ZoneInfo) -> Period:
        today = now.astimezone(zone).date()
        return Period(midnight(begin_of(today, unit), zone), _tomorrow(now, zone), unit)

    return period


def _last(unit: str) -> Callable[[datetime, ZoneInfo], Period]:
    """The last whole one."""

    def period(now: datetime, zone: ZoneInfo) -> Period:
        end = begin_of(now.astimezone(zone).date(), unit)
        return Period(midnight(begin_of(end - timedelta(days=1), unit), zone), midnight(end, zone), unit)

    return period


def _days(number: int) -> Callable[[datetime, ZoneInfo], Period]:
    """So many days, this one among them."""

    def period(now: datetime, zone: ZoneInfo) -> Period:
        today = now.astimezone(zone).date()
        return Period(midnight(today - timedelta(days=number - 1), zone), _tomorrow(now, zone))

    return period


def _tomorrow(now: datetime, zone: ZoneInfo) -> datetime:
    return midnight(now.astimezone(zone).date() + timedelta(days=1), zone)


NAMED: dict[str, Callable[[datetime, ZoneInfo], Period]] = {
    "today": _days(1),
    "days7": _days(7),
    "days30": _days(30),
    "days90": _days(90),
    "week": _current("week"),
    "last_week": _last("week"),
    "month": _current("month"),
    "last_month": _last("month"),
    "quarter": _current("quarter"),
    "last_quarter": _last("quarter"),
    "year": _current("year"),
    "last_year": _last("year"),
}
"""Periods by name, as of a moment."""


def parts(period: Period, unit: str, zone: ZoneInfo) -> list[date]:
    """The first days of the days, weeks, months … that a period touches, in order."""
    last = (period.until - timedelta.resolution).astimezone(zone).date()
    found = [begin_of(period.since.astimezone(zone).date(), unit)]
    while (following := _next(found[-1], unit)) <= last:
        found.append(following)
    return found


def _next(first: date, unit: str) -> date:
    days = {"day": 1, "week": 7}
    return first + timedelta(days=days[unit]) if unit in days else _plus_months(first, _MONTHS[unit])


def part(first: date, unit: str, zone: ZoneInfo) -> Period:
    """The whole day, week, month … that begins on a day."""
    return Period(midnight(first, zone), midnight(_next(first, unit), zone))


def within(inner: Period, outer: Period) -> Period:
    """What two periods share."""
    return Period(max(inner.since, outer.since), min(inner.until, outer.until), outer.unit)


def week_of(text: str, zone: ZoneInfo) -> Period:
    """ "2026-W47", or the week of a day "2026-11-18". Raises ValueError."""
    found = _WEEK.match(text)
    monday = (
        date.fromisocalendar(int(found[1]), int(found[2]), 1)
        if found
        else begin_of(date.fromisoformat(text), "week")
    )
    return Period(midnight(monday, zone), midnight(monday + timedelta(days=7), zone), "week")


def week_name(period: Period, zone: ZoneInfo) -> str:
    """As `week_of` reads it."""
    year, week, _ = period.since.astimezone(zone).date().isocalendar()
    return f"{year}-W{week:02}"
