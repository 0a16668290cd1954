"""The sections of a plan as tables, to be read and to be written in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from pages.messages import text
from pages.places.parts import heading
from pages.places.table import Column, table
from pages.plans import ids, sections, words
from pages.plans.shown import STEADY, TABS, Shown
from pages.plans.words import City

_BELOW = ["label", "input", "description"]


def fields(city: City, shown: Shown) -> html.Div:
    """Of the plan itself: words, or a form."""
    plan = shown.plan
    if not shown.edit:
        facts = [
            ("kind", words.kind(city, plan["kind"])),
            ("areas", words.area_words(city, plan["areas"])),
            ("code", plan["code"]), ("summary", plan["summary"]),
        ]  # fmt: skip
        pairs = [part for name, said in facts
                 for part in (html.Dt(words.column(city, name)), html.Dd(said))]  # fmt: skip
        return html.Div(html.Dl(pairs, className="plans-facts"))
    return html.Div([_field(city, plan, name) for name in sections.FIELDS], className="plans-fields")


def _field(city: City, plan: Mapping[str, Any], name: str) -> Any:
    about: dict[str, Any] = {"id": ids.field(name), "label": words.column(city, name), "value": plan[name]}
    if name == "summary":
        return dmc.Textarea(**about, autosize=True, minRows=2)
    if name == "kind":
        codes = list(dict.fromkeys((plan["kind"], *city.kinds)))
        data = [{"value": code, "label": words.kind(city, code)} for code in codes]
        return dmc.Select(**about, data=data, allowDeselect=False, comboboxProps={"withinPortal": False})
    if name == "areas":
        about["value"] = "、".join(one for one in plan["areas"] if one)
    if name in ("areas", "code"):
        about |= {"description": city.say(f"plans.hint.{name}"), "inputWrapperOrder": _BELOW}
    return dmc.TextInput(**about)


def tables(city: City, shown: Shown, tab: str) -> list[Any]:
    return [part for name in TABS[tab] for part in _section(city, shown, name)]


def _section(city: City, shown: Shown, name: str) -> list[Any]:
    """Heading with what is done to its rows, and the table."""
    faulty = any(words.where(one["pointer"]).section == name for one in shown.faults)
    columns = sections.columns(city, name, shown.plan, edit=shown.edit, faulty=faulty)
    acts = [
        html.Button(city.say(f"plans.rows.{act}"), id=ids.row_act(name, act), className="reports-act")
        for act in ("add", "up", "remove")
        if shown.edit
    ]
    options = {**STEADY, "singleClickEdit": True, "stopEditingWhenCellsLoseFocus": True}
    return [
        heading(city.say(f"plans.section.{name}"), *acts),
        table(
            city.lang, ids.table(name), columns,
            sections.rows(city, name, shown.plan, shown.faults, edit=shown.edit), key="key",
            select="one" if shown.edit else None, height=None, options=options,
        ),
    ]  # fmt: skip


def task_form(city: City, shown: Shown) -> html.Div:
    """What a task waits for and needs, written beside the table."""
    after: Any = dmc.MultiSelect(
        id=ids.TASK_AFTER, label=words.column(city, "after"), data=[], value=[], searchable=True,
        comboboxProps={"position": "top"}, nothingFoundMessage=text(city.lang, "measures.nothing"),
    )  # fmt: skip
    what: Any = dmc.Select(
        id=ids.NEED_WHAT, label=city.say("plans.need.what"), data=need_choices(city), searchable=True,
        comboboxProps={"position": "top"}, nothingFoundMessage=text(city.lang, "measures.nothing"),
    )  # fmt: skip
    number: Any = dmc.NumberInput(id=ids.NEED_NUMBER, label=city.say("plans.need.number"), value=1, min=0)
    columns = [
        Column("words", words.column(city, "needs"), least=260),
        Column("number", city.say("plans.need.number"), number=True, least=90,
               options={"editable": True, "cellEditor": "agNumberCellEditor"}),
        Column("remove", "", least=60, options={"cellClass": "pressable"}),
    ]  # fmt: skip
    options = {**STEADY, "singleClickEdit": True, "stopEditingWhenCellsLoseFocus": True}
    listed = table(city.lang, ids.TASK_NEEDS, columns, [], key="key", height=None, options=options)
    add = dmc.Button(city.say("plans.need.add"), id=ids.NEED_ADD, variant="default")
    put = dmc.Button(city.say("plans.task.apply"), id=ids.TASK_APPLY)
    return html.Div(
        [html.P(city.say("plans.task.none"), id=ids.TASK_HEAD, className="tab-note"),
         html.Div([after, html.Div([what, number, add], className="plans-need"), listed, put],
                  id=ids.TASK_FORM, hidden=True)],
        className="plans-task",
    )  # fmt: skip


def need_choices(city: City) -> list[dict[str, Any]]:
    """Skills of the city's units and items of its stores, to be found by name."""
    units = [{"value": f"unit:{one}", "label": words.skill(city, one)} for one in city.skills]
    items = [{"value": f"item:{code}", "label": f"{name} {code}"} for code, (name, _) in city.items.items()]
    return [{"group": city.say("plans.need.units"), "items": units},
            {"group": city.say("plans.need.items"), "items": items}]  # fmt: skip


def need_row(city: City, one: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the needs of the task that is written."""
    name = (
        words.skill(city, one["what"])
        if one["kind"] == "unit"
        else city.items.get(one["what"], (one["what"], ""))[0]
    )
    key = f"{one['kind']}:{one['what']}"
    return {"key": key, "words": name, "number": one["number"], "remove": city.say("plans.rows.remove")}
