"""The ways in of `/plans`: the library, a plan that is open, its versions, approval, a file that is brought.
Writing is `callbacks.plan_editing`'s."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import plans
from actions.plans import ApproveCommand, RetireCommand
from callbacks import plan_editing
from callbacks.errors import FormIncomplete
from callbacks.plan_words import city_of, told
from callbacks.registrar import Ask, Registrar
from core.errors import NotFound
from core.errors_plans import PlanMisshapen, PlanUnreadable
from core.permissions import is_whole_city, may
from core.plan_text import plan_of, read_plan
from core.plans import Plan
from pages.messages import text
from pages.plans import ids, views
from pages.plans.forces import slots_for
from pages.plans.shown import Shown
from pages.plans.versions import differences

_SCRIPTS = "zhihui_plans"
Held = Mapping[str, Any] | None


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the page."""
    screens: Any = app
    opened = Output(ids.OPENED, "data", allow_duplicate=True)
    panes = [Output(name, "hidden") for name in (ids.LIST_PANE, ids.RAIL, ids.VIEW)]
    view = [Output(ids.VIEW, "children"), Output(ids.HELD, "data")]
    again = [Output(one.component_id, one.component_property, allow_duplicate=True) for one in view]
    screens.clientside_callback(
        ClientsideFunction(_SCRIPTS, "open"), Output(ids.OPENED, "data"), Input(ids.LIST, "cellClicked"),
        prevent_initial_call=True,
    )  # fmt: skip
    screens.clientside_callback(ClientsideFunction(_SCRIPTS, "panes"), *panes, Input(ids.OPENED, "data"))
    screens.clientside_callback(
        ClientsideFunction(_SCRIPTS, "tapped"), Output(ids.CHART_SAID, "children"),
        Input(ids.CHART, "tapNodeData"), prevent_initial_call=True,
    )  # fmt: skip
    for button, settled in ((ids.SAVE, "save"), (ids.SAVE_OVER, "over")):
        screens.clientside_callback(
            ClientsideFunction(_SCRIPTS, settled), Output(ids.SAVING, "data", allow_duplicate=True),
            Input(button, "n_clicks"), prevent_initial_call=True,
        )  # fmt: skip
    registrar.add(
        listing,
        [Output(ids.LIST, "rowData"), Output(ids.LIST_NOTE, "children"), Output(ids.RAIL, "children"),
         Output(ids.BRING, "hidden")],
        [Input(ids.TICK, "data"), Input(ids.DONE, "data"), Input(ids.WORDS, "value"),
         Input(ids.KIND, "value"), Input(ids.OPENED, "data")],
        prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        show, view, [Input(ids.OPENED, "data"), Input(ids.DONE, "data")], prevent_initial_call=False
    )
    registrar.add(watch, [Output(ids.DONE, "data", allow_duplicate=True)], [Input(ids.TICK, "data")],
                  [State(ids.HELD, "data")])  # fmt: skip
    registrar.add(edit, again, [Input(ids.EDIT, "n_clicks")], [State(ids.HELD, "data")])
    registrar.add(cancel, [opened], [Input(ids.CANCEL, "n_clicks")], [State(ids.HELD, "data")])
    registrar.add(look_at_theirs, [opened], [Input(ids.MOVED_OPEN, "n_clicks")], [State(ids.HELD, "data")])
    registrar.add(open_version, [opened], [Input(ids.VERSIONS, "cellClicked")], [State(ids.HELD, "data")])
    registrar.add(
        compare, [Output(ids.DIFFERENCES, "children")], [Input(ids.OLD, "value"), Input(ids.NEW, "value")],
        [State(ids.HELD, "data")], prevent_initial_call=False,
    )  # fmt: skip
    hidden = [Output(one.component_id, "hidden", allow_duplicate=True) for one in panes]
    registrar.add(
        bring, [*again, *hidden, Output(ids.UPLOAD, "contents")], [Input(ids.UPLOAD, "contents")],
        [State(ids.UPLOAD, "filename")],
    )  # fmt: skip
    _register_acts(registrar)
    plan_editing.register(registrar)


