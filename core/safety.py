"""安全核对: how often a crew at work on scene is asked whether it is well, as data of the city."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.events_safety import CheckClock


@dataclass(frozen=True, slots=True)
class SafetyRule:
    """One row: at incidents of classes whose code begins with `class_code` ("" = all) and of at least
    `severity` (1 = Ⅰ), every `minutes`, answered within `grace_minutes`; 0 minutes = not at all."""

    class_code: str
    severity: int
    minutes: float
    grace_minutes: float
    source: str

    def holds(self, class_code: str, severity: int) -> bool:
        return class_code.startswith(self.class_code) and severity <= self.severity


class SafetyRules:
    """The table of a city."""

    def __init__(self, rules: Iterable[SafetyRule] = ()) -> None:
        """Of two that hold, the one that says more of the class, then of the level."""
        self.rules = tuple(sorted(rules, key=lambda rule: (-len(rule.class_code), rule.severity)))

    def clock(self, class_code: str, severity: int, at: datetime) -> CheckClock | None:
        """The clock that begins at `at`; None where crews are not asked."""
        rule = next((one for one in self.rules if one.holds(class_code, severity)), None)
        if rule is None or not rule.minutes:
            return None
        every = timedelta(minutes=rule.minutes)
        return CheckClock(due_at=at + every, every_s=every.total_seconds(), grace_s=60 * rule.grace_minutes)


NO_CHECKS = SafetyRules()
"""Nobody is asked."""
