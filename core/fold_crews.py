"""What it does to a real unit that it takes part in a drill. It stays where and whose it is."""

from __future__ import annotations

from dataclasses import replace

import core.events_crews as e
from core.board import Board, Change
from core.envelope import Event
from core.folding import at_rest, of_standing
from core.model import TickerLine, Unit


def _unit(board: Board, ident: str) -> Unit | None:
    return board.units.get(ident)


@of_standing(_unit, e.CrewLent)
def _lent(board: Board, event: Event, change: Change, unit: Unit, body: e.CrewLent) -> TickerLine:
    given = replace(unit, version=event.seq, drill=body.drill, drill_name=body.name)
    board.put_unit(at_rest(given), change)
    return _line(event, unit, body.name)


@of_standing(_unit, e.CrewReturned)
def _returned(board: Board, event: Event, change: Change, unit: Unit, body: e.CrewReturned) -> TickerLine:
    back = replace(unit, version=event.seq, drill="", drill_name="")
    board.put_unit(at_rest(back), change)
    return _line(event, unit, unit.drill_name)


def _line(event: Event, unit: Unit, drill: str) -> TickerLine:
    args = {"title": drill, "unit": unit.name}
    return TickerLine(event.seq, event.recorded_at, event.kind, event.area, args)
