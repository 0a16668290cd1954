"""An incident that was worked through elsewhere, as the facts that this product would have written of it.

Each step comes in at its own time. A clock counts as missed where the step that ends it came later than its
time; one that would have run out by now is not begun, so that nothing falls due at once of what is long past.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

import core.events as e
from core.envelope import Body
from core.events_cases import IncidentRated
from core.events_past import IncidentStepRecorded

_CHAIN = ("occurred_at", "accepted_at", "dispatched_at", "acknowledged_at", "arrived_at", "handled_at",
          "verified_at", "closed_at", "rated_at")  # fmt: skip
_REPLY = ("occurred_at", "replied_at", "closed_at")
"""Whoever reported is replied to at any time before the end."""
STEPS = (*_CHAIN[1:], "replied_at")
"""The moments of an incident that a file may tell, after that of its report."""

_VERBS = {
    "accepted_at": "accept", "dispatched_at": "dispatch", "handled_at": "handle", "verified_at": "verify"
}  # fmt: skip
_ENDS = {
    "dispatched_at": "dispatch", "arrived_at": "arrive", "handled_at": "handle", "verified_at": "verify",
    "closed_at": "close",
}  # fmt: skip
"""The clock that each step is under."""

IMPORTED = "import"
"""The cause of facts that came in by a file."""
Clock = Callable[[str, datetime], e.Due]
"""The clock of a step that begins at a moment."""
Told = tuple[Body, datetime]


@dataclass(frozen=True, slots=True)
class Past:
    """What a file tells of an incident after its report: `moments` by name of STEPS; `rated_at` is among them
    where there is a `rating`."""

    moments: Mapping[str, datetime]
    reply: str = ""
    rating: Literal[1, 2, 3] = 3


def out_of_order(reported_at: datetime, moments: Mapping[str, datetime]) -> tuple[str, str] | None:
    """A moment that comes before one that it should follow, and that one."""
    known = {"occurred_at": reported_at, **moments}
    for chain in (_CHAIN, _REPLY):
        for before, name in pairwise(name for name in chain if name in known):
            if known[name] < known[before]:
                return name, before
    return None


def worked_through(
    reported: e.IncidentReported, at: datetime, past: Past, starts: Mapping[str, str], clock: Clock,
    now: datetime,
) -> list[Told]:  # fmt: skip
    """The facts and when they happened. `starts`: which step's clock each verb begins (core.flow)."""
    told: list[Told] = [(reported, at)]
    running, begun_by = reported.due, 0
    for name, moment in sorted(past.moments.items(), key=lambda one: (one[1], STEPS.index(one[0]))):
        if running and _ENDS.get(name) == running.step and running.due_at < moment:
            told.append((e.DeadlineMissed(step=running.step, due_at=running.due_at), running.due_at))
        begins = "handle" if name == "arrived_at" else starts.get(_VERBS.get(name, ""), "")
        due = clock(begins, moment) if begins else None
        if name in _ENDS or due:
            running, begun_by = due, len(told)
        told.append((_fact(name, past, due), moment))
    if running and running.due_at <= now:
        body, began = told[begun_by]
        told[begun_by] = body.model_copy(update={"due": None}), began
    return told


def _fact(name: str, past: Past, due: e.Due | None) -> Body:
    made: dict[str, Callable[[], Body]] = {
        "accepted_at": lambda: e.IncidentAccepted(due=due),
        "dispatched_at": lambda: IncidentStepRecorded(step="dispatch", due=due),
        "acknowledged_at": lambda: IncidentStepRecorded(step="ack", due=None),
        "arrived_at": lambda: IncidentStepRecorded(step="arrive", due=due),
        "handled_at": lambda: e.IncidentHandled(text=None, due=due),
        "replied_at": lambda: e.IncidentReplied(text=past.reply),
        "verified_at": lambda: e.IncidentVerified(text=None, due=due),
        "closed_at": e.IncidentClosed,
        "rated_at": lambda: IncidentRated(rating=past.rating, text=None, by="callback"),
    }
    return made[name]()
