"""What a machine on a drill's seat does: each through the verb that a person would use, as who plays."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from actions import assignments, briefing, dispatch, incidents, linkage, linkage_reading, safety, stock
from actions.advice import advise
from actions.briefing import FileCommand, LossesCommand
from actions.commands import DispatchCommand, SituationCommand
from actions.letting_go import Ending
from actions.linkage_commands import ActivateCommand, EndCommand, Gap, LevelCommand, TaskCommand
from actions.offices import names_of
from actions.services import Services
from actions.stock import MoveCommand
from actions.unit_of_work import Call
from core.drill_player import Move, Player, Seen, principal_of
from core.model import Incident
from db.drill_players import kinds_of, words
from db.drills import nearest_free

_ENDS = Ending(release_units=True, settle="consumed")
_TO = ("@",)
"""Reports go to the city's command centre."""
_FASTEST = 60


class Nobody(Exception):
    """There is no unit to send."""


def do(services: Services, seen: Seen, move: Move) -> None:
    """Raises what the verb refuses, and Nobody."""
    by = principal_of(seen.drill, _named(services, move.player))
    _VERBS[move.verb](services, Call(by, realm=seen.drill.id), seen, move)


def _named(services: Services, player: Player) -> Player:
    """As the log calls it: a crew by its own name."""
    if player.unit:
        return player
    return replace(player, name=words()["name"].format(name=player.name or _office(services, player.office)))


def _office(services: Services, office: str) -> str:
    name = names_of(services.reference, [office])[office]
    return f"{name.area or ''}{name.department[0] if name.department else ''}" or office


# --- forces -------------------------------------------------------------------------------------------------


def _dispatch(services: Services, call: Call, seen: Seen, move: Move) -> None:
    """The set that is advised first. Raises Nobody."""
    advice = advise(services, call.principal, call.realm, move.subject)
    sets = [one for one in advice["sets"] if one["units"]]
    if not sets:
        raise Nobody(move.subject)
    units = tuple(str(one["unit"]) for one in sets[0]["units"])
    command = DispatchCommand(units=units, offer=advice["offer"])
    dispatch.dispatch(services, call, move.subject, command)


def _reinforce(services: Services, call: Call, seen: Seen, move: Move) -> None:
    """One more: of the skill that is short, else what the run card still wants, else the nearest of the kinds
    that are there. Raises Nobody."""
    incident = seen.incidents[move.subject]
    unit = _skilled(services, call, incident, move.args["skill"]) if "skill" in move.args else None
    if unit is None:
        with suppress(Nobody):
            return _dispatch(services, call, seen, move)
        unit = _alike(services, call, incident)
    if unit is None:
        raise Nobody(incident.id)
    command = DispatchCommand(units=(unit,), override_reason=words()["override"])
    dispatch.dispatch(services, call, incident.id, command)
    return None


def _skilled(services: Services, call: Call, incident: Incident, skill: str) -> str | None:
    with services.engine.connect() as conn:
        return nearest_free(conn, call.realm, skill, incident.lon, incident.lat)


def _alike(services: Services, call: Call, incident: Incident) -> str | None:
    """The fastest of the kinds that were sent to it."""
    found = advise(services, call.principal, call.realm, incident.id, _FASTEST)["units"]
    with services.engine.connect() as conn:
        kinds = kinds_of(conn, call.realm, incident.sent)
    return next((str(one["unit"]) for one in found if one["kind"] in kinds), None)


def _crew(services: Services, call: Call, seen: Seen, move: Move) -> None:
    verb: Any = move.verb.removeprefix("assignment.")
    assignments.advance(services, call, move.subject, verb)


# --- responses ----------------------------------------------------------------------------------------------


def _activate(services: Services, call: Call, seen: Seen, move: Move) -> None:
    plan, level = move.args["plan"], move.args["level"]
    preview = linkage_reading.preview(services, call.principal, call.realm, move.subject, plan, level)
    command = ActivateCommand(incident=move.subject, level=level, accept_shortfalls=_lacking(preview))
    linkage.activate(services, call, plan, command)


