"""The ways in of `/alerts`: the list, one warning, issuing in two steps, updating and lifting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, ctx, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import warning_reading as reading
from actions import warnings
from actions.warnings import CancelCommand, IssueCommand, UpdateCommand
from callbacks.registrar import Ask, Registrar
from core.errors import Forbidden, InvalidInput
from core.permissions import may
from core.plans import Broadcast
from pages import ids as common
from pages.alerts import ids, views
from pages.messages import DEFAULT, text

Written = Mapping[str, Any]
_SHOWN = {"around": ids.RADIUS, "divisions": ids.DIVISIONS, "ring": ids.RING_FIELD}
"""How the area is told → the field for it."""


def register(app: Any, registrar: Registrar) -> None:
    """All callbacks of the page."""
    app.clientside_callback(
        ClientsideFunction("zhihui_alerts", "chosen"), Output(ids.OPENED, "storage_type"),
        Input(ids.OPENED, "data"), prevent_initial_call=True,
    )  # fmt: skip
    tick, done = Input(ids.TICK, "data"), Input(ids.DONE, "data")
    registrar.add(
        listed, [Output(ids.LIST, "rowData"), Output(ids.LIST_NOTE, "children"), Output(ids.NEW, "disabled")],
        [tick, done], prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(choose, [Output(ids.OPENED, "data")], [Input(ids.LIST, "cellClicked")])
    registrar.add(file, [Output(ids.FILE, "children")], [Input(ids.OPENED, "data"), tick, done])
    _register_form(registrar)
    registrar.add(
        press,
        [Output(ids.CHANGE, "opened"), Output(ids.CHANGE, "title"), Output(ids.CHANGE_BODY, "children"),
         Output(ids.CHANGE_KIND, "data")],
        [Input(ids.act(ALL), "n_clicks")], [State(ids.OPENED, "data")],
    )  # fmt: skip
    registrar.add(
        change, [Output(ids.CHANGE, "opened", allow_duplicate=True), Output(ids.DONE, "data")],
        [Input(ids.CHANGE_SUBMIT, "n_clicks")],
        [State(ids.CHANGE_KIND, "data"), State(ids.field(ALL), "value"), State(ids.field(ALL), "id")],
        running=[(Output(ids.CHANGE_SUBMIT, "loading"), True, False)],
    )  # fmt: skip


def _register_form(registrar: Registrar) -> None:
    fields = [State(name, "value") for name in ids.WRITTEN]
    steps = [
        Output(ids.STEP_WRITE, "hidden", allow_duplicate=True),
        Output(ids.STEP_LOOK, "hidden", allow_duplicate=True),
    ]
    registrar.add(
        begin,
        [Output(ids.FORM, "opened"), *steps, Output(ids.CAUSE, "data"), Output(ids.CLASS, "data"),
         Output(ids.DIVISIONS, "data")],
        [Input(ids.NEW, "n_clicks")],
    )  # fmt: skip
    registrar.add(
        cause,
        [Output(ids.CLASS, "value"), Output(ids.LEVEL, "value"), Output(ids.PLANNED, "data"),
         Output(ids.PLANNED, "value")],
        [Input(ids.CAUSE, "value")],
    )  # fmt: skip
    registrar.add(
        planned,
        [Output(ids.TEXT, "value"), Output(ids.TEXT_EN, "value"), Output(ids.RADIUS, "value"),
         Output(ids.POINTS, "value")],
        [Input(ids.PLANNED, "value")], [State(ids.CAUSE, "value")],
    )  # fmt: skip
    registrar.add(
        where, [Output(name, "style") for name in _SHOWN.values()], [Input(ids.WHERE, "value")],
        prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        look, [Output(ids.LOOKED, "children"), *steps], [Input(ids.LOOK, "n_clicks")], fields,
        running=[(Output(ids.LOOK, "loading"), True, False)],
    )  # fmt: skip
    registrar.add(back, steps, [Input(ids.BACK, "n_clicks")])
    registrar.add(
        send,
        [Output(ids.FORM, "opened", allow_duplicate=True), Output(ids.OPENED, "data", allow_duplicate=True),
         Output(ids.DONE, "data", allow_duplicate=True)],
        [Input(ids.SEND, "n_clicks")], fields, running=[(Output(ids.SEND, "loading"), True, False)],
    )  # fmt: skip


# --- what there is ------------------------------------------------------------------------------------------


def listed(ask: Ask, _tick: Any, _done: Any) -> list[Any]:
    found, _ = reading.listed(ask.services, ask.principal, ask.realm)
    rows = [views.row(ask.lang, one, ask.services.zone) for one in found]
    standing = sum(one["state"] == "standing" for one in found)
    note = text(ask.lang, "alerts.count", n=len(rows), standing=standing) if rows else _none(ask)
    return [rows, note, not may(ask.principal, "alert.issue")]


def _none(ask: Ask) -> str:
    return text(ask.lang, "alerts.none")


def choose(_ask: Ask, cell: Mapping[str, Any] | None) -> Any:
    return cell["rowId"] if cell else no_update


def file(ask: Ask, opened: str | None, _tick: Any, _done: Any) -> Any:
    if not opened:
        raise PreventUpdate
    one = reading.read(ask.services, ask.principal, ask.realm, opened)
    allowed = may(ask.principal, "alert.issue")
    return views.file(ask.lang, ask.realm, one, ask.services.zone, may_issue=allowed)


# --- issuing ------------------------------------------------------------------------------------------------


def begin(ask: Ask, pressed: int | None) -> list[Any]:
    """An open form, with what may be chosen now."""
    if not pressed:
        raise PreventUpdate
    if not may(ask.principal, "alert.issue"):
        raise Forbidden(verb="alert.issue", role=ask.principal.role)
    found = reading.causes(ask.services, ask.principal, ask.realm)
    causes = [{"value": f"{one.kind}:{one.id}", "label": f"{one.number} {one.title}"} for one in found]
    known = ask.services.reference.classes().values()
    zh = ask.lang == DEFAULT
    classes = [{"value": one.code, "label": one.name if zh else one.name_en} for one in known]
    areas = reading.divisions(ask.services, ask.principal)
    divisions = [{"value": code, "label": f"{name} {code}"} for code, name in areas]
    return [True, False, True, causes, classes, divisions]


def cause(ask: Ask, chosen: str | None) -> list[Any]:
    """Class and level of what was chosen, and the words that its plan has."""
    if not chosen:
        return [no_update, no_update, [], None]
    found = reading.causes(ask.services, ask.principal, ask.realm)
    one = next((one for one in found if f"{one.kind}:{one.id}" == chosen), None)
    if one is None:
        return [no_update, no_update, [], None]
    plan = _planned(ask, chosen)
    words = [
        {"value": part.code, "label": part.text if ask.lang == DEFAULT else part.text_en} for part in plan
    ]
    return [one.class_code, str(one.level), words, None]


def _planned(ask: Ask, chosen: str | None) -> Sequence[Broadcast]:
    kind, _, ident = (chosen or "").partition(":")
    return reading.planned(ask.services, ask.principal, ask.realm, ident) if kind == "linkage" else ()


def planned(ask: Ask, code: str | None, chosen: str | None) -> list[Any]:
    """The plan's own words, distance and points."""
    one = next((part for part in _planned(ask, chosen) if part.code == code), None)
    if one is None:
        raise PreventUpdate
    return [one.text, one.text_en, one.radius_m, [one.points]]


