"""演练计分: each indicator of a script measured in the log of its realm, and what the evaluators noted.

Pure. An indicator is measured from when its inject stood in the log to when the act that it asks for was
done, on the realm's clock: pauses cost nobody time (the clock stands), and what the controller jumped over is
taken off. An act counts by when it occurred, as in `core.kpi`: drills and real incidents can be compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from statistics import fmean
from typing import Any, Literal

import core.events as e
import core.events_linkage as m
from core.drill_facts import Counted, Log, Mark, later
from core.drill_script import Indicator, Inject, Measure, Script
from core.envelope import Body, Event
from core.events_briefing import ReportFiled
from core.events_cases import IncidentMerged, SituationReported
from core.events_stock import LotIssued

State = Literal["met", "late", "missed", "open", "not_applicable"]
Why = Literal["", "undelivered", "failed", "cut"]
"""Why an indicator does not apply: its inject did not come, was refused, or the drill ended before its time
was up."""
FAILED: frozenset[State] = frozenset({"late", "missed"})
JUDGED = FAILED | {"met"}

ACTS: Mapping[Measure, tuple[type[Body], ...]] = {
    "ack": (e.IncidentAccepted, e.IncidentRejected, IncidentMerged),
    "dispatch": (e.UnitDispatched,),
    "arrival": (e.AssignmentArrived,),
    "close": (e.IncidentClosed,),
    "activation": (m.PlanActivated,),
    "task": (m.TaskDone,),
    "order": (m.TaskAcknowledged, m.TaskStarted, m.TaskDone),
    "supplies": (LotIssued,),
    "report": (ReportFiled, SituationReported),
}
"""Which facts do what is timed. To reject or to merge is to decide upon a report too; whoever starts a task
has acknowledged it."""
KINDS: tuple[str, ...] = tuple(
    sorted(
        {body.__name__ for bodies in ACTS.values() for body in bodies}
        | {"AssignmentAcknowledged", "TasksAdded", "TasksCancelled", "IncidentUnmerged"}
        | {"DrillOpened", "ScriptChanged", "SeatTaken", "DrillStarted", "DrillPaused", "DrillResumed"}
        | {"DrillJumped", "InjectDelivered", "InjectFailed", "DrillRated", "DrillStopped"}
    )
)
"""All that scores and reports read of a log."""
STANDING: frozenset[Measure] = frozenset({"ack", "close", "activation"})
"""States of an incident: what already is so when an inject about it comes is done at once."""
STAGES = {"initial": "first", "follow_up": "follow", "final": "final"}
ONCE = frozenset({"initial", "final"})
"""Reports that are sent once: whoever asks for one that was sent already has it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator of an inject. `since` is when it came, `at` and `seq` the fact that did what it asks for,
    None = not done; `seconds` is how long that took, or how long it is awaited by now."""

    inject: Inject
    indicator: Indicator
    state: State
    why: Why = ""
    since: datetime | None = None
    at: datetime | None = None
    seq: int | None = None
    seconds: float | None = None

    @property
    def late_s(self) -> float:
        """By how much the limit is passed, at least 0."""
        return max(0.0, (self.seconds or 0.0) - self.indicator.limit_s)


@dataclass(frozen=True, slots=True)
class Score:
    """Of a drill as it stands at `at`, or stood at its end. `indicators` are in the script's order, `marks`
    in that of the moments they are about."""

    indicators: tuple[Measured, ...]
    marks: tuple[Mark, ...]
    at: datetime
    began: datetime | None = None
    ended: datetime | None = None
    aborted: bool = False

    @property
    def share(self) -> float | None:
        return share(self.indicators)

    @property
    def mark(self) -> float | None:
        """The mean of what evaluators gave; None = nobody did."""
        return fmean(one.mark for one in self.marks) if self.marks else None


def share(of: Iterable[Measured]) -> float | None:
    """What part of the indicators was met, by weight, 0…1; None where none is judged yet."""
    judged = [one for one in of if one.state in JUDGED]
    whole = sum(one.indicator.weight for one in judged)
    return sum(one.indicator.weight for one in judged if one.state == "met") / whole if whole else None


def grouped(of: Iterable[Measured], key: Callable[[Measured], Hashable]) -> dict[Any, list[Measured]]:
    """By objective, seat, measure …"""
    found: dict[Any, list[Measured]] = defaultdict(list)
    for one in of:
        found[key(one)].append(one)
    return dict(found)


def score(script: Script, events: Iterable[Event], at: datetime) -> Score:
    """Of the facts of the realm, oldest first. `at`: the realm's time now, of no matter once it has ended."""
    log = Log()
    for event in events:
        log.read(event)
    end = log.stopped.recorded_at if log.stopped else at
    measured = [
        _measure(log, script, inject, indicator, end)
        for inject in script.injects
        for indicator in inject.indicators
    ]
    ended = end if log.stopped else None
    return Score(tuple(measured), log.marks(), end, log.began, ended, log.aborted)


