"""The facts of sites: a hazard's life (风险隐患点), patrol rounds (巡查) and sensitive periods (敏感时期).

They do not touch the board: `core.hazards` folds a hazard's, and the visits of a patrol are counted.
The subject is `hazard:CODE`, `patrol:TARGET:CODE` or `period:CODE`.
"""

from __future__ import annotations

from datetime import date, datetime

from core.envelope import Body


class HazardRegistered(Body):
    """登记: it is known; a file may hand it in anywhere on its way."""

    name: str
    category: str
    status: str
    owner: str
    due_at: datetime | None


class HazardAssessed(Body):
    """评估"""

    text: str
    level: int | None
    """Risk 1 (重大) to 4 (低)."""
    owner: str
    due_at: datetime | None


class HazardReported(Body):
    """报告: told to whoever has to mend it."""

    text: str
    owner: str
    due_at: datetime | None


class HazardRectified(Body):
    """整改: mended, to be checked."""

    text: str
    owner: str
    due_at: datetime | None


class HazardClosed(Body):
    """销号"""

    text: str


class HazardMonitored(Body):
    """监控: it cannot be mended, so it is watched; due is the next look."""

    text: str
    owner: str
    due_at: datetime | None


class HazardReopened(Body):
    """退回整改: not mended after all, or back again."""

    text: str
    owner: str
    due_at: datetime | None


class HazardNoted(Body):
    """Something to remember, or another owner or date."""

    text: str
    owner: str
    due_at: datetime | None


class HazardOverdue(Body):
    """超期: the step that was due is not taken; told once for each date. Nothing of the hazard changes."""

    name: str
    status: str
    due_at: datetime


class PatrolVisited(Body):
    """巡查: somebody was there. `by` is the unit or account as people call it, `incident` what it led to."""

    target: str
    code: str
    name: str
    by: str
    finding: str | None
    incident: str | None


class VisitPhotoAdded(Body):
    """A photo of a patrol visit; its bytes stand outside the log, under their digest."""

    visit: int
    """Position of the visit in the log."""
    attachment: str
    name: str
    media_type: str
    size: int
    sha256: str


class SensitivePeriodSet(Body):
    """敏感时期: rounds are denser from `starts_on` to `ends_on`, both included."""

    name: str
    scope: str
    """Code prefix of where it holds; "" is the whole city."""
    starts_on: date
    ends_on: date