def where(_ask: Ask, chosen: str) -> list[dict[str, str]]:
    """Only the field for the way that was chosen."""
    return [{} if name == chosen else {"display": "none"} for name in _SHOWN]


def look(ask: Ask, pressed: int | None, *written: Any) -> list[Any]:
    """What would happen, before anything does."""
    if not pressed:
        raise PreventUpdate
    told = reading.preview(ask.services, ask.call(), _command(written))
    return [views.looked(ask.lang, ask.realm, told, ask.services.zone), True, False]


def back(_ask: Ask, pressed: int | None) -> list[bool]:
    if not pressed:
        raise PreventUpdate
    return [False, True]


def send(ask: Ask, pressed: int | None, *written: Any) -> list[Any]:
    """发布."""
    if not pressed:
        raise PreventUpdate
    given = warnings.issue(ask.services, ask.call(), _command(written))
    set_props(common.NOTICE, {"data": {"kind": "done", "text": text(ask.lang, "alerts.done.issued")}})
    return [False, given["alert"], given["seq"]]


def _command(written: Sequence[Any]) -> IssueCommand:
    """Raises InvalidInput for a line that is no pair, ValidationError naming the field."""
    said = dict(zip(ids.WRITTEN, written, strict=True))
    kind, _, ident = (said[ids.CAUSE] or "").partition(":")
    values = {
        "class": said[ids.CLASS] or None, "level": int(said[ids.LEVEL]), "text": said[ids.TEXT] or "",
        "text_en": said[ids.TEXT_EN] or "", "headline": said[ids.HEADLINE] or "",
        "valid_h": said[ids.HOURS] or None, "points": said[ids.POINTS] or [],
        **({kind: ident} if ident else {}), **_area(said),
    }  # fmt: skip
    return IssueCommand.model_validate(values)


