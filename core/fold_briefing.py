"""What the facts of reporting do to the board: nothing stands on it, but everybody concerned is told."""

from __future__ import annotations

from core.board import Board, Change
from core.envelope import Event
from core.events_briefing import LossesReported, ReportFiled, ReportMissed
from core.folding import follows, handles, line
from core.model import Incident, TickerLine


@handles(ReportFiled)
def _filed(board: Board, event: Event, change: Change) -> TickerLine:
    body = event.body
    assert isinstance(body, ReportFiled)  # noqa: S101  narrows the type for the checker
    said = {"title": body.title, "count": str(body.number)}
    concerned = _concerned(board, event, body.offices)
    return TickerLine(event.seq, event.recorded_at, event.kind, event.area, said, concerned)


@handles(ReportMissed)
def _missed(board: Board, event: Event, change: Change) -> TickerLine:
    body = event.body
    assert isinstance(body, ReportMissed)  # noqa: S101
    said = {"title": body.title}
    return TickerLine(event.seq, event.recorded_at, event.kind, event.area, said, (body.commander,))


def _concerned(board: Board, event: Event, told: tuple[str, ...]) -> tuple[str, ...]:
    """Whom a response concerns; once it is over, those to whom it was reported."""
    linkage = board.linkages.get(event.subject)
    return linkage.offices if linkage else told


@follows(LossesReported)
def _losses(
    _board: Board, event: Event, _change: Change, incident: Incident, body: LossesReported
) -> TickerLine:
    return line(event, incident, area=body.name)
