"""应急响应: a plan activated for an incident, its tasks, its command, its end. What a verb decides is
`core.linkage`'s."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from sqlalchemy import select
from ulid import ULID

from actions import activation, means_found, means_shown, refuges
from actions.cases import check_offices
from actions.commands import Timed
from actions.linkage_commands import (
    ActivateCommand,
    AddCommand,
    CloseShelterCommand,
    EndCommand,
    FillShelterCommand,
    Gaps,
    HandOverCommand,
    LevelCommand,
    OpenShelterCommand,
    TaskCommand,
    ZoneCommand,
)
from actions.linkage_reading import on_top
from actions.means_found import Wanted
from actions.plans import approved_plan, plan_at
from actions.response_warnings import adjust_in
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import linkage
from core.envelope import Draft
from core.errors import InvalidInput, NotFound
from core.hearing import Hearing
from core.linkage import Running
from core.linkage_model import Linkage
from core.means import Accepted
from core.model import Incident
from core.permissions import Scope, visible
from core.plans import Parts, Task
from db import projection
from db.projection import Needs
from db.tables_linkage import linkage as linkage_table
from geo import rings

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
        parts = on_top(plan, of.linkage, command.level)
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
