"""What each fact does to the board: one small handler a fact, found by the body's type."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import core.events as e
import core.events_roads as r
from core import (  # noqa: F401  they register their handlers
    fold_briefing,
    fold_cases,
    fold_commit,
    fold_crews,
    fold_drills,
    fold_findings,
    fold_incidents,
    fold_linkage,
    fold_means,
    fold_past,
    fold_safety,
    fold_sensitive,
    fold_sites,
    fold_walls,
    fold_warnings,
    stock,
)
from core.board import Board, Change
from core.envelope import Event
from core.folding import HANDLERS, at_rest, handles
from core.model import Closure, TickerLine, Unit
from core.notices import is_stale


@handles(e.DayStarted)
def _day_started(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, e.DayStarted)  # noqa: S101  narrows the type for the checker
    board.day, board.day_seq = event.body.date, event.seq
    board.recount()
    change.new_day = True


@handles(e.UnitRegistered)
def _unit_registered(board: Board, event: Event, change: Change) -> None:
    body = event.body
    assert isinstance(body, e.UnitRegistered)  # noqa: S101
    values = body.model_dump(exclude={"unit_kind"}) | {"kind": body.unit_kind}
    old = board.units.get(event.subject)
    unit = (
        replace(old, version=event.seq, **values) if old else Unit(event.subject, version=event.seq, **values)
    )
    board.put_unit(at_rest(unit), change)


@handles(e.UnitDutyChanged)
def _duty_changed(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, e.UnitDutyChanged)  # noqa: S101
    if unit := board.units.get(event.subject):
        board.put_unit(at_rest(replace(unit, version=event.seq, on_duty=event.body.on_duty)), change)


@handles(r.RoadClosed)
def _road_closed(board: Board, event: Event, change: Change) -> TickerLine:
    body = event.body
    assert isinstance(body, r.RoadClosed)  # noqa: S101
    values = body.model_dump(exclude={"line"}) | {"line": body.line, "area": event.area, "by": event.actor}
    board.put_closure(Closure(event.subject, event.seq, since=event.occurred_at, **values), change)
    return _road_line(event, body.name, event.area, reason=body.reason)


@handles(r.RoadReopened)
def _road_reopened(board: Board, event: Event, change: Change) -> TickerLine | None:
    closure = board.closures.get(event.subject)
    if closure is None:
        return None
    board.put_closure(replace(closure, version=event.seq, reopened_at=event.occurred_at), change)
    return _road_line(event, closure.name, closure.area)


def _road_line(event: Event, name: str, area: str, **args: str) -> TickerLine:
    return TickerLine(event.seq, event.recorded_at, event.kind, area, {"title": name, **args})


def _stock_moved(board: Board, event: Event, change: Change) -> None:
    if not board.live and (lot := stock.fold(board.lots.get(event.subject), event)):
        board.put_lot(lot, change)


HANDLERS.update(dict.fromkeys(stock.STEPS, _stock_moved))


def _veiled(board: Board, line: TickerLine | None) -> TickerLine | None:
    """A line of a sensitive incident says so."""
    return replace(line, sensitive=True) if line and line.args.get("number") in board.hidden else line


def apply(board: Board, event: Event) -> Change:
    """Fold one event into the board, in place."""
    change = Change(seq=event.seq, at=event.recorded_at, occurred_at=event.occurred_at)
    board.seq, board.at = event.seq, event.recorded_at
    if handler := HANDLERS.get(type(event.body)):
        line = handler(board, event, change)
        change.line = None if is_stale(event) else _veiled(board, line)
    if change.hides:
        lines = [_veiled(board, held) for held in board.ticker]
        board.ticker = deque((held for held in lines if held), maxlen=board.ticker.maxlen)
    if change.line:
        board.ticker.append(change.line)
    return change
