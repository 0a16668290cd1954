"""What the facts of casework do to the board: owners, helpers, whistles, supervisions, clocks, ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import core.events_cases as c
import core.events_field as f
from core.board import Board, Change
from core.due import Due
from core.envelope import Event
from core.folding import change_incident, deadline_of, follows, handles, line, own, place, put, restored, step
from core.model import Incident, Request, Supervision, TickerLine, Whistle


def _said(event: Event, incident: Incident | None) -> TickerLine | None:
    return line(event, incident) if incident else None


@handles(c.IncidentTransferred)
def _transferred(board: Board, event: Event, change: Change) -> TickerLine | None:
    body = event.body
    assert isinstance(body, c.IncidentTransferred)  # noqa: S101
    return _said(event, own(board, event, change, body.to, **_clock(body.due)))


def _clock(due: Due | None) -> dict[str, Any]:
    """A new clock of the step, if the fact starts one."""
    return {"deadline": deadline_of(due)} if due else {}


@follows(c.IncidentReturned)
def _returned(
    board: Board, event: Event, change: Change, incident: Incident, body: c.IncidentReturned
) -> TickerLine | None:
    former = incident.former[:-1]
    values = {"former": former, "returns": incident.returns + 1, **_clock(body.due)}
    return _said(event, own(board, event, change, body.to, **values))


@follows(c.OwnerFollowed)
def _owner_followed(
    board: Board, event: Event, change: Change, incident: Incident, body: c.OwnerFollowed
) -> TickerLine | None:
    """Whoever had it before is no former owner: it is not returned to where it does not lie."""
    helpers = tuple(one for one in incident.helpers if one != body.to)
    return _said(event, place(board, event, change, owner=body.to, helpers=helpers, raised=""))


@follows(c.HelpAsked)
def _help_asked(
    board: Board, event: Event, change: Change, incident: Incident, body: c.HelpAsked
) -> TickerLine | None:
    helpers = tuple(dict.fromkeys((*incident.helpers, *body.offices)))
    return _said(event, place(board, event, change, helpers=helpers))


@follows(c.HelpEnded)
def _help_ended(
    board: Board, event: Event, change: Change, incident: Incident, body: c.HelpEnded
) -> TickerLine | None:
    helpers = tuple(one for one in incident.helpers if one != body.office)
    return _said(event, place(board, event, change, helpers=helpers))


@follows(c.WhistleBlown)
def _whistle_blown(
    board: Board, event: Event, change: Change, incident: Incident, body: c.WhistleBlown
) -> TickerLine | None:
    clock, at = deadline_of(body.due), event.occurred_at
    one = Whistle(body.whistle, body.office, body.text, event.actor, at, clock, asker=body.asker)
    new = place(board, event, change, whistles=(*incident.whistles, one))
    return _said(event, new)


@follows(c.WhistleAnswered)
def _whistle_answered(
    board: Board, event: Event, change: Change, incident: Incident, body: c.WhistleAnswered
) -> TickerLine | None:
    whistles = tuple(
        replace(one, answered_at=event.occurred_at) if one.id == body.whistle else one
        for one in incident.whistles
    )
    return _said(event, change_incident(board, event, change, whistles=whistles))


@follows(c.SupervisionOrdered)
def _supervised(
    board: Board, event: Event, change: Change, incident: Incident, body: c.SupervisionOrdered
) -> TickerLine | None:
    clock, at = deadline_of(body.due), event.occurred_at
    one = Supervision(body.order, body.text, event.actor, at, clock, asker=body.asker)
    return _said(event, change_incident(board, event, change, supervisions=(*incident.supervisions, one)))


@follows(c.SupervisionAnswered)
def _answered(
    board: Board, event: Event, change: Change, incident: Incident, body: c.SupervisionAnswered
) -> TickerLine | None:
    orders = tuple(
        replace(one, answered_at=event.occurred_at) if one.id == body.order else one
        for one in incident.supervisions
    )
    return _said(event, change_incident(board, event, change, supervisions=orders))


@follows(c.IncidentEscalated)
def _escalated(
    board: Board, event: Event, change: Change, incident: Incident, body: c.IncidentEscalated
) -> TickerLine | None:
    values: dict[str, Any] = {"escalations": incident.escalations + 1}
    if body.by_itself:
        values |= {"raised": body.to, "rise": deadline_of(body.due)}
        return _said(event, place(board, event, change, **values))
    return _said(event, own(board, event, change, body.to, **values, **_clock(body.due)))


@handles(c.ClockExtensionAsked)
def _extension_asked(board: Board, event: Event, change: Change) -> TickerLine | None:
    body = event.body
    assert isinstance(body, c.ClockExtensionAsked)  # noqa: S101
    asked = Request("extend", body.reason, event.actor, event.occurred_at, body.amount, body.unit)
    return _said(event, change_incident(board, event, change, request=asked))


@handles(c.ClockPauseAsked)
def _pause_asked(board: Board, event: Event, change: Change) -> TickerLine | None:
    assert isinstance(event.body, c.ClockPauseAsked)  # noqa: S101
    asked = Request("pause", event.body.reason, event.actor, event.occurred_at)
    return _said(event, change_incident(board, event, change, request=asked))


@follows(c.ClockExtended)
def _extended(
    board: Board, event: Event, change: Change, incident: Incident, body: c.ClockExtended
) -> TickerLine | None:
    clock, times = deadline_of(body.due), incident.extensions + 1
    return _said(event, change_incident(board, event, change, deadline=clock, extensions=times, request=None))


@handles(c.ClockPaused)
def _paused(board: Board, event: Event, change: Change) -> TickerLine | None:
    incident = board.standing(event.subject)
    if incident is None or incident.deadline is None:
        return None
    clock = replace(incident.deadline, state="paused", paused_at=event.occurred_at)
    return _said(event, change_incident(board, event, change, deadline=clock, request=None))


@handles(c.ClockResumed)
def _resumed(board: Board, event: Event, change: Change) -> TickerLine | None:
    assert isinstance(event.body, c.ClockResumed)  # noqa: S101
    return _said(event, change_incident(board, event, change, deadline=deadline_of(event.body.due)))


@handles(c.RequestRefused)
def _request_refused(board: Board, event: Event, change: Change) -> TickerLine | None:
    return _said(event, change_incident(board, event, change, request=None))


@handles(c.IncidentReclassified)
def _reclassified(board: Board, event: Event, change: Change) -> TickerLine | None:
    body = event.body
    assert isinstance(body, c.IncidentReclassified)  # noqa: S101
    values = body.model_dump(include={"class_code", "title", "severity"}) | _clock(body.due)
    return _said(event, change_incident(board, event, change, **values))


@handles(c.IncidentMerged)
def _merged(board: Board, event: Event, change: Change) -> TickerLine | None:
    body = event.body
    assert isinstance(body, c.IncidentMerged)  # noqa: S101
    ended = {"closed_at": event.occurred_at, "closed_seq": event.seq, "merged_into": body.into}
    return step(board, event, change, "merged", **ended)


@handles(c.DuplicateTaken)
def _taken(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, c.DuplicateTaken)  # noqa: S101
    if incident := board.standing(event.subject):
        merged = tuple(dict.fromkeys((*incident.merged, event.body.incident)))
        change_incident(board, event, change, merged=merged)


@handles(c.IncidentUnmerged)
def _unmerged(board: Board, event: Event, change: Change) -> TickerLine | None:
    body = event.body
    assert isinstance(body, c.IncidentUnmerged)  # noqa: S101
    incident = restored(board, event, body.restored)
    if incident is None:
        return None
    new = replace(
        incident,
        version=event.seq,
        status="accepted" if incident.accepted_at else "reported",
        status_since=event.occurred_at,
        deadline=deadline_of(body.due),
        closed_at=None,
        closed_seq=0,
        merged_into=None,
        shelved=False,
    )
    return line(event, put(board, new, change))


@handles(c.DuplicateReleased)
def _released(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, c.DuplicateReleased)  # noqa: S101
    if incident := board.incidents.get(event.subject):
        merged = tuple(one for one in incident.merged if one != event.body.incident)
        put(board, replace(incident, version=event.seq, merged=merged), change)


@handles(f.BackupCalled)
def _backup_called(board: Board, event: Event, change: Change) -> TickerLine | None:
    return _said(event, change_incident(board, event, change))


@handles(c.AttachmentAdded)
def _attached(board: Board, event: Event, change: Change) -> None:
    assert isinstance(event.body, c.AttachmentAdded)  # noqa: S101
    if incident := board.incidents.get(event.subject):
        photos = (*incident.photos, event.body.attachment)
        put(board, replace(incident, version=event.seq, photos=photos), change)


@follows(c.SituationReported)
def _situation(
    board: Board, event: Event, change: Change, incident: Incident, _body: c.SituationReported
) -> TickerLine | None:
    return _said(event, change_incident(board, event, change, situations=incident.situations + 1))


@handles(c.IncidentRated)
def _rated(board: Board, event: Event, change: Change) -> TickerLine | None:
    assert isinstance(event.body, c.IncidentRated)  # noqa: S101
    incident = board.incidents.get(event.subject)
    if incident is None or incident.status not in ("closed", "evaluated"):
        return None
    rating, at = event.body.rating, event.occurred_at
    new = replace(incident, version=event.seq, status="evaluated", rating=rating, rated_at=at)
    return line(event, put(board, new, change))


@handles(c.IncidentArchived)
def _archived(board: Board, event: Event, change: Change) -> TickerLine | None:
    incident = board.incidents.get(event.subject)
    if incident is None or incident.status not in ("closed", "evaluated"):
        return None
    new = replace(incident, version=event.seq, status="archived", archived_at=event.occurred_at)
    return line(event, put(board, new, change))
