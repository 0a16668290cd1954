"""演练评估报告 as a value: what was exercised, its course, what was measured, marked and found. Pure.

Words and layout are `pages`': an `Item` is a sentence of the catalogue with what fills it, as in
`core.briefing`. All of it comes from the log of the drill's realm, so it can be made again at any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import core.events_drills as d
from core.briefing_model import Item
from core.drill_compare import Compared
from core.drill_findings import Finding, named
from core.drill_levels import Grade
from core.drill_score import FAILED, JUDGED, Measured, Score, grouped, share
from core.drill_script import Script
from core.envelope import Body, Event
from core.events_linkage import PlanActivated


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the course. `seq` is its place in the log, for the replay; `minute` counts from the start,
    None before it."""

    seq: int
    at: datetime
    minute: float | None
    item: Item


@dataclass(frozen=True, slots=True)
class Part:
    """What an objective, or a seat, comes to: `share` of its indicators met by weight (None: none judged),
    `met` of `judged` in number."""

    code: str
    name: str
    share: float | None
    met: int
    judged: int


@dataclass(frozen=True, slots=True)
class Report:
    """`facts` tell what drill it was, `summary` how it went; `grade` None = it has none (it runs, was
    aborted, or nothing was measured). `delivered`: the injects that came; `began_seq` and `ended_seq`: where
    the start and the end stand in the log, None = not yet."""

    title: str
    script: Script
    facts: tuple[Item, ...]
    summary: tuple[Item, ...]
    course: tuple[Moment, ...]
    score: Score
    grade: Grade | None
    objectives: tuple[Part, ...]
    seats: tuple[Part, ...]
    compared: tuple[Compared, ...]
    findings: tuple[Finding, ...]
    delivered: tuple[d.InjectDelivered, ...] = ()
    began_seq: int | None = None
    ended_seq: int | None = None


def report(
    script: Script, events: Sequence[Event], score: Score, grade: Grade | None,
    compared: Sequence[Compared] = (), findings: Sequence[Finding] = (),
) -> Report:  # fmt: skip
    """`events`: the facts of the realm, oldest first, that `score` was made of; `script` as it was run last;
    `findings` those that were taken up, or proposed."""
    opened = next((one.body for one in events if isinstance(one.body, d.DrillOpened)), None)
    return Report(
        opened.name if opened else script.name,
        script,
        tuple(_facts(script, events, score, opened)),
        tuple(_summary(score, grade, findings)),
        tuple(_course(script, events, score)),
        score,
        grade,
        tuple(_objectives(script, score)),
        tuple(_seats(script, score)),
        tuple(compared),
        tuple(findings),
        tuple(one.body for one in events if isinstance(one.body, d.InjectDelivered)),
        _seq(events, d.DrillStarted),
        _seq(events, d.DrillStopped),
    )


def _seq(events: Iterable[Event], kind: type[Body]) -> int | None:
    return next((one.seq for one in events if isinstance(one.body, kind)), None)


# --- what it was, and how it went -------------------------------------------------------------------------


def _facts(
    script: Script, events: Sequence[Event], score: Score, opened: d.DrillOpened | None
) -> Iterator[Item]:
    yield Item("kind", {"content": script.content, "form": script.form})
    yield Item("scenario", {"text": script.scenario})
    if script.plan:
        yield Item("plan", {"plan": _plan_name(script.plan, events)})
    if opened and opened.rehearsal:
        yield Item("rehearsal")
    if score.began:
        lasted = (score.at - score.began).total_seconds()
        yield Item("span", {"begun": score.began, "at": score.at, "lasted_s": lasted})
    persons, seats = _people(events), sum(one.role == "player" for one in script.seats)
    yield Item("people", {"persons": len(persons), "seats": seats})
    came = sum(isinstance(one.body, d.InjectDelivered) for one in events)
    yield Item("injects", {"came": came, "count": len(script.injects)})


def _plan_name(code: str, events: Iterable[Event]) -> str:
    """As it was activated; of one that nobody did its code."""
    bodies = (one.body for one in events)
    return next(
        (one.plan_name for one in bodies if isinstance(one, PlanActivated) and one.plan == code), code
    )