def _register_acts(registrar: Registrar) -> None:
    done = Output(ids.DONE, "data", allow_duplicate=True)
    registrar.add(approve, [done], [Input(ids.APPROVE, "n_clicks")], [State(ids.HELD, "data")])
    registrar.add(ask_retire, [Output(ids.RETIRE_FORM, "opened")], [Input(ids.RETIRE, "n_clicks")])
    registrar.add(
        retire, [Output(ids.RETIRE_FORM, "opened", allow_duplicate=True), done],
        [Input(ids.RETIRE_DO, "n_clicks")], [State(ids.RETIRE_REASON, "value"), State(ids.HELD, "data")],
    )  # fmt: skip


def listing(ask: Ask, _tick: Any, _done: Any, typed: str | None, chosen: str, opened: Held) -> list[Any]:
    """The library, of which those with these words and in this state; the names beside an open
    plan; whether it is kept from whoever looks to bring a file."""
    found = plans.list_plans(ask.services, ask.principal)
    city = city_of(ask)
    asked = (typed or "").lower().split()
    kept = [one for one in found if _is(one, chosen)]
    rows = [
        row for row in views.list_rows(city, kept, ask.services.zone)
        if all(any(word in str(value).lower() for value in row.values()) for word in asked)
    ]  # fmt: skip
    note = text(ask.lang, "plans.listed" if rows else "plans.empty", n=len(rows), all=len(found))
    beside = views.rail(city, found, opened["code"] if opened else "")
    return [rows, note, beside, "write" not in _rights(ask)]


def _is(one: Mapping[str, Any], chosen: str) -> bool:
    wanted = {"draft": bool(one["draft"]), "retired": not one["in_force"]}
    return wanted.get(chosen, True)


def show(ask: Ask, opened: Held, _done: Any) -> Any:
    """The plan that is open."""
    if not opened or not opened.get("code"):
        return no_update
    try:
        shown, plan = _stored(ask, opened["code"], opened.get("version"))
    except NotFound:
        return [views.lost(ask.lang), None]
    return drawn(ask, shown, plan)


def _stored(ask: Ask, code: str, version: int | None) -> tuple[Shown, Plan]:
    """Raises NotFound."""
    found = plans.read_plan(ask.services, ask.principal, code, version)
    shown = Shown(
        found["plan"], found["version"], found["state"], found["own"], found["faults"], found["versions"],
        _rights(ask), slots_for(found["plan"], ask.services.reference.run_cards().slots),
        findings=found["findings"],
    )  # fmt: skip
    return shown, plan_of(found["plan"])


def _rights(ask: Ask) -> frozenset[str]:
    """The library is the whole city's."""
    if not is_whole_city(ask.principal):
        return frozenset()
    return frozenset(one for one in ("write", "approve") if may(ask.principal, f"plan.{one}"))


def drawn(ask: Ask, shown: Shown, plan: Plan) -> list[Any]:
    """The view, and what is held of it."""
    city = city_of(ask)
    if shown.edit:
        kinds = {one["kind"]: "" for one in plans.list_plans(ask.services, ask.principal)}
        city = replace(city, skills=plans.skills(ask.services, ask.principal), kinds=list(kinds))
    held = {
        "code": shown.plan["code"], "version": shown.version, "newest": shown.newest,
        "marks": marks(shown.versions), "mode": "edit" if shown.edit else "view",
    }  # fmt: skip
    return [views.view(city, ask.services.zone, shown, plan), held]


def marks(versions: Sequence[Mapping[str, Any]]) -> str:
    """The versions there are and their states: what changes when somebody acts on a plan."""
    return " ".join(f"{one['version']}{one['state']}" for one in versions)


def watch(ask: Ask, _tick: Any, held: Held) -> Any:
    """Somebody may have acted on the open plan: readers see it, who writes is told and loses nothing."""
    if not held:
        raise PreventUpdate
    try:
        found = plans.read_plan(ask.services, ask.principal, held["code"])
    except NotFound:
        raise PreventUpdate from None
    if marks(found["versions"]) == held["marks"]:
        raise PreventUpdate
    if held["mode"] == "view":
        return marks(found["versions"])
    newest = found["versions"][-1]
    if newest["version"] > held["newest"]:
        set_props(ids.MOVED, {"children": views.moved(ask.lang, newest), "hidden": False})
    return no_update


