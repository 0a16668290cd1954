"""评估发现的问题: what a drill showed to be amiss, who mends it until when, and how far that is. Pure.

A finding is proposed by the score, taken up with an owner and a date (整改), leads to a new version of the
plan where that is at fault (预案修订), and ends checked (销号) or dropped with a reason. Its facts
(`core.events_findings`) are in live; `apply` folds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

import core.events_findings as e
from core.drill import Drill, controls
from core.drill_facts import Mark
from core.drill_score import FAILED, Measured, Score
from core.drill_script import Inject, Script
from core.envelope import Body, Event
from core.errors import Forbidden
from core.errors_findings import FindingDuePassed, FindingMoveNotAllowed, FindingWithoutPlan
from core.permissions import Principal, Scope, may, prefixes, visible

SUBJECT = "finding:"
"""Before the id, in the subject of its facts."""
Code = Literal["late", "missed", "mark", "own"]
State = Literal["proposed", "open", "revising", "closed", "dropped"]
LOW_MARK = 2
"""An evaluator who gives so little says that something is amiss."""
RUNNING: frozenset[State] = frozenset({"open", "revising"})
MOVES: dict[str, tuple[frozenset[State], State | None]] = {
    "take_up": (frozenset({"proposed"}), "open"),
    "assign": (RUNNING, None),
    "drop": (frozenset({"proposed", "open"}), "dropped"),
    "note": (RUNNING, None),
    "revise": (frozenset({"open"}), "revising"),
    "close": (RUNNING, "closed"),
    "reopen": (frozenset({"revising", "closed", "dropped"}), "open"),
}
"""verb → the states from which it may be done, and the state after it (None: as before)."""
OWNERS = frozenset({"note", "revise", "close"})
"""What the office that owns a finding does itself; all else is for leaders of the drill's area."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`about` is the indicator's code, or what the mark is about; `inject` its number (None: an objective).
    `code` with `values` is its sentence, until somebody writes a `title`; `office` owns it ("" = nobody yet,
    of an objective's), `due_on` is a day of the city; `plan` is the plan that it puts in question ("" = none)
    and `revision` the version that answers it. `seq` is the moment in the drill's log, for the replay.

    `key` names it within its drill. `id` "" and `version` 0: it is the score's alone, and no fact of the log
    tells of it. `by`, `since` and `said`: who brought it where it stands, when, and with which words.
    """

    about: str
    code: Code
    inject: int | None
    office: str
    due_on: date
    plan: str
    seq: int | None
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    title: str = ""
    state: State = "proposed"
    revision: int | None = None
    key: str = ""
    id: str = ""
    version: int = 0
    drill: str = ""
    drill_name: str = ""
    area: str = ""
    by: str = ""
    since: datetime | None = None
    said: str = ""
    late_on: date | None = None
    """The day of which it was told that it went by."""

    @property
    def name(self) -> str:
        """What it is about, in the script's or somebody's words."""
        return self.title or str(self.values.get("title", self.about))


# --- proposals ------------------------------------------------------------------------------------------


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
            _office(script, one.inject.target), due_on, script.plan, one.seq, values, key=indicator.code,
        )  # fmt: skip


def _of_marks(script: Script, of: Iterable[Mark], due_on: date) -> Iterator[Finding]:
    for one in of:
        if one.mark <= LOW_MARK:
            inject = _inject(script, one.about)
            office = _office(script, inject.target) if inject else ""
            values = {"title": named(script, one.about), "mark": one.mark, "text": one.text}
            number = inject.number if inject else None
            key = f"{one.about}/{one.at_seq}/{one.evaluator}"
            yield Finding(one.about, "mark", number, office, due_on, script.plan, one.at_seq, values, key=key)


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


def as_fact(of: Finding, drill: str, drill_name: str) -> e.FindingProposed:
    """The fact that a finding is proposed in a drill, named by its realm."""
    told = ("key", "about", "code", "inject", "office", "due_on", "plan", "seq", "title")
    said = {name: getattr(of, name) for name in told}
    return e.FindingProposed(drill=drill, drill_name=drill_name, values=dict(of.values), **said)


# --- who, and what is done ------------------------------------------------------------------------------


def proposes(drill: Drill, by: Principal) -> bool:
    """Who adds findings to those of the score: who controls it, and its evaluators."""
    return controls(drill, by) or "evaluator" in drill.sits(by.id)


def leads(of: Finding, by: Principal) -> bool:
    """Whoever may run drills where this one was."""
    return may(by, "drill") and by.area in prefixes(of.area)


def sees(of: Finding, by: Principal) -> bool:
    """Whether somebody reads of it among all others: where its drill was, and the office that owns it."""
    return visible(Scope.of(by), of.area, (of.office,))


def owns(of: Finding, by: Principal) -> bool:
    return may(by, "task") and str(by.office) == of.office


def allowed(of: Finding, by: Principal | None = None) -> list[str]:
    """The verbs that its state allows; with `by`, of those the ones that somebody may do."""
    verbs = [verb for verb, (states, _) in MOVES.items() if of.state in states]
    return [verb for verb in verbs if by is None or _may(of, verb, by)]


def _may(of: Finding, verb: str, by: Principal) -> bool:
    return leads(of, by) or (verb in OWNERS and owns(of, by))


def check(of: Finding, verb: str, by: Principal) -> None:
    """Raises Forbidden, FindingMoveNotAllowed (saying who brought it where it stands), FindingWithoutPlan."""
    if not _may(of, verb, by):
        raise Forbidden(verb="drill", role=by.role)
    if of.state not in MOVES[verb][0]:
        raise FindingMoveNotAllowed(finding_state=of.state, by=of.by, moves=allowed(of))
    if verb == "revise" and not of.plan:
        raise FindingWithoutPlan()


@dataclass(frozen=True, slots=True)
class Step:
    """What is said with a verb: without owner, day or title as before."""

    text: str = ""
    office: str | None = None
    due_on: date | None = None
    title: str | None = None


def decide(of: Finding, verb: str, step: Step, today: date) -> Body:
    """The fact of any verb but `revise`, which `actions` tells when it knows the version.

    Raises FindingDuePassed.
    """
    office = of.office if step.office is None else step.office
    due_on = step.due_on or of.due_on
    if verb in ("take_up", "assign", "reopen"):
        check_due(due_on, today)
    match verb:
        case "take_up":
            title = of.title if step.title is None else step.title
            return e.FindingTakenUp(office=office or "@", due_on=due_on, title=title)
        case "assign":
            return e.FindingAssigned(office=office, due_on=due_on, reason=step.text)
        case "note":
            return e.FindingNoted(text=step.text)
        case "drop":
            return e.FindingDropped(reason=step.text)
        case "reopen":
            return e.FindingReopened(due_on=due_on, reason=step.text)
    return e.FindingClosed(text=step.text)


def check_due(due_on: date, today: date) -> None:
    """Raises FindingDuePassed."""
    if due_on < today:
        raise FindingDuePassed(due_on=due_on.isoformat(), today=today.isoformat())


def overdue(of: Finding, today: date) -> bool:
    return of.state in RUNNING and of.due_on < today


def went_overdue(of: Finding, today: date) -> list[Body]:
    """The fact that its day is over, told once of each day that it had."""
    if of.late_on == of.due_on or not overdue(of, today):
        return []
    return [e.FindingOverdue(name=of.name, drill_name=of.drill_name, office=of.office, due_on=of.due_on)]


# --- the fold -------------------------------------------------------------------------------------------


def apply(of: Finding | None, event: Event) -> Finding | None:
    """The finding after a fact; as it was for facts that are not about findings. Total."""
    body = event.body
    touched: dict[str, Any] = {"version": event.seq, "by": event.actor, "since": event.occurred_at}
    if isinstance(body, e.FindingProposed):
        said = {name: getattr(body, name) for name in type(body).model_fields}
        return Finding(**said, **touched, id=event.subject.removeprefix(SUBJECT), area=event.area)
    if isinstance(body, e.FindingOverdue):
        return of and replace(of, version=event.seq, late_on=body.due_on)
    changed = _changed(of, body) if of else None
    return replace(of, **touched, **changed) if of and changed is not None else of


def _changed(of: Finding, body: Body) -> dict[str, Any] | None:
    """What a fact says anew; None: it is not about findings."""
    match body:
        case e.FindingTakenUp():
            said = {"office": body.office, "due_on": body.due_on, "title": body.title or of.title}
            return {"state": "open", **said}
        case e.FindingAssigned():
            return {"office": body.office, "due_on": body.due_on, "said": body.reason}
        case e.FindingRevised():
            return {"state": "revising", "revision": body.version}
        case e.FindingNoted():
            return {"said": body.text}
        case e.FindingClosed():
            return {"state": "closed", "said": body.text}
        case e.FindingDropped():
            return {"state": "dropped", "said": body.reason}
        case e.FindingReopened():
            owned = {"office": of.office or "@", "due_on": body.due_on, "revision": None}
            return {"state": "open", "said": body.reason, **owned}
    return None
