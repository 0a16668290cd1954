"""评估发现的问题: what a drill showed to be amiss, who mends it until when, and how far that is. Pure.

A finding is proposed by the score, taken up with an owner and a date (整改), leads to a new version of the
plan where that is at fault (预案修订), and ends checked (销号) or dropped with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from core.drill_facts import Mark
from core.drill_score import FAILED, Measured, Score
from core.drill_script import Inject, Script

Code = Literal["late", "missed", "mark"]
State = Literal["proposed", "open", "revising", "closed", "dropped"]
LOW_MARK = 2
"""An evaluator who gives so little says that something is amiss."""
MOVES: dict[str, tuple[frozenset[State], State]] = {
    "take_up": (frozenset({"proposed"}), "open"),
    "drop": (frozenset({"proposed", "open"}), "dropped"),
    "revise": (frozenset({"open"}), "revising"),
    "close": (frozenset({"open", "revising"}), "closed"),
    "reopen": (frozenset({"closed", "dropped"}), "open"),
}
"""verb → the states from which it may be done, and the state after it."""
RUNNING: frozenset[State] = frozenset({"open", "revising"})


@dataclass(frozen=True, slots=True)
class Finding:
    """`about` is the indicator's code, or what the mark is about; `inject` its number (None: an objective).
    `code` with `values` is its sentence, until somebody writes a `title`; `office` owns it ("" = nobody yet,
    of an objective's), `due_on` is a day of the city; `plan` is the plan that it puts in question ("" = none)
    and `revision` the version that answers it. `seq` is the moment in the drill's log, for the replay."""

    about: str
    code: Code
    inject: int | None
    office: str
    due_on: date
    plan: str
    seq: int | None
    values: dict[str, Any] = field(default_factory=dict, hash=False)
    title: str = ""
    state: State = "proposed"
    revision: int | None = None


def proposed(script: Script, score: Score, on: date, days: int) -> tuple[Finding, ...]:
    """What the score suggests: each indicator that was not met, each low mark, in this order. `on` is the
    day of the drill's end, `days` how long mending may take (`core.drill_levels.Rule.mend_days`)."""
    due_on = on + timedelta(days=days)
    return (*_of_indicators(script, score.indicators, due_on), *_of_marks(script, score.marks, due_on))


def _of_indicators(script: Script, of: Iterable[Measured], due_on: date) -> Iterator[Finding]:
    for one in of:
        if one.state not in FAILED:
            continue
        number, indicator = one.inject.number, one.indicator
        values = {"n": number, "title": indicator.name, "limit_s": indicator.limit_s, "late_s": one.late_s}
        yield Finding(
            indicator.code, "missed" if one.at is None else "late", number,
            _office(script, one.inject.target), due_on, script.plan, one.seq, values,
        )  # fmt: skip


def _of_marks(script: Script, of: Iterable[Mark], due_on: date) -> Iterator[Finding]:
    for one in of:
        if one.mark <= LOW_MARK:
            inject = _inject(script, one.about)
            office = _office(script, inject.target) if inject else ""
            values = {"title": named(script, one.about), "mark": one.mark, "text": one.text}
            number = inject.number if inject else None
            yield Finding(one.about, "mark", number, office, due_on, script.plan, one.at_seq, values)


def named(script: Script, about: str) -> str:
    """What a mark is about, in the script's words."""
    inject = _inject(script, about)
    if inject:
        return inject.synopsis
    return next((one.name for one in script.objectives if one.code == about), about)


def _inject(script: Script, about: str) -> Inject | None:
    return script.inject(int(about)) if about.isdigit() else None


def _office(script: Script, code: str) -> str:
    """For whom a seat speaks; the command centre's duty desk is the city's."""
    seat = script.seat(code)
    return (seat.office if seat else "") or "@"


def allowed(of: Finding) -> list[str]:
    return [verb for verb, (states, _) in MOVES.items() if of.state in states]


def overdue(of: Finding, today: date) -> bool:
    return of.state in RUNNING and of.due_on < today
