"""The register of the fold's handlers, and what several of them do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from core.board import Board, Change
from core.due import Deadline, Due
from core.envelope import Body, Event
from core.model import ENDED, Incident, TickerLine, Unit, higher
from core.serial import load_incident

Handler = Callable[[Board, Event, Change], TickerLine | None]
HANDLERS: dict[type[Body], Handler] = {}
AnyBody = TypeVar("AnyBody", bound=Body)
Thing = TypeVar("Thing")
ThingHandler = Callable[[Board, Event, Change, Thing, AnyBody], TickerLine | None]


def handles(kind: type[Body]) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


def of_standing(
    find: Callable[[Board, str], Thing | None], kind: type[AnyBody]
) -> Callable[[ThingHandler[Thing, AnyBody]], ThingHandler[Thing, AnyBody]]:
    """As `handles`, for a fact that says nothing unless what it is about is on the board: the handler gets
    that, and the body."""

    def register(handler: ThingHandler[Thing, AnyBody]) -> ThingHandler[Thing, AnyBody]:
        def on_board(board: Board, event: Event, change: Change) -> TickerLine | None:
            thing, body = find(board, event.subject), event.body
            if thing is None or not isinstance(body, kind):
                return None
            return handler(board, event, change, thing, body)

        HANDLERS[kind] = on_board
        return handler

    return register


def follows(
    kind: type[AnyBody],
) -> Callable[[ThingHandler[Incident, AnyBody]], ThingHandler[Incident, AnyBody]]:
    """`of_standing` for an incident."""
    return of_standing(Board.standing, kind)


def at_rest(unit: Unit) -> Unit:
    """A unit without an assignment is reserved while it is held, else in a drill, available or off duty; who
    goes off duty is held no longer, and in no drill."""
    if unit.assignment:
        return unit
    if unit.hold and unit.on_duty:
        return replace(unit, status="reserved")
    free = replace(unit, hold=None, incident=None, incident_area=None, incident_offices=())
    free = replace(free, incident_sensitive=False)
    if not unit.on_duty:
        return replace(free, status="off_duty", drill="", drill_name="")
    return replace(free, status="in_drill" if unit.drill else "available")


def restored(board: Board, event: Event, kept: str | None) -> Incident | None:
    """The incident of a fact that brings one back: from the board, or whole as the fact has it."""
    return board.standing(event.subject) or (load_incident(kept) if kept else None)


def deadline_of(due: Due | None) -> Deadline | None:
    if due is None:
        return None
    return Deadline(due.step, due.due_at, due.total_s, near_at=due.near_at, working=due.working)


def line(event: Event, incident: Incident, **args: str) -> TickerLine:
    said = {"title": incident.title, "number": incident.number, "place": incident.place, **args}
    return TickerLine(event.seq, event.recorded_at, event.kind, incident.area, said, incident.offices)


def put(board: Board, incident: Incident, change: Change) -> Incident:
    """Put an incident on the board; what goes with a clock that is over, or runs, ends with it, and what an
    owner asked for, with the step and the owner."""
    clock = incident.deadline
    if incident.rise and (clock is None or clock.state != "over" or higher(incident) is None):
        incident = replace(incident, rise=None)
    if incident.request and not _still_asked(board.incidents.get(incident.id), incident):
        incident = replace(incident, request=None)
    board.put_incident(incident, change)
    return incident


def _still_asked(before: Incident | None, now: Incident) -> bool:
    """Whether the clock that a request is about runs on, for whoever asked."""
    if now.deadline is None or now.status in ENDED:
        return False
    if before is None or before.deadline is None:
        return True
    return (before.owner, before.deadline.step) == (now.owner, now.deadline.step)


def change_incident(board: Board, event: Event, change: Change, **values: Any) -> Incident | None:
    incident = board.standing(event.subject)
    if incident is None:
        return None
    return put(board, replace(incident, version=event.seq, **values), change)


def step(board: Board, event: Event, change: Change, status: str, **values: Any) -> TickerLine | None:
    """Move an incident to another status; its clock ends unless a new one is among the values."""
    clock: dict[str, Any] = {"deadline": None}
    values = clock | {"status_since": event.occurred_at} | values
    new = change_incident(board, event, change, status=status, **values)
    return line(event, new) if new else None


def own(board: Board, event: Event, change: Change, owner: str, **values: Any) -> Incident | None:
    """Another office answers for it; the one before is remembered, and no helper any more is the owner."""
    incident = board.standing(event.subject)
    if incident is None:
        return None
    if owner != incident.owner:
        former = (*incident.former, incident.owner)
        helpers = tuple(h for h in incident.helpers if h != owner)
        values = {"former": former, "helpers": helpers, "raised": ""} | values
    return place(board, event, change, owner=owner, **values)


def place(board: Board, event: Event, change: Change, **values: Any) -> Incident | None:
    """Give an incident to an area or to offices; its assignments follow, and what their units are away on."""
    incident = change_incident(board, event, change, **values)
    for ident in incident.assignments if incident else ():
        link = board.links.get(ident)
        if link is None or incident is None:
            continue
        at, offices = incident.area, incident.offices
        board.put_link(replace(link, version=event.seq, area=at, offices=offices), change)
        unit = board.units.get(link.unit)
        if unit and unit.assignment == link.id:
            away = replace(unit, version=event.seq, incident_area=at, incident_offices=offices)
            board.put_unit(away, change)
    return incident
