"""When an incident says something by itself (即将超时, 超时, 升级, leaving the board), and what."""

from __future__ import annotations

from datetime import datetime

from core import casework, workflow
from core.clock import SHELVE_AFTER, near_at
from core.due import Deadline
from core.envelope import Draft
from core.hearing import Hearing
from core.model import ENDED, Incident


def wakes_at(incident: Incident) -> datetime | None:
    """The next moment at which something of it falls due; None while nothing does."""
    marks = [at for clock in incident.clocks if (at := _next_mark(clock))]
    if incident.status in ENDED and not incident.shelved:
        marks.append(incident.status_since + SHELVE_AFTER)
    return min(marks, default=None)


def _next_mark(clock: Deadline) -> datetime | None:
    """Where 80 % of a clock's time is gone, then its end; a clock that is over, or stands, has none."""
    if clock.state == "running" and clock.step != casework.RISE:
        return near_at(clock)
    return clock.due_at if clock.state in ("running", "near") else None


def fall_due(h: Hearing, incident: Incident) -> list[Draft]:
    """What has fallen due of it by now; whoever looks late is told of the warning and of the end."""
    drafts = [
        draft
        for clock in incident.clocks
        for near in (True, False)
        if (near_at(clock) if near else clock.due_at) <= h.at
        for draft in casework.cross(h, incident, clock.step, clock.due_at, near=near)
    ]
    return drafts + workflow.shelve(incident, h.at)