# --- one indicator ----------------------------------------------------------------------------------------


def _measure(log: Log, script: Script, inject: Inject, indicator: Indicator, end: datetime) -> Measured:
    came = log.delivered.get(inject.number)
    if came is None:
        if log.stopped is None and inject.number not in log.failed:
            return Measured(inject, indicator, "open")
        why: Why = "failed" if inject.number in log.failed else "undelivered"
        return Measured(inject, indicator, "not_applicable", why)
    since = came.recorded_at
    done = _done(log, script, indicator, came)
    if done is None:
        waited = log.seconds(came, end)
        state, why = _awaited(waited > indicator.limit_s, ended=log.stopped is not None)
        return Measured(inject, indicator, state, why, since, seconds=waited)
    took = log.seconds(came, done.occurred_at)
    state = "met" if took <= indicator.limit_s else "late"
    return Measured(inject, indicator, state, "", since, max(since, done.occurred_at), done.seq, took)


def _awaited(over: bool, *, ended: bool) -> tuple[State, Why]:
    """Of what is not done: nobody is judged by a time that the drill did not give."""
    if ended:
        return ("missed", "") if over else ("not_applicable", "cut")
    return ("late", "") if over else ("open", "")


def _done(log: Log, script: Script, indicator: Indicator, came: Event) -> Event | None:
    """The fact by which it was done; the inject itself where it was so before."""
    facts = list(log.about(came))
    if indicator.measure == "order" and not indicator.task:
        return _all_orders(log, facts, came) if script.plan else _earliest(_crews(facts, came))
    stands = _stands(log, indicator, came)
    return _earliest(
        later(counts, came)
        for fact, counts in facts
        if isinstance(fact.body, ACTS[indicator.measure])
        and (counts.seq > came.seq or stands)
        and _fits(log, indicator, fact.body)
    )


def _stands(log: Log, indicator: Indicator, came: Event) -> bool:
    """Whether what is so already counts; all else must answer the inject. A named task is acknowledged and
    done once: an office that did not wait to be asked is not late."""
    if log.made(came) or indicator.task or indicator.report in ONCE:
        return True
    return indicator.measure in STANDING and log.incident_of(came) != ""


def _fits(log: Log, indicator: Indicator, body: Body) -> bool:
    if indicator.task:
        return log.codes.get(getattr(body, "task", "")) == indicator.task
    if indicator.report:
        return bool(getattr(body, "stage", "") == STAGES[indicator.report])
    return True


def _crews(facts: Sequence[Counted], came: Event) -> Iterator[Event]:
    """Without a plan the orders are those to crews."""
    return (
        counts for fact, counts in facts
        if isinstance(fact.body, e.AssignmentAcknowledged) and counts.seq > came.seq
    )  # fmt: skip


def _all_orders(log: Log, facts: Sequence[Counted], came: Event) -> Event | None:
    """The last acknowledgement of what the first orders after the inject gave out at once; what was cancelled
    wants none. None while one is awaited, or where nothing was ordered."""
    given = [
        (_when(counts), fact.body) for fact, counts in facts
        if isinstance(fact.body, m.PlanActivated | m.TasksAdded) and counts.seq > came.seq
    ]  # fmt: skip
    if not given:
        return None
    _, orders = min(given, key=itemgetter(0))
    cancelled = {
        task for fact, _ in facts if isinstance(fact.body, m.TasksCancelled) for task in fact.body.tasks
    }
    first = {one.id: log.acknowledged.get(one.id) for one in orders.tasks if one.due is not None}
    wanted = [fact for task, fact in first.items() if fact is not None or task not in cancelled]
    known = [fact for fact in wanted if fact is not None]
    return max(known, key=_when) if known and len(known) == len(wanted) else None


def _earliest(found: Iterable[Event]) -> Event | None:
    return min(found, key=_when, default=None)


def _when(one: Event) -> tuple[datetime, int]:
    return one.occurred_at, one.seq
