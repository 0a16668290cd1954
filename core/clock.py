"""Time belongs to the realm: `RealmClock.now(real)` turns real time into the realm's time.

How long a step may take stands in `core.limits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.due import Deadline, Due

NEAR = 0.8
SHELVE_AFTER = timedelta(days=1)
FUTURE_TOLERANCE = timedelta(seconds=60)
BACKDATE_FREE = timedelta(minutes=5)
"""Radio traffic is entered a little late by everybody; more needs the right to back-date."""
BACKDATE_FIELD = timedelta(hours=12)
"""A phone may have been without a network for a shift."""


@dataclass(frozen=True, slots=True)
class RealmClock:
    """realm time = realm + (real now - real) * rate; rate 0 is a clock that stands still."""

    real: datetime
    realm: datetime
    rate: float = 1.0

    def now(self, real: datetime) -> datetime:
        return self.realm + (real - self.real) * self.rate


def real_now() -> datetime:
    """The machine's time, in UTC. The only place outside of screens that reads it for decisions."""
    return datetime.now(UTC)


def near_at(clock: Due | Deadline) -> datetime:
    """When 80 % of the time is gone: as the fact says, or by the whole time where it comes from before
    working time was counted."""
    return clock.near_at or clock.due_at - timedelta(seconds=clock.total_s * (1 - NEAR))


def day_of(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def midnight_after(at: datetime, zone: ZoneInfo) -> datetime:
    """The next 00:00 in the city's time zone, in UTC."""
    following = day_of(at, zone) + timedelta(days=1)
    return datetime.combine(following, time(), zone).astimezone(UTC)
