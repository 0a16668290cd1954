"""The pure decisions of an incident's main road: received, on scene, handled, verified, closed.

A decision takes values and a hearing (`core.hearing`: rules, who asks, when), and gives drafts of facts or
raises a refusal. Nothing here reads a clock, a database or a screen. Who is sent is `core.dispatching`, who
owns an incident and what clocks it has beside `core.casework`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import core.events as e
import core.events_cases as c
import core.events_field as f
import core.events_sensitive as s
from core.clock import BACKDATE_FIELD, BACKDATE_FREE, FUTURE_TOLERANCE, SHELVE_AFTER
from core.envelope import Body, Draft
from core.errors import (
    BackdatingNotAllowed,
    MoveNotAllowed,
    ReplyMissing,
    TimeInFuture,
    UnitsStillAssigned,
    VerificationMissing,
)
from core.errors_cases import MergeIntoItself, MergeTargetEnded, SupervisionOpen
from core.errors_plans import ResponseRunning
from core.errors_walls import SensitivityUnchanged
from core.hearing import Hearing
from core.model import ENDED, OPEN, Assignment, Incident
from core.offices import parse
from core.permissions import Principal, may

ASSIGNMENT_MOVES: dict[str, frozenset[str]] = {
    "ack": frozenset({"dispatched"}),
    "decline": frozenset({"dispatched", "acknowledged"}),
    "enroute": frozenset({"dispatched", "acknowledged"}),
    "arrive": frozenset({"dispatched", "acknowledged", "enroute"}),
    "release": frozenset({"dispatched", "acknowledged", "enroute", "on_scene"}),
    "replace": frozenset({"dispatched", "acknowledged", "enroute"}),
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
    """The verb that is due next; a reply comes before the verification closes the loop, and a department
    handles by itself what was transferred to it."""
    if incident.status == "verified" and incident.replied_at is None:
        return "reply"
    if incident.status == "accepted" and parse(incident.owner).dept:
        return "handle"
    return NEXT_STEP.get(incident.status)


def allowed_assignment_verbs(assignment: Assignment) -> tuple[str, ...]:
    """The steps it may take; a crew that is asked whether it is well may also say so."""
    moves = tuple(verb for verb, states in ASSIGNMENT_MOVES.items() if assignment.status in states)
    return (*moves, "check") if assignment.check else moves


def occurred_by(principal: Principal, stated: datetime | None, now: datetime) -> datetime:
    """When it happened, as whoever asks may state it. Raises TimeInFuture, BackdatingNotAllowed."""
    free = BACKDATE_FIELD if may(principal, "backdate.field") else BACKDATE_FREE
    return occurred(stated, now, may_backdate=may(principal, "backdate"), free=free)


def occurred(
    stated: datetime | None, now: datetime, *, may_backdate: bool, free: timedelta = BACKDATE_FREE
) -> datetime:
    """When it happened: as stated if plausible, else now; without the right to back-date not earlier than
    `free`. Raises TimeInFuture, BackdatingNotAllowed."""
    if stated is None:
        return now
    if stated > now + FUTURE_TOLERANCE:
        raise TimeInFuture(stated=stated.isoformat(), now=now.isoformat())
    if stated < now - free and not may_backdate:
        raise BackdatingNotAllowed(stated=stated.isoformat(), minutes=int(free / timedelta(minutes=1)))
    return stated.astimezone(UTC)


def accept(h: Hearing, incident: Incident) -> list[Draft]:
    """受理: whoever accepts owns it."""
    move = h.move(incident, "accept")
    body = e.IncidentAccepted(owner=str(h.by.office), due=h.due(move.starts, incident))
    return [h.about(incident, body)]


def reject(h: Hearing, incident: Incident, reason: str) -> list[Draft]:
    h.move(incident, "reject", reason=reason)
    _check_answered(incident)
    return [h.about(incident, e.IncidentRejected(reason=reason))]


def amend(h: Hearing, incident: Incident, changes: e.IncidentAmended) -> list[Draft]:
    h.move(incident, "amend")
    return [h.about(incident, changes)]


def relocate(h: Hearing, incident: Incident, to: e.IncidentRelocated) -> list[Draft]:
    h.move(incident, "relocate")
    return [h.about(incident, to)]


def reclassify(
    h: Hearing, incident: Incident, class_code: str, title: str, severity: int, reason: str
) -> list[Draft]:
    """改类定级: the step's clock begins again by the new class's limit."""
    h.move(incident, "reclassify", reason=reason)
    clock = incident.deadline
    due = h.due(clock.step, incident, class_code=class_code) if clock else None
    body = c.IncidentReclassified(
        class_code=class_code, title=title, severity=severity, reason=reason, due=due
    )
    return [h.about(incident, body)]


def note(h: Hearing, incident: Incident, text: str) -> list[Draft]:
    h.move(incident, "note", text=text)
    return [h.about(incident, e.NoteAdded(text=text))]


def mark_sensitive(h: Hearing, incident: Incident, reason: str, *, on: bool) -> list[Draft]:
    """标记敏感, 解除敏感. Raises SensitivityUnchanged."""
    h.move(incident, "sensitive" if on else "unsensitive", reason=reason)
    if incident.sensitive == on:
        raise SensitivityUnchanged(number=incident.number)
    body = s.IncidentMarkedSensitive(reason=reason) if on else s.IncidentUnmarkedSensitive(reason=reason)
    return [h.about(incident, body)]


def attach(h: Hearing, incident: Incident, body: c.AttachmentAdded) -> list[Draft]:
    h.move(incident, "attach")
    return [h.about(incident, body)]


def call_backup(h: Hearing, incident: Incident, text: str) -> list[Draft]:
    """请求支援, from the field."""
    h.move(incident, "backup", text=text)
    return [h.about(incident, f.BackupCalled(text=text))]


def report_situation(h: Hearing, incident: Incident, body: c.SituationReported) -> list[Draft]:
    h.move(incident, "situation", text=body.text)
    return [h.about(incident, body)]


def reply(h: Hearing, incident: Incident, text: str) -> list[Draft]:
    h.move(incident, "reply", text=text)
    return [h.about(incident, e.IncidentReplied(text=text))]


def handle(h: Hearing, incident: Incident, text: str | None) -> list[Draft]:
    move = h.move(incident, "handle", text=text)
    return [h.about(incident, e.IncidentHandled(text=text, due=h.due(move.starts, incident)))]


def verify(h: Hearing, incident: Incident, text: str | None) -> list[Draft]:
    move = h.move(incident, "verify", text=text)
    return [h.about(incident, e.IncidentVerified(text=text, due=h.due(move.starts, incident)))]


def close(h: Hearing, incident: Incident) -> list[Draft]:
    """办结: not without a reply and a verification, not while units are bound or a supervision is open."""
    if incident.status in OPEN - {"verified"} and incident.verified_at is None and incident.replied_at:
        allowed = h.rules.flow.allowed(incident, h.by)
        raise VerificationMissing(status=incident.status, allowed=list(allowed))
    h.move(incident, "close")
    if incident.replied_at is None:
        raise ReplyMissing()
    if incident.units:
        raise UnitsStillAssigned(units=list(incident.units))
    _check_answered(incident)
    return [h.about(incident, e.IncidentClosed())]


def _check_answered(incident: Incident) -> None:
    """No end passes over an open supervision (督办), or a response (应急响应) that runs."""
    if incident.linkage:
        raise ResponseRunning(incident=incident.id, number=incident.number, linkage=incident.linkage)
    for order in incident.supervisions:
        if order.answered_at is None:
            raise SupervisionOpen(text=order.text)


def reopen(h: Hearing, incident: Incident, reason: str, restored: str | None) -> list[Draft]:
    """重开: the clock runs again, the handling clock while units are still bound."""
    move = h.move(incident, "reopen", reason=reason)
    due = h.due("handle" if incident.units else move.starts, incident)
    return [h.about(incident, e.IncidentReopened(reason=reason, restored=restored, due=due))]


def rate(h: Hearing, incident: Incident, body: c.IncidentRated) -> list[Draft]:
    """评价"""
    h.move(incident, "rate", text=body.text)
    return [h.about(incident, body)]


def archive(h: Hearing, incident: Incident, text: str | None) -> list[Draft]:
    """归档"""
    h.move(incident, "archive", text=text)
    return [h.about(incident, c.IncidentArchived(text=text))]


def merge(h: Hearing, incident: Incident, into: Incident) -> list[Draft]:
    """并案. Raises MergeIntoItself, MergeTargetEnded, UnitsStillAssigned, SupervisionOpen."""
    h.move(incident, "merge")
    if incident.id == into.id:
        raise MergeIntoItself()
    if into.status not in OPEN:
        raise MergeTargetEnded(number=into.number, status=into.status)
    if incident.units:
        raise UnitsStillAssigned(units=list(incident.units))
    _check_answered(incident)
    return [
        h.about(incident, c.IncidentMerged(into=into.id, number=into.number)),
        h.about(into, c.DuplicateTaken(incident=incident.id, number=incident.number)),
    ]


def unmerge(h: Hearing, incident: Incident, into: Incident, reason: str, restored: str | None) -> list[Draft]:
    """撤销并案: it stands by itself again, to be dispatched."""
    move = h.move(incident, "unmerge", reason=reason)
    due = h.due(move.starts, incident)
    body = c.IncidentUnmerged(into=into.id, reason=reason, restored=restored, due=due)
    released = c.DuplicateReleased(incident=incident.id, number=incident.number)
    return [h.about(incident, body), h.about(into, released)]


def check_assignment_move(assignment: Assignment, verb: str) -> None:
    if assignment.ended_at or assignment.status not in ASSIGNMENT_MOVES[verb]:
        allowed = () if assignment.ended_at else allowed_assignment_verbs(assignment)
        raise MoveNotAllowed(verb=verb, status=assignment.status, allowed=list(allowed))


def advance(
    h: Hearing, assignment: Assignment, incident: Incident, verb: str, reason: str | None
) -> list[Draft]:
    """签收, 出动, 到场, 归队 or 退派 of one assignment."""
    check_assignment_move(assignment, verb)
    last = incident.assignments == (assignment.id,)
    again = without_units(h, incident) if last else None
    bodies: dict[str, Body] = {
        "ack": e.AssignmentAcknowledged(),
        "enroute": e.AssignmentEnroute(),
        "arrive": e.AssignmentArrived(due=h.due("handle", incident), check=h.crew_check(incident)),
        "release": e.AssignmentReleased(reason=reason, due=again),
        "decline": e.AssignmentDeclined(reason=reason or "", due=again),
    }
    return [Draft(bodies[verb], subject=assignment.id, area=assignment.area, occurred_at=h.at)]


def without_units(h: Hearing, incident: Incident) -> e.Due | None:
    """The clock of an incident whose last unit left: a desk sends another, a department handles it by itself,
    in the time that it has."""
    if not parse(incident.owner).dept:
        return h.due("dispatch", incident)
    handling = incident.deadline is not None and incident.deadline.step == "handle"
    return None if handling else h.due("handle", incident)


def shelve(incident: Incident, at: datetime) -> list[Draft]:
    """A day after its end: off the board."""
    early = at < incident.status_since + SHELVE_AFTER  # of an earlier end: it was reopened since
    if incident.status not in ENDED or incident.shelved or early:
        return []
    return [Draft(e.IncidentShelved(), subject=incident.id, area=incident.area, occurred_at=at)]
