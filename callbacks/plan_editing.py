"""Writing a plan on `/plans`: its rows, a task's form, saving. What is written stands in the tables until
it is saved; a refusal changes nothing in them but the words of what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dash import ALL, Input, Output, State, ctx, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import plans
from callbacks.plan_words import city_of, told
from callbacks.registrar import Ask, Registrar
from core.errors_plans import PlanMisshapen, PlanWrittenMeanwhile
from core.plan_text import plan_of
from pages.messages import text
from pages.plans import flow, ids, sections, tables, views, words
from pages.plans.sections import Row
from pages.plans.shown import TABS, Faults
from pages.plans.words import City

Rows = Sequence[Row]
Ids = Sequence[Mapping[str, str]]
Held = Mapping[str, Any] | None
_PHASED = ("tasks", "broadcasts", "shelters", "cordons")


def register(registrar: Registrar) -> None:
    """All callbacks of writing."""
    written = [
        State(ids.table(ALL), "rowData"), State(ids.table(ALL), "id"), State(ids.field(ALL), "value"),
        State(ids.field(ALL), "id"), State(ids.HELD, "data"),
    ]  # fmt: skip
    rows = Output(ids.table(ALL), "rowData", allow_duplicate=True)
    saved = [
        rows, Output(ids.FAULTS, "children", allow_duplicate=True),
        Output(ids.mark(ALL), "children", allow_duplicate=True),
        Output(ids.OPENED, "data", allow_duplicate=True),
    ]  # fmt: skip
    busy: dict[str, Any] = {"running": [(Output(ids.SAVE, "loading"), True, False)]}
    registrar.add(save, saved, [Input(ids.SAVING, "data")], written, **busy)
    registrar.add(
        change_rows, [rows], [Input(ids.row_act(ALL, ALL), "n_clicks")],
        [*written[:2], State(ids.table(ALL), "selectedRows")],
    )  # fmt: skip
    registrar.add(
        rename_phases,
        [Output(ids.table(name), "columnDefs", allow_duplicate=True) for name in _PHASED],
        [Input(ids.table("phases"), "rowData")], written,
    )  # fmt: skip
    registrar.add(draw, [Output(ids.CHART, "elements")], [Input(ids.TABS, "value")], written)
    _register_task(registrar)


def _register_task(registrar: Registrar) -> None:
    tasks = ids.table("tasks")
    needs = Output(ids.TASK_NEEDS, "rowData", allow_duplicate=True)
    registrar.add(
        pick_task,
        [Output(ids.TASK_FORM, "hidden"), Output(ids.TASK_HEAD, "children"), Output(ids.TASK_AFTER, "data"),
         Output(ids.TASK_AFTER, "value"), Output(ids.TASK_NEEDS, "rowData")],
        [Input(tasks, "selectedRows")], [State(tasks, "rowData")],
    )  # fmt: skip
    registrar.add(
        add_need, [needs], [Input(ids.NEED_ADD, "n_clicks")],
        [State(ids.NEED_WHAT, "value"), State(ids.NEED_NUMBER, "value"), State(ids.TASK_NEEDS, "rowData")],
    )  # fmt: skip
    registrar.add(
        drop_need, [needs], [Input(ids.TASK_NEEDS, "cellClicked")], [State(ids.TASK_NEEDS, "rowData")]
    )
    registrar.add(
        apply_task, [Output(tasks, "rowData", allow_duplicate=True)], [Input(ids.TASK_APPLY, "n_clicks")],
        [State(ids.TASK_AFTER, "value"), State(ids.TASK_NEEDS, "rowData"), State(tasks, "selectedRows"),
         State(tasks, "rowData")],
    )  # fmt: skip


# --- saving ----------------------------------------------------------------------------------------------


def save(
    ask: Ask, asked: Held, tables_: Sequence[Rows], of: Ids, values: Sequence[Any], names: Ids, held: Held
) -> Any:
    """保存草稿: as the next version after the one that was seen; `over`: knowing that somebody else saved
    meanwhile (theirs stays among the versions, unless it is a draft)."""
    if not asked or not held:
        raise PreventUpdate
    seen = None if asked["over"] else held["newest"]
    return _save(ask, tables_, of, _fields(values, names), held, seen=seen)


def _fields(values: Sequence[Any], names: Ids) -> dict[str, Any]:
    return {name["name"]: value for name, value in zip(names, values, strict=True)}


def _by_section(tables_: Sequence[Rows], of: Ids) -> dict[str, Rows]:
    return {one["section"]: rows or () for one, rows in zip(of, tables_, strict=True)}


def _save(
    ask: Ask, tables_: Sequence[Rows], of: Ids, fields: Mapping[str, Any], held: Mapping[str, Any], *,
    seen: int | None,
) -> Any:  # fmt: skip
    """What cannot be kept is told beside its rows, and stays as it was written."""
    city = city_of(ask)
    data = sections.plan_of_rows(_by_section(tables_, of), fields)
    if seen is not None and data["code"] != held["code"]:
        seen = 0  # another plan, which nobody has written yet
    try:
        plan = plan_of(data)
        answer = plans.draft(ask.services, replace(ask.call(), if_match=seen), plan)
    except PlanMisshapen as refusal:
        return _refused(ask, city, tables_, of, refusal.params["faults"])
    except PlanWrittenMeanwhile as refusal:
        newest = {"made_by": refusal.params["by"], "version": refusal.params["version"]}
        set_props(ids.MOVED, {"children": views.moved(ask.lang, newest), "hidden": False})
        raise
    found = len(answer["faults"])
    told(ask, "plans.done.faulty" if found else "plans.done.saved", n=answer["version"], faults=found)
    return [[no_update] * len(of), no_update, [no_update] * len(TABS), {"code": plan.code, "version": None}]


def _refused(ask: Ask, city: City, tables_: Sequence[Rows], of: Ids, faults: Faults) -> list[Any]:
    told(ask, "plans.refused", "refusal", "plans.refused.remedy", n=len(faults))
    rows = [
        sections.marked(city, one["section"], held or (), faults)
        for one, held in zip(of, tables_, strict=True)
    ]
    return [rows, views.fault_list(city, faults), [views.mark(faults, tab) for tab in TABS], no_update]


# --- rows ------------------------------------------------------------------------------------------------


def change_rows(
    _ask: Ask, pressed: Sequence[int | None], tables_: Sequence[Rows], of: Ids,
    chosen: Sequence[Rows | None],
) -> Any:  # fmt: skip
    """A row more, a row less, a row further up."""
    if not any(pressed) or not ctx.triggered_id:
        raise PreventUpdate
    section, act = ctx.triggered_id["section"], ctx.triggered_id["act"]
    phases = _by_section(tables_, of)["phases"]
    keys = {row["key"] for one, rows in zip(of, chosen, strict=True) if one["section"] == section
            for row in rows or ()}  # fmt: skip
    return [
        _changed(section, act, list(rows or ()), keys, phases) if one["section"] == section else no_update
        for one, rows in zip(of, tables_, strict=True)
    ]


def _changed(section: str, act: str, rows: list[Row], keys: set[str], phases: Rows) -> list[Row]:
    if act == "add":
        return [*rows, sections.fresh(section, rows, phases)]
    if act == "remove":
        return [row for row in rows if row["key"] not in keys]
    for n in range(1, len(rows)):
        if rows[n]["key"] in keys:
            rows[n - 1], rows[n] = rows[n], rows[n - 1]
    return rows


def rename_phases(
    ask: Ask, phases: Rows | None, tables_: Sequence[Rows], of: Ids, values: Sequence[Any], names: Ids,
    held: Held,
) -> Any:  # fmt: skip
    """Phases may be chosen as they are named now."""
    if not phases or not held or held["mode"] != "edit":
        raise PreventUpdate
    data = sections.plan_of_rows(_by_section(tables_, of), _fields(values, names))
    city = city_of(ask)
    return [
        [column.definition() for column in sections.columns(city, name, data, edit=True, faulty=True)]
        for name in _PHASED
    ]


def draw(
    ask: Ask, tab: str | None, tables_: Sequence[Rows], of: Ids, values: Sequence[Any], names: Ids, held: Held
) -> Any:
    """The chart of what is written so far, where it is a plan."""
    if tab != "chart" or not held or held["mode"] != "edit":
        raise PreventUpdate
    try:
        plan = plan_of(sections.plan_of_rows(_by_section(tables_, of), _fields(values, names)))
    except PlanMisshapen as refusal:
        said = text(ask.lang, "plans.chart.misshapen", n=len(refusal.params["faults"]))
        set_props(ids.CHART_SAID, {"children": said})
        return no_update
    return flow.elements(city_of(ask), plan)


# --- a task's form ---------------------------------------------------------------------------------------


def pick_task(ask: Ask, chosen: Rows | None, rows: Rows | None) -> list[Any]:
    """What the chosen task waits for and needs."""
    if not chosen:
        return [True, text(ask.lang, "plans.task.none"), [], [], []]
    task = chosen[0]
    others = [one for one in rows or () if one["key"] != task["key"]]
    city = city_of(ask)
    needs = [tables.need_row(city, one) for one in task["needs_held"]]
    data = [{"value": one["code"], "label": one["title"] or one["code"]} for one in _once(others)]
    head = text(ask.lang, "plans.task.of", title=task["title"] or task["code"])
    return [False, head, data, [one for one in task["after_held"] if one], needs]


def _once(rows: Rows) -> list[Row]:
    """Of rows with one code the first: a choice has each value once."""
    return list({row["code"]: row for row in reversed(rows) if row["code"]}.values())[::-1]


def add_need(ask: Ask, pressed: int | None, what: str | None, number: float | None, rows: Rows | None) -> Any:
    """One need more; of one that is there the number is replaced."""
    if not pressed or not what or not number:
        raise PreventUpdate
    kind, _, code = what.partition(":")
    fresh = tables.need_row(city_of(ask), {"kind": kind, "what": code, "number": number})
    return [*(row for row in rows or () if row["key"] != what), fresh]


def drop_need(_ask: Ask, cell: Held, rows: Rows | None) -> Any:
    if not cell or cell.get("colId") != "remove":
        raise PreventUpdate
    return [row for row in rows or () if row["key"] != cell.get("rowId")]


def apply_task(
    ask: Ask, pressed: int | None, after: Sequence[str] | None, needs: Rows | None, chosen: Rows | None,
    rows: Rows | None,
) -> Any:  # fmt: skip
    """Into the row of the chosen task."""
    if not pressed or not chosen:
        raise PreventUpdate
    city, key = city_of(ask), chosen[0]["key"]
    held = [_need(row) for row in needs or ()]
    titles = {row["code"]: row["title"] for row in rows or ()}
    fresh = {
        "after_held": list(after or ()), "after": "；".join(titles.get(one) or one for one in after or ()),
        "needs_held": held, "needs": words.needs(city, held),
    }  # fmt: skip
    return [{**row, **fresh} if row["key"] == key else row for row in rows or ()]


def _need(row: Row) -> dict[str, Any]:
    kind, _, what = str(row["key"]).partition(":")
    return {"kind": kind, "what": what, "number": row["number"] or 0}
