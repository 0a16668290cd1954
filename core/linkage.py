"""The pure decisions of a response (应急响应): activated, its tasks moved on, its level changed, ended.

Tasks wait for those before them; a task that is done or cancelled lets the next begin in the same
transaction, so none waits for nobody. Minutes of a plan count in the realm's time, day and night.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import core.events_linkage as m
from core import linkage_model as states
from core.clock import NEAR, near_at
from core.due import Due
from core.envelope import Body, Draft
from core.errors import MoveNotAllowed, NotFound
from core.errors_plans import (
    LevelUnchanged,
    NoSuchStage,
    NotCommander,
    NotYourTask,
    ResponseRunning,
    ShelterFull,
)
from core.events import IncidentRelocated
from core.hearing import Hearing
from core.linkage_model import TASK_OPEN, Linkage, Refuge, Task
from core.model import ENDED, Incident
from core.permissions import Principal, covers
from core.plans import Plan, Stage, office_of
from core.plans import Task as Planned

ACK, DONE = "task_ack", "task_done"
Step = Literal["task_ack", "task_done"]
Shape = Literal["circle", "polygon", "sector"]
NewId = Callable[[], str]

TASK_MOVES: dict[str, frozenset[str]] = {
    "ack": frozenset({states.ASSIGNED}),
    "start": frozenset({states.ASSIGNED, states.ACKNOWLEDGED}),
    "done": frozenset({states.ASSIGNED, states.ACKNOWLEDGED, states.UNDER_WAY}),
    "change": TASK_OPEN,
    "cancel": TASK_OPEN,
}
"""verb → the states from which it may be done."""


@dataclass(frozen=True, slots=True)
class Running:
    """A response with its tasks, as locked."""

    linkage: Linkage
    tasks: Mapping[str, Task]

    def task(self, ident: str, verb: str) -> Task:
        """A task that this may be done to. Raises MoveNotAllowed."""
        task = self.tasks[ident]
        if task.status not in TASK_MOVES[verb]:
            raise MoveNotAllowed(verb=f"task.{verb}", status=task.status, allowed=allowed(task))
        return task


def allowed(task: Task) -> list[str]:
    return [verb for verb, from_ in TASK_MOVES.items() if task.status in from_]


def activate(
    h: Hearing, incident: Incident, plan: Plan, version: int, level: int, commander: str, new_id: NewId
) -> list[Draft]:
    """启动: `commander` is the person who commands. Raises MoveNotAllowed, ResponseRunning, NoSuchStage."""
    if incident.status in ENDED:
        raise MoveNotAllowed(verb="activate", status=incident.status, allowed=[])
    if incident.linkage:
        raise ResponseRunning(incident=incident.id, number=incident.number, linkage=incident.linkage)
    office = commander_at(plan, level, incident.area)
    tasks = _set_out(plan.tasks_at(level), {}, incident.area, h.at, new_id)
    body = m.PlanActivated(
        incident=incident.id, number=incident.number, title=incident.title, plan=plan.code,
        plan_name=plan.name, plan_name_en=plan.name_en, plan_version=version, level=level,
        commander=office, commander_name=commander, lon=incident.lon, lat=incident.lat, tasks=tasks,
        offices=_owners(tasks),
    )  # fmt: skip
    return [Draft(body, subject=new_id(), area=incident.area, occurred_at=h.at)]


def stage_of(plan: Plan, level: int) -> Stage:
    """Raises NoSuchStage."""
    stage = plan.stage(level)
    if stage is None:
        raise NoSuchStage(plan=plan.name, level=level, known=[one.level for one in plan.stages])
    return stage


def commander_at(plan: Plan, level: int, area: str) -> str:
    """The office that commands at a level. Raises NoSuchStage."""
    return office_of(stage_of(plan, level).commander, area)


def _set_out(
    planned: Sequence[Planned], known: Mapping[str, Task], area: str, at: datetime, new_id: NewId
) -> tuple[m.TaskSet, ...]:
    """Tasks as they are given now; `known` are those that run already, by their code in the plan."""
    ids = {one.code: one.id for one in known.values()} | {one.code: new_id() for one in planned}
    over = {code for code, one in known.items() if one.status not in TASK_OPEN}
    return tuple(_given(one, ids, over, area, at) for one in planned)


def _given(one: Planned, ids: Mapping[str, str], over: Collection[str], area: str, at: datetime) -> m.TaskSet:
    ack_s = one.ack_min * 60
    before = [code for code in one.after if code in ids]
    waits = any(code not in over for code in before)
    return m.TaskSet(
        id=ids[one.code], code=one.code, phase=one.phase, title=one.title, title_en=one.title_en,
        owner=office_of(one.owner, area), ack_s=ack_s, due_s=one.due_min * 60,
        after=tuple(ids[code] for code in before), reports=one.reports,
        due=None if waits else _due(ACK, at, ack_s),
    )  # fmt: skip


def _owners(tasks: Iterable[m.TaskSet]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.owner for one in tasks))


def _due(step: str, since: datetime, seconds: float) -> Due:
    end, near = since + timedelta(seconds=seconds), since + timedelta(seconds=seconds * NEAR)
    return Due(step=step, due_at=end, total_s=seconds, near_at=near)


def _about(linkage: Linkage, body: Body, at: datetime) -> Draft:
    return Draft(body, subject=linkage.id, area=linkage.area, occurred_at=at)


# --- tasks ----------------------------------------------------------------------------------------------


def acknowledge(h: Hearing, of: Running, ident: str) -> list[Draft]:
    """签收: the clock of the task itself shows now. Raises NotYourTask, MoveNotAllowed."""
    task = _own(h.by, of, ident, "ack")
    body = m.TaskAcknowledged(task=ident, office=task.owner, due=_rest(task, h.at))
    return [_about(of.linkage, body, h.at)]


def start(h: Hearing, of: Running, ident: str) -> list[Draft]:
    """开始办理. Raises NotYourTask, MoveNotAllowed."""
    task = _own(h.by, of, ident, "start")
    return [_about(of.linkage, m.TaskStarted(task=ident, office=task.owner, due=_rest(task, h.at)), h.at)]


def finish(h: Hearing, of: Running, ident: str, text: str) -> list[Draft]:
    """完成: what waited for it alone begins. Raises NotYourTask, MoveNotAllowed."""
    task = _own(h.by, of, ident, "done")
    done = _about(of.linkage, m.TaskDone(task=ident, office=task.owner, text=text), h.at)
    return [done, *_begin(h.at, of, {ident})]


def _rest(task: Task, at: datetime) -> Due:
    return _due(DONE, task.assigned_at or at, task.due_s)


def _own(by: Principal, of: Running, ident: str, verb: str) -> Task:
    task = of.task(ident, verb)
    if not (covers(by, task.owner) or _commands(by, of.linkage)):
        raise NotYourTask(owner=task.owner)
    return task


def _begin(at: datetime, of: Running, over: set[str]) -> list[Draft]:
    """The tasks that wait for nothing any more, once those of `over` are."""
    ended = over | {ident for ident, one in of.tasks.items() if one.status not in TASK_OPEN}
    ready = [
        one
        for one in of.tasks.values()
        if one.status == states.WAITING and one.id not in over and ended.issuperset(one.after)
    ]
    if not ready:
        return []
    begun = tuple(m.TaskBegun(task=one.id, due=_due(ACK, at, one.ack_s)) for one in ready)
    offices = tuple(dict.fromkeys(one.owner for one in ready))
    return [_about(of.linkage, m.TasksBegun(tasks=begun, offices=offices), at)]


# --- command --------------------------------------------------------------------------------------------


def _commands(by: Principal, linkage: Linkage) -> bool:
    return covers(by, linkage.commander)


def _check_command(by: Principal, linkage: Linkage) -> None:
    if not _commands(by, linkage):
        raise NotCommander(commander=linkage.commander, name=linkage.commander_name)


def change(
    h: Hearing, of: Running, ident: str, owner: str | None, due_s: float | None, reason: str
) -> list[Draft]:
    """调整任务: another owner acknowledges anew; another time counts from when the task was assigned, and
    leaves the clock of an acknowledgement that is awaited. Raises NotCommander, MoveNotAllowed."""
    _check_command(h.by, of.linkage)
    task = of.task(ident, "change")
    new_owner, seconds = owner or task.owner, due_s or task.due_s
    due = None
    if task.status != states.WAITING and new_owner != task.owner:
        due = _due(ACK, h.at, task.ack_s)
    elif task.status in (states.ACKNOWLEDGED, states.UNDER_WAY):
        due = _due(DONE, task.assigned_at or h.at, seconds)
    body = m.TaskChanged(
        task=ident, owner=new_owner, former=task.owner, due_s=seconds, due=due, reason=reason
    )
    return [_about(of.linkage, body, h.at)]


def cancel(h: Hearing, of: Running, idents: Sequence[str], reason: str) -> list[Draft]:
    """取消任务. Raises NotCommander, MoveNotAllowed."""
    _check_command(h.by, of.linkage)
    for ident in idents:
        of.task(ident, "cancel")
    return _cancelled(h.at, of, idents, reason)


def _cancelled(at: datetime, of: Running, idents: Sequence[str], reason: str) -> list[Draft]:
    if not idents:
        return []
    body = m.TasksCancelled(tasks=tuple(idents), reason=reason)
    return [_about(of.linkage, body, at), *_begin(at, of, set(idents))]


def add(h: Hearing, of: Running, planned: Sequence[Planned], reason: str, new_id: NewId) -> list[Draft]:
    """追加任务, each with a code that the response does not have yet. Raises NotCommander."""
    _check_command(h.by, of.linkage)
    return _added(h.at, of, planned, reason, new_id)


def _added(at: datetime, of: Running, planned: Sequence[Planned], reason: str, new_id: NewId) -> list[Draft]:
    by_code = {one.code: one for one in of.tasks.values()}
    fresh = [
        one
        for one in planned
        if one.code not in by_code or by_code[one.code].status == states.CANCELLED  # by a milder level
    ]
    if not fresh:
        return []
    again = {one.code for one in fresh}
    known = {code: one for code, one in by_code.items() if code not in again}
    tasks = _set_out(fresh, known, of.linkage.area, at, new_id)
    return [_about(of.linkage, m.TasksAdded(tasks=tasks, offices=_owners(tasks), reason=reason), at)]


def hand_over(h: Hearing, of: Running, office: str, name: str, reason: str) -> list[Draft]:
    """移交指挥. Raises NotCommander."""
    _check_command(h.by, of.linkage)
    return [_about(of.linkage, m.CommandHandedOver(office=office, name=name, reason=reason), h.at)]


def change_level(h: Hearing, of: Running, plan: Plan, level: int, reason: str, new_id: NewId) -> list[Draft]:
    """升级 or 降级: a graver level adds its tasks and passes command to the office that its stage names, a
    milder one cancels the tasks that were its alone and are not done; command stays, and so does what is on
    the way. Raises NotCommander, NoSuchStage, LevelUnchanged."""
    _check_command(h.by, of.linkage)
    before = of.linkage.level
    if level == before:
        raise LevelUnchanged(level=level)
    stage_of(plan, level)
    changed = _about(of.linkage, m.ResponseLevelChanged(level=level, before=before, reason=reason), h.at)
    if level < before:
        added = _added(h.at, of, plan.raised(before, level), reason, new_id)
        return [changed, *_rises(h, of.linkage, plan, level, reason), *added]
    gone = {one.code for one in plan.raised(level, before)}
    idents = [one.id for one in of.tasks.values() if one.code in gone and one.status in TASK_OPEN]
    return [changed, *_cancelled(h.at, of, idents, reason)]


def _rises(h: Hearing, linkage: Linkage, plan: Plan, level: int, reason: str) -> list[Draft]:
    """Command goes up where the plan names another office for the graver level; the person commands on until
    that office names one."""
    office = commander_at(plan, level, linkage.area)
    same = plan.stage(linkage.level) and office == commander_at(plan, linkage.level, linkage.area)
    if same or office == linkage.commander:
        return []
    body = m.CommandHandedOver(office=office, name=linkage.commander_name, reason=reason)
    return [_about(linkage, body, h.at)]


def move(linkage: Linkage, at: datetime, to: IncidentRelocated) -> list[Draft]:
    """改址 of its incident."""
    body = m.ResponseMoved(lon=to.lon, lat=to.lat, place=to.place, commander=linkage.commander)
    return [Draft(body, subject=linkage.id, area=to.area, occurred_at=at)]


# --- shelters -------------------------------------------------------------------------------------------


def refuge(of: Running, ident: str) -> Refuge:
    """An open shelter of the response. Raises NotFound."""
    found = next((one for one in of.linkage.means.shelters if one.id == ident), None)
    if found is None:
        raise NotFound(kind="shelter", id=ident)
    return found


def open_shelter(h: Hearing, of: Running, body: m.ShelterOpened) -> list[Draft]:
    """开放. Raises NotCommander, MoveNotAllowed for one that is open."""
    _check_command(h.by, of.linkage)
    if any(one.id == body.shelter for one in of.linkage.means.shelters):
        raise MoveNotAllowed(verb="shelter.open", status="open", allowed=["fill", "close"])
    return [_about(of.linkage, body, h.at)]


def fill_shelter(h: Hearing, of: Running, ident: str, persons: int, room: int) -> list[Draft]:
    """入住, told by its own desk or whoever takes part; `room` is what it holds for this response.

    Raises NotFound, NotYourTask, ShelterFull.
    """
    one = refuge(of, ident)
    desk = f"@{one.area}"
    if not any(covers(h.by, office) for office in (desk, *of.linkage.offices)):
        raise NotYourTask(owner=desk)
    if persons > room:
        raise ShelterFull(name=one.name, persons=persons, free=room)
    return [_about(of.linkage, m.ShelterFilled(shelter=ident, name=one.name, persons=persons), h.at)]


def close_shelter(h: Hearing, of: Running, ident: str) -> list[Draft]:
    """关闭: the fact tells how many were still in it. Raises NotFound, NotCommander."""
    _check_command(h.by, of.linkage)
    return [_about(of.linkage, shut(refuge(of, ident)), h.at)]


def shut(one: Refuge) -> m.ShelterClosed:
    return m.ShelterClosed(shelter=one.id, name=one.name, persons=one.used)


def draw_zone(h: Hearing, of: Running, shape: Shape, ring: m.Ring, area_m2: float) -> list[Draft]:
    """划定影响范围. Raises NotCommander."""
    _check_command(h.by, of.linkage)
    return [_about(of.linkage, m.ZoneDrawn(shape=shape, ring=ring, area_m2=area_m2), h.at)]


def end(h: Hearing, of: Running, reason: str) -> list[Draft]:
    """终止响应: what is open is cancelled. Raises NotCommander."""
    _check_command(h.by, of.linkage)
    still = [one.id for one in of.tasks.values() if one.status in TASK_OPEN]
    done = sum(one.status == states.DONE for one in of.tasks.values())
    cancelled = len(of.tasks) - done
    drafts = [_about(of.linkage, m.TasksCancelled(tasks=tuple(still), reason=reason), h.at)] if still else []
    body = m.ResponseEnded(
        incident=of.linkage.incident, reason=reason, done=done, cancelled=cancelled,
        offices=of.linkage.offices,
    )  # fmt: skip
    return [*drafts, _about(of.linkage, body, h.at)]


# --- clocks ---------------------------------------------------------------------------------------------


def next_mark(task: Task) -> datetime | None:
    """When a task's clock says something by itself; None where it has said all, or none runs."""
    clock = task.clock
    if clock is None or task.ended_at:
        return None
    if clock.state == "over":
        whole = _whole(task)
        return whole.due_at if whole else None
    return near_at(clock) if clock.state == "running" else clock.due_at


def _whole(task: Task) -> Due | None:
    """The clock of a task as a whole where that of its acknowledgement ran out."""
    if task.clock is None or task.clock.step != ACK or task.assigned_at is None:
        return None
    return _due(DONE, task.assigned_at, task.due_s)


def fall_due(linkage: Linkage, task: Task, at: datetime) -> list[Draft]:
    """What has fallen due by now; whoever looks late is told of both."""
    clock = task.clock
    if clock is None or task.status not in TASK_OPEN or clock.step not in (ACK, DONE):
        return []
    step: Step = "task_ack" if clock.step == ACK else "task_done"
    said: dict[str, Any] = {"task": task.id, "title": task.title, "office": task.owner, "step": step}
    drafts = []
    if clock.state == "running" and near_at(clock) <= at:
        drafts.append(_about(linkage, m.TaskNeared(**said), at))
    if clock.state in ("running", "near") and clock.due_at <= at:
        drafts.append(_about(linkage, m.TaskMissed(**said, commander=linkage.commander), at))
    whole = _whole(task)
    if whole and clock.due_at <= at and whole.due_at <= at:
        said["step"] = "task_done"
        drafts.append(_about(linkage, m.TaskMissed(**said, commander=linkage.commander, due=whole), at))
    return drafts
