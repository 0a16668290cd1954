"""Patrol rounds (巡查): which are due, done and missed. Pure; days are the city's.

Each target has a round every so many days (每周排查: from Monday to Sunday), and in a sensitive period
(敏感时期) one every so many days more densely, daily as a rule. Rounds lie at fixed days of the calendar, so
that everybody counts the same ones. A visit on any day of a round does that round.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from core.permissions import prefixes

TARGETS = ("grids", "hazards", "keyplaces")
_MONDAY = date(2024, 1, 1).toordinal()
"""Rounds of seven days begin on Mondays."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How often targets of a kind are visited; `category` "" stands for those without a rule of their own."""

    target: str
    category: str
    days: int
    sensitive_days: int
    source: str


@dataclass(frozen=True, slots=True)
class Period:
    """敏感时期, both days included; `scope` is a code prefix."""

    code: str
    name: str
    scope: str
    starts_on: date
    ends_on: date

    def holds(self, area: str, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on and self.scope in prefixes(area)


@dataclass(frozen=True, slots=True)
class Target:
    target: str
    code: str
    name: str
    area: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """From `first` to `last`, both included."""

    first: date
    last: date
    sensitive: bool = False


def rule_for(rules: Sequence[Rule], target: str, category: str) -> Rule | None:
    """The category's own rule, else the kind's."""
    found = {rule.category: rule for rule in rules if rule.target == target}
    return found.get(category) or found.get("")


def round_of(rule: Rule, periods: Sequence[Period], area: str, day: date) -> Round:
    """The round that a day belongs to."""
    sensitive = any(period.holds(area, day) for period in periods)
    length = rule.sensitive_days if sensitive else rule.days
    first = day - timedelta(days=(day.toordinal() - _MONDAY) % length)
    return Round(first, first + timedelta(days=length - 1), sensitive)


def rounds(rule: Rule, periods: Sequence[Period], area: str, since: date, until: date) -> Iterator[Round]:
    """The rounds that end from `since` to `until`, both included, earliest first.

    Days of a sensitive period have rounds of their own; the ordinary round around them still is one.
    """
    seen: set[Round] = set()
    day = since
    while day <= until:
        found = round_of(rule, periods, area, day)
        if found not in seen and since <= found.last <= until:
            seen.add(found)
            yield found
        day += timedelta(days=1)


def is_done(this: Round, visited: Set[date]) -> bool:
    """Whether a visit lies in the round."""
    if this.first == this.last:
        return this.first in visited
    return any(this.first <= day <= this.last for day in visited)


@dataclass(frozen=True, slots=True)
class Tally:
    """Rounds that have ended: how many there were to do, how many were done."""

    due: int = 0
    done: int = 0

    @property
    def rate(self) -> float | None:
        return self.done / self.due if self.due else None

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.due + other.due, self.done + other.done)
