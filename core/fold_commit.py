"""What holds of units and promised supplies do to the board."""

from __future__ import annotations

from dataclasses import replace

import core.events_commit as m
from core.board import Board, Change
from core.envelope import Event
from core.folding import at_rest, change_incident, follows, handles, line
from core.model import Incident, TickerLine, UnitHold


@follows(m.UnitHeld)
def _held(board: Board, event: Event, change: Change, incident: Incident, body: m.UnitHeld) -> None:
    """The incident's version stays: what others hold makes nobody's card old."""
    unit = board.units.get(body.unit)
    if unit is None or unit.assignment:
        return
    kept = UnitHold(body.hold, incident.id, body.number, event.actor, body.until, body.renewed)
    held = replace(unit, version=event.seq, hold=kept, incident_area=incident.area)
    held = replace(held, incident_offices=incident.offices, incident_sensitive=incident.sensitive)
    board.put_unit(at_rest(held), change)


@handles(m.HoldEnded)
def _ended(board: Board, event: Event, change: Change) -> None:
    body = event.body
    assert isinstance(body, m.HoldEnded)  # noqa: S101
    unit = board.units.get(body.unit)
    if unit and unit.hold and unit.hold.id == body.hold:
        board.put_unit(at_rest(replace(unit, version=event.seq, hold=None)), change)


@handles(m.SuppliesReserved)
def _reserved(board: Board, event: Event, change: Change) -> TickerLine | None:
    incident = change_incident(board, event, change)
    return line(event, incident) if incident else None
