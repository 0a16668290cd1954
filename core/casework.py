"""The pure decisions of who answers for an incident and of its clocks (转办, 协办, 吹哨, 督办, 延期, 升级 …).

As in `core.workflow`: values and a hearing in, drafts of facts or a refusal out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import core.events as e
import core.events_cases as c
from core.due import TimeUnit
from core.envelope import Draft
from core.errors_cases import (
    ExtensionTooShort,
    NoClock,
    NoRequest,
    NotHelping,
    NothingToAnswer,
    NothingToReturn,
    NotInCharge,
    OwnRequest,
    RequestPending,
    SameOffice,
    TopReached,
)
from core.flow import Move, relations
from core.hearing import Hearing
from core.model import Incident, Whistle, higher
from core.offices import Office, parse, prefixes
from core.permissions import covers, may

RISE = "rise"
"""The step of the clock that raises an incident whose step's clock was missed."""


def transfer(h: Hearing, incident: Incident, to: str, reason: str) -> list[Draft]:
    """转办. Raises SameOffice, NotOnDutyList."""
    move = h.move(incident, "transfer", reason=reason)
    if to == incident.owner:
        raise SameOffice(office=to)
    off_list = h.off_list(incident, to, reason)
    due = h.due(move.starts, incident)
    return [h.about(incident, c.IncidentTransferred(to=to, reason=reason, off_list=off_list, due=due))]


def follow(incident: Incident, area: str, grid: str, at: datetime) -> list[Draft]:
    """属地随迁: belonging is a prefix test (domain.md §2), so an office of an area that holds the place no
    more gives it to the same office over the place. The city's own stays the city's."""
    own, place = parse(incident.owner), grid or area
    if not own.area or own.area in {*prefixes(place), *prefixes(area)}:
        return []
    if incident.owner in incident.ground:
        to = f"@{place}"
    elif place:
        same_level = (one for one in prefixes(place) if len(one) == len(own.area))
        to = str(Office(own.dept, next(same_level, place)))
    else:
        return []
    return [Draft(c.OwnerFollowed(to=to), subject=incident.id, area=area, occurred_at=at)]


def give_back(h: Hearing, incident: Incident, reason: str) -> list[Draft]:
    """退回 to the owner before, a limited number of times. Raises NothingToReturn, TooOften."""
    move = h.move(incident, "return", reason=reason)
    if not incident.former:
        raise NothingToReturn()
    due = h.due(_begins(move, incident), incident)
    return [h.about(incident, c.IncidentReturned(to=incident.former[-1], reason=reason, due=due))]


def _begins(move: Move, incident: Incident) -> str:
    """The step whose clock begins with another owner: where units were sent already, no dispatch is due."""
    return "handle" if move.starts == "dispatch" and incident.status != "accepted" else move.starts


def assist(h: Hearing, incident: Incident, offices: Sequence[str], reason: str | None) -> list[Draft]:
    """协办. Raises SameOffice, NotOnDutyList."""
    h.move(incident, "assist", reason=reason)
    for office in offices:
        if office in (incident.owner, *incident.helpers):
            raise SameOffice(office=office)
    strange = [office for office in offices if h.off_list(incident, office, reason)]
    body = c.HelpAsked(offices=tuple(offices), reason=reason, off_list=bool(strange))
    return [h.about(incident, body)]


def end_help(h: Hearing, incident: Incident, offices: Sequence[str], reason: str | None) -> list[Draft]:
    """协办结束: by whoever owns it or its desk for any helper, by a helper for itself; without `offices` for
    those the asker acts for. Raises NotHelping, NotInCharge."""
    h.move(incident, "assist_end", reason=reason)
    own = [office for office in incident.helpers if covers(h.by, office)]
    in_charge = bool(relations(h.by, incident) & {"desk", "owner"})
    ended = tuple(dict.fromkeys(offices or own)) or (str(h.by.office),)
    for office in ended:
        if office not in incident.helpers:
            raise NotHelping(office=office)
        if not (in_charge or office in own):
            raise NotInCharge(verb="assist_end", owner=incident.owner)
    return [h.about(incident, c.HelpEnded(office=office, reason=reason)) for office in ended]


