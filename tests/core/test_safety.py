"""Crews' safety checks: which clock holds, what falls due, what an answer is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.crew_checks import fall_due, next_mark
from core.model import Assignment, CrewCheck
from core.safety import SafetyRule, SafetyRules
from db.safety import shipped_safety_rules
from tests.cast import AREA_A, FIRE, LITTER, START

AT_WORK = Assignment(
    "A1", 1, "I1", "F1", "消防一队", AREA_A, "on_scene", START, 60.0, 500.0, (),
    check=CrewCheck(START + timedelta(minutes=20), 1200.0, 300.0),
)  # fmt: skip


@pytest.mark.parametrize(
    ("class_code", "severity", "minutes"),
    [(FIRE, 4, 20), (LITTER, 3, None), (LITTER, 2, 20), ("23000", 1, 15), ("22000", 3, None)],
)
def test_the_row_that_says_more_of_the_class_holds(
    class_code: str, severity: int, minutes: float | None
) -> None:
    clock = shipped_safety_rules().clock(class_code, severity, START)
    assert (clock and clock.every_s / 60) == minutes
    assert clock is None or clock.due_at == START + timedelta(seconds=clock.every_s)


def test_a_city_may_let_a_class_go_unasked() -> None:
    rules = SafetyRules([SafetyRule("", 4, 20, 5, "本市"), SafetyRule("21", 4, 0, 5, "本市")])
    assert rules.clock(FIRE, 1, START) is None
    assert rules.clock(LITTER, 4, START) is not None


def test_a_crew_is_asked_when_its_time_is_over_and_missed_when_nobody_answers() -> None:
    def said(minutes: float, of: Assignment = AT_WORK) -> list[str]:
        return [draft.body.kind for draft in fall_due(of, START + timedelta(minutes=minutes))]

    assert said(19) == []
    assert said(20) == ["SafetyCheckDue"]
    assert said(25) == ["SafetyCheckDue", "SafetyCheckMissed"]
    assert AT_WORK.check is not None
    asked = replace(AT_WORK, check=replace(AT_WORK.check, state="due"))
    assert (said(24, asked), said(25, asked)) == ([], ["SafetyCheckMissed"])
    missed = replace(AT_WORK, check=replace(AT_WORK.check, state="missed"))
    assert (said(90, missed), next_mark(missed.check)) == ([], None)
    assert said(90, replace(AT_WORK, ended_at=START)) == []
