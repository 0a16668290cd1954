"""Alarm load per seat and hour, against the figures of domain.md §9 (ISA-18.2, EEMUA 191)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Band = Literal["good", "manageable", "high", "flood"]
GOOD, MANAGEABLE, FLOOD = 6, 12, 30
"""Alarms an hour at one seat: up to 6 good, up to 12 manageable, from 30 a flood."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of an office: its alarms, its seats that had somebody, and what that comes to at each."""

    starts_at: datetime
    alarms: int
    seats: int

    @property
    def per_seat(self) -> float:
        """Every alarm is shared by the seats that are manned; an empty room is reckoned as one seat."""
        return self.alarms / max(1, self.seats)

    @property
    def band(self) -> Band:
        return band(self.per_seat)


def band(per_hour: float) -> Band:
    if per_hour <= GOOD:
        return "good"
    if per_hour <= MANAGEABLE:
        return "manageable"
    return "high" if per_hour < FLOOD else "flood"


Span = tuple[datetime, datetime]
"""From when to when a seat was manned."""


def load(
    alarms: Iterable[datetime], manned: Iterable[tuple[str, Span]], since: datetime, until: datetime
) -> list[Hour]:
    """Hour by hour from `since`: alarms at these times, and how many of these seats were manned."""
    times, spans = sorted(alarms), list(manned)
    hours = []
    start = since
    while start < until:
        end = start + HOUR
        seats = {seat for seat, (begun, ended) in spans if begun < end and ended > start}
        hours.append(Hour(start, sum(start <= at < end for at in times), len(seats)))
        start = end
    return hours
