"""应急响应: a plan activated for an incident, its tasks, its command, its end. What a verb decides is
`core.linkage`'s."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import select
from ulid import ULID

from actions.access import Wanted, require_seen
from actions.cases import check_offices
from actions.commands import Code, Ring, Timed, Words
from actions.plans import approved_plan, plan_at
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import linkage
from core.envelope import Draft
from core.errors import InvalidInput, NotFound
from core.features import feature
from core.hearing import Hearing
from core.linkage import Running, Shape
from core.linkage_model import Linkage
from core.permissions import Principal, Scope, visible
from core.plans import Minutes, Owner, Task
from core.serial import linkage_of, task_of
from db import projection
from db.projection import Needs
from db.tables_linkage import linkage as linkage_table
from db.tables_linkage import task as task_table
from geo import rings

Name = Annotated[str, Field(min_length=1, max_length=40)]
Office = Annotated[str, Field(pattern=r"^[a-z_]*@\d{0,20}$")]


class ActivateCommand(Timed):
    """启动响应 at one level; `commander` names the person, if not who asks."""

    incident: Code
    level: Annotated[int, Field(ge=1, le=4)]
    commander: Name | None = None


class TaskCommand(Timed):
    """`text`: what was done; `reason`, `owner`, `due_min`: what the commander changes, and why."""

    text: Words | None = None
    reason: Words | None = None
    owner: Office | None = None
    due_min: Minutes | None = None


class AddCommand(Timed):
    """追加任务, in the manner of a plan's."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    owner: Owner
    ack_min: Minutes = 10.0
    due_min: Minutes
    reason: Words


class HandOverCommand(Timed):
    office: Office
    name: Name
    reason: Words


class LevelCommand(Timed):
    level: Annotated[int, Field(ge=1, le=4)]
    reason: Words


class ZoneCommand(Timed):
    """划定影响范围: a closed ring of lon/lat in degrees; left out, the zone is taken away."""

    shape: Shape
    ring: Ring | None = None


class EndCommand(Timed):
    reason: Words


# --- activation -----------------------------------------------------------------------------------------


def activate(services: Services, call: Call, code: str, command: ActivateCommand) -> Answer:
    """启动: every task of the level in one fact. Of two who activate at once, one does; the other is told.

    Raises NotFound (incident, approved plan), and what `core.linkage.activate` refuses.
    """
    needs = Needs(incidents=(command.incident,))
    return perform(services, call, "plan.activate", lambda tx: _activate(tx, code, command), needs)


def _activate(tx: Transaction, code: str, command: ActivateCommand) -> Answer:
    incident = tx.incident(command.incident)
    version, plan = approved_plan(tx.conn, code)
    name = command.commander or tx.call.principal.name
    drafts = linkage.activate(tx.hearing(), incident, plan, version, command.level, name, _new_id)
    tx.append(drafts)
    started = tx.board.linkages[drafts[0].subject]
    return {**_answer(started), "tasks": len(started.tasks), "offices": list(started.offices)}


def _new_id() -> str:
    return str(ULID())


def _answer(of: Linkage) -> Answer:
    return {"seq": of.version, "linkage": of.id, "level": of.level, "status": "running"}


# --- what is done to a response ---------------------------------------------------------------------------

Decide = Callable[[Transaction, Running], list[Draft]]


def _act(services: Services, call: Call, ident: str, verb: str, decide: Decide) -> Answer:
    """One verb on a running response; the incident is locked before it, as everywhere."""
    with services.engine.connect() as conn:
        incident = conn.scalar(
            select(linkage_table.c.incident).where(
                linkage_table.c.realm == call.realm, linkage_table.c.id == ident
            )
        )

    def within(tx: Transaction) -> Answer:
        of = _running(tx, ident)
        tx.append(decide(tx, of))
        held = tx.board.linkages.get(ident)
        return _answer(held) if held else {"seq": tx.board.seq, "linkage": ident, "status": "ended"}

    return perform(services, call, verb, within, Needs(incidents=(incident,) if incident else ()))


def _running(tx: Transaction, ident: str) -> Running:
    """The response, locked, in scope. Raises NotFound."""
    projection.lock_linkage(tx.conn, tx.board, ident)
    held = tx.board.linkages.get(ident)
    if held is None or not visible(Scope.of(tx.call.principal), held.area, held.offices):
        raise NotFound(kind="linkage", id=ident)
    tx.check_version(held)
    return Running(held, {one: tx.board.tasks[one] for one in held.tasks if one in tx.board.tasks})


TaskVerb = Literal["ack", "start", "done", "change", "cancel"]


def act_on_task(
    services: Services, call: Call, ident: str, task: str, verb: TaskVerb, command: TaskCommand
) -> Answer:
    """签收, 开始办理, 完成; by the commander 调整, 取消.

    Raises NotFound, UnknownOffice, InvalidInput (a text or reason is missing), and what `core.linkage`
    refuses.
    """
    check_offices(services, [command.owner] if command.owner else [])
    need = {"done": "text", "change": "reason", "cancel": "reason"}.get(verb)
    if need and not getattr(command, need):
        raise InvalidInput(pointer=f"/{need}", detail="required")
    right = "command" if verb in ("change", "cancel") else "task"
    return _act(services, call, ident, right, lambda tx, of: _on_task(tx.hearing(), of, task, verb, command))


