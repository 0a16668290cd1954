"""工作时间: working days and hours of a city, and counting in them.

Whether a day is worked follows the State Council's yearly notices of holidays and make-up days (调休), as the
package `chinesecalendar` has them, and before those the city's own exceptions. The package ends with the last
year that was announced: later days are judged by the weekday alone, and `knows` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
from chinese_calendar.constants import holidays

Span = tuple[datetime, datetime]
_ANNOUNCED = range(min(holidays).year, max(holidays).year + 1)
_DAY = timedelta(days=1)
_SATURDAY = 5


def announced(year: int) -> bool:
    """Whether the holidays of a year are known."""
    return year in _ANNOUNCED


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A stretch of every working day, in minutes after the city's midnight; `ends` 1440 = 24:00."""

    starts: int
    ends: int

    @classmethod
    def parse(cls, starts: str, ends: str) -> Hours:
        """Of "08:30" and "12:00". Raises ValueError."""
        found = cls(minutes(starts), minutes(ends))
        if found.starts >= found.ends:
            raise ValueError(f"{starts} is not before {ends}")
        return found


def minutes(text: str) -> int:
    """Of "08:30", up to "24:00". Raises ValueError."""
    hours, _, rest = text.partition(":")
    found = int(hours) * 60 + int(rest)
    if not (0 <= int(rest) < 60 and 0 <= found <= 1440):
        raise ValueError(text)
    return found


@dataclass(frozen=True)
class WorkCalendar:
    """When a city works: `hours` of a day, ordered and apart, and `exceptions` (day → worked or not).

    Counting takes and gives UTC; a moment outside of working hours is as good as the next within them.
    """

    zone: ZoneInfo
    hours: Sequence[Hours]
    exceptions: Mapping[date, bool] = field(default_factory=dict)
    _spans: dict[date, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises ValueError when there are no hours, or some that overlap."""
        if not self.hours or any(
            before.ends > after.starts for before, after in zip(self.hours, self.hours[1:], strict=False)
        ):
            raise ValueError("working hours must be given, in order and apart")

    @property
    def day_s(self) -> float:
        """Seconds of a working day."""
        return 60.0 * sum(one.ends - one.starts for one in self.hours)

    def knows(self, year: int) -> bool:
        """Whether the holidays and make-up days of a year are there: from the package, or brought by the city
        (no year is without make-up days)."""
        return announced(year) or any(worked and day.year == year for day, worked in self.exceptions.items())

    def is_workday(self, day: date) -> bool:
        if day in self.exceptions:
            return self.exceptions[day]
        if not announced(day.year):
            return day.weekday() < _SATURDAY
        return bool(chinese_calendar.is_workday(day))

    def work_days(self, first: date, last: date) -> int:
        """How many days of first..last, both counted, are worked."""
        days = ((first + timedelta(days=n)) for n in range((last - first).days + 1))
        return sum(self.is_workday(day) for day in days)

    def add(self, start: datetime, seconds: float) -> datetime:
        """The moment after so much working time; back in time when negative."""
        left = timedelta(seconds=seconds)
        if left < timedelta():
            return self._back(start, -left)
        if not left:
            return start.astimezone(UTC)
        for begins, ends in self._from(start):
            room = ends - begins
            if left <= room:
                return begins + left
            left -= room
        raise OverflowError(seconds)

    def _back(self, start: datetime, left: timedelta) -> datetime:
        for begins, ends in self._until(start):
            room = ends - begins
            if left <= room:
                return ends - left
            left -= room
        raise OverflowError(left)

    def between(self, first: datetime, last: datetime) -> float:
        """Working seconds from one moment to the other; negative when the second comes first."""
        if last < first:
            return -self.between(last, first)
        total = timedelta()
        for begins, ends in self._from(first):
            if begins >= last:
                break
            total += min(ends, last) - begins
        return total.total_seconds()

    def _from(self, start: datetime) -> Iterator[Span]:
        """Working stretches after a moment, the first cut to it."""
        day = start.astimezone(self.zone).date()
        while True:
            yield from ((max(begins, start), ends) for begins, ends in self._of(day) if ends > start)
            day += _DAY

    def _until(self, end: datetime) -> Iterator[Span]:
        """The same before a moment, the latest first."""
        day = end.astimezone(self.zone).date()
        while True:
            spans = reversed(self._of(day))
            yield from ((begins, min(ends, end)) for begins, ends in spans if begins < end)
            day -= _DAY

    def _of(self, day: date) -> tuple[Span, ...]:
        """The working stretches of a day, in UTC; none on a day off."""
        spans = self._spans.get(day)
        if spans is None:
            hours = self.hours if self.is_workday(day) else ()
            spans = self._spans[day] = tuple((self._at(day, h.starts), self._at(day, h.ends)) for h in hours)
        return spans

    def _at(self, day: date, minutes: int) -> datetime:
        midnight = datetime(day.year, day.month, day.day)
        return (midnight + timedelta(minutes=minutes)).replace(tzinfo=self.zone).astimezone(UTC)