def edit(ask: Ask, pressed: int | None, held: Held) -> Any:
    """The version that is shown, to be written in; the next draft comes of it."""
    if not pressed or not held:
        raise PreventUpdate
    shown, plan = _stored(ask, held["code"], held["version"])
    return drawn(ask, replace(shown, edit=True), plan)


def cancel(_ask: Ask, pressed: int | None, held: Held) -> Any:
    """Back to what is stored; of a plan that was brought and never stored, to the library."""
    if not pressed or not held:
        raise PreventUpdate
    return {"code": held["code"], "version": held["version"]} if held["newest"] else None


def look_at_theirs(_ask: Ask, pressed: int | None, held: Held) -> Any:
    """What somebody else wrote, instead of one's own."""
    if not pressed or not held:
        raise PreventUpdate
    return {"code": held["code"], "version": None}


def open_version(_ask: Ask, cell: Held, held: Held) -> Any:
    if not cell or not held or cell.get("colId") != "open":
        raise PreventUpdate
    return {"code": held["code"], "version": int(cell["rowId"])}


def compare(ask: Ask, old: str | None, new: str | None, held: Held) -> Any:
    """What differs between two versions."""
    if not (old and new and held):
        raise PreventUpdate
    code, before, now = held["code"], int(old), int(new)
    found = plans.compare(ask.services, ask.principal, code, before, now)
    was, is_ = (plans.read_plan(ask.services, ask.principal, code, n)["plan"] for n in (before, now))
    return differences(city_of(ask), found, was, is_)


def bring(ask: Ask, contents: str | None, name: str | None) -> Any:
    """A plan out of a file, to be looked through and saved; of a faulty one, every fault with its line."""
    if not contents:
        raise PreventUpdate
    try:
        plan = read_plan(_text(contents))
    except (PlanUnreadable, PlanMisshapen) as refusal:
        faults = refusal.params.get("faults") or [
            {"pointer": "", "code": "unreadable", "line": refusal.params.get("line"),
             "params": {"detail": refusal.params["detail"]}}
        ]  # fmt: skip
        set_props(ids.UPLOADED_SAID, {"children": text(ask.lang, "plans.uploaded.said", file=name)})
        set_props(ids.UPLOADED_FAULTS, {"children": views.file_faults(city_of(ask), faults)})
        set_props(ids.UPLOADED, {"opened": True})
        return [no_update] * 5 + [None]
    return [*drawn(ask, _brought(ask, plan), plan), True, True, False, None]


def _text(contents: str) -> str:
    try:
        return base64.b64decode(contents.partition(",")[2], validate=True).decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise PlanUnreadable(line=0, detail="UTF-8") from error


def _brought(ask: Ask, plan: Plan) -> Shown:
    """As the next draft of what there is of its code."""
    body = plan.model_dump(mode="json")
    slots = slots_for(body, ask.services.reference.run_cards().slots)
    try:
        found = plans.read_plan(ask.services, ask.principal, plan.code)
    except NotFound:
        return Shown(body, 0, "draft", True, (), (), _rights(ask), slots, edit=True)
    newest = found["versions"][-1]["version"]
    return Shown(body, newest, "draft", True, (), found["versions"], _rights(ask), slots, edit=True)


# --- acts ------------------------------------------------------------------------------------------------


def approve(ask: Ask, pressed: int | None, held: Held) -> Any:
    """审批通过: the version that was read."""
    if not pressed or not held:
        raise PreventUpdate
    plans.approve(ask.services, ask.call(), held["code"], ApproveCommand(version=held["version"]))
    told(ask, "plans.done.approved", n=held["version"])
    return f"approved {held['version']}"


def ask_retire(_ask: Ask, pressed: int | None) -> Any:
    return True if pressed else no_update


def retire(ask: Ask, pressed: int | None, reason: str | None, held: Held) -> Any:
    """停用, with a reason."""
    if not pressed or not held:
        raise PreventUpdate
    if not (reason or "").strip():
        raise FormIncomplete(field=text(ask.lang, "plans.retire.reason"), focus=ids.RETIRE_REASON)
    plans.retire(ask.services, ask.call(), held["code"], RetireCommand(reason=str(reason).strip()))
    told(ask, "plans.done.retired")
    return False, f"retired {held['version']}"
