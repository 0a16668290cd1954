"""What the facts of drills' findings do to the board: nothing stands on it, but what is late is told."""

from __future__ import annotations

from core.board import Board, Change
from core.envelope import Event
from core.events_findings import FindingOverdue
from core.folding import handles
from core.model import TickerLine


@handles(FindingOverdue)
def _overdue(board: Board, event: Event, change: Change) -> TickerLine:
    body = event.body
    assert isinstance(body, FindingOverdue)  # noqa: S101  narrows the type for the checker
    return TickerLine(event.seq, event.recorded_at, event.kind, event.area, {"title": body.name})
