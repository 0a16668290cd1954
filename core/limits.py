"""办理时限: how long each step of an incident may take, by class, area and urgency, as data of the city.

Times that are given in working hours or days are counted by the city's calendar (`core.worktime`); a working
day is as many working seconds as the city's day has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from core.clock import NEAR, near_at
from core.due import Deadline, Due, TimeUnit
from core.worktime import WorkCalendar

UNITS: tuple[TimeUnit, ...] = get_args(TimeUnit)
WORKING = frozenset({"work_hour", "work_day"})
URGENCIES = ("", "emergency", "ordinary")
_SECONDS = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "work_hour": 3600.0}


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of the table: `amount` of `unit` for a step.

    It holds for classes whose code begins with `class_code` and areas whose code begins with `area`
    ("" = all), and for emergencies or ordinary incidents alone where `urgency` says so ("" = both).
    """

    class_code: str
    area: str
    urgency: str
    step: str
    amount: float
    unit: TimeUnit
    source: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.class_code, self.area, self.urgency, self.step

    @property
    def rank(self) -> tuple[int, int, bool]:
        """Of two that hold, the one that says more of the class, then of the area, then of the urgency."""
        return len(self.class_code), len(self.area), bool(self.urgency)

    def holds(self, class_code: str, area: str, urgency: str) -> bool:
        return (
            class_code.startswith(self.class_code)
            and area.startswith(self.area)
            and self.urgency in ("", urgency)
        )


class NoLimit(LookupError):
    """A step for which no row holds: the shipped table has one for every step, so this is our own fault."""


class Limits:
    """The table of a city, with its calendar."""

    def __init__(self, rules: Iterable[Limit], calendar: WorkCalendar) -> None:
        self.rules = tuple(rules)
        self.calendar = calendar
        self._by_step: dict[str, list[Limit]] = {}
        for rule in sorted(self.rules, key=lambda rule: rule.rank, reverse=True):
            self._by_step.setdefault(rule.step, []).append(rule)

    def rule(self, step: str, *, class_code: str = "", area: str = "", emergency: bool) -> Limit:
        """The most telling row that holds. Raises NoLimit."""
        urgency = "emergency" if emergency else "ordinary"
        for rule in self._by_step.get(step, ()):
            if rule.holds(class_code, area, urgency):
                return rule
        raise NoLimit(step)

    def due(
        self, step: str, start: datetime, *, class_code: str = "", area: str = "", emergency: bool
    ) -> Due:
        """The clock of one step, from its start. Raises NoLimit."""
        rule = self.rule(step, class_code=class_code, area=area, emergency=emergency)
        working = rule.unit in WORKING
        seconds = rule.amount * self._seconds(rule.unit)
        due_at = self._plus(start, seconds, working=working)
        return Due(
            step=step,
            due_at=due_at,
            total_s=(due_at - start).total_seconds(),
            near_at=self._plus(start, seconds * NEAR, working=working),
            working=working,
        )

    def resume(self, clock: Deadline, paused_at: datetime, at: datetime) -> Due:
        """What was left when the clock was paused carries on from `at`.

        One that was near when it was paused is near at once, one that was over is over.
        """
        left, until_near = (
            max(0.0, self._between(paused_at, end, working=clock.working))
            for end in (clock.due_at, near_at(clock))
        )
        due_at = self._plus(at, left, working=clock.working)
        return Due(
            step=clock.step,
            due_at=due_at,
            total_s=clock.total_s + (due_at - clock.due_at).total_seconds(),
            near_at=self._plus(at, until_near, working=clock.working),
            working=clock.working,
        )

    def extended(self, clock: Deadline | Due, amount: float, unit: TimeUnit) -> Due:
        """延期: so much longer. A clock to which working time is added counts in it from then on."""
        working = clock.working or unit in WORKING
        start = clock.due_at - timedelta(seconds=clock.total_s)
        due_at = self._plus(clock.due_at, amount * self._seconds(unit), working=unit in WORKING)
        last_fifth = self._between(start, due_at, working=working) * (1 - NEAR)
        return Due(
            step=clock.step,
            due_at=due_at,
            total_s=(due_at - start).total_seconds(),
            near_at=self._plus(due_at, -last_fifth, working=working),
            working=working,
        )

    def _seconds(self, unit: TimeUnit) -> float:
        return self.calendar.day_s if unit == "work_day" else _SECONDS[unit]

    def _plus(self, start: datetime, seconds: float, *, working: bool) -> datetime:
        return self.calendar.add(start, seconds) if working else start + timedelta(seconds=seconds)

    def _between(self, first: datetime, last: datetime, *, working: bool) -> float:
        return self.calendar.between(first, last) if working else (last - first).total_seconds()
