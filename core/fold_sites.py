"""What the facts of sites do to the board: nothing stands on it, but what nobody did in time is told."""

from __future__ import annotations

from core.board import Board, Change
from core.envelope import Event
from core.events_sites import HazardOverdue
from core.folding import handles
from core.model import TickerLine


@handles(HazardOverdue)
def _overdue(board: Board, event: Event, change: Change) -> TickerLine:
    body = event.body
    assert isinstance(body, HazardOverdue)  # noqa: S101  narrows the type for the checker
    return TickerLine(event.seq, event.recorded_at, event.kind, event.area, {"title": body.name})
