"""The incident workflow as a table, and the pure decisions of every verb.

A decision takes values and the realm's time, and gives drafts of facts or raises a refusal. Nothing here
reads a clock, a database or a screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import core.events as e
from core.clock import BACKDATE_FREE, FUTURE_TOLERANCE, SHELVE_AFTER, due
from core.envelope import Body, Draft
from core.errors import (
    BackdatingNotAllowed,
    MoveNotAllowed,
    ReplyMissing,
    TimeInFuture,
    UnitBusy,
    UnitOffDuty,
    UnitsStillAssigned,
    VerificationMissing,
)
from core.model import ENDED, OPEN, Assignment, Incident, Unit

ACTIVE = frozenset({"reported", "accepted", "dispatched", "acknowledged", "on_scene"})
HANDLEABLE = frozenset({"accepted", "dispatched", "acknowledged", "on_scene"})

MOVES: dict[str, frozenset[str]] = {
    "accept": frozenset({"reported"}),
    "reject": frozenset({"reported"}),
    "amend": OPEN,
    "relocate": ACTIVE,
    "note": OPEN | ENDED,
    "dispatch": ACTIVE,
    "handle": HANDLEABLE,
    "reply": OPEN - {"reported"},
    "verify": frozenset({"handled"}),
    "close": frozenset({"verified"}),
    "reopen": frozenset({"handled", "verified", "closed", "rejected"}),
}
"""verb → the states from which it may be done."""

ASSIGNMENT_MOVES: dict[str, frozenset[str]] = {
    "ack": frozenset({"dispatched"}),
    "decline": frozenset({"dispatched", "acknowledged"}),
    "enroute": frozenset({"dispatched", "acknowledged"}),
    "arrive": frozenset({"dispatched", "acknowledged", "enroute"}),
    "release": frozenset({"dispatched", "acknowledged", "enroute", "on_scene"}),
}

NEXT_STEP = {
    "reported": "accept",
    "accepted": "dispatch",
    "dispatched": "ack",
    "acknowledged": "arrive",
    "on_scene": "handle",
    "handled": "verify",
    "verified": "close",
}


def next_step(incident: Incident) -> str | None:
    """The verb that is due next; a reply comes before the verification closes the loop."""
    if incident.status == "verified" and incident.replied_at is None:
        return "reply"
    return NEXT_STEP.get(incident.status)


def allowed_verbs(incident: Incident) -> tuple[str, ...]:
    return tuple(verb for verb, states in MOVES.items() if incident.status in states)


def allowed_assignment_verbs(assignment: Assignment) -> tuple[str, ...]:
    return tuple(verb for verb, states in ASSIGNMENT_MOVES.items() if assignment.status in states)


def check_move(incident: Incident, verb: str) -> None:
    """Raises MoveNotAllowed with what is allowed instead."""
    if incident.status not in MOVES[verb]:
        raise MoveNotAllowed(verb=verb, status=incident.status, allowed=list(allowed_verbs(incident)))


def occurred(stated: datetime | None, now: datetime, *, may_backdate: bool) -> datetime:
    """When it happened: as stated if plausible, else now. Raises TimeInFuture, BackdatingNotAllowed."""
    if stated is None:
        return now
    if stated > now + FUTURE_TOLERANCE:
        raise TimeInFuture(stated=stated.isoformat(), now=now.isoformat())
    if stated < now - BACKDATE_FREE and not may_backdate:
        raise BackdatingNotAllowed(
            stated=stated.isoformat(), minutes=int(BACKDATE_FREE / timedelta(minutes=1))
        )
    return stated.astimezone(UTC)


def _about(incident: Incident, body: Body, at: datetime) -> Draft:
    return Draft(body, subject=incident.id, area=incident.area, occurred_at=at)


def accept(incident: Incident, at: datetime) -> list[Draft]:
    check_move(incident, "accept")
    return [_about(incident, e.IncidentAccepted(), at)]


def reject(incident: Incident, reason: str, at: datetime) -> list[Draft]:
    check_move(incident, "reject")
    return [_about(incident, e.IncidentRejected(reason=reason), at)]


def amend(incident: Incident, changes: e.IncidentAmended, at: datetime) -> list[Draft]:
    check_move(incident, "amend")
    return [_about(incident, changes, at)]


def relocate(incident: Incident, to: e.IncidentRelocated, at: datetime) -> list[Draft]:
    check_move(incident, "relocate")
    return [_about(incident, to, at)]


def note(incident: Incident, text: str, at: datetime) -> list[Draft]:
    check_move(incident, "note")
    return [_about(incident, e.NoteAdded(text=text), at)]


def reply(incident: Incident, text: str, at: datetime) -> list[Draft]:
    check_move(incident, "reply")
    return [_about(incident, e.IncidentReplied(text=text), at)]


def handle(incident: Incident, text: str | None, at: datetime, *, emergency: bool) -> list[Draft]:
    check_move(incident, "handle")
    clock = due("verify", at, emergency=emergency)
    return [_about(incident, e.IncidentHandled(text=text, due=clock), at)]


def verify(incident: Incident, text: str | None, at: datetime) -> list[Draft]:
    check_move(incident, "verify")
    return [_about(incident, e.IncidentVerified(text=text), at)]


def close(incident: Incident, at: datetime) -> list[Draft]:
    """办结: not without a reply and a verification, and not while units are still bound."""
    if incident.status in OPEN - {"verified"} and incident.verified_at is None and incident.replied_at:
        raise VerificationMissing(status=incident.status, allowed=list(allowed_verbs(incident)))
    check_move(incident, "close")
    if incident.replied_at is None:
        raise ReplyMissing()
    if incident.units:
        raise UnitsStillAssigned(units=list(incident.units))
    return [_about(incident, e.IncidentClosed(), at)]


def reopen(
    incident: Incident, reason: str, restored: str | None, at: datetime, *, emergency: bool
) -> list[Draft]:
    """重开: the dispatch clock runs again, or the handling clock while units are still bound."""
    check_move(incident, "reopen")
    clock = due("handle" if incident.units else "dispatch", at, emergency=emergency)
    return [_about(incident, e.IncidentReopened(reason=reason, restored=restored, due=clock), at)]


@dataclass(frozen=True, slots=True)
class Order:
    """One unit to send: its assignment's new id, and the way it will take."""

    assignment: str
    unit: Unit
    eta_s: float
    distance_m: float
    route: tuple[tuple[float, float], ...]


