"""应急响应: a plan activated for an incident, its tasks, its command, its end. What a verb decides is
`core.linkage`'s."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select
from ulid import ULID

from actions import activation, means_found, means_shown, refuges
from actions.access import Wanted as Sought
from actions.access import require_seen
from actions.cases import check_offices
from actions.commands import Code, Ring, Timed, Words
from actions.means_found import Wanted
from actions.plans import approved_plan, plan_at
from actions.queries import check_read, read_incident
from actions.response_warnings import adjust_in
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import linkage
from core.envelope import Draft
from core.errors import InvalidInput, NotFound
from core.features import feature
from core.hearing import Hearing
from core.linkage import Running, Shape
from core.linkage_model import Linkage
from core.means import Accepted
from core.model import Incident
from core.permissions import Principal, Scope, visible
from core.plans import Minutes, Owner, Parts, Plan, Task, office_of
from core.serial import linkage_of, task_of
from db import projection
from db.projection import Needs
from db.tables import incident as incident_table
from db.tables_linkage import linkage as linkage_table
from db.tables_linkage import task as task_table
from geo import rings

Name = Annotated[str, Field(min_length=1, max_length=40)]
Office = Annotated[str, Field(pattern=r"^[a-z_]*@\d{0,20}$")]


class Gap(BaseModel):
    """A shortfall of the preview, handed back: it is accepted that so much is missing."""

    model_config = ConfigDict(frozen=True)
    kind: Code
    what: Code
    missing: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


Gaps = Annotated[tuple[Gap, ...], Field(max_length=200)]


class ActivateCommand(Timed):
    """启动响应 at one level; `commander` names the person, if not who asks; `accept_shortfalls` are those of
    the preview."""

    incident: Code
    level: Annotated[int, Field(ge=1, le=4)]
    commander: Name | None = None
    accept_shortfalls: Gaps = ()


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
    accept_shortfalls: Gaps = ()


class OpenShelterCommand(Timed):
    """开放 one more shelter, for so many persons."""

    shelter: Code
    places: Annotated[int, Field(ge=1, le=1_000_000)]


class FillShelterCommand(Timed):
    """入住: so many are in it now."""

    shelter: Code
    persons: Annotated[int, Field(ge=0, le=1_000_000)]


class CloseShelterCommand(Timed):
    shelter: Code


class ZoneCommand(Timed):
    """划定影响范围: a closed ring of lon/lat in degrees; left out, the zone is taken away."""

    shape: Shape
    ring: Ring | None = None


class EndCommand(Timed):
    reason: Words


# --- activation -----------------------------------------------------------------------------------------


def activate(services: Services, call: Call, code: str, command: ActivateCommand) -> Answer:
    """启动: every task of the level in one fact, and with it units, stock, shelters, cordons and warnings:
    all that the preview told, or nothing. Of two who activate at once, one does; the other is told.

    Raises NotFound (incident, approved plan), MeansMissing (naming what is missing and was not accepted), and
    what `core.linkage.activate` refuses.
    """
    needs = Needs(incidents=(command.incident,))
    return activation.settled(
        lambda: perform(services, call, "plan.activate", lambda tx: _activate(tx, code, command), needs)
    )


def _activate(tx: Transaction, code: str, command: ActivateCommand) -> Answer:
    incident = tx.incident(command.incident)
    version, plan = approved_plan(tx.conn, code)
    name = command.commander or tx.call.principal.name
    drafts = linkage.activate(tx.hearing(), incident, plan, version, command.level, name, _new_id)
    found = means_found.find(_wanted_in(tx, incident, plan.parts(command.level)))
    means_found.check_accepted(found, _accepted(command.accept_shortfalls))
    tx.append(drafts)
    ident = drafts[0].subject
    activation.send(tx, tx.board.linkages[ident], tx.board.incidents[incident.id], found)
    started = tx.board.linkages[ident]
    told = {"tasks": len(started.tasks), "offices": list(started.offices)}
    return {**_answer(started), **told, **means_shown.as_json(found)}


def _wanted_in(tx: Transaction, incident: Incident, parts: Parts, of: Linkage | None = None) -> Wanted:
    """To be found under locks."""
    who = tx.call
    zone = of.zone if of else None
    return Wanted(tx.services, tx.conn, who.principal, who.realm, incident, parts, zone, of, tx)


def _accepted(gaps: Gaps) -> list[Accepted]:
    return [Accepted(one.kind, one.what, one.missing) for one in gaps]


def preview(
    services: Services, principal: Principal, realm: str, ident: str, code: str, level: int
) -> dict[str, Any]:
    """What a click would set moving now, and what is missing for it; nothing is locked, nothing is written.

    {plan, version, level, commander, tasks, offices, units, supplies, shelters, closures, broadcasts,
    shortfalls}: the shortfalls are handed back with the click. Raises NotFound, NoSuchStage.
    """
    incident = read_incident(services, principal, realm, ident)
    with services.engine.connect() as conn:
        version, plan = approved_plan(conn, code)
        commander = linkage.commander_at(plan, level, incident.area)
        parts = plan.parts(level)
        wanted = Wanted(services, conn, principal, realm, incident, parts)
        told = means_shown.shown(wanted, means_found.find(wanted))
    about = {"plan": code, "version": version, "level": level, "commander": commander}
    return about | _called(parts, incident.area, commander) | told


def _called(parts: Parts, area: str, commander: str) -> dict[str, Any]:
    owners = {task.code: office_of(task.owner, area) for task in parts.tasks}
    tasks = [means_shown.task_json(task, owners[task.code]) for task in parts.tasks]
    return {"tasks": tasks, "offices": list(dict.fromkeys((commander, *owners.values())))}


def preview_level(
    services: Services, principal: Principal, realm: str, ident: str, level: int
) -> dict[str, Any]:
    """The same for raising a response that runs: what comes on top. Raises NotFound, NoSuchStage."""
    check_read(principal, realm)
    query = select(linkage_table.c.doc).where(linkage_table.c.realm == realm, linkage_table.c.id == ident)
    with services.engine.connect() as conn:
        doc = conn.scalar(query.where(linkage_table.c.ended_at.is_(None)))
    held = require_seen(
        services, principal, Sought("linkage", ident, realm), linkage_of(doc) if doc else None,
        lambda one: one.area,
        lambda one: visible(Scope.of(principal), one.area, one.offices, sensitive=one.sensitive),
    )  # fmt: skip
    incident = read_incident(services, principal, realm, held.incident)
    with services.engine.connect() as conn:
        plan = plan_at(conn, held.plan, held.plan_version)
        commander = linkage.commander_at(plan, level, held.area)
        parts = _on_top(plan, held, level)
        wanted = Wanted(services, conn, principal, realm, incident, parts, held.zone, held)
        told = means_shown.shown(wanted, means_found.find(wanted))
    about = {"plan": held.plan, "version": held.plan_version, "level": level, "commander": commander}
    return about | _called(parts, held.area, commander) | told


def _on_top(plan: Plan, of: Linkage, level: int) -> Parts:
    """What a level adds to the gravest that the response ever stood at, whose means are with it already; its
    warnings were lifted when it was lowered."""
    means = plan.parts(level, before=of.reached or of.level)
    return means._replace(broadcasts=plan.parts(level, before=of.level).broadcasts)


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
        if verb == "command" and incident in tx.board.incidents:  # what it has sent, before itself
            tx.lock(Needs(assignments=tx.board.incidents[incident].assignments))
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
    """升级 brings what the graver level sets moving, as `activate` does; 降级 leaves what is on the way. The
    warnings are adjusted to the level.

    Raises NotFound, NotCommander, NoSuchStage, LevelUnchanged, MeansMissing.
    """

    def decide(tx: Transaction, of: Running) -> list[Draft]:
        plan = plan_at(tx.conn, of.linkage.plan, of.linkage.plan_version)
        drafts = linkage.change_level(tx.hearing(), of, plan, command.level, command.reason, _new_id)
        parts = _on_top(plan, of.linkage, command.level)
        incident = tx.board.incidents[of.linkage.incident]
        found = means_found.find(_wanted_in(tx, incident, parts, of.linkage))
        means_found.check_accepted(found, _accepted(command.accept_shortfalls))
        tx.append(drafts)
        after = tx.board.linkages[ident]
        tx.append(adjust_in(tx, after, of.linkage.level, plan, command.reason))
        activation.send(tx, after, tx.board.incidents[incident.id], found)
        return []

    return activation.settled(lambda: _act(services, call, ident, "command", decide))


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


def open_shelter(services: Services, call: Call, ident: str, command: OpenShelterCommand) -> Answer:
    """开放避难场所. Raises NotFound, NotCommander, MoveNotAllowed, ShelterFull."""

    def decide(tx: Transaction, of: Running) -> list[Draft]:
        body = refuges.shelter_to_open(tx, command.shelter, command.places)
        return linkage.open_shelter(tx.hearing(), of, body)

    return _act(services, call, ident, "command", decide)


def fill_shelter(services: Services, call: Call, ident: str, command: FillShelterCommand) -> Answer:
    """入住. Raises NotFound, NotYourTask, ShelterFull."""

    def decide(tx: Transaction, of: Running) -> list[Draft]:
        room = refuges.room_in(tx, of.linkage, command.shelter)
        return linkage.fill_shelter(tx.hearing(), of, command.shelter, command.persons, room)

    return _act(services, call, ident, "task", decide)


def close_shelter(services: Services, call: Call, ident: str, command: CloseShelterCommand) -> Answer:
    """关闭避难场所. Raises NotFound, NotCommander."""
    return _act(
        services, call, ident, "command",
        lambda tx, of: linkage.close_shelter(tx.hearing(), of, command.shelter),
    )  # fmt: skip


def end(services: Services, call: Call, ident: str, command: EndCommand) -> Answer:
    """终止响应: what is open is cancelled, and everything that the response set moving is let go of.

    Raises NotFound, NotCommander.
    """

    def decide(tx: Transaction, of: Running) -> list[Draft]:
        ended = linkage.end(tx.hearing(), of, command.reason)
        return [*activation.let_go(tx, of.linkage, command.reason), *ended]

    return _act(services, call, ident, "command", decide)


COMMANDS: dict[str, tuple[type[Timed], Callable[[Services, Call, str, Any], Answer]]] = {
    "add": (AddCommand, add_task),
    "hand_over": (HandOverCommand, hand_over),
    "level": (LevelCommand, change_level),
    "zone": (ZoneCommand, draw_zone),
    "open_shelter": (OpenShelterCommand, open_shelter),
    "fill_shelter": (FillShelterCommand, fill_shelter),
    "close_shelter": (CloseShelterCommand, close_shelter),
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
        hidden = _is_sensitive(conn, realm, doc["incident"]) if doc else False
        rows = conn.scalars(
            select(task_table.c.doc).where(task_table.c.realm == realm, task_table.c.linkage == ident)
        )
        tasks = {one["id"]: task_of(one) for one in rows}
    held = require_seen(
        services, principal, Sought("linkage", ident, realm), linkage_of(doc) if doc else None,
        lambda one: one.area,
        lambda one: visible(Scope.of(principal), one.area, one.offices, sensitive=hidden),
    )  # fmt: skip
    shown = [feature(tasks[one])["properties"] | {"id": one} for one in held.tasks if one in tasks]
    return {**feature(held), "ended_at": held.ended_at, "tasks": shown}


def _is_sensitive(conn: Connection, realm: str, incident: str) -> bool:
    """By the incident: a response that is over is not told when it becomes so."""
    where = incident_table.c.realm == realm, incident_table.c.id == incident
    return bool(conn.scalar(select(incident_table.c.sensitive).where(*where)))
