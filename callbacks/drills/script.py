"""The ways in of the tab 脚本: shown, saved, and told that somebody else saved. Its rows and the form of an
inject are `callbacks.drills.script_writing`'s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import drill_editing
from actions.drills import shown as told_fault
from callbacks.drills import script_writing
from callbacks.drills.opening import read_file
from callbacks.drills.words import city_of
from callbacks.registrar import Ask, Registrar
from core.drill import PREFIX
from core.drill_script import Script
from core.drill_text import script_of
from core.errors import Forbidden, StaleVersion
from core.errors_drill_script import ScriptMisshapen
from core.permissions import may
from pages import ids as common
from pages.drills import script, script_rows
from pages.drills import script_ids as ids
from pages.drills.faults import Faults, fault_list
from pages.drills.script import Shown
from pages.drills.script_rows import Row
from pages.messages import has, text

Held = Mapping[str, Any] | None
Rows = Sequence[Row] | None
TABLES = (ids.INJECTS, ids.SEATS, ids.OBJECTIVES, ids.SOURCES)


def register(app: Dash, registrar: Registrar) -> None:
    screens: Any = app
    for button, way in ((ids.SAVE, "save"), (ids.SAVE_OVER, "over")):
        screens.clientside_callback(
            ClientsideFunction("zhihui_script", way), Output(ids.SAVING, "data", allow_duplicate=True),
            Input(button, "n_clicks"), prevent_initial_call=True,
        )  # fmt: skip
    drill, held = State(ids.DRILL, "data"), State(ids.HELD, "data")
    view = [Output(ids.VIEW, "children"), Output(ids.HELD, "data"), Output(ids.PICKED, "data")]
    registrar.add(
        show, view, [Input(ids.DRILL, "data"), Input(ids.DONE, "data")], [State(ids.PICKED, "data")],
        prevent_initial_call=False,
    )  # fmt: skip
    done = Output(ids.DONE, "data", allow_duplicate=True)
    registrar.add(watch, [done, Output(ids.OTHER, "data")], [Input(ids.CHANGED, "data")], [drill, held])
    registrar.add(meet, [done], [Input(ids.OTHER, "data")], [drill, held, *script_writing.WRITTEN])
    marked = [Output(one, "rowData", allow_duplicate=True) for one in TABLES]
    registrar.add(
        save, [*marked, Output(ids.FAULTS, "children"), done], [Input(ids.SAVING, "data")],
        [drill, held, *script_writing.WRITTEN], running=[(Output(ids.SAVE, "loading"), True, False)],
    )  # fmt: skip
    again = [Output(one.component_id, one.component_property, allow_duplicate=True) for one in view]
    registrar.add(bring, again, [Input(ids.UPLOAD, "contents")], [drill, held])
    script_writing.register(registrar)


# --- what there is ---------------------------------------------------------------------------------------


def show(ask: Ask, ident: str | None, _done: Any, picked: str | None) -> list[Any]:
    """The script as it stands; to be written in by who controls the drill."""
    if not ident:
        raise PreventUpdate
    try:
        opened = drill_editing.open_script(ask.services, ask.principal, ident)
    except Forbidden:
        return [script.unread(ask.lang), None, None]
    faults = [told_fault(one) for one in opened.faults]
    files = PREFIX + ident if may(ask.principal, "drill") else ""
    shown = Shown(opened.script, faults, opened.done, opened.edits, files, picked or "")
    held = {"mark": opened.mark, "version": opened.version, "edits": opened.edits,
            "division": opened.script.division, "plan": opened.script.plan}  # fmt: skip
    return [script.view(city_of(ask, opened.script.plan), shown), held, picked]


def watch(ask: Ask, _tick: Any, ident: str | None, held: Held) -> list[Any]:
    """Something in the realm has changed: is it the script, or what whoever looks may do with it?"""
    if not ident:
        raise PreventUpdate
    now = drill_editing.standing(ask.services, ask.principal, ident)
    seen = {"mark": held["mark"], "edits": held["edits"]} if held else {"mark": "", "edits": False}
    if now == seen:
        raise PreventUpdate
    written = held and held["edits"]
    return [no_update, now["mark"]] if written else [now["mark"], no_update]


def meet(ask: Ask, other: str | None, ident: str | None, held: Held, *written: Any) -> Any:
    """Whoever has written nothing sees it; who has is told and loses nothing."""
    if not other or not ident or not held:
        raise PreventUpdate
    if _mark(written, held) == held["mark"]:
        return other
    _tell_moved(ask, ident)
    return no_update


def _tell_moved(ask: Ask, ident: str) -> None:
    by = drill_editing.saved_by(ask.services, ask.principal, ident)
    set_props(ids.MOVED, {"children": script.moved(ask.lang, by), "hidden": False})


def _mark(written: Sequence[Any], held: Mapping[str, Any]) -> str:
    """Of what is written; "" where it is no script."""
    try:
        return drill_editing.mark_of(script_of(_data(written, held)))
    except ScriptMisshapen:
        return ""


def _data(written: Sequence[Any], held: Mapping[str, Any]) -> dict[str, Any]:
    tables, fields = script_writing.gathered(*written)
    return script_rows.script_of(tables, fields, held["division"])


# --- saving ----------------------------------------------------------------------------------------------


def save(ask: Ask, asked: Held, ident: str | None, held: Held, *written: Any) -> Any:
    """保存; `over`: knowing that somebody else saved meanwhile. What cannot be kept is told in its rows."""
    if not asked or not ident or not held:
        raise PreventUpdate
    seen = None if asked["over"] else (str(held["mark"]), int(held["version"]))
    try:
        kept = script_of(_data(written, held))
        given = drill_editing.save_script(ask.services, ask.call(), ident, kept, seen)
    except ScriptMisshapen as refusal:
        return _refused(ask, written, refusal.params["faults"])
    except StaleVersion:
        _tell_moved(ask, ident)
        raise
    faults = len(given["faults"])
    _said(ask, "drills.script.saved.faulty" if faults else "drills.script.saved", n=faults)
    return [*[no_update] * len(TABLES), no_update, f"saved {given['seq']}"]


def _refused(ask: Ask, written: Sequence[Any], faults: Faults) -> list[Any]:
    tables, _ = script_writing.gathered(*written)
    _said(ask, "drills.script.refused", "refusal", n=len(faults))
    rows = [script_rows.marked(ask.lang, name, tables[name], faults) for name in script_rows.SECTIONS]
    return [*rows, fault_list(ask.lang, faults), no_update]


def _said(ask: Ask, key: str, kind: str = "done", **params: object) -> None:
    more = {"remedy": text(ask.lang, f"{key}.remedy")} if has(ask.lang, f"{key}.remedy") else {}
    set_props(common.NOTICE, {"data": {"kind": kind, "text": text(ask.lang, key, **params), **more}})


def bring(ask: Ask, contents: str | None, ident: str | None, held: Held) -> Any:
    """A script out of a file, in the place of what is shown; it is stored when it is saved."""
    if not contents or not ident or not held:
        raise PreventUpdate
    brought, faults = read_file(ask, contents)
    opened = drill_editing.open_script(ask.services, ask.principal, ident)
    done = opened.done & _same(opened.script, brought)
    found = [told_fault(one) for one in faults]
    shown = Shown(brought, found, done, True, PREFIX + ident)
    _said(ask, "drills.script.brought", n=len(brought.injects))
    return [script.view(city_of(ask, brought.plan), shown), {**held, "plan": brought.plan}, None]


def _same(old: Script, new: Script) -> frozenset[int]:
    return frozenset(one.number for one in new.injects if old.inject(one.number) == one)