def _people(events: Iterable[Event]) -> set[str]:
    """Whoever sat in a seat at any time."""
    return {one.body.person for one in events if isinstance(one.body, d.SeatTaken) and one.body.person}


def _summary(score: Score, grade: Grade | None, findings: Sequence[Finding]) -> Iterator[Item]:
    if score.aborted:
        yield Item("aborted")
    if grade:
        yield Item("level", {"name": grade.rule.name, "name_en": grade.rule.name_en, "share": grade.share})
        for lack in grade.lacks:
            unit = "share" if lack.condition == "share" else "number"
            values = {f"found_{unit}": lack.found, f"wanted_{unit}": lack.wanted}
            yield Item(f"lack_{lack.condition}", values)
    by_state = grouped(score.indicators, lambda one: one.state)
    counts = {state: len(by_state.get(state, ())) for state in ("met", "late", "missed")}
    yield Item("counts", {**counts, "count": sum(counts.values())})
    if unjudged := len(score.indicators) - sum(counts.values()):
        yield Item("unjudged", {"count": unjudged})
    if score.mark is not None:
        yield Item("marks", {"mark_number": score.mark, "count": len(score.marks)})
    worst = max((one for one in score.indicators if one.state in FAILED), key=_weighty, default=None)
    if worst:
        yield Item("worst", {"n": worst.inject.number, "title": worst.indicator.name})
    if findings:
        yield Item("findings", {"count": len(findings)})


def _weighty(one: Measured) -> tuple[float, float]:
    return one.indicator.weight, one.late_s / one.indicator.limit_s


# --- its course -------------------------------------------------------------------------------------------


def _course(script: Script, events: Iterable[Event], score: Score) -> list[Moment]:
    """The drill's own facts, the acts that were measured and the marks, in the order of the log."""
    told = [(one.seq, one.recorded_at, item) for one in events if (item := _said(script, one))]
    told += [(one.seq, one.at, _act(one)) for one in score.indicators if one.seq and one.at]
    told += [
        (
            one.at_seq,
            one.at,
            Item("mark", {"about": named(script, one.about), "mark": one.mark, "text": one.text}),
        )
        for one in score.marks
    ]
    began = score.began
    return [
        Moment(seq, at, (at - began).total_seconds() / 60 if began and at >= began else None, item)
        for seq, at, item in sorted(told, key=lambda one: one[0])
    ]


def _act(one: Measured) -> Item:
    values = {
        "n": one.inject.number, "title": one.indicator.name, "took_s": one.seconds, "late_s": one.late_s
    }  # fmt: skip
    return Item(f"act_{one.state}", values)


def _said(script: Script, event: Event) -> Item | None:
    match event.body:
        case d.DrillStarted():
            return Item("started")
        case d.DrillPaused() as body:
            return Item(f"paused_{body.why}")
        case d.DrillResumed():
            return Item("resumed")
        case d.DrillJumped() as body:
            return Item("jumped", {"by_s": body.seconds})
        case d.InjectDelivered() as body:
            inject = script.inject(body.number)
            seat = script.seat(inject.target) if inject else None
            words = {"text": inject.synopsis if inject else "", "seat": seat.name if seat else ""}
            return Item("inject_by_hand" if body.by_hand else "inject", {"n": body.number, **words})
        case d.InjectFailed() as body:
            return Item("inject_failed", {"n": body.number, "refusal": body.reason})
        case d.DrillStopped() as body:
            return Item("stopped_early" if body.aborted else "stopped", {"reason": body.reason})
    return None


# --- what objectives and seats come to --------------------------------------------------------------------


def _objectives(script: Script, score: Score) -> list[Part]:
    of = grouped(score.indicators, lambda one: one.inject.objective)
    return [_part(one.code, one.name, of.get(one.code, [])) for one in script.objectives]


def _seats(script: Script, score: Score) -> list[Part]:
    """Of those that something was measured of."""
    of = grouped(score.indicators, lambda one: one.inject.target)
    return [_part(one.code, one.name, of[one.code]) for one in script.seats if one.code in of]


def _part(code: str, name: str, of: Sequence[Measured]) -> Part:
    met = sum(one.state == "met" for one in of)
    return Part(code, name, share(of), met, sum(one.state in JUDGED for one in of))
