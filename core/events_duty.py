"""The facts of duty: alarms acknowledged and shelved, shifts handed over and taken over, who is away.

They do not touch the board. The subject is `notice:SEQ`, `handover:ID` or `roster:OFFICE`; offices are
written as `core.offices` has them.
"""

from __future__ import annotations

from datetime import datetime

from core.envelope import Body


class NoticesAcknowledged(Body):
    """确认: seen by somebody of the office, who takes care. `notices`: the positions of the facts told."""

    office: str
    notices: tuple[int, ...]


class AlarmShelved(Body):
    """搁置: out of sight until a time, for a reason."""

    office: str
    notice: int
    until: datetime
    reason: str


class AlarmUnshelved(Body):
    """取消搁置, or its time is over (`by_itself`)."""

    office: str
    notice: int
    by_itself: bool


class ShiftHandedOver(Body):
    """交班: what is unresolved by kind (core.handover.KINDS), what the next shift must know. `items`:
    incident and number, with a word on it."""

    office: str
    since: datetime | None
    """When this shift had taken over, None = not known."""
    counts: dict[str, int]
    notes: str
    items: tuple[tuple[str, str, str], ...]
    roster: tuple[str, ...]
    """Who was on the roster of the office then."""


class ShiftTakenOver(Body):
    """接班: by another person than handed over."""

    office: str
    handed_by: str
    remark: str | None


class HandoverWithdrawn(Body):
    """撤回交班: by whoever handed over, before anybody took over."""

    office: str


class StandInSet(Body):
    """离岗, 回岗: the deputy stands in for this person during the shift, or no longer."""

    office: str
    post: str
    person: str
    starts_at: datetime
    away: bool
