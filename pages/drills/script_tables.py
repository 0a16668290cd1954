"""The tables of a script: which columns each part has, and how a cell is written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import html

from pages.drills import script_ids as ids
from pages.drills import script_words as words
from pages.drills.script_rows import Row
from pages.drills.script_words import City
from pages.places.parts import heading
from pages.places.table import Column, table

STEADY = {"pagination": False, "defaultColDef": {"sortable": False, "filter": False, "resizable": True}}
"""The order of rows is the script's."""
_SHORT = 9
"""So many letters of an objective in a cell."""
IDENT = {"injects": ids.INJECTS, "seats": ids.SEATS, "objectives": ids.OBJECTIVES, "sources": ids.SOURCES}


def section(
    city: City, name: str, rows: Mapping[str, Sequence[Row]], *, edit: bool, picked: str = ""
) -> list[Any]:
    """Heading with what is done to its rows, and the table; `picked`: the row that is chosen."""
    acts = [
        html.Button(city.say(f"plans.rows.{act}"), id=ids.row_act(name, act), className="reports-act")
        for act in ("add", "remove") if edit
    ]  # fmt: skip
    options = {**STEADY, "singleClickEdit": name != "injects", "stopEditingWhenCellsLoseFocus": True}
    listed = table(
        city.lang, IDENT[name], columns(city, name, rows, edit=edit), rows[name], key="key", select="one",
        height="100%" if name == "injects" else None, options=options,
    )  # fmt: skip
    if picked:
        listed.selectedRows = {"ids": [picked]}
    return [heading(city.say(f"drills.script.{name}"), *acts), listed]


def columns(
    city: City, name: str, rows: Mapping[str, Sequence[Row]], *, edit: bool
) -> list[Column]:  # fmt: skip
    """Of a section; seats and objectives that may be chosen are those of `rows`."""
    made = {"injects": _inject_columns, "seats": _seat_columns}.get(name)
    listed = made(city, rows, edit) if made else _plain_columns(city, name, edit)
    fault = Column("fault", city.say("drills.field.fault"), least=110, wrap=True,
                   options={"cellClass": "plans-fault"})  # fmt: skip
    return [*listed, *([fault] if edit else [])]


def _inject_columns(city: City, rows: Mapping[str, Sequence[Row]], edit: bool) -> list[Column]:
    seats = {str(row["code"]): str(row.get("name") or row["code"]) for row in rows["seats"]}
    of = {role: [row["code"] for row in rows["seats"] if row.get("role") == role] for role in words.ROLES}
    goals = {str(row["code"]): _short(str(row.get("name") or row["code"])) for row in rows["objectives"]}
    return [
        _cell(city, "number", 62, edit, number=True), _cell(city, "at_min", 76, edit, number=True),
        _told(city, "when", 130), _told(city, "act", 120), _cell(city, "synopsis", 250, edit, long=True),
        _choice(city, "target", 110, seats, of["player"], edit), _channel(city, edit),
        _cell(city, "expected", 200, edit, long=True), _told(city, "indicators", 150),
        _choice(city, "evaluator", 100, {"": "—", **seats}, ["", *of["evaluator"]], edit),
        _choice(city, "objective", 96, {"": "—", **goals}, ["", *goals], edit),
    ]  # fmt: skip


def _seat_columns(city: City, _rows: Mapping[str, Sequence[Row]], edit: bool) -> list[Column]:
    departments = {"": city.say("plans.desk"), **city.departments}
    areas = {"": city.say("plans.whole"), **city.areas}
    roles = city.choices("drills.role", words.ROLES)
    flag = {"editable": edit, "cellDataType": "boolean", "tooltipField": None}
    return [
        _cell(city, "code", 130, edit), _cell(city, "name", 240, edit),
        _choice(city, "dept", 180, departments, list(departments), edit),
        _choice(city, "area", 150, areas, list(areas), edit),
        _choice(city, "role", 90, roles, list(roles), edit),
        Column("simulated", city.say("drills.field.simulated"), least=90, options=flag),
        _cell(city, "delay_s", 110, edit, number=True),
    ]  # fmt: skip


def _plain_columns(city: City, name: str, edit: bool) -> list[Column]:
    if name == "sources":
        return [_cell(city, "text", 600, edit, long=True)]
    return [_cell(city, "code", 130, edit), _cell(city, "name", 600, edit)]


def _told(city: City, name: str, least: int) -> Column:
    """In words; written in the form beside."""
    return Column(name, city.say(f"drills.field.{name}"), least=least, wrap=True)


def _cell(
    city: City, name: str, least: int, edit: bool, *, number: bool = False, long: bool = False
) -> Column:  # fmt: skip
    """What was delivered stays as it was."""
    options: dict[str, Any] = {"editable": {"function": "!params.data.done"} if edit else False}
    if number:
        options |= {"cellEditor": "agNumberCellEditor", "filter": False}
    if long:
        options |= {"cellEditor": "agLargeTextCellEditor", "cellEditorPopup": True,
                    "cellEditorParams": {"maxLength": 1000, "rows": 5, "cols": 50}}  # fmt: skip
    return Column(name, city.say(f"drills.field.{name}"), number=number, least=least, wrap=not number,
                  options=options)  # fmt: skip


def _channel(city: City, edit: bool) -> Column:
    """Any words; those of the intake's channels are told in the reader's (static/js/6d-script.js)."""
    cell = _cell(city, "channel", 92, edit)
    return replace(cell, options={**cell.options, "valueFormatter": {"function": "drillChannel(params)"}})


def _short(words_: str) -> str:
    return words_ if len(words_) <= _SHORT else f"{words_[:_SHORT]}…"


def _choice(
    city: City, name: str, least: int, said: Mapping[str, str], offered: Sequence[str], edit: bool
) -> Column:  # fmt: skip
    options = {
        "editable": {"function": "!params.data.done"} if edit else False, "cellEditor": "agSelectCellEditor",
        "cellEditorParams": {"values": list(offered)}, "refData": dict(said),
    }  # fmt: skip
    return Column(name, city.say(f"drills.field.{name}"), least=least, wrap=True, options=options)


def select(about: Mapping[str, Any], choices: Mapping[str, str]) -> Any:
    data = [{"value": code, "label": label} for code, label in choices.items()]
    return dmc.Select(**about, data=data, allowDeselect=False, searchable=len(data) > 9, limit=100)
