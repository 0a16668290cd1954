"""What the facts of crews' safety checks do to the board."""

from __future__ import annotations

from dataclasses import replace

from core.board import Board, Change
from core.envelope import Event
from core.events_safety import CheckClock, CrewChecked, SafetyCheckDue, SafetyCheckMissed
from core.folding import handles, line
from core.model import Assignment, CrewCheck, TickerLine


def check_of(clock: CheckClock | None) -> CrewCheck | None:
    return CrewCheck(clock.due_at, clock.every_s, clock.grace_s) if clock else None


def _mark(board: Board, event: Event, change: Change, state: str, *before: str) -> Assignment | None:
    """The assignment with its clock in another state, if it runs and was in one of those before."""
    link = board.links.get(event.subject)
    if link is None or link.check is None or link.check.state not in before:
        return None
    marked = replace(link, version=event.seq, check=replace(link.check, state=state))
    board.put_link(marked, change)
    return marked


@handles(SafetyCheckDue)
def _due(board: Board, event: Event, change: Change) -> None:
    _mark(board, event, change, "due", "running")


@handles(SafetyCheckMissed)
def _missed(board: Board, event: Event, change: Change) -> TickerLine | None:
    link = _mark(board, event, change, "missed", "running", "due")
    incident = board.standing(link.incident) if link else None
    return line(event, incident, unit=link.unit_name) if link and incident else None


@handles(CrewChecked)
def _checked(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, CrewChecked)  # noqa: S101  narrows the type for the checker
    link = board.links.get(event.subject)
    if link is None:
        return
    fresh = check_of(event.body.next)
    clock = replace(fresh, checked_at=event.occurred_at) if fresh else None
    board.put_link(replace(link, version=event.seq, check=clock), change)
