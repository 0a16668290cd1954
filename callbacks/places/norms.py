"""定额与标准: what the tab asks and sets."""

from __future__ import annotations

from typing import Any

from dash import Dash, Input, Output, State, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import norms
from actions.norms import Norm, NormCommand
from callbacks.errors import FormIncomplete
from callbacks.registrar import Ask, Registrar
from core.norm_figures import NormChangedMeanwhile
from pages import ids as common
from pages.messages import text
from pages.places import norms as tab

Picked = dict[str, Any] | None


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the tab."""
    registrar.add(
        show,
        [Output(tab.TABLE, "rowData")],
        [Input(tab.VIEW, "value"), Input(tab.CHANGED, "data")],
        prevent_initial_call=False,
    )
    registrar.add(
        pick, [Output(tab.PICKED, "data")], [Input(tab.TABLE, "selectedRows"), Input(tab.VIEW, "value")]
    )
    registrar.add(
        fill,
        [Output(tab.FORM, "hidden"), Output(tab.HEAD, "children"), Output(tab.VALUE, "value"),
         Output(tab.VALUE, "suffix"), Output(tab.SOURCE, "value")],
        [Input(tab.PICKED, "data")],
    )  # fmt: skip
    registrar.add(
        save,
        [Output(tab.PICKED, "data", allow_duplicate=True), Output(tab.CHANGED, "data")],
        [Input(tab.SAVE, "n_clicks")],
        [State(tab.PICKED, "data"), State(tab.VALUE, "value"), State(tab.SOURCE, "value"),
         State(tab.VIEW, "value")],
        running=[(Output(tab.SAVE, "loading"), True, False)],
    )  # fmt: skip


def show(ask: Ask, view: str, _changed: int | None) -> list[dict[str, Any]]:
    """The figures of a view, as they are now."""
    return tab.rows(ask.lang, ask.services.zone, norms.list_norms(ask.services, ask.principal), view)


def pick(ask: Ask, chosen: list[dict[str, Any]] | None, view: str) -> Picked:
    """The figure of the row that was pressed, as it is at this moment; none in another view."""
    norm = _norm(ask, chosen[0]["id"]) if chosen else None
    return _picked(norm) if norm and tab.of_view(norm, view) else None


def _picked(norm: Norm) -> dict[str, Any]:
    return {"id": tab.ident(norm), "was": norm.value}


def _norm(ask: Ask, ident: str) -> Norm | None:
    found = norms.list_norms(ask.services, ask.principal)
    return next((norm for norm in found if tab.ident(norm) == ident), None)


def fill(ask: Ask, picked: Picked) -> tuple[Any, ...]:
    """The form of the figure. On what it is based is asked anew: the old reason is not the new one's."""
    norm = _norm(ask, picked["id"]) if picked else None
    if norm is None:
        return True, None, no_update, no_update, no_update
    value = None if norm.value is None else round(norm.value * tab.factor(norm), 6)
    return False, tab.head(ask.lang, norm), value, f" {tab.unit(ask.lang, norm)}", ""


def save(
    ask: Ask, clicks: int | None, picked: Picked, value: float | str | None, source: str | None, view: str
) -> tuple[Any, ...]:
    """Set it. Somebody else's change since is told, and then shown."""
    if not clicks or not picked:
        raise PreventUpdate
    for given, label, focus in (
        (value, "norms.column.value", tab.VALUE), ((source or "").strip(), "norms.basis", tab.SOURCE),
    ):  # fmt: skip
        if given in (None, ""):
            raise FormIncomplete(field=text(ask.lang, label), focus=focus)
    norm = _norm(ask, picked["id"])
    if norm is None:
        raise PreventUpdate
    wanted = round(float(value or 0) / tab.factor(norm), 9)
    of_what = {"table": norm.table, "key": norm.key, "field": norm.field}
    asked = {**of_what, "was": picked["was"], "value": wanted, "source": source}
    command = NormCommand.model_validate(asked)
    try:
        done = norms.change(ask.services, ask.call(), command)
    except NormChangedMeanwhile:
        set_props(tab.PICKED, {"data": pick(ask, [{"id": picked["id"]}], view)})
        set_props(tab.CHANGED, {"data": -clicks})
        raise
    said = text(ask.lang, "norms.done", name=tab.name(ask.lang, norm))
    set_props(common.NOTICE, {"data": {"kind": "done", "text": said}})
    return {**picked, "was": done["value"]}, done["seq"]