def whistle(
    h: Hearing, incident: Incident, calls: Sequence[tuple[str, str]], text: str, reason: str | None
) -> list[Draft]:
    """吹哨: calls are (new id, office). Raises SameOffice for the owner, for whoever whistles, and for one
    that was whistled to and has not come yet."""
    move = h.move(incident, "whistle", text=text)
    waiting = {one.office for one in incident.whistles if one.answered_at is None}
    for _, office in calls:
        if office in waiting | {incident.owner, str(h.by.office)}:
            raise SameOffice(office=office)
        h.off_list(incident, office, reason)
    due = h.due(move.starts, incident)
    asker = str(h.by.office)
    return [
        h.about(
            incident,
            c.WhistleBlown(whistle=ident, office=office, text=text, due=_side(due, ident), asker=asker),
        )
        for ident, office in calls
    ]


def _side(due: e.Due | None, ident: str) -> e.Due | None:
    """A clock beside the step's: named after what it belongs to, so that several run at once."""
    return due.model_copy(update={"step": f"{due.step}:{ident}"}) if due else None


def report_in(h: Hearing, incident: Incident, text: str | None) -> list[Draft]:
    """报到 of whoever was whistled to: all their open whistles. Raises NothingToAnswer."""
    h.move(incident, "report_in", text=text)
    mine = [w for w in incident.whistles if w.answered_at is None and covers(h.by, w.office)]
    if not mine:
        raise NothingToAnswer(verb="report_in")
    return [h.about(incident, _answered(one, text, h.at)) for one in mine]


def _answered(one: Whistle, text: str | None, at: datetime) -> c.WhistleAnswered:
    late = (at - one.clock.due_at).total_seconds() if one.clock else 0.0
    return c.WhistleAnswered(whistle=one.id, office=one.office, text=text, late_s=max(0.0, late))


def supervise(h: Hearing, incident: Incident, ident: str, text: str) -> list[Draft]:
    """督办"""
    move = h.move(incident, "supervise", text=text)
    due = _side(h.due(move.starts, incident), ident)
    body = c.SupervisionOrdered(order=ident, text=text, due=due, asker=str(h.by.office))
    return [h.about(incident, body)]


def answer(h: Hearing, incident: Incident, text: str) -> list[Draft]:
    """督办回复: to every order that is open. Raises NothingToAnswer."""
    h.move(incident, "answer", text=text)
    pending = [one for one in incident.supervisions if one.answered_at is None]
    if not pending:
        raise NothingToAnswer(verb="answer")
    return [h.about(incident, c.SupervisionAnswered(order=one.id, text=text)) for one in pending]


def escalate(h: Hearing, incident: Incident, reason: str) -> list[Draft]:
    """升级 (上报) by hand: the desk one level up owns it from now on. Raises TopReached."""
    move = h.move(incident, "escalate", reason=reason)
    above = parse(incident.owner).above()
    if above is None:
        raise TopReached(office=incident.owner)
    due = h.due(_begins(move, incident), incident)
    body = c.IncidentEscalated(to=str(above), by_itself=False, reason=reason, due=due)
    return [h.about(incident, body)]


def extend(h: Hearing, incident: Incident, amount: float, unit: TimeUnit, reason: str) -> list[Draft]:
    """延期: granted at once to whoever may approve, else a request. Raises NoClock, RequestPending,
    ExtensionTooShort, TooOften."""
    h.move(incident, "extend", reason=reason)
    _check_no_request(incident)
    due = _extended(h, incident, amount, unit)
    if may(h.by, "approve"):
        return [h.about(incident, c.ClockExtended(reason=reason, due=due))]
    return [h.about(incident, c.ClockExtensionAsked(amount=amount, unit=unit, reason=reason))]


