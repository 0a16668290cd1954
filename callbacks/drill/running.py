"""实施: how the drill stands for whoever looks, and the buttons that turn it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import Input, Output, State, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import drill_control, drill_injects, drill_reading, drills
from actions.drill_commands import InjectCommand, PauseCommand, RunCommand, SeatCommand
from actions.offices import names_of
from actions.unit_of_work import Answer
from callbacks.errors import FormIncomplete
from callbacks.registrar import Ask, Registrar
from core.drill_script import Script
from core.errors import NotFound
from pages import ids as common
from pages.drill import expected, ids, injects, shell, views
from pages.drill.words import Found, Reader
from pages.messages import text
from pages.offices import office

Asked = Mapping[str, Any]
_PARTS = (ids.HEAD, ids.TURN, ids.SEATS, ids.INJECTS, ids.EXPECTED)


def register(registrar: Registrar) -> None:
    drill = State(ids.DRILL, "data")
    registrar.add(
        show,
        [*(Output(name, "children") for name in _PARTS), Output(ids.JUMP, "hidden"),
         *(Output(ids.head(name), "display") for name in shell.TABS)],
        [Input(ids.TICK, "data")], [drill], prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        act, [Output(ids.TICK, "data")], [Input(ids.ASKED, "data")], [State(ids.MINUTE, "value"), drill]
    )


def show(ask: Ask, _tick: Any, ident: str) -> list[Any]:
    """All that changes while it runs, as far as whoever looks may know."""
    try:
        found = drill_reading.read_drill(ask.services, ask.principal, ident)
    except NotFound:
        return [views.lost(ask.lang), *[no_update] * (len(_PARTS) + len(shell.TABS))]
    reader = _reader(ask, found)
    going = found["control"] and found["status"] in ("running", "paused")
    told = [*injects.scenario(reader, found), *injects.messages(reader, found)]
    inner = _of_script(reader, found) if "script" in found else [told, []]
    displays = ["flex" if name == "run" or "script" in found else "none" for name in shell.TABS]
    return [
        views.head(reader, found), views.turn(reader, found), views.seats(reader, found), *inner, not going,
        *displays,
    ]  # fmt: skip


def _of_script(reader: Reader, found: Found) -> list[Any]:
    """What is to come, and what is expected; for whoever also plays, what came to them."""
    script, coming = Script.model_validate(found["script"]), views.ahead(found)
    own = injects.messages(reader, found) if found["messages"] else []
    return [
        [*own, *injects.injects(reader, found, script, coming)],
        expected.expected(reader, found, script, coming),
    ]


def _reader(ask: Ask, found: Found) -> Reader:
    offices = {one["office"] for one in found["seats"]}
    area = f"@{found['division']}" if found["division"] else ""
    names = names_of(ask.services.reference, [*offices, area])
    division = office(ask.lang, names, area) if area else text(ask.lang, "plans.whole")
    return Reader(ask.lang, ask.services.zone, names, division)


# --- buttons ----------------------------------------------------------------------------------------------


def act(ask: Ask, asked: Asked | None, minute: float | None, ident: str) -> int:
    """What was pressed; forms that open are callbacks.drill.forms'. The position of the act."""
    if not asked or asked["do"] not in _ACTS:
        raise PreventUpdate
    answer = _ACTS[asked["do"]](ask, ident, {**asked, "minute": minute})
    if asked["do"] in _TOLD:
        said = text(ask.lang, f"drill.done.{asked['do']}", n=asked.get("number", ""))
        set_props(common.NOTICE, {"data": {"kind": "done", "text": said}})
    return int(answer["seq"])


def _start(ask: Ask, ident: str, _asked: Asked) -> Answer:
    return drills.start(ask.services, ask.call(), ident, RunCommand())


def _pause(ask: Ask, ident: str, _asked: Asked) -> Answer:
    return drills.pause(ask.services, ask.call(), ident, PauseCommand())


def _resume(ask: Ask, ident: str, _asked: Asked) -> Answer:
    return drills.resume(ask.services, ask.call(), ident, RunCommand())


def _rate(ask: Ask, ident: str, asked: Asked) -> Answer:
    seen = float(asked["speed"])
    return drill_control.set_rate(ask.services, ask.call(), ident, float(asked["rate"]), seen)


def _jump(ask: Ask, ident: str, asked: Asked) -> Answer:
    minute = asked["minute"]
    if minute in (None, ""):
        raise FormIncomplete(field=text(ask.lang, "drill.minute"), focus=ids.MINUTE)
    return drill_control.jump_to(ask.services, ask.call(), ident, minute=float(minute))


def _next(ask: Ask, ident: str, asked: Asked) -> Answer:
    return drill_control.jump_to(ask.services, ask.call(), ident, number=int(asked["number"]))


def _inject(ask: Ask, ident: str, asked: Asked) -> Answer:
    command = InjectCommand(number=int(asked["number"]))
    return drill_injects.inject(ask.services, ask.call(), ident, command)


def _take(ask: Ask, ident: str, asked: Asked) -> Answer:
    return drills.take_seat(ask.services, ask.call(), ident, SeatCommand(seat=asked["seat"]))


def _leave(ask: Ask, ident: str, asked: Asked) -> Answer:
    return drills.take_seat(ask.services, ask.call(), ident, SeatCommand(seat=asked["seat"], leave=True))


_ACTS: Mapping[str, Callable[[Ask, str, Asked], Answer]] = {
    "start": _start, "pause": _pause, "resume": _resume, "rate": _rate, "jump": _jump, "next": _next,
    "inject": _inject, "take": _take, "leave": _leave,
}  # fmt: skip
_TOLD = ("inject", "jump", "next")
"""Acts whose effect may not be in sight."""