def _on_task(h: Hearing, of: Running, task: str, verb: TaskVerb, command: TaskCommand) -> list[Draft]:
    if task not in of.tasks:
        raise NotFound(kind="task", id=task)
    if verb == "ack":
        return linkage.acknowledge(h, of, task)
    if verb == "start":
        return linkage.start(h, of, task)
    if verb == "done":
        return linkage.finish(h, of, task, command.text or "")
    if verb == "cancel":
        return linkage.cancel(h, of, [task], command.reason or "")
    due_s = command.due_min * 60 if command.due_min else None
    return linkage.change(h, of, task, command.owner, due_s, command.reason or "")


def add_task(services: Services, call: Call, ident: str, command: AddCommand) -> Answer:
    """追加任务. Raises NotFound, UnknownOffice, NotCommander."""
    check_offices(services, [command.owner.partition("@")[0] + "@"])  # its place is the incident's
    code = f"t{_new_id().lower()}"
    planned = Task(
        code=code, phase="added", title=command.title, title_en=command.title, owner=command.owner,
        ack_min=command.ack_min, due_min=command.due_min,
    )  # fmt: skip
    return _act(
        services, call, ident, "command",
        lambda tx, of: linkage.add(tx.hearing(), of, [planned], command.reason, _new_id),
    )  # fmt: skip


def hand_over(services: Services, call: Call, ident: str, command: HandOverCommand) -> Answer:
    """移交指挥. Raises NotFound, UnknownOffice, NotCommander."""
    check_offices(services, [command.office])
    return _act(
        services, call, ident, "command",
        lambda tx, of: linkage.hand_over(tx.hearing(), of, command.office, command.name, command.reason),
    )  # fmt: skip


def change_level(services: Services, call: Call, ident: str, command: LevelCommand) -> Answer:
    """升级, 降级. Raises NotFound, NotCommander, NoSuchStage, LevelUnchanged."""

    def decide(tx: Transaction, of: Running) -> list[Draft]:
        plan = plan_at(tx.conn, of.linkage.plan, of.linkage.plan_version)
        return linkage.change_level(tx.hearing(), of, plan, command.level, command.reason, _new_id)

    return _act(services, call, ident, "command", decide)


def draw_zone(services: Services, call: Call, ident: str, command: ZoneCommand) -> Answer:
    """划定影响范围. Raises NotFound, NotCommander, InvalidInput."""
    ring = command.ring or ()
    if ring and (reason := rings.fault(ring)):
        raise InvalidInput(pointer="/ring", detail=reason)
    area_m2 = float(round(rings.area_m2(ring))) if ring else 0.0
    return _act(
        services, call, ident, "command",
        lambda tx, of: linkage.draw_zone(tx.hearing(), of, command.shape, ring, area_m2),
    )  # fmt: skip


def end(services: Services, call: Call, ident: str, command: EndCommand) -> Answer:
    """终止响应: what is open is cancelled. Raises NotFound, NotCommander."""
    return _act(
        services, call, ident, "command", lambda tx, of: linkage.end(tx.hearing(), of, command.reason)
    )


COMMANDS: dict[str, tuple[type[Timed], Callable[[Services, Call, str, Any], Answer]]] = {
    "add": (AddCommand, add_task),
    "hand_over": (HandOverCommand, hand_over),
    "level": (LevelCommand, change_level),
    "zone": (ZoneCommand, draw_zone),
    "end": (EndCommand, end),
}
"""verb → what it is given, and what does it."""


def fall_due(tx: Transaction, ident: str, task: str) -> list[Draft]:
    """What a task's clock says now; nothing where it moved on meanwhile."""
    if ident not in tx.board.linkages:
        projection.lock_linkage(tx.conn, tx.board, ident)
    of, held = tx.board.linkages.get(ident), tx.board.tasks.get(task)
    return linkage.fall_due(of, held, tx.now) if of and held else []


# --- reading --------------------------------------------------------------------------------------------


def read_linkage(services: Services, principal: Principal, realm: str, ident: str) -> dict[str, Any]:
    """A response, also one that is over, with its tasks in their order. Raises NotFound; a foreign one is
    logged as denied."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        query = select(linkage_table.c.doc).where(linkage_table.c.realm == realm, linkage_table.c.id == ident)
        doc = conn.scalar(query)
        rows = conn.scalars(
            select(task_table.c.doc).where(task_table.c.realm == realm, task_table.c.linkage == ident)
        )
        tasks = {one["id"]: task_of(one) for one in rows}
    held = require_seen(
        services, principal, Wanted("linkage", ident, realm), linkage_of(doc) if doc else None,
        lambda one: one.area, lambda one: visible(Scope.of(principal), one.area, one.offices),
    )  # fmt: skip
    shown = [feature(tasks[one])["properties"] | {"id": one} for one in held.tasks if one in tasks]
    return {**feature(held), "ended_at": held.ended_at, "tasks": shown}