def _extended(h: Hearing, incident: Incident, amount: float, unit: TimeUnit) -> e.Due:
    clock = incident.deadline
    if clock is None or clock.state == "paused":
        raise NoClock(verb="extend")
    due = h.rules.limits.extended(clock, amount, unit)
    if due.due_at <= h.at:
        raise ExtensionTooShort(due_at=due.due_at.isoformat())
    return due


def _check_no_request(incident: Incident) -> None:
    if incident.request:
        raise RequestPending(kind=incident.request.kind)


def pause(h: Hearing, incident: Incident, reason: str) -> list[Draft]:
    """暂停计时: granted at once to whoever may approve, else a request. Raises NoClock, RequestPending."""
    h.move(incident, "pause", reason=reason)
    _check_no_request(incident)
    _check_running(incident)
    if may(h.by, "approve"):
        return [h.about(incident, c.ClockPaused(reason=reason))]
    return [h.about(incident, c.ClockPauseAsked(reason=reason))]


def _check_running(incident: Incident) -> None:
    if incident.deadline is None or incident.deadline.state not in ("running", "near"):
        raise NoClock(verb="pause")


def resume(h: Hearing, incident: Incident) -> list[Draft]:
    """恢复计时: what was left carries on. Raises NoClock."""
    h.move(incident, "resume")
    clock = incident.deadline
    if clock is None or clock.state != "paused" or clock.paused_at is None:
        raise NoClock(verb="resume")
    due = h.rules.limits.resume(clock, clock.paused_at, h.at)
    return [h.about(incident, c.ClockResumed(due=due))]


def approve(h: Hearing, incident: Incident) -> list[Draft]:
    """同意: by another person than asked. Raises NoRequest, OwnRequest, and what the request itself would."""
    h.move(incident, "approve")
    asked = incident.request
    if asked is None:
        raise NoRequest()
    if asked.by == h.by.name:
        raise OwnRequest()
    if asked.kind == "pause":
        _check_running(incident)
        return [h.about(incident, c.ClockPaused(reason=asked.reason))]
    due = _extended(h, incident, asked.amount or 0.0, asked.unit or "hour")
    return [h.about(incident, c.ClockExtended(reason=asked.reason, due=due))]


def refuse(h: Hearing, incident: Incident, reason: str) -> list[Draft]:
    """不同意. Raises NoRequest."""
    h.move(incident, "refuse", reason=reason)
    if incident.request is None:
        raise NoRequest()
    return [h.about(incident, c.RequestRefused(request=incident.request.kind, reason=reason))]


def cross(h: Hearing, incident: Incident, step: str, due_at: datetime, *, near: bool) -> list[Draft]:
    """A timer of a clock came due: a fact, if that clock still runs; nothing otherwise.

    A step's clock that is missed raises the incident one level (网格→村居→镇街→区→市), and its rise again as
    long as nothing is done.
    """
    if not still_runs(incident, step, due_at, near=near):
        return []
    if step == RISE:
        return _raise(h, incident)
    kind = e.DeadlineNeared if near else e.DeadlineMissed
    crossed = [h.about(incident, kind(step=step, due_at=due_at))]
    clock = incident.deadline
    missed_step = not near and clock is not None and clock.step == step
    return crossed + (_raise(h, incident) if missed_step else [])


def still_runs(incident: Incident, step: str, due_at: datetime, *, near: bool) -> bool:
    """Whether a timer of this clock has still something to say."""
    clock = next((one for one in incident.clocks if (one.step, one.due_at) == (step, due_at)), None)
    if clock is None or clock.state in ("over", "paused"):
        return False
    return not (near and (clock.state == "near" or step == RISE))


def _raise(h: Hearing, incident: Incident) -> list[Draft]:
    above = higher(incident)
    if above is None:
        return []
    further = above.above() is not None
    due = h.due(RISE, incident) if further else None
    body = c.IncidentEscalated(to=str(above), by_itself=True, reason=None, due=due)
    return [h.about(incident, body)]
