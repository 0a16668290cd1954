"""The log of a drill's realm, gathered as scoring asks for it (`core.drill_score`). Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import core.events as e
import core.events_drills as d
import core.events_linkage as m
from core.envelope import Event
from core.events_cases import IncidentMerged, IncidentUnmerged

Counted = tuple[Event, Event]
"""A fact, and the one from which on it counts: itself, or the merge that joined its incident to another."""


@dataclass(frozen=True, slots=True)
class Mark:
    """评估员评分 of an inject (its number) or objective (its code), 1 to 5. `at_seq` and `at`: the moment it
    is about; `seq`: where it stands in the log itself."""

    about: str
    mark: int
    text: str
    evaluator: str
    seq: int
    at_seq: int
    at: datetime


@dataclass(slots=True)
class Log:
    """What scoring asks of the facts of a realm, read in their order; after the stop only marks are."""

    delivered: dict[int, Event] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    began: datetime | None = None
    stopped: Event | None = None
    codes: dict[str, str] = field(default_factory=dict)
    """Task → its code in the plan."""
    acknowledged: dict[str, Event] = field(default_factory=dict)
    """Task → the first fact that shows that somebody had acknowledged it."""
    _jumps: list[Event] = field(default_factory=list)
    _facts: list[Event] = field(default_factory=list)
    _of: dict[str, list[Event]] = field(default_factory=lambda: defaultdict(list))
    _incident: dict[str, str] = field(default_factory=dict)
    """Assignment or response → its incident."""
    _merged: dict[str, Event] = field(default_factory=dict)
    _seqs: list[int] = field(default_factory=list)
    _times: list[datetime] = field(default_factory=list)
    _marks: dict[tuple[str, str, int], tuple[Event, d.DrillRated]] = field(default_factory=dict)

    def read(self, event: Event) -> None:
        self._seqs.append(event.seq)
        self._times.append(event.recorded_at)
        if isinstance(event.body, d.DrillRated):
            one = event.body
            self._marks[one.evaluator, one.about, one.at_seq] = (event, one)  # the newest corrects the others
        elif self.stopped is None:
            self._read(event)

    def _read(self, event: Event) -> None:
        match event.body:
            case d.InjectDelivered() as body:
                self.delivered.setdefault(body.number, event)
                self.failed.discard(body.number)
            case d.InjectFailed() as body if body.number not in self.delivered:
                self.failed.add(body.number)
            case d.DrillStarted():
                self.began = self.began or event.recorded_at
            case d.DrillJumped():
                self._jumps.append(event)
            case d.DrillStopped():
                self.stopped = event
            case e.UnitDispatched() as body:
                self._incident[body.assignment] = event.subject
            case m.PlanActivated() as body:
                self._incident[event.subject] = body.incident
                self.codes |= {one.id: one.code for one in body.tasks}
            case m.TasksAdded() as body:
                self.codes |= {one.id: one.code for one in body.tasks}
            case m.TaskAcknowledged() | m.TaskStarted() | m.TaskDone() as body:
                self.acknowledged.setdefault(body.task, event)
            case IncidentMerged():
                self._merged[event.subject] = event
            case IncidentUnmerged():
                self._merged.pop(event.subject, None)
        self._facts.append(event)
        self._of[self.incident_of(event)].append(event)

    @property
    def aborted(self) -> bool:
        body = self.stopped.body if self.stopped else None
        return isinstance(body, d.DrillStopped) and body.aborted

    def incident_of(self, event: Event) -> str:
        """The incident that a fact is about; of an inject "" where it made and touched none."""
        if isinstance(event.body, d.InjectDelivered):
            return event.body.incident
        named: str | None = getattr(event.body, "incident", None)
        return named or self._incident.get(event.subject, event.subject)

    def made(self, came: Event) -> bool:
        """Whether the inject made its incident, so that all that is about it answers the inject."""
        body = came.body
        return isinstance(body, d.InjectDelivered) and body.incident != "" and body.made == body.incident

    def about(self, came: Event) -> Iterator[Counted]:
        """The facts about an inject's incident, and about those that it was merged into: these count from the
        merge on. Of an inject that has no incident, all facts."""
        incident = self.incident_of(came)
        if not incident:
            yield from ((one, one) for one in self._facts)
            return
        since, seen = came, {incident}
        yield from ((one, one) for one in self._of[incident])
        while (merge := self._merged.get(incident)) and isinstance(merge.body, IncidentMerged):
            since, incident = later(since, merge), merge.body.into
            if incident in seen:
                return
            seen.add(incident)
            yield from ((one, later(one, since)) for one in self._of[incident])

    def seconds(self, came: Event, at: datetime) -> float:
        """From an inject to a moment, at least 0, without what was jumped over between: what was done before
        a jump had none of it, whenever it was told."""
        jumped = sum(_jumped(one, at) for one in self._jumps if one.seq > came.seq)
        return max(0.0, (at - came.recorded_at).total_seconds() - jumped)

    def marks(self) -> tuple[Mark, ...]:
        found = [
            Mark(
                body.about, body.mark, body.text, body.evaluator, event.seq, body.at_seq,
                self._time(body.at_seq, event.recorded_at),
            )
            for event, body in self._marks.values()
        ]  # fmt: skip
        return tuple(sorted(found, key=lambda one: (one.at_seq, one.seq)))

    def _time(self, seq: int, otherwise: datetime) -> datetime:
        """Of a position in the log, or of the fact before it where that one was not read."""
        place = bisect_right(self._seqs, seq) - 1
        return self._times[place] if place >= 0 else otherwise


def _jumped(jump: Event, until: datetime) -> float:
    """What a jump leapt over of the time before a moment, in seconds."""
    assert isinstance(jump.body, d.DrillJumped)  # noqa: S101  narrows the type for the checker
    return min(max(0.0, (until - jump.occurred_at).total_seconds()), jump.body.seconds)


def later(one: Event, other: Event) -> Event:
    return one if one.seq > other.seq else other
