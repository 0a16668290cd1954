"""What each fact does to the board: one small handler a fact, found by the body's type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import core.events as e
import core.events_grids as g
import core.events_roads as r
from core import stock
from core.board import Board, Change
from core.envelope import Body, Event
from core.model import ENDED, Arrival, Assignment, Closure, Deadline, Incident, TickerLine, Unit
from core.serial import load_incident

Handler = Callable[[Board, Event, Change], TickerLine | None]
HANDLERS: dict[type[Body], Handler] = {}


def handles(kind: type[Body]) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS[kind] = handler
        return handler

    return register


def _deadline(due: e.Due | None) -> Deadline | None:
    if due is None:
        return None
    return Deadline(due.step, due.due_at, due.total_s, near_at=due.near_at, working=due.working)


def _line(event: Event, incident: Incident, **args: str) -> TickerLine:
    said = {"title": incident.title, "number": incident.number, "place": incident.place, **args}
    return TickerLine(event.seq, event.recorded_at, event.kind, incident.area, said, incident.offices)


def _change_incident(board: Board, event: Event, change: Change, **values: Any) -> Incident | None:
    incident = board.standing(event.subject)
    if incident is None:
        return None
    new = replace(incident, version=event.seq, **values)
    board.put_incident(new, change)
    return new


def _step(board: Board, event: Event, change: Change, status: str, **values: Any) -> TickerLine | None:
    """Move an incident to another status; its clock ends unless a new one is among the values."""
    values.setdefault("deadline", None)
    new = _change_incident(board, event, change, status=status, status_since=event.occurred_at, **values)
    return _line(event, new) if new else None


@handles(e.DayStarted)
def _day_started(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, e.DayStarted)  # noqa: S101  narrows the type for the checker
    board.day, board.day_seq = event.body.date, event.seq
    board.recount()
    change.new_day = True


@handles(e.IncidentReported)
def _reported(board: Board, event: Event, change: Change) -> TickerLine:
    body = event.body
    assert isinstance(body, e.IncidentReported)  # noqa: S101
    new = Incident(
        id=event.subject,
        version=event.seq,
        status="reported",
        status_since=event.occurred_at,
        reported_at=event.occurred_at,
        deadline=_deadline(body.due),
        owner=body.owner or f"@{body.grid or body.area}",
        **body.model_dump(exclude={"due", "owner"}),
    )
    board.put_incident(new, change)
    return _line(event, new, severity=str(new.severity))


@handles(e.IncidentAccepted)
def _accepted(board: Board, event: Event, change: Change) -> TickerLine | None:
    incident = board.standing(event.subject)
    if incident is None:
        return None
    assert isinstance(event.body, e.IncidentAccepted)  # noqa: S101
    values = {
        "accepted_at": event.occurred_at,
        "deadline": incident.deadline,
        "hands": _hands(incident, event),
    }
    line = _step(board, event, change, "accepted", **values)
    if event.body.owner:
        _own(board, event, change, event.body.owner)
    return line


def _own(board: Board, event: Event, change: Change, owner: str, **values: Any) -> Incident | None:
    """Another office answers for it; the one before is remembered, and no helper any more is the owner."""
    incident = board.standing(event.subject)
    if incident is None:
        return None
    if owner != incident.owner:
        former = (*incident.former, incident.owner)
        values = {"former": former, "helpers": tuple(h for h in incident.helpers if h != owner)} | values
    return _place(board, event, change, owner=owner, **values)


def _hands(incident: Incident, event: Event) -> tuple[str, ...]:
    known = incident.hands
    return known if event.actor in known else (*known, event.actor)


@handles(e.IncidentRejected)
def _rejected(board: Board, event: Event, change: Change) -> TickerLine | None:
    return _step(board, event, change, "rejected", closed_at=event.occurred_at, closed_seq=event.seq)


@handles(e.IncidentAmended)
def _amended(board: Board, event: Event, change: Change) -> None:
    _change_incident(board, event, change, **event.body.model_dump(exclude_none=True))


@handles(e.IncidentRelocated)
def _relocated(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, e.IncidentRelocated)  # noqa: S101
    values = event.body.model_dump(exclude_none=True)
    owner = _local_owner(board, event, event.body.grid or event.body.area)
    _place(board, event, change, keeper="", **values, **owner)


@handles(g.IncidentReassigned)
def _reassigned(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, g.IncidentReassigned)  # noqa: S101
    owner = _local_owner(board, event, event.body.keeper or event.body.area)
    _place(board, event, change, **event.body.model_dump(), **owner)


def _local_owner(board: Board, event: Event, area: str) -> dict[str, str]:
    """The desk of the ground it lies on owns it still when that ground is another."""
    incident = board.standing(event.subject)
    if incident is None or incident.owner not in {
        f"@{a}" for a in (incident.grid, incident.keeper, incident.area)
    }:
        return {}
    return {"owner": f"@{area}"}


def _place(board: Board, event: Event, change: Change, **values: Any) -> Incident | None:
    """Give an incident to an area or to offices; its assignments follow, and what their units are away on."""
    incident = _change_incident(board, event, change, **values)
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


@handles(e.NoteAdded)
def _noted(board: Board, event: Event, change: Change) -> None:
    if incident := board.incidents.get(event.subject):
        board.put_incident(replace(incident, version=event.seq), change)


@handles(e.UnitDispatched)
def _dispatched(board: Board, event: Event, change: Change) -> TickerLine | None:
    body = event.body
    assert isinstance(body, e.UnitDispatched)  # noqa: S101
    incident = board.standing(event.subject)
    if incident is None:
        return None
    if unit := board.units.get(body.unit):
        bound = replace(unit, assignment=body.assignment, incident=incident.id, incident_area=incident.area)
        away = replace(bound, version=event.seq, status="dispatched", incident_offices=incident.offices)
        board.put_unit(away, change)
    board.put_link(_assignment(event, body, incident), change)
    later = incident.status in ("acknowledged", "on_scene")
    new = replace(
        incident,
        version=event.seq,
        status=incident.status if later else "dispatched",
        status_since=incident.status_since if later else event.occurred_at,
        dispatched_at=incident.dispatched_at or event.occurred_at,
        dispatched_seq=incident.dispatched_seq or event.seq,
        deadline=incident.deadline if later else _deadline(body.due),
        assignments=(*incident.assignments, body.assignment),
        units=(*incident.units, body.unit),
        hands=_hands(incident, event),
    )
    board.put_incident(new, change)
    return _line(event, new, unit=body.unit_name)


def _assignment(event: Event, body: e.UnitDispatched, incident: Incident) -> Assignment:
    return Assignment(
        id=body.assignment,
        version=event.seq,
        incident=incident.id,
        unit=body.unit,
        unit_name=body.unit_name,
        area=incident.area,
        status="dispatched",
        started_at=event.occurred_at,
        eta_s=body.eta_s,
        distance_m=body.distance_m,
        route=body.route,
        offices=incident.offices,
    )


_RANK = {"dispatched": 1, "acknowledged": 2, "enroute": 2, "on_scene": 3}


def _advance(
    board: Board, event: Event, change: Change, status: str, due: e.Due | None = None
) -> TickerLine | None:
    """An assignment reached a further status; its unit and its incident follow."""
    link = board.links.get(event.subject)
    if link is None:
        return None
    arrived = event.occurred_at if status == "on_scene" else link.arrived_at
    board.put_link(replace(link, version=event.seq, status=status, arrived_at=arrived), change)
    unit = board.units.get(link.unit)
    if unit and unit.assignment == link.id:
        board.put_unit(replace(unit, version=event.seq, status=status), change)
    incident = board.standing(link.incident)
    if incident is None:
        return None
    new = _raised(incident, event, status, due)
    if status == "on_scene":
        took = (event.occurred_at - link.started_at).total_seconds()
        new = replace(new, arrivals=(*new.arrivals, Arrival(event.seq, took)))
    board.put_incident(new, change)
    return _line(event, new, unit=link.unit_name)


def _raised(incident: Incident, event: Event, status: str, due: e.Due | None) -> Incident:
    if _RANK[status] <= _RANK.get(incident.status, 9):
        return replace(incident, version=event.seq)
    target = "on_scene" if status == "on_scene" else "acknowledged"
    return replace(
        incident,
        version=event.seq,
        status=target,
        status_since=event.occurred_at,
        acknowledged_at=incident.acknowledged_at or (event.occurred_at if target == "acknowledged" else None),
        deadline=_deadline(due) if status == "on_scene" else incident.deadline,
    )


@handles(e.AssignmentAcknowledged)
def _acknowledged(board: Board, event: Event, change: Change) -> TickerLine | None:
    return _advance(board, event, change, "acknowledged")


@handles(e.AssignmentEnroute)
def _enroute(board: Board, event: Event, change: Change) -> TickerLine | None:
    return _advance(board, event, change, "enroute")


@handles(e.AssignmentArrived)
def _arrived(board: Board, event: Event, change: Change) -> TickerLine | None:
    assert isinstance(event.body, e.AssignmentArrived)  # noqa: S101
    return _advance(board, event, change, "on_scene", event.body.due)


def _end_assignment(
    board: Board, event: Event, change: Change, status: str, due: e.Due | None
) -> TickerLine | None:
    link = board.links.get(event.subject)
    if link is None:
        return None
    board.put_link(replace(link, version=event.seq, status=status, ended_at=event.occurred_at), change)
    unit = board.units.get(link.unit)
    if unit and unit.assignment == link.id:
        free = "available" if unit.on_duty else "off_duty"
        freed = replace(unit, assignment=None, incident=None, incident_area=None, incident_offices=())
        board.put_unit(replace(freed, version=event.seq, status=free), change)
    incident = board.standing(link.incident)
    if incident is None:
        return None
    new = _without(incident, link, event, due)
    board.put_incident(new, change)
    return _line(event, new, unit=link.unit_name)


def _without(incident: Incident, link: Assignment, event: Event, due: e.Due | None) -> Incident:
    """The incident without one assignment; if nobody is left who was on scene, it waits again."""
    left = tuple(a for a in incident.assignments if a != link.id)
    units = tuple(u for u in incident.units if u != link.unit)
    new = replace(incident, version=event.seq, assignments=left, units=units)
    if left or incident.status not in ("dispatched", "acknowledged"):
        return new
    return replace(new, status="accepted", status_since=event.occurred_at, deadline=_deadline(due))


@handles(e.AssignmentReleased)
def _released(board: Board, event: Event, change: Change) -> TickerLine | None:
    assert isinstance(event.body, e.AssignmentReleased)  # noqa: S101
    return _end_assignment(board, event, change, "released", event.body.due)


@handles(e.AssignmentDeclined)
def _declined(board: Board, event: Event, change: Change) -> TickerLine | None:
    assert isinstance(event.body, e.AssignmentDeclined)  # noqa: S101
    return _end_assignment(board, event, change, "declined", event.body.due)


@handles(e.IncidentHandled)
def _handled(board: Board, event: Event, change: Change) -> TickerLine | None:
    assert isinstance(event.body, e.IncidentHandled)  # noqa: S101
    return _step(board, event, change, "handled", deadline=_deadline(event.body.due))


@handles(e.IncidentReplied)
def _replied(board: Board, event: Event, change: Change) -> TickerLine | None:
    new = _change_incident(board, event, change, replied_at=event.occurred_at)
    return _line(event, new) if new else None


@handles(e.IncidentVerified)
def _verified(board: Board, event: Event, change: Change) -> TickerLine | None:
    return _step(board, event, change, "verified", verified_at=event.occurred_at)


@handles(e.IncidentClosed)
def _closed(board: Board, event: Event, change: Change) -> TickerLine | None:
    return _step(board, event, change, "closed", closed_at=event.occurred_at, closed_seq=event.seq)


def _attended(board: Board, incident: Incident) -> str:
    """Where an incident stands by the units still bound to it."""
    bound = [link.status for ident in incident.assignments if (link := board.links.get(ident))]
    furthest = max(bound, key=lambda status: _RANK.get(status, 0), default="accepted")
    return "acknowledged" if furthest == "enroute" else furthest


@handles(e.IncidentReopened)
def _reopened(board: Board, event: Event, change: Change) -> TickerLine | None:
    body = event.body
    assert isinstance(body, e.IncidentReopened)  # noqa: S101
    incident = board.standing(event.subject)
    if incident is None and body.restored:
        incident = load_incident(body.restored)
    if incident is None:
        return None
    new = replace(
        incident,
        version=event.seq,
        status=_attended(board, incident),
        status_since=event.occurred_at,
        deadline=_deadline(body.due),
        replied_at=None,
        verified_at=None,
        closed_at=None,
        closed_seq=0,
        shelved=False,
    )
    board.put_incident(new, change)
    return _line(event, new)


@handles(e.IncidentShelved)
def _shelved(board: Board, event: Event, change: Change) -> None:
    incident = board.standing(event.subject)
    if incident and incident.status in ENDED:
        _change_incident(board, event, change, shelved=True)


def _mark_deadline(board: Board, event: Event, change: Change, state: str) -> TickerLine | None:
    body = event.body
    assert isinstance(body, e.DeadlineNeared | e.DeadlineMissed)  # noqa: S101
    incident = board.standing(event.subject)
    clock = incident.deadline if incident else None
    if clock is None or clock.state == "over" or (clock.step, clock.due_at) != (body.step, body.due_at):
        return None
    new = _change_incident(board, event, change, deadline=replace(clock, state=state))
    return _line(event, new, step=body.step) if new else None


@handles(e.DeadlineNeared)
def _neared(board: Board, event: Event, change: Change) -> None:
    _mark_deadline(board, event, change, "near")


@handles(e.DeadlineMissed)
def _missed(board: Board, event: Event, change: Change) -> TickerLine | None:
    return _mark_deadline(board, event, change, "over")


@handles(e.UnitRegistered)
def _unit_registered(board: Board, event: Event, change: Change) -> None:
    body = event.body
    assert isinstance(body, e.UnitRegistered)  # noqa: S101
    values = body.model_dump(exclude={"unit_kind"}) | {"kind": body.unit_kind}
    old = board.units.get(event.subject)
    unit = (
        replace(old, version=event.seq, **values) if old else Unit(event.subject, version=event.seq, **values)
    )
    board.put_unit(_at_rest(unit), change)


def _at_rest(unit: Unit) -> Unit:
    """A unit without an assignment is available or off duty; one with an assignment keeps its status."""
    if unit.assignment:
        return unit
    return replace(unit, status="available" if unit.on_duty else "off_duty")


@handles(e.UnitDutyChanged)
def _duty_changed(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, e.UnitDutyChanged)  # noqa: S101
    if unit := board.units.get(event.subject):
        board.put_unit(_at_rest(replace(unit, version=event.seq, on_duty=event.body.on_duty)), change)


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


def apply(board: Board, event: Event) -> Change:
    """Fold one event into the board, in place."""
    change = Change(seq=event.seq, at=event.recorded_at)
    board.seq, board.at = event.seq, event.recorded_at
    if handler := HANDLERS.get(type(event.body)):
        change.line = handler(board, event, change)
    if change.line:
        board.ticker.append(change.line)
    return change