def _raise(services: Services, call: Call, seen: Seen, move: Move) -> None:
    level = move.args["level"]
    preview = linkage_reading.preview_level(services, call.principal, call.realm, move.subject, level)
    command = LevelCommand(level=level, reason=words()["raised"], accept_shortfalls=_lacking(preview))
    linkage.change_level(services, call, move.subject, command)


def _lacking(preview: Mapping[str, Any]) -> tuple[Gap, ...]:
    """What the city lacks is accepted."""
    return tuple(
        Gap(kind=one["kind"], what=one["what"], missing=one["missing"]) for one in preview["shortfalls"]
    )


def _task(services: Services, call: Call, seen: Seen, move: Move) -> None:
    verb: Any = move.verb.removeprefix("task.")
    title = next((one.title for one in seen.tasks if one.id == move.subject), "")
    command = TaskCommand(text=words()["done"].format(title=title) if verb == "done" else None)
    linkage.act_on_task(services, call, move.args["linkage"], move.subject, verb, command)


def _end(services: Services, call: Call, seen: Seen, move: Move) -> None:
    linkage.end(services, call, move.subject, EndCommand(reason=words()["ended"]))


def _issue(services: Services, call: Call, seen: Seen, move: Move) -> None:
    command = MoveCommand(quantity=move.args["quantity"], incident=move.args["incident"])
    stock.issue(services, call, move.subject, command)


# --- reports ------------------------------------------------------------------------------------------------


def _file(services: Services, call: Call, seen: Seen, move: Move) -> None:
    text = _summary(seen, seen.incidents[seen.linkages[move.subject].incident])
    command = FileCommand(stage=move.args["stage"], text=text, to=_TO)
    briefing.file_report(services, call, move.subject, command)


def _situation(services: Services, call: Call, seen: Seen, move: Move) -> None:
    text = _summary(seen, seen.incidents[move.subject])
    command = SituationCommand(stage=move.args["stage"], text=text)
    incidents.report_situation(services, call, move.subject, command)


def _summary(seen: Seen, incident: Incident) -> str:
    links = [one for one in seen.links if one.incident == incident.id]
    tasks = [one for one in seen.tasks if one.incident == incident.id]
    return words()["report"].format(
        title=incident.title, address=incident.address, sent=len(links), tasks=len(tasks),
        arrived=sum(one.arrived_at is not None for one in links),
        done=sum(one.done_at is not None for one in tasks),
    )  # fmt: skip


def _losses(services: Services, call: Call, seen: Seen, move: Move) -> None:
    """Small figures, nobody dead; the same in every run of a script."""
    drawn = random.Random(f"{seen.drill.script.name}-{move.args['area']}")  # noqa: S311
    most = {"affected": 300, "relocated": 80, "dead": 0}
    figures = {name: float(drawn.randint(0, number)) for name, number in most.items()}
    command = LossesCommand(area=move.args["area"], figures=figures)
    briefing.report_losses(services, call, move.subject, command)


def _said(key: str) -> str:
    return words()[key]


_VERBS: Mapping[str, Callable[[Services, Call, Seen, Move], object]] = {
    "accept": lambda s, c, _, m: incidents.accept(s, c, m.subject),
    "merge": lambda s, c, _, m: incidents.merge(s, c, m.subject, m.args["into"], _ENDS),
    "dispatch": _dispatch,
    "reinforce": _reinforce,
    "handle": lambda s, c, _, m: incidents.handle(s, c, m.subject, _said("handled")),
    "reply": lambda s, c, _, m: incidents.reply(s, c, m.subject, _said("replied")),
    "verify": lambda s, c, _, m: incidents.verify(s, c, m.subject, _said("verified")),
    "close": lambda s, c, _, m: incidents.close(s, c, m.subject, _ENDS),
    "assignment.ack": _crew,
    "assignment.enroute": _crew,
    "assignment.arrive": _crew,
    "assignment.release": _crew,
    "assignment.check": lambda s, c, _, m: safety.check(s, c, m.subject, _said("checked")),
    "activate": _activate,
    "raise": _raise,
    "task.ack": _task,
    "task.start": _task,
    "task.done": _task,
    "end": _end,
    "issue": _issue,
    "file": _file,
    "situation": _situation,
    "losses": _losses,
}