def dispatch(
    incident: Incident,
    orders: Sequence[Order],
    holders: dict[str, str],
    override_reason: str | None,
    at: datetime,
    *,
    emergency: bool,
) -> list[Draft]:
    """派遣, all or nothing; accepts the incident if nobody has. holders: incident id → its number."""
    check_move(incident, "dispatch")
    for order in orders:
        _check_free(order.unit, holders)
    clock = due("arrive", at, emergency=emergency)
    drafts = [_about(incident, e.IncidentAccepted(), at)] if incident.status == "reported" else []
    return drafts + [_about(incident, _sent(order, override_reason, clock), at) for order in orders]


def _check_free(unit: Unit, holders: dict[str, str]) -> None:
    if unit.assignment:
        held_by = unit.incident or ""
        raise UnitBusy(
            unit=unit.id,
            unit_name=unit.name,
            incident=held_by,
            number=holders.get(held_by, held_by),
            assignment=unit.assignment,
        )
    if not unit.on_duty:
        raise UnitOffDuty(unit=unit.id, unit_name=unit.name)


def _sent(order: Order, override_reason: str | None, clock: e.Due) -> e.UnitDispatched:
    return e.UnitDispatched(
        assignment=order.assignment,
        unit=order.unit.id,
        unit_name=order.unit.name,
        eta_s=order.eta_s,
        distance_m=order.distance_m,
        route=order.route,
        override_reason=override_reason,
        due=clock,
    )


def check_assignment_move(assignment: Assignment, verb: str) -> None:
    if assignment.ended_at or assignment.status not in ASSIGNMENT_MOVES[verb]:
        allowed = () if assignment.ended_at else allowed_assignment_verbs(assignment)
        raise MoveNotAllowed(verb=verb, status=assignment.status, allowed=list(allowed))


def advance(
    assignment: Assignment,
    incident: Incident,
    verb: str,
    reason: str | None,
    at: datetime,
    *,
    emergency: bool,
) -> list[Draft]:
    """签收, 出动, 到场, 归队 or 退派 of one assignment."""
    check_assignment_move(assignment, verb)
    last = incident.assignments == (assignment.id,)
    again = due("dispatch", at, emergency=emergency) if last else None
    bodies: dict[str, Body] = {
        "ack": e.AssignmentAcknowledged(),
        "enroute": e.AssignmentEnroute(),
        "arrive": e.AssignmentArrived(due=due("handle", at, emergency=emergency)),
        "release": e.AssignmentReleased(reason=reason, due=again),
        "decline": e.AssignmentDeclined(reason=reason or "", due=again),
    }
    return [Draft(bodies[verb], subject=assignment.id, area=assignment.area, occurred_at=at)]


def cross(incident: Incident, step: str, due_at: datetime, *, near: bool, at: datetime) -> list[Draft]:
    """A timer of a deadline came due: a fact, if that clock still runs; nothing otherwise."""
    clock = incident.deadline
    if clock is None or (clock.step, clock.due_at) != (step, due_at) or incident.status in ENDED:
        return []
    if clock.state == "over" or (near and clock.state == "near"):
        return []
    kind = e.DeadlineNeared if near else e.DeadlineMissed
    return [_about(incident, kind(step=step, due_at=due_at), at)]


def shelve(incident: Incident, at: datetime) -> list[Draft]:
    """A day after its end: off the board."""
    early = at < incident.status_since + SHELVE_AFTER  # of an earlier end: it was reopened since
    if incident.status not in ENDED or incident.shelved or early:
        return []
    return [_about(incident, e.IncidentShelved(), at)]
