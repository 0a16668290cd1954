"""机器参演: the plan that is put to the test, its tasks, goods and end. Pure; see `core.drill_player`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core import linkage_model as states
from core.drill_player import Move, Player, Seen, desk_of, player_of, speaking, wants
from core.drill_player_reports import asked
from core.drill_script import Inject, Supplement
from core.linkage_model import Linkage, Task
from core.model import OPEN, Incident


def of_responses(seen: Seen) -> Iterator[Move]:
    """启动, 升级, 物资出库 and 终止, and every task of what runs."""
    yield from _activated(seen)
    for of in seen.linkages.values():
        incident = seen.incidents.get(of.incident)
        if of.ended_at or incident is None:
            continue
        commander = player_of(seen.drill, of.commander)
        yield from _raised(seen, of, incident)
        if commander:
            yield from _ended(seen, of, commander)
        yield from _issued(seen, of)
        for task in seen.tasks:
            if task.linkage == of.id:
                yield from _done(seen, task)


def _activated(seen: Seen) -> Iterator[Move]:
    """The script's plan, once, for the first incident that calls for it."""
    plan = seen.drill.script.plan
    if any(one.plan == plan for one in seen.linkages.values()):
        return
    calling = [(one, level) for one in seen.incidents.values() if (level := _level(seen, one, plan))]
    if not calling:
        return
    incident, level = min(calling, key=lambda pair: (pair[0].reported_at, pair[0].id))
    origin = next((inject for inject, _ in seen.about(incident.id)), None)
    desk = desk_of(seen.drill, incident.area, origin.target if origin else "")
    if desk:
        due = seen.after("activate", incident.reported_at, desk, plan)
        args = {"plan": plan, "level": level}
        yield Move(f"activate:{incident.id}", desk, "activate", incident.id, due, args)


def _level(seen: Seen, incident: Incident, plan: str) -> int | None:
    """At which it calls for a plan; None where it does not, or repeats another one."""
    if incident.status not in OPEN or incident.linkage or incident.id in seen.twins:
        return None
    return next((one.level for one in incident.proposed if one.plan == plan), None)


def _raised(seen: Seen, of: Linkage, incident: Incident) -> Iterator[Move]:
    """升级 to the level that the incident has come to, by whom that was told, else by who commands."""
    if incident.severity >= of.level:
        return
    since, seat = of.started_at, ""
    for inject, came in seen.about(incident.id):
        if isinstance(inject.act, Supplement) and inject.act.severity == incident.severity:
            since, seat = max(since, came.at), inject.target
    player = speaking(seen.drill, seat, of.commander)
    if player:
        due = seen.after("raise", since, player, incident.severity)
        key = f"raise:{of.id}:{incident.severity}"
        yield Move(key, player, "raise", of.id, due, {"level": incident.severity})


def _ended(seen: Seen, of: Linkage, player: Player) -> Iterator[Move]:
    """终止: before the 终报 that was asked for; else when the script has no more to bring."""
    final = [since for inject, since, stage in asked(seen, of.incident) if stage == "final"]
    if final:
        due = seen.after("end", min(final), player, of.plan)
    elif seen.expected():
        return
    else:
        due = seen.after("stand_down", _last(seen, of.started_at), player, of.plan)
    yield Move(f"end:{of.id}", player, "end", of.id, due)


def _last(seen: Seen, since: datetime) -> datetime:
    return max([since, *(one.at for one in seen.drill.outcomes)])


# --- goods --------------------------------------------------------------------------------------------------


def _issued(seen: Seen, of: Linkage) -> Iterator[Move]:
    """物资出库 of what is reserved; where an inject asks for it, not before."""
    if seen.awaits(of.incident, "supplies"):
        return
    asking = [(inject, came.at) for inject, came in seen.about(of.incident) if wants(inject, "supplies")]
    inject, since = asking[-1] if asking else (None, of.started_at)
    player = _giver(seen, of, inject)
    held = [(lot, lot.held_for(of.incident)) for lot in seen.lots]
    for lot, quantity in held if player else ():
        if player and quantity > 0:
            due = seen.after("issue", max(since, of.started_at), player, f"{lot.store}-{lot.item}")
            args = {"incident": of.incident, "quantity": quantity}
            yield Move(f"issue:{lot.id}:{quantity:g}", player, "issue", lot.id, due, args)


def _giver(seen: Seen, of: Linkage, inject: Inject | None) -> Player | None:
    """Whoever the inject asks, else who commands."""
    seat = seen.drill.script.seat(inject.target) if inject else None
    return player_of(seen.drill, seat.office if seat else of.commander, seat.code if seat else "")


# --- tasks --------------------------------------------------------------------------------------------------


def _done(seen: Seen, task: Task) -> Iterator[Move]:
    """签收 → 开始办理 → 完成, each in its part of the time that is given."""
    player = speaking(seen.drill, _seat(seen, task.code), task.owner)
    step = _step(seen, task, player) if player else None
    if player and step:
        verb, due = step
        yield Move(f"task_{verb}:{task.id}", player, f"task.{verb}", task.id, due, {"linkage": task.linkage})


def _seat(seen: Seen, code: str) -> str:
    """The seat that the script names with a task, "" = none."""
    naming = (
        inject.target for inject in seen.drill.script.injects
        if any(one.task == code for one in inject.indicators)
    )  # fmt: skip
    return next(naming, "")


def _step(seen: Seen, task: Task, player: Player) -> tuple[str, datetime] | None:
    if task.status == states.ASSIGNED:
        return "ack", seen.after("task_ack", task.status_since, player, task.code, task.ack_s)
    if task.status == states.ACKNOWLEDGED:
        return "start", seen.then("task_start", task.status_since, player, task.code)
    if task.status == states.UNDER_WAY:
        begun = task.assigned_at or task.status_since
        done = seen.after("task_done", begun, player, task.code, task.due_s)
        return "done", max(done, task.status_since)
    return None
