"""Writing a script: its rows, the form of one inject, the time line. What is written stands in the tables
until it is saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update
from dash.exceptions import PreventUpdate

from actions import search
from callbacks.drills.words import city_of
from callbacks.registrar import Ask, Registrar
from pages.drills import opening, script, script_form, script_rows, script_tables, timeline
from pages.drills import script_ids as ids
from pages.drills.script_rows import Row
from pages.drills.script_words import City

Rows = Sequence[Row] | None
Ids = Sequence[Mapping[str, str]]
Held = Mapping[str, Any] | None
PLACES = 12
WRITTEN = (
    State(ids.INJECTS, "rowData"), State(ids.SEATS, "rowData"), State(ids.OBJECTIVES, "rowData"),
    State(ids.SOURCES, "rowData"), State(ids.field(ALL), "value"), State(ids.field(ALL), "id"),
    State(ids.part(ALL), "value"), State(ids.part(ALL), "id"), State(ids.measured(ALL), "rowData"),
    State(ids.PICKED, "data"),
)  # fmt: skip
"""All that is written in the tab, as `gathered` takes it."""


def register(registrar: Registrar) -> None:
    injects = Output(ids.INJECTS, "rowData", allow_duplicate=True)
    form = Output(ids.FORM, "children", allow_duplicate=True)
    rows, picked, held = State(ids.INJECTS, "rowData"), State(ids.PICKED, "data"), State(ids.HELD, "data")
    parts = [State(ids.part(ALL), "value"), State(ids.part(ALL), "id"), State(ids.measured(ALL), "rowData")]
    registrar.add(
        pick, [Output(ids.FORM, "children"), Output(ids.PICKED, "data", allow_duplicate=True)],
        [Input(ids.INJECTS, "selectedRows")], [rows, picked, held],
    )  # fmt: skip
    registrar.add(
        apply, [injects, form],
        [Input(ids.part(ALL), "value"), Input(ids.measured(ALL), "rowData")],
        [State(ids.part(ALL), "id"), rows, picked, held],
    )  # fmt: skip
    registrar.add(write, [injects, form], [Input(ids.INJECTS, "cellValueChanged")], [rows, picked, held])
    registrar.add(move, [injects, form], [Input(ids.MOVE, "data")], [rows, *parts, picked, held])
    registrar.add(
        draw, [Output(ids.LINE, "children")],
        [Input(ids.INJECTS, "rowData"), Input(ids.SEATS, "rowData"), Input(ids.field("minutes"), "value"),
         Input(ids.field("scenario_at"), "value")],
    )  # fmt: skip
    registrar.add(
        rename, [Output(ids.INJECTS, "columnDefs")],
        [Input(ids.SEATS, "rowData"), Input(ids.OBJECTIVES, "rowData")], [held],
    )  # fmt: skip
    _register_rows(registrar)


def _register_rows(registrar: Registrar) -> None:
    tables = (ids.INJECTS, ids.SEATS, ids.OBJECTIVES, ids.SOURCES, ids.measured(ALL))
    registrar.add(
        change_rows, [Output(one, "rowData", allow_duplicate=True) for one in tables],
        [Input(ids.row_act(ALL, ALL), "n_clicks")],
        [*(State(one, "rowData") for one in tables), *(State(one, "selectedRows") for one in tables),
         State(ids.PICKED, "data"), State(ids.HELD, "data")],
    )  # fmt: skip
    registrar.add(find, [Output(ids.FOUND, "data"), Output(ids.FOUND, "value")], [Input(ids.FIND, "value")])
    registrar.add(
        place, [Output(ids.part(ALL), "value", allow_duplicate=True)], [Input(ids.FOUND, "value")],
        [State(ids.part(ALL), "id")],
    )  # fmt: skip


def gathered(
    injects: Rows, seats: Rows, objectives: Rows, sources: Rows, values: Sequence[Any], names: Ids,
    parts: Sequence[Any], part_names: Ids, measured: Sequence[Rows], picked: str | None,
) -> tuple[dict[str, Sequence[Row]], dict[str, Any]]:  # fmt: skip
    """Tables by section, with what stands in the form of an inject; and the fields of the script."""
    rows = list(injects or ())
    if picked and measured:
        rows = [_formed(row, parts, part_names, measured) if row["key"] == picked else row for row in rows]
    tables = {"injects": rows, "seats": seats or (), "objectives": objectives or (), "sources": sources or ()}
    return tables, _fields(values, names)


def _fields(values: Sequence[Any], names: Ids) -> dict[str, Any]:
    return {name["name"]: value for name, value in zip(names, values, strict=True)}


def _formed(row: Row, parts: Sequence[Any], names: Ids, measured: Sequence[Rows]) -> Row:
    """The row of an inject with what its form says."""
    if row["done"]:
        return row
    now = script_form.inject_of(script_rows.inject_of(row), _fields(parts, names), measured[0] or ())
    return {**row, "held": now, "at_min": now["at_min"]}


# --- one inject ------------------------------------------------------------------------------------------


def pick(ask: Ask, chosen: Rows, rows: Rows, picked: str | None, held: Held) -> Any:
    """The form of the inject that was chosen."""
    if not chosen or not held or not isinstance(chosen, list) or chosen[0]["key"] == picked:
        raise PreventUpdate
    key = chosen[0]["key"]
    return [_form(city_of(ask, held["plan"]), rows, key, held), key]


def _form(city: City, rows: Rows, key: str | None, held: Mapping[str, Any]) -> Any:
    return script.form_of(city, rows or (), key or "", edit=bool(held["edits"])) or no_update


def apply(
    ask: Ask, parts: Sequence[Any], measured: Sequence[Rows], names: Ids, rows: Rows, picked: str | None,
    held: Held,
) -> Any:  # fmt: skip
    """What is written in the form stands in the row at once; another kind of act, or a condition instead of a
    minute, has another form."""
    row = next((one for one in rows or () if one["key"] == picked), None)
    if row is None or not measured or not held or not held["edits"]:
        raise PreventUpdate
    was, now = script_rows.inject_of(row), script_rows.inject_of(_formed(row, parts, names, measured))
    if script_form.same(was, now):
        raise PreventUpdate
    city = city_of(ask, held["plan"])
    put = _put(city, rows, str(picked), now)
    shape = [(one["act"].get("kind"), bool(one.get("when"))) for one in (was, now)]
    return [put, _form(city, put, picked, held) if shape[0] != shape[1] else no_update]


def _put(city: City, rows: Rows, key: str, inject: Mapping[str, Any]) -> list[Row]:
    return [
        {**script_rows.inject_row(city, inject, key, done=row["done"]), "fault": row["fault"]}
        if row["key"] == key else row for row in rows or ()
    ]  # fmt: skip


def write(
    ask: Ask, changes: Sequence[Mapping[str, Any]] | None, rows: Rows, picked: str | None, held: Held
) -> Any:
    """A cell was written: what is told of the inject follows, and its form if it is open."""
    if not changes or not held:
        raise PreventUpdate
    keys = [one["rowId"] for one in changes]
    city, put = city_of(ask, held["plan"]), list(rows or ())
    for row in rows or ():
        if row["key"] in keys:
            put = _put(city, put, row["key"], script_rows.inject_of(row))
    return [put, _form(city, put, picked, held) if picked in keys else no_update]


def move(
    ask: Ask, moved: Held, rows: Rows, parts: Sequence[Any], names: Ids, measured: Sequence[Rows],
    picked: str | None, held: Held,
) -> Any:  # fmt: skip
    """Earlier or later by minutes, on the time line."""
    row = next((one for one in rows or () if moved and one["key"] == moved["key"]), None)
    if row is None or not moved or row["done"] or not held or not held["edits"]:
        raise PreventUpdate
    if row["key"] == picked and measured:
        row = _formed(row, parts, names, measured)
    city = city_of(ask, held["plan"])
    put = _put(city, rows, row["key"], script_rows.later(script_rows.inject_of(row), moved["by"]))
    return [put, _form(city, put, picked, held) if row["key"] == picked else no_update]


def find(ask: Ask, typed: str | None) -> list[Any]:
    if not (typed or "").strip():
        return [[], None]
    hits = search.search(ask.services, ask.principal, str(typed)[: search.LONGEST], PLACES)
    data = opening.places(hits)
    return [data, data[0]["value"] if data else None]


def place(_ask: Ask, found: str | None, names: Ids) -> Any:
    """A place that was found, into the fields of the form."""
    if not found:
        raise PreventUpdate
    lon, lat, name = found.split(" ", 2)
    given = {"act.lon": float(lon), "act.lat": float(lat), "act.address": name}
    return [given.get(one["name"], no_update) for one in names]


# --- rows and what follows from them ----------------------------------------------------------------------


def draw(ask: Ask, injects: Rows, seats: Rows, minutes: float | None, begins: str | None) -> Any:
    """The time line of what is written so far."""
    city = City(ask.lang)
    return timeline.line(city, injects or (), seats or (), float(minutes or 0), begins or "")


def rename(ask: Ask, seats: Rows, objectives: Rows, held: Held) -> Any:
    """Seats and objectives may be chosen as they are named now."""
    if not held:
        raise PreventUpdate
    rows = {"seats": seats or (), "objectives": objectives or ()}
    listed = script_tables.columns(City(ask.lang), "injects", rows, edit=held["edits"])
    return [column.definition() for column in listed]


def change_rows(ask: Ask, _pressed: Sequence[int | None], *given: Any) -> Any:
    """A row more, a row less."""
    *values, picked, held = given
    if not ctx.triggered or not ctx.triggered[0]["value"] or not ctx.triggered_id or not held:
        raise PreventUpdate
    section, act = ctx.triggered_id["section"], ctx.triggered_id["act"]
    names = (*script_rows.SECTIONS, "indicators")
    tables = dict(zip(names, [*values[:4], (values[4] or [None])[0]], strict=True))
    chosen = dict(zip(names, [*values[5:9], (values[9] or [None])[0]], strict=True))
    changed = _changed(ask, section, act, {name: rows or [] for name, rows in tables.items()},
                       {row["key"] for row in chosen[section] or ()}, picked)  # fmt: skip
    put = [changed if name == section else no_update for name in names[:4]]
    return [*put, [changed if section == "indicators" else no_update for _ in values[4]]]


def _changed(
    ask: Ask, section: str, act: str, tables: Mapping[str, Sequence[Row]], keys: set[str], picked: str | None
) -> list[Row]:
    rows = list(tables[section])
    if act == "remove":
        return [row for row in rows if row["key"] not in keys or row.get("done")]
    if section != "indicators":
        return [*rows, script_rows.fresh(City(ask.lang), section, tables)]
    inject = next((row for row in tables["injects"] if row["key"] == picked), {"number": 0})
    taken = {one["code"] for row in tables["injects"] for one in row["held"].get("indicators") or ()}
    codes = taken | {str(row.get("code")) for row in rows}
    return [*rows, script_form.fresh(rows, inject["number"], codes)]