def _area(said: Written) -> dict[str, Any]:
    if said[ids.WHERE] == "around":
        return {"radius_m": said[ids.RADIUS] or None}
    if said[ids.WHERE] == "divisions":
        return {"areas": said[ids.DIVISIONS] or []}
    return {"ring": _ring(said[ids.RING] or "")}


def _ring(written: str) -> list[tuple[float, float]]:
    """A corner a line, longitude and latitude; closed where the writer did not. Raises InvalidInput."""
    corners = []
    for number, line in enumerate(written.strip().splitlines(), start=1):
        try:
            lon, lat = (float(part) for part in line.replace(",", " ").replace("，", " ").split())
        except ValueError as error:
            raise InvalidInput(pointer=f"/ring/{number}", detail=line[:40]) from error
        corners.append((lon, lat))
    return corners if not corners or corners[0] == corners[-1] else [*corners, corners[0]]


# --- updating and lifting -----------------------------------------------------------------------------------


def press(ask: Ask, presses: Sequence[int | None], opened: str | None) -> list[Any]:
    """The small form of 更新 or 解除."""
    if not any(presses) or not opened:
        raise PreventUpdate
    kind = str(ctx.triggered_id["kind"])
    one = reading.read(ask.services, ask.principal, ask.realm, opened)
    held = {"kind": kind, "id": opened, "number": one["number"]}
    return [True, text(ask.lang, f"alerts.act.{kind}"), views.change_fields(ask.lang, kind, one), held]


def change(
    ask: Ask, pressed: int | None, held: Written | None, values: Sequence[Any], names: Sequence[Written]
) -> list[Any]:
    """更新 or 解除 what was shown; somebody else may have been quicker: then that is told."""
    if not pressed or not held:
        raise PreventUpdate
    written = zip(names, values, strict=True)
    given = {name["name"]: value for name, value in written if value not in (None, "")}
    if held["kind"] == "cancel":
        lifting = CancelCommand.model_validate(given)
        done = warnings.cancel(ask.services, ask.call(), held["id"], lifting)
    else:
        told = {**given, "level": int(given["level"]), "number": held["number"]}
        done = warnings.update(ask.services, ask.call(), held["id"], UpdateCommand.model_validate(told))
    words = text(ask.lang, f"alerts.done.{held['kind']}")
    set_props(common.NOTICE, {"data": {"kind": "done", "text": words}})
    return [False, done["seq"]]
