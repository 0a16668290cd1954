"""新建演练: by a script that ships or was run, by a file, by a plan."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime, time
from typing import Any

from dash import Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from actions import drill_opening, drill_reading, drill_scripts, search
from actions.drill_commands import OpenCommand
from actions.drill_scripts import Checked, DraftCommand
from actions.drills import shown
from callbacks.drills.listing import plan_names
from callbacks.errors import FormIncomplete
from callbacks.registrar import Ask, Registrar
from core.drill_script import Script
from core.errors import InvalidInput
from core.errors_drill_script import ScriptMisshapen, ScriptUnreadable
from pages.drills import ids, opening
from pages.drills.views import name_of
from pages.drills.wording import wording
from pages.messages import text

PLACES = 12


def register(registrar: Registrar) -> None:
    registrar.add(
        begin,
        [Output(ids.NEW_FORM, "opened"), Output(ids.SHIPPED, "data"), Output(ids.PLAN, "data"),
         Output(ids.SOURCE, "data")],
        [Input(ids.NEW, "n_clicks")],
    )  # fmt: skip
    panes = [Output(name, "hidden") for name in (ids.SHIPPED_PANE, ids.FILE_PANE, ids.PLAN_PANE)]
    registrar.add(choose, panes, [Input(ids.ORIGIN, "value")])
    registrar.add(
        bring, [Output(ids.BROUGHT, "children")], [Input(ids.UPLOAD, "contents")],
        [State(ids.UPLOAD, "filename")],
    )  # fmt: skip
    registrar.add(
        find,
        [Output(ids.POINT, "data"), Output(ids.POINT, "value"), Output(ids.POINT, "placeholder")],
        [Input(ids.PLACE, "value")],
    )
    registrar.add(
        open_drill, [Output(ids.GO, "href")], [Input(ids.OPEN, "n_clicks")],
        [State(ids.ORIGIN, "value"), State(ids.SHIPPED, "value"), State(ids.UPLOAD, "contents"),
         State(ids.PLAN, "value"), State(ids.LEVEL, "value"), State(ids.POINT, "value"),
         State(ids.MINUTES, "value"), State(ids.SOURCE, "value"), State(ids.AT_DAY, "value"),
         State(ids.AT_TIME, "value"), State(ids.REHEARSAL, "checked")],
        running=[(Output(ids.OPEN, "loading"), True, False)],
    )  # fmt: skip


def begin(ask: Ask, pressed: int | None) -> Any:
    """What may be chosen."""
    if not pressed:
        raise PreventUpdate
    shipped = drill_reading.list_scripts(ask.services, ask.principal)
    drills = drill_reading.list_drills(ask.services, ask.principal)
    steered = [one for one in drills if one["control"] or one["status"] == "stopped"]
    plans = [{"value": code, "label": name} for code, name in plan_names(ask).items()]
    live = {"value": "live", "label": text(ask.lang, "drills.new.live")}
    worlds = [{"value": one["realm"], "label": name_of(ask.lang, one)} for one in drills]
    return [True, opening.scripts(ask.lang, shipped, steered), plans, [live, *worlds]]


def choose(_ask: Ask, origin: str) -> list[bool]:
    return [origin != one for one in opening.ORIGINS]


def bring(ask: Ask, contents: str | None, name: str | None) -> Any:
    """A file is looked through; nothing is stored."""
    if not contents:
        raise PreventUpdate
    try:
        script, faults = read_file(ask, contents)
    except ScriptMisshapen as refusal:
        return opening.refused(ask.lang, name or "", refusal.params["faults"])
    except ScriptUnreadable as refusal:
        fault = {"pointer": "", "code": "other", "params": refusal.params, "line": refusal.params["line"]}
        return opening.refused(ask.lang, name or "", [fault])
    return opening.brought(ask.lang, name or "", script, [shown(one) for one in faults])


def read_file(ask: Ask, contents: str) -> Checked:
    """What was uploaded. Raises ScriptUnreadable, ScriptMisshapen."""
    try:
        content = base64.b64decode(contents.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise ScriptUnreadable(line=0, detail="base64") from error
    return drill_scripts.check_file(ask.services, ask.principal, content)


def find(ask: Ask, typed: str | None) -> Any:
    """Places by name or address, or a position as typed; the best is taken at once."""
    if not (typed or "").strip():
        return [[], None, ""]
    hits = search.search(ask.services, ask.principal, str(typed)[: search.LONGEST], PLACES)
    data = opening.places(hits)
    return [data, data[0]["value"] if data else None, text(ask.lang, "measures.nothing")]


def open_drill(
    ask: Ask, pressed: int | None, origin: str, shipped: str | None, contents: str | None, plan: str | None,
    level: str, point: str | None, minutes: float | None, source: str, day: str | None, at_time: str | None,
    rehearsal: bool,
) -> Any:  # fmt: skip
    """设立, and to its page."""
    if not pressed:
        return no_update
    began: dict[str, Any] = {"source": source, "at": _moment(ask, day, at_time), "rehearsal": bool(rehearsal)}
    by = {
        "shipped": lambda: OpenCommand(script_code=_given(ask, shipped, "script", ids.SHIPPED), **began),
        "file": lambda: OpenCommand(
            script=read_file(ask, _given(ask, contents, "file", ids.UPLOAD))[0], **began
        ),
        "plan": lambda: OpenCommand(script=_drafted(ask, plan, level, point, minutes), **began),
    }
    given = drill_opening.open_drill(ask.services, ask.call(), by[origin]())
    return f"/drills/{given['drill']}?lang={ask.lang}"


def _given(ask: Ask, value: str | None, name: str, ident: str) -> str:
    if not value:
        raise FormIncomplete(field=text(ask.lang, f"drills.new.{name}"), focus=ident)
    return value


def _drafted(ask: Ask, plan: str | None, level: str, point: str | None, minutes: float | None) -> Script:
    code = _given(ask, plan, "which", ids.PLAN)
    lon, lat, address = _given(ask, point, "place", ids.PLACE).split(" ", 2)
    lasts = {"minutes": minutes} if minutes else {}
    command = DraftCommand(
        plan=code, level=int(level), lon=float(lon), lat=float(lat), address=address, **lasts
    )
    words = wording(ask.services.reference, ask.lang)
    return drill_scripts.draft_script(ask.services, ask.principal, command, words)[0]


def _moment(ask: Ask, day: str | None, at_time: str | None) -> datetime | None:
    """City time; None = now. Raises InvalidInput."""
    if not day:
        return None
    try:
        hour = time.fromisoformat((at_time or "00:00").strip())
        return datetime.combine(date.fromisoformat(day[:10]), hour, ask.services.zone)
    except ValueError as error:
        raise InvalidInput(pointer="/at", detail="HH:MM") from error
