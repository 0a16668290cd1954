"""The drills there are, and the scripts that ship."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from dash.exceptions import PreventUpdate

from actions import drill_reading, drill_scores, plans
from callbacks.registrar import Ask, Registrar
from core.permissions import may
from pages.drills import ids, views
from pages.messages import DEFAULT, text


def register(app: Dash, registrar: Registrar) -> None:
    screens: Any = app
    for table, way in ((ids.LIST, "open"), (ids.SCRIPTS, "script")):
        screens.clientside_callback(
            ClientsideFunction("zhihui_drills", way), Output(ids.GO, "href", allow_duplicate=True),
            Input(table, "cellClicked"), prevent_initial_call=True,
        )  # fmt: skip
    registrar.add(
        listed,
        [Output(ids.LIST, "rowData"), Output(ids.LIST_NOTE, "children"), Output(ids.YEAR, "data"),
         Output(ids.NEW_BOX, "hidden")],
        [Input(ids.TICK, "data"), Input(ids.STATE, "value"), Input(ids.YEAR, "value"),
         Input(ids.TABS, "value")],
        prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        scripts, [Output(ids.SCRIPTS, "rowData")], [Input(ids.TABS, "value")], prevent_initial_call=False
    )


def listed(ask: Ask, _tick: Any, state: str, year: str | None, tab: str) -> list[Any]:
    """Every drill that is open to whoever asks, of these states and this year, while they are looked at."""
    if tab != "list":
        raise PreventUpdate
    found = drill_scores.list_drills(ask.services, ask.principal)
    areas = {code: row.name for code, row in ask.services.reference.areas().by_code.items()}
    rows = views.list_rows(ask.lang, ask.services.zone, areas, found, state, year)
    runs = may(ask.principal, "drill")
    empty = "drills.empty.new" if runs else "drills.empty"
    note = "drills.listed" if rows else "drills.none_such" if found else empty
    said = text(ask.lang, note, n=len(rows), all=len(found))
    return [rows, said, views.years(ask.services.zone, found), not runs]


def scripts(ask: Ask, _tab: str) -> list[dict[str, Any]]:
    """Those that ship."""
    found = drill_reading.list_scripts(ask.services, ask.principal)
    return views.script_rows(ask.lang, plan_names(ask), found)


def plan_names(ask: Ask) -> dict[str, str]:
    """Code → name of every plan in force."""
    name = "name" if ask.lang == DEFAULT else "name_en"
    found = plans.list_plans(ask.services, ask.principal)
    return {one["plan"]: one[name] or one["name"] for one in found if one["in_force"]}
