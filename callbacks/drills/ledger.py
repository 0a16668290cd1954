"""演练台账: a year's, and its plan to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import Input, Output, State, set_props
from dash.exceptions import PreventUpdate
from pydantic import ValidationError

from actions import drill_ledger
from actions.drill_ledger import YearCommand
from callbacks.registrar import Ask, Registrar
from core.clock import day_of
from core.permissions import is_whole_city, may
from pages import ids as common
from pages.drills import ids, ledger_views
from pages.messages import text

Rows = Sequence[Mapping[str, Any]]
BACK = 5
"""How many years of the past are offered."""


def register(registrar: Registrar) -> None:
    registrar.add(
        show,
        [Output(ids.LEDGER, "rowData"), Output(ids.LEDGER_TILES, "children"),
         Output(ids.LEDGER_YEAR, "data"), Output(ids.LEDGER_YEAR, "value"),
         Output(ids.LEDGER_BOOK, "href"), Output(ids.LEDGER_BOOK, "hidden"),
         Output(ids.PLAN_BOX, "hidden")],
        [Input(ids.TABS, "value"), Input(ids.LEDGER_YEAR, "value"), Input(ids.DONE, "data"),
         Input(ids.TICK, "data")],
        prevent_initial_call=False,
    )  # fmt: skip
    rows = Output(ids.YEAR_TABLE, "rowData", allow_duplicate=True)
    registrar.add(
        begin,
        [Output(ids.YEAR_FORM, "opened"), Output(ids.YEAR_TABLE, "columnDefs"),
         Output(ids.YEAR_TABLE, "rowData"), Output(ids.YEAR_HELD, "data"), Output(ids.YEAR_SAID, "children")],
        [Input(ids.PLAN_YEAR, "n_clicks")], [State(ids.LEDGER_YEAR, "value")],
    )  # fmt: skip
    written = [State(ids.YEAR_TABLE, "rowData"), State(ids.YEAR_HELD, "data")]
    registrar.add(add, [rows], [Input(ids.YEAR_ADD, "n_clicks")], written)
    registrar.add(
        remove, [rows], [Input(ids.YEAR_REMOVE, "n_clicks")],
        [State(ids.YEAR_TABLE, "rowData"), State(ids.YEAR_TABLE, "selectedRows")],
    )  # fmt: skip
    registrar.add(
        save, [Output(ids.YEAR_FORM, "opened", allow_duplicate=True), Output(ids.DONE, "data")],
        [Input(ids.YEAR_SAVE, "n_clicks")], written,
        running=[(Output(ids.YEAR_SAVE, "loading"), True, False)],
    )  # fmt: skip


def show(ask: Ask, tab: str, year: str | None, _done: Any, _tick: Any) -> list[Any]:
    """The year's ledger, while it is looked at."""
    if tab != "ledger":
        raise PreventUpdate
    this = day_of(ask.services.now(), ask.services.zone).year
    of = drill_ledger.read_ledger(ask.services, ask.principal, int(year or this))
    offered = [str(one) for one in range(this + 1, this - BACK, -1)]
    plans = may(ask.principal, "drill") and is_whole_city(ask.principal)
    book = f"/api/v1/drills/ledger.xlsx?year={of.year}&lang={ask.lang}"
    return [
        ledger_views.rows(ask.lang, of), ledger_views.tiles(ask.lang, of), offered, str(of.year), book,
        not may(ask.principal, "export"), not plans,
    ]  # fmt: skip


def begin(ask: Ask, pressed: int | None, year: str | None) -> Any:
    """The year's plan as it is, to be written in."""
    if not pressed or not year:
        raise PreventUpdate
    of = drill_ledger.read_ledger(ask.services, ask.principal, int(year))
    columns = [one.definition() for one in ledger_views.plan_columns(ask.lang, of.names)]
    held = {"year": of.year, "seq": of.seq, "town": min(of.names, default="")}
    return [
        True,
        columns,
        ledger_views.plan_rows(of),
        held,
        text(ask.lang, "drills.ledger.plan.how", year=year),
    ]


def add(ask: Ask, pressed: int | None, rows: Rows | None, held: Mapping[str, Any] | None) -> Any:
    """A row more, like the last."""
    if not pressed or not held:
        raise PreventUpdate
    last = (rows or [{"town": held["town"], "content": "comprehensive", "due_on": f"{held['year']}-12-31"}])[
        -1
    ]
    fresh = {**last, "key": f"new-{pressed}", "title": text(ask.lang, "drills.ledger.fresh")}
    return [*(rows or ()), fresh]


def remove(_ask: Ask, pressed: int | None, rows: Rows | None, chosen: Rows | None) -> Any:
    if not pressed or not chosen:
        raise PreventUpdate
    keys = {one["key"] for one in chosen}
    return [one for one in rows or () if one["key"] not in keys]


def save(ask: Ask, pressed: int | None, rows: Rows | None, held: Mapping[str, Any] | None) -> Any:
    """All of the year's plan; what is wrong with a row is said with its number."""
    if not pressed or not held:
        raise PreventUpdate
    body = {"year": held["year"], "planned": ledger_views.planned_of(rows or ())}
    try:
        command = YearCommand.model_validate(body)
    except ValidationError as error:
        set_props(ids.YEAR_SAID, {"children": ledger_views.wrong(ask.lang, error.errors()[0]["loc"])})
        raise PreventUpdate from error
    drill_ledger.plan_year(ask.services, replace(ask.call(), if_match=held["seq"]), command)
    said = text(ask.lang, "drills.ledger.saved", year=held["year"], n=len(command.planned))
    set_props(common.NOTICE, {"data": {"kind": "done", "text": said}})
    return [False, f"planned {pressed}"]
