"""What the facts of a drill do to it. The first, DrillOpened, puts it on the board of its realm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import core.events_drills as e
from core.board import Board, Change
from core.drill import Drill, Outcome, Taken
from core.envelope import Event
from core.folding import AnyBody, handles, of_standing
from core.model import TickerLine

Step = Callable[[Drill, Event, AnyBody], Drill]


@handles(e.DrillOpened)
def _opened(board: Board, event: Event, change: Change) -> None:
    body = event.body
    assert isinstance(body, e.DrillOpened)  # noqa: S101  narrows the type for the checker
    drill = Drill(
        event.subject, event.seq, body.script, body.script_code, body.source, body.source_seq,
        body.rehearsal, opened_at=event.occurred_at, since=event.occurred_at, by=event.actor,
    )  # fmt: skip
    board.put_drill(drill, change)


def _drill(board: Board, subject: str) -> Drill | None:
    return board.drill if board.drill and board.drill.id == subject else None


def changes(kind: type[AnyBody], *, told: bool = False) -> Callable[[Step[AnyBody]], Step[AnyBody]]:
    """A fact about the drill that stands: the handler gives it as it is then. `told`: in the ticker, too."""

    def register(step: Step[AnyBody]) -> Step[AnyBody]:
        @of_standing(_drill, kind)
        def on_board(
            board: Board, event: Event, change: Change, drill: Drill, body: AnyBody
        ) -> TickerLine | None:
            board.put_drill(replace(step(drill, event, body), version=event.seq), change)
            if not told:
                return None
            return TickerLine(
                event.seq, event.recorded_at, event.kind, event.area, {"title": drill.script.name}
            )

        return step

    return register


def _turned(drill: Drill, event: Event, **values: Any) -> Drill:
    return replace(drill, since=event.occurred_at, by=event.actor, **values)


@changes(e.ScriptChanged)
def _script_changed(drill: Drill, event: Event, body: e.ScriptChanged) -> Drill:
    return replace(drill, script=body.script)


@changes(e.SeatTaken)
def _seat_taken(drill: Drill, event: Event, body: e.SeatTaken) -> Drill:
    others = tuple(one for one in drill.seats if one.seat != body.seat)
    mine = (Taken(body.seat, body.person, body.name),) if body.person else ()
    return replace(drill, seats=others + mine)


@changes(e.DrillStarted, told=True)
def _started(drill: Drill, event: Event, body: e.DrillStarted) -> Drill:
    return _turned(drill, event, status="running", speed=body.rate, started_at=event.occurred_at)


@changes(e.DrillPaused, told=True)
def _paused(drill: Drill, event: Event, body: e.DrillPaused) -> Drill:
    return _turned(drill, event, status="paused", why=body.why, asked=())


@changes(e.PauseAsked, told=True)
def _pause_asked(drill: Drill, event: Event, body: e.PauseAsked) -> Drill:
    return replace(drill, asked=(event.actor, body.about))


@changes(e.DrillResumed, told=True)
def _resumed(drill: Drill, event: Event, body: e.DrillResumed) -> Drill:
    return _turned(drill, event, status="running", speed=body.rate, why="")


@changes(e.CrewCalledBack, told=True)
def _called_back(drill: Drill, event: Event, body: e.CrewCalledBack) -> Drill:
    return replace(drill, recalled=(*drill.recalled, body.unit_name))


@changes(e.RateSet)
def _rate_set(drill: Drill, event: Event, body: e.RateSet) -> Drill:
    return replace(drill, speed=body.rate)


@changes(e.DrillJumped)
def _jumped(drill: Drill, event: Event, body: e.DrillJumped) -> Drill:
    return drill


@changes(e.InjectDelivered)
def _delivered(drill: Drill, event: Event, body: e.InjectDelivered) -> Drill:
    given = Outcome(body.number, event.occurred_at, body.by_hand, body.made, body.incident)
    return _came(drill, given)


@changes(e.InjectFailed)
def _failed(drill: Drill, event: Event, body: e.InjectFailed) -> Drill:
    return _came(drill, Outcome(body.number, event.occurred_at, body.by_hand, reason=body.reason))


def _came(drill: Drill, given: Outcome) -> Drill:
    """What was delivered stays so, whatever is told of it later."""
    if given.number in drill.delivered:
        return drill
    others = tuple(one for one in drill.outcomes if one.number != given.number)
    return replace(drill, outcomes=(*others, given))


@changes(e.DrillRated)
def _rated(drill: Drill, event: Event, body: e.DrillRated) -> Drill:
    return replace(drill, marks=drill.marks + 1)


@changes(e.DrillStopped, told=True)
def _stopped(drill: Drill, event: Event, body: e.DrillStopped) -> Drill:
    return _turned(
        drill, event, status="stopped", why=body.reason, aborted=body.aborted, stopped_at=event.occurred_at
    )
