"""What the facts of incidents and assignments do to the board."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import core.events as e
import core.events_grids as g
from core.board import Board, Change
from core.due import Deadline
from core.envelope import Event
from core.fold_safety import check_of
from core.folding import (
    at_rest,
    change_incident,
    deadline_of,
    follows,
    handles,
    line,
    own,
    place,
    put,
    restored,
    step,
)
from core.model import ENDED, Arrival, Assignment, CrewCheck, Incident, TickerLine
from core.offices import LEVELS, parse, prefixes


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
        deadline=deadline_of(body.due),
        owner=body.owner or f"@{body.grid or body.area}",
        reported_by=body.by,
        **body.model_dump(exclude={"due", "owner", "by"}),
    )
    put(board, new, change)
    return line(event, new, severity=str(new.severity))


@follows(e.IncidentAccepted)
def _accepted(
    board: Board, event: Event, change: Change, incident: Incident, body: e.IncidentAccepted
) -> TickerLine | None:
    values = {
        "accepted_at": event.occurred_at,
        "deadline": deadline_of(body.due) or incident.deadline,
        "hands": _hands(incident, event),
    }
    said = step(board, event, change, "accepted", **values)
    if body.owner:
        own(board, event, change, body.owner)
    return said


def _hands(incident: Incident, event: Event) -> tuple[str, ...]:
    known = incident.hands
    return known if event.actor in known else (*known, event.actor)


@handles(e.IncidentRejected)
def _rejected(board: Board, event: Event, change: Change) -> TickerLine | None:
    return step(board, event, change, "rejected", closed_at=event.occurred_at, closed_seq=event.seq)


@handles(e.IncidentAmended)
def _amended(board: Board, event: Event, change: Change) -> None:
    change_incident(board, event, change, **event.body.model_dump(exclude_none=True))


@handles(e.IncidentRelocated)
def _relocated(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, e.IncidentRelocated)  # noqa: S101
    values = event.body.model_dump(exclude_none=True)
    owner = _local_owner(board, event, event.body.area, event.body.grid)
    place(board, event, change, keeper="", **values, **owner)


@handles(g.IncidentReassigned)
def _reassigned(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, g.IncidentReassigned)  # noqa: S101
    owner = _local_owner(board, event, event.body.area, event.body.keeper)
    place(board, event, change, **event.body.model_dump(), **owner)


def _local_owner(board: Board, event: Event, area: str, grid: str) -> dict[str, Any]:
    """The desk of the ground it lies on owns it still when that ground is another; what was raised to those
    above the old ground is theirs no more. The city's own stays the city's."""
    incident = board.standing(event.subject)
    if incident is None or incident.owner not in incident.ground:
        return {}
    owner = f"@{grid or area}"
    if parse(incident.owner).area in {*prefixes(area), *prefixes(grid)}:
        return {}
    return {"owner": owner, "helpers": tuple(h for h in incident.helpers if h != owner), "raised": ""}


@handles(e.NoteAdded)
def _noted(board: Board, event: Event, change: Change) -> None:
    if incident := board.incidents.get(event.subject):
        put(board, replace(incident, version=event.seq), change)


@follows(e.UnitDispatched)
def _dispatched(
    board: Board, event: Event, change: Change, incident: Incident, body: e.UnitDispatched
) -> TickerLine | None:
    if unit := board.units.get(body.unit):
        bound = replace(unit, assignment=body.assignment, incident=incident.id, incident_area=incident.area)
        bound = replace(bound, incident_offices=incident.offices, hold=None)
        bound = replace(bound, incident_sensitive=incident.sensitive)
        away = replace(bound, version=event.seq, status="dispatched")
        board.put_unit(away, change)
    board.put_link(_assignment(event, body, incident), change)
    joins = body.reinforces and incident.status == "dispatched"
    later = joins or incident.status in ("acknowledged", "on_scene")
    new = replace(
        incident,
        version=event.seq,
        status=incident.status if later else "dispatched",
        status_since=incident.status_since if later else event.occurred_at,
        dispatched_at=incident.dispatched_at or event.occurred_at,
        dispatched_seq=incident.dispatched_seq or event.seq,
        deadline=incident.deadline if later else deadline_of(body.due),
        assignments=(*incident.assignments, body.assignment),
        units=(*incident.units, body.unit),
        sent=tuple(dict.fromkeys((*incident.sent, body.unit))),
        hands=_hands(incident, event),
    )
    put(board, new, change)
    return line(event, new, unit=body.unit_name)


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
        sensitive=incident.sensitive,
    )


_RANK = {"dispatched": 1, "acknowledged": 2, "enroute": 2, "on_scene": 3}


def _advance(
    board: Board,
    event: Event,
    change: Change,
    status: str,
    due: e.Due | None = None,
    check: CrewCheck | None = None,
) -> TickerLine | None:
    """An assignment reached a further status; its unit and its incident follow."""
    link = board.links.get(event.subject)
    if link is None:
        return None
    arrived = event.occurred_at if status == "on_scene" else link.arrived_at
    further = replace(link, version=event.seq, status=status, arrived_at=arrived, check=check)
    board.put_link(further, change)
    unit = board.units.get(link.unit)
    if unit and unit.assignment == link.id:
        board.put_unit(replace(unit, version=event.seq, status=status), change)
    incident = board.standing(link.incident)
    if incident is None:
        return None
    new = _raised(incident, event, status, due)
    if status == "on_scene":
        took = (event.occurred_at - link.started_at).total_seconds()
        first = incident.arrived_at or event.occurred_at
        new = replace(new, arrivals=(*new.arrivals, Arrival(event.seq, took)), arrived_at=first)
    put(board, new, change)
    return line(event, new, unit=link.unit_name)


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
        deadline=deadline_of(due) if status == "on_scene" else incident.deadline,
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
    return _advance(board, event, change, "on_scene", event.body.due, check_of(event.body.check))


def _end_assignment(
    board: Board, event: Event, change: Change, status: str, due: e.Due | None
) -> TickerLine | None:
    link = board.links.get(event.subject)
    if link is None:
        return None
    board.put_link(replace(link, version=event.seq, status=status, ended_at=event.occurred_at), change)
    unit = board.units.get(link.unit)
    if unit and unit.assignment == link.id:
        board.put_unit(at_rest(replace(unit, version=event.seq, assignment=None)), change)
    incident = board.standing(link.incident)
    if incident is None:
        return None
    new = _without(incident, link, event, due)
    put(board, new, change)
    return line(event, new, unit=link.unit_name)


def _without(incident: Incident, link: Assignment, event: Event, due: e.Due | None) -> Incident:
    """The incident without one assignment; if nobody is left who was on scene, it waits again."""
    left = tuple(a for a in incident.assignments if a != link.id)
    units = tuple(u for u in incident.units if u != link.unit)
    new = replace(incident, version=event.seq, assignments=left, units=units)
    if left or incident.status not in ("dispatched", "acknowledged"):
        return new
    clock = deadline_of(due) or incident.deadline
    return replace(new, status="accepted", status_since=event.occurred_at, deadline=clock)


@handles(e.AssignmentReleased)
def _released(board: Board, event: Event, change: Change) -> TickerLine | None:
    assert isinstance(event.body, e.AssignmentReleased)  # noqa: S101
    return _end_assignment(board, event, change, "released", event.body.due)


@handles(e.AssignmentDeclined)
def _declined(board: Board, event: Event, change: Change) -> TickerLine | None:
    assert isinstance(event.body, e.AssignmentDeclined)  # noqa: S101
    return _end_assignment(board, event, change, "declined", event.body.due)


@follows(e.IncidentHandled)
def _handled(
    board: Board, event: Event, change: Change, incident: Incident, body: e.IncidentHandled
) -> TickerLine | None:
    clock, at = deadline_of(body.due), event.occurred_at
    level = _solved_at(incident)
    return step(board, event, change, "handled", deadline=clock, handled_at=at, handled_level=level)


def _solved_at(incident: Incident) -> str:
    """The highest level that had a hand in it."""
    at = (parse(office).level for office in (incident.owner, incident.raised or incident.owner))
    return max(at, key=LEVELS.index)


@handles(e.IncidentReplied)
def _replied(board: Board, event: Event, change: Change) -> TickerLine | None:
    new = change_incident(board, event, change, replied_at=event.occurred_at)
    return line(event, new) if new else None


@handles(e.IncidentVerified)
def _verified(board: Board, event: Event, change: Change) -> TickerLine | None:
    assert isinstance(event.body, e.IncidentVerified)  # noqa: S101
    clock = deadline_of(event.body.due)
    return step(board, event, change, "verified", verified_at=event.occurred_at, deadline=clock)


@handles(e.IncidentClosed)
def _closed(board: Board, event: Event, change: Change) -> TickerLine | None:
    return step(board, event, change, "closed", closed_at=event.occurred_at, closed_seq=event.seq)


def _attended(board: Board, incident: Incident) -> str:
    """Where an incident stands by the units still bound to it."""
    bound = [link.status for ident in incident.assignments if (link := board.links.get(ident))]
    furthest = max(bound, key=lambda status: _RANK.get(status, 0), default="accepted")
    return "acknowledged" if furthest == "enroute" else furthest


@handles(e.IncidentReopened)
def _reopened(board: Board, event: Event, change: Change) -> TickerLine | None:
    body = event.body
    assert isinstance(body, e.IncidentReopened)  # noqa: S101
    incident = restored(board, event, body.restored)
    if incident is None:
        return None
    new = replace(
        incident,
        version=event.seq,
        status=_attended(board, incident),
        status_since=event.occurred_at,
        accepted_at=incident.accepted_at or event.occurred_at,
        deadline=deadline_of(body.due),
        replied_at=None,
        verified_at=None,
        handled_at=None,
        handled_level="",
        closed_at=None,
        closed_seq=0,
        rating=None,
        rated_at=None,
        reopened=incident.reopened + 1,
        shelved=False,
    )
    put(board, new, change)
    return line(event, new)


@handles(e.IncidentShelved)
def _shelved(board: Board, event: Event, change: Change) -> None:
    incident = board.standing(event.subject)
    if incident and incident.status in ENDED:
        change_incident(board, event, change, shelved=True)


def _mark_deadline(board: Board, event: Event, change: Change, state: str) -> TickerLine | None:
    body = event.body
    assert isinstance(body, e.DeadlineNeared | e.DeadlineMissed)  # noqa: S101
    incident = board.standing(event.subject)
    if incident is None:
        return None
    marked = _marked(incident, body.step, body.due_at, state)
    if marked == incident:
        return None
    new = replace(marked, version=event.seq, missed=incident.missed or state == "over")
    return line(event, put(board, new, change), step=body.step.partition(":")[0])


def _marked(incident: Incident, step: str, due_at: datetime, state: str) -> Incident:
    """The incident with that clock of it marked, if it runs: its step's, a whistle's or a supervision's."""

    def mark(clock: Deadline | None) -> Deadline | None:
        ours = clock and (clock.step, clock.due_at) == (step, due_at) and clock.state in ("running", "near")
        return replace(clock, state=state) if clock and ours else clock

    return replace(
        incident,
        deadline=mark(incident.deadline),
        whistles=tuple(replace(one, clock=mark(one.clock)) for one in incident.whistles),
        supervisions=tuple(replace(one, clock=mark(one.clock)) for one in incident.supervisions),
    )


@handles(e.DeadlineNeared)
def _neared(board: Board, event: Event, change: Change) -> None:
    _mark_deadline(board, event, change, "near")


@handles(e.DeadlineMissed)
def _missed(board: Board, event: Event, change: Change) -> TickerLine | None:
    return _mark_deadline(board, event, change, "over")
