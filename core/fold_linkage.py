"""What the facts of a response do to the board: to the response, its tasks, and the incident it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import core.events_linkage as m
from core import linkage_model as states
from core.board import Board, Change
from core.due import Deadline
from core.envelope import Event
from core.folding import AnyBody, ThingHandler, deadline_of, follows, handles, line, of_standing, put
from core.linkage_model import TASK_OPEN, Linkage, Proposal, Task, Zone
from core.model import Incident, TickerLine


def responds(
    kind: type[AnyBody],
) -> Callable[[ThingHandler[Linkage, AnyBody]], ThingHandler[Linkage, AnyBody]]:
    """`of_standing` for a response that runs; afterwards a fact of it says nothing."""
    return of_standing(lambda board, ident: board.linkages.get(ident), kind)


@handles(m.PlanActivated)
def _activated(board: Board, event: Event, change: Change) -> TickerLine:
    body = event.body
    assert isinstance(body, m.PlanActivated)  # noqa: S101
    values = body.model_dump(exclude={"tasks", "offices"})
    ids = tuple(one.id for one in body.tasks)
    offices = tuple(dict.fromkeys((body.commander, *body.offices)))
    incident = board.standing(body.incident)
    linkage = Linkage(
        event.subject, event.seq, area=event.area, started_at=event.occurred_at, tasks=ids, offices=offices,
        reached=body.level,
        sensitive=incident is not None and incident.sensitive, **values,
    )  # fmt: skip
    board.put_linkage(linkage, change)
    _set_tasks(board, event, change, linkage, body.tasks)
    if incident:
        put(board, replace(incident, version=event.seq, linkage=event.subject, proposed=()), change)
    return told(event, linkage)


def _set_tasks(
    board: Board, event: Event, change: Change, linkage: Linkage, tasks: Iterable[m.TaskSet]
) -> None:
    for one in tasks:
        values = one.model_dump(exclude={"due"})
        begun = one.due is not None
        task = Task(
            version=event.seq, linkage=linkage.id, incident=linkage.incident, commander=linkage.commander,
            area=linkage.area, lon=linkage.lon, lat=linkage.lat, status_since=event.occurred_at,
            status=states.ASSIGNED if begun else states.WAITING, clock=deadline_of(one.due),
            assigned_at=event.occurred_at if begun else None, order=linkage.tasks.index(one.id),
            sensitive=linkage.sensitive, **values,
        )  # fmt: skip
        board.put_task(task, change)


def told(event: Event, linkage: Linkage, **args: str) -> TickerLine:
    plan = {"plan": linkage.plan_name, "plan_en": linkage.plan_name_en}
    said = {"title": linkage.title, "number": linkage.number, **plan, **args}
    said.setdefault("level", str(linkage.level))
    return TickerLine(event.seq, event.recorded_at, event.kind, linkage.area, said, linkage.offices)


def _task(board: Board, event: Event, change: Change, ident: str, **values: Any) -> Task | None:
    """Change a task of this response that is not over."""
    task = board.tasks.get(ident)
    if task is None or task.linkage != event.subject or task.status not in TASK_OPEN:
        return None
    if "status" in values:
        values = {"status_since": event.occurred_at} | values
    new = replace(task, version=event.seq, **values)
    board.put_task(new, change)
    return new


def _task_line(event: Event, linkage: Linkage, task: Task | None) -> TickerLine | None:
    if task is None:
        return None
    return told(event, linkage, task=task.title, task_en=task.title_en, office=task.owner)


def touch(board: Board, event: Event, change: Change, linkage: Linkage, **values: Any) -> Linkage:
    new = replace(linkage, version=event.seq, **values)
    board.put_linkage(new, change)
    return new


@responds(m.TasksBegun)
def _begun(board: Board, event: Event, change: Change, linkage: Linkage, body: m.TasksBegun) -> None:
    at = event.occurred_at
    for one in body.tasks:
        clock = deadline_of(one.due)
        _task(board, event, change, one.task, status=states.ASSIGNED, assigned_at=at, clock=clock)


@responds(m.TaskAcknowledged)
def _acknowledged(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.TaskAcknowledged
) -> TickerLine | None:
    clock, at = deadline_of(body.due), event.occurred_at
    return _task_line(
        event,
        linkage,
        _task(board, event, change, body.task, status=states.ACKNOWLEDGED, acknowledged_at=at, clock=clock),
    )


@responds(m.TaskStarted)
def _started(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.TaskStarted
) -> TickerLine | None:
    held = board.tasks.get(body.task)
    at = (held.acknowledged_at if held else None) or event.occurred_at
    clock = deadline_of(body.due)
    task = _task(board, event, change, body.task, status=states.UNDER_WAY, acknowledged_at=at, clock=clock)
    return _task_line(event, linkage, task)


@responds(m.TaskDone)
def _done(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.TaskDone
) -> TickerLine | None:
    held, at = board.tasks.get(body.task), event.occurred_at
    seen = (held.acknowledged_at if held else None) or at
    values = {"status": states.DONE, "done_at": at, "clock": None, "text": body.text, "acknowledged_at": seen}
    return _task_line(event, linkage, _task(board, event, change, body.task, **values))


@responds(m.TaskChanged)
def _changed(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.TaskChanged
) -> TickerLine | None:
    values: dict[str, Any] = {"owner": body.owner, "due_s": body.due_s}
    if body.due:
        values["clock"] = deadline_of(body.due)
    if body.owner != body.former and (held := board.tasks.get(body.task)) and held.status != states.WAITING:
        values |= {"status": states.ASSIGNED, "acknowledged_at": None, "assigned_at": event.occurred_at}
    task = _task(board, event, change, body.task, **values)
    if task:
        linkage = touch(board, event, change, linkage, offices=_offices(board, linkage))
    return _task_line(event, linkage, task)


def _offices(board: Board, linkage: Linkage) -> tuple[str, ...]:
    """Everybody who was ever called: who handed a task on still sees how it ends."""
    owners = (board.tasks[ident].owner for ident in linkage.tasks if ident in board.tasks)
    return tuple(dict.fromkeys((linkage.commander, *linkage.offices, *owners)))


@responds(m.TasksAdded)
def _added(board: Board, event: Event, change: Change, linkage: Linkage, body: m.TasksAdded) -> TickerLine:
    fresh = tuple(one for one in body.tasks if one.id not in linkage.tasks)
    ids = (*linkage.tasks, *(one.id for one in fresh))
    offices = tuple(dict.fromkeys((*linkage.offices, *body.offices)))
    linkage = touch(board, event, change, linkage, tasks=ids, offices=offices)
    _set_tasks(board, event, change, linkage, fresh)
    return told(event, linkage, count=str(len(fresh)), reason=body.reason)


@responds(m.TasksCancelled)
def _cancelled(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.TasksCancelled
) -> TickerLine:
    for ident in body.tasks:
        _task(board, event, change, ident, status=states.CANCELLED, clock=None, text=body.reason)
    return told(event, linkage, count=str(len(body.tasks)), reason=body.reason)


def _mark(board: Board, event: Event, change: Change, ident: str, step: str, state: str) -> Task | None:
    task = board.tasks.get(ident)
    clock: Deadline | None = task.clock if task else None
    if clock is None or clock.step != step:
        return None
    late = {"late": True} if state == "over" else {}
    return _task(board, event, change, ident, clock=replace(clock, state=state), **late)


@responds(m.TaskNeared)
def _neared(board: Board, event: Event, change: Change, _of: Linkage, body: m.TaskNeared) -> None:
    _mark(board, event, change, body.task, body.step, "near")


@responds(m.TaskMissed)
def _missed(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.TaskMissed
) -> TickerLine | None:
    if body.due and body.task in board.tasks:
        _task(board, event, change, body.task, clock=deadline_of(body.due))
    return _task_line(event, linkage, _mark(board, event, change, body.task, body.step, "over"))


@responds(m.CommandHandedOver)
def _handed_over(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.CommandHandedOver
) -> TickerLine:
    offices = tuple(dict.fromkeys((body.office, *linkage.offices)))
    values = {"commander": body.office, "commander_name": body.name, "offices": offices}
    for ident in linkage.tasks:
        _task(board, event, change, ident, commander=body.office)
    return told(event, touch(board, event, change, linkage, **values), name=body.name)


@responds(m.ResponseLevelChanged)
def _level_changed(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.ResponseLevelChanged
) -> TickerLine:
    levels = {"level": body.level, "reached": min(linkage.reached or linkage.level, body.level)}
    return told(event, touch(board, event, change, linkage, **levels), before=str(body.before))


@responds(m.ZoneDrawn)
def _zone_drawn(
    board: Board, event: Event, change: Change, linkage: Linkage, body: m.ZoneDrawn
) -> TickerLine:
    zone = Zone(body.shape, body.ring, body.area_m2) if body.ring else None
    return told(event, touch(board, event, change, linkage, zone=zone))


@follows(m.PlanProposed)
def _proposed(
    board: Board, event: Event, change: Change, incident: Incident, body: m.PlanProposed
) -> TickerLine:
    plans = tuple(Proposal(**one.model_dump()) for one in body.plans)
    new = put(board, replace(incident, version=event.seq, proposed=plans), change)
    first = plans[0] if plans else None
    return line(event, new, plan=first.name if first else "", plan_en=first.name_en if first else "")


@responds(m.ResponseMoved)
def _moved(board: Board, event: Event, change: Change, linkage: Linkage, body: m.ResponseMoved) -> TickerLine:
    place = {"area": event.area, "lon": body.lon, "lat": body.lat}
    for ident in linkage.tasks:
        _task(board, event, change, ident, **place)
    return told(event, touch(board, event, change, linkage, **place), place=body.place)


@responds(m.ResponseEnded)
def _ended(board: Board, event: Event, change: Change, linkage: Linkage, body: m.ResponseEnded) -> TickerLine:
    ended: datetime = event.occurred_at
    for ident in linkage.tasks:
        if task := board.tasks.get(ident):
            board.put_task(replace(task, version=event.seq, clock=None, ended_at=ended), change)
    if (incident := board.standing(linkage.incident)) and incident.linkage == linkage.id:
        put(board, replace(incident, version=event.seq, linkage=""), change)
    return told(event, touch(board, event, change, linkage, ended_at=ended), reason=body.reason)
