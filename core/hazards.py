"""A hazard's life (登记→评估→报告→整改→销号, or 监控) as a table, its decisions and its fold. Pure.

How long each step may take is this product's default, in the manner of `core.clock`; whoever does a step may
state another date.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import core.events_sites as e
from core.envelope import Body, Draft, Event
from core.errors import MoveNotAllowed, Refusal

SUBJECT = "hazard:"
"""Before the code, in the subject of its facts."""
STATUSES = ("registered", "assessed", "reported", "rectified", "closed", "monitored")

MOVES: dict[str, tuple[frozenset[str], str | None]] = {
    "assess": (frozenset({"registered", "monitored"}), "assessed"),
    "report": (frozenset({"assessed"}), "reported"),
    "rectify": (frozenset({"reported"}), "rectified"),
    "close": (frozenset({"rectified"}), "closed"),
    "monitor": (frozenset({"assessed", "reported", "rectified"}), "monitored"),
    "reopen": (frozenset({"rectified", "closed"}), "reported"),
    "note": (frozenset(STATUSES), None),
}
"""verb → the states from which it may be done, and the state after it (None: as before)."""

DAYS = {"registered": 7, "assessed": 3, "reported": 30, "rectified": 7, "monitored": 30}
"""Days in which the step after this state is due: assessing, reporting, mending, checking, looking again."""


class HazardStepNotAllowed(MoveNotAllowed):
    """params: verb, status, allowed."""

    code = "hazard_step_not_allowed"


class HazardDuePassed(Refusal):
    """The next step would be due before this one was taken; params: due_at, at."""

    code = "hazard_due_passed"


@dataclass(frozen=True, slots=True)
class Hazard:
    """`version` is the log position that last touched it, 0 while the log does not know it."""

    code: str
    version: int
    name: str
    category: str
    area: str
    status: str
    owner: str
    registered_at: datetime
    status_since: datetime
    due_at: datetime | None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What is said with a verb. Without owner or date: the owner as before, the step's usual time."""

    text: str = ""
    owner: str | None = None
    due_at: datetime | None = None
    level: int | None = None


def due_after(status: str, at: datetime) -> datetime | None:
    """When the step after this state is due; nothing is due of what is closed."""
    days = DAYS.get(status)
    return None if days is None else at + timedelta(days=days)


def overdue(hazard: Hazard, now: datetime) -> bool:
    return hazard.due_at is not None and hazard.due_at <= now


def went_overdue(hazard: Hazard, due_at: datetime, now: datetime) -> list[Draft]:
    """The fact that a date has passed, if it still is the hazard's."""
    if hazard.due_at != due_at or not overdue(hazard, now):
        return []
    body = e.HazardOverdue(name=hazard.name, status=hazard.status, due_at=due_at)
    return [Draft(body, SUBJECT + hazard.code, hazard.area, due_at)]


def allowed(status: str) -> tuple[str, ...]:
    return tuple(verb for verb, (states, _) in MOVES.items() if status in states)


def register(hazard: Hazard) -> Draft:
    """登记, wherever on its way it is."""
    body = e.HazardRegistered(
        name=hazard.name, category=hazard.category, status=hazard.status, owner=hazard.owner,
        due_at=hazard.due_at,
    )  # fmt: skip
    return Draft(body, SUBJECT + hazard.code, hazard.area, hazard.registered_at)


def decide(hazard: Hazard, verb: str, step: Step, at: datetime) -> list[Draft]:
    """The facts of one verb. Raises HazardStepNotAllowed with what is allowed, HazardDuePassed; KeyError: no
    such verb."""
    states, after = MOVES[verb]
    if hazard.status not in states:
        raise HazardStepNotAllowed(verb=verb, status=hazard.status, allowed=list(allowed(hazard.status)))
    if step.due_at is not None and step.due_at <= at:
        raise HazardDuePassed(due_at=step.due_at.isoformat(), at=at.isoformat())
    due_at = step.due_at or (due_after(after, at) if after else hazard.due_at)
    owner = hazard.owner if step.owner is None else step.owner
    body = _body(verb, step, owner, due_at)
    first = [register(hazard)] if hazard.version == 0 else []
    return [*first, Draft(body, SUBJECT + hazard.code, hazard.area, at)]


_BODIES: dict[str, type[Body]] = {
    "report": e.HazardReported,
    "rectify": e.HazardRectified,
    "monitor": e.HazardMonitored,
    "reopen": e.HazardReopened,
    "note": e.HazardNoted,
}


def _body(verb: str, step: Step, owner: str, due_at: datetime | None) -> Body:
    if verb == "close":
        return e.HazardClosed(text=step.text)
    if verb == "assess":
        return e.HazardAssessed(text=step.text, level=step.level, owner=owner, due_at=due_at)
    return _BODIES[verb].model_validate({"text": step.text, "owner": owner, "due_at": due_at})


# --- the fold --------------------------------------------------------------------------------------------

_AFTER: dict[type[Body], str] = {
    e.HazardAssessed: "assessed",
    e.HazardReported: "reported",
    e.HazardRectified: "rectified",
    e.HazardClosed: "closed",
    e.HazardMonitored: "monitored",
    e.HazardReopened: "reported",
}


def apply(hazard: Hazard | None, event: Event) -> Hazard | None:
    """The hazard after a fact; as it was for facts that are not about hazards. Total."""
    body = event.body
    if isinstance(body, e.HazardRegistered):
        return _registered(hazard, event, body)
    if hazard is None or not isinstance(body, (*_AFTER, e.HazardNoted)):
        return hazard
    said = body.model_dump()
    values: dict[str, Any] = {"version": event.seq, "due_at": said.get("due_at")}
    values["owner"] = said.get("owner", hazard.owner)
    if said.get("level") is not None:
        values["level"] = said["level"]
    if status := _AFTER.get(type(body)):
        values |= {"status": status, "status_since": event.occurred_at}
    return replace(hazard, **values)


def _registered(known: Hazard | None, event: Event, body: e.HazardRegistered) -> Hazard:
    """A second registration changes what is known of the place, never how far it has come."""
    if known is not None:
        return replace(
            known, version=event.seq, name=body.name, category=body.category, area=event.area,
            owner=body.owner or known.owner,
        )  # fmt: skip
    code, at = event.subject.removeprefix(SUBJECT), event.occurred_at
    return Hazard(
        code, event.seq, body.name, body.category, event.area, body.status, body.owner, at, at, body.due_at
    )
