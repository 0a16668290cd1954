"""What the facts of past incidents do to the board."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import core.events_past as p
from core.board import Board, Change
from core.envelope import Event
from core.folding import deadline_of, follows, put
from core.model import Incident

_MOMENTS: dict[p.Step, str] = {
    "dispatch": "dispatched_at",
    "ack": "acknowledged_at",
    "arrive": "arrived_at",
}


@follows(p.IncidentStepRecorded)
def _step_recorded(
    board: Board, event: Event, change: Change, incident: Incident, body: p.IncidentStepRecorded
) -> None:
    """Only its time is known: no unit is bound, so where it stands it stays, for somebody to be sent."""
    clock: dict[str, Any] = {} if body.step == "ack" else {"deadline": deadline_of(body.due)}
    values: dict[str, Any] = {_MOMENTS[body.step]: event.occurred_at, **clock}
    put(board, replace(incident, version=event.seq, **values), change)
