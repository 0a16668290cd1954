"""The tab 脚本 of `/drills/ID`: the script as a time line and tables, to be read or to be written in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

import dash_mantine_components as dmc
from dash import dcc, html

from core.drill_script import Script
from pages.drills import script_form, script_rows, timeline
from pages.drills import script_ids as ids
from pages.drills import script_tables as tables
from pages.drills import script_words as words
from pages.drills.faults import Faults, fault_list
from pages.drills.opening import FILE_BYTES
from pages.drills.script_rows import Row
from pages.drills.script_words import City
from pages.messages import text
from pages.parts import marked
from pages.places.parts import skeleton

TABS = ("injects", "seats", "about")
_STORES = (ids.HELD, ids.DONE, ids.OTHER, ids.SAVING, ids.MOVE, ids.PICKED)


@dataclass(frozen=True, slots=True)
class Shown:
    """A script as it is shown. `edit`: to be written in; `files`: may be taken as a file (by its realm).
    `picked`: the key of the inject whose form stays open."""

    script: Script
    faults: Faults
    done: frozenset[int]
    edit: bool
    files: str
    picked: str = ""


def tab(lang: str) -> html.Div:
    """The tab in this language, empty; the page has the store `drill-id` with the drill's id."""
    stores = [dcc.Store(id=name) for name in _STORES]
    bones = html.Div(skeleton(), id=ids.VIEW, className="script-view")
    return html.Div([*stores, bones], className="script-tab", lang=lang)


def unread(lang: str) -> list[Any]:
    """For who plays or looks on, until the drill is over."""
    return [html.Div(html.P(text(lang, "drills.script.unread")), className="tab-empty")]


def view(city: City, shown: Shown) -> list[Any]:
    """From top to bottom. Every table stays in the page, whichever tab is open."""
    rows = script_rows.rows_of(city, shown.script, shown.faults, shown.done)
    section = partial(tables.section, city, rows=rows, edit=shown.edit)
    panes = {
        "injects": _injects(city, shown, rows),
        "seats": [*section("seats"), *section("objectives")],
        "about": [_fields(city, shown), *section("sources")],
    }
    heads = [dmc.TabsTab(city.say(f"drills.script.tab.{name}"), value=name) for name in TABS]
    bodies = [dmc.TabsPanel(panes[name], value=name) for name in TABS]
    tabs = dmc.Tabs(
        [dmc.TabsList(heads), *bodies], id=ids.TABS, value=TABS[0], keepMounted=True, variant="pills",
        persistence=True, persistence_type="memory", className="script-tabs",
    )  # fmt: skip
    return [
        _head(city, shown),
        html.Div(id=ids.MOVED, className="plans-moved", role="alert", hidden=True),
        html.Div(fault_list(city.lang, shown.faults), id=ids.FAULTS),
        tabs,
    ]


def _head(city: City, shown: Shown) -> html.Div:
    """How much it is, and what may be done."""
    script = shown.script
    measured = sum(len(one.indicators) for one in script.injects)
    said = city.say("drills.script.sum", injects=len(script.injects), indicators=measured,
                    seats=len(script.seats), minutes=f"{script.minutes:g}")  # fmt: skip
    how = city.say("drills.script.how" if shown.edit else "drills.script.read")
    acts = html.Div(_acts(city, shown), className="plans-acts")
    return html.Div([html.P([html.B(said), html.Span(how)]), acts], className="script-head")


def _acts(city: City, shown: Shown) -> list[Any]:
    code = quote(shown.files, safe="")
    made: list[Any] = [
        html.A(words_, href=f"/api/v1/drills/scripts/{code}.{ending}", className="reports-act",
               download=f"{shown.script.name}.{ending}")
        for words_, ending in (("XLSX", "xlsx"), ("JSON", "json")) if shown.files
    ]  # fmt: skip
    if shown.edit:
        upload: Any = dcc.Upload(
            html.Button(city.say("drills.script.bring"), className="reports-act"), id=ids.UPLOAD,
            accept=".json,.xlsx", max_size=FILE_BYTES,
        )  # fmt: skip
        made += [
            upload,
            dmc.Button(city.say("drills.script.discard"), id=ids.DISCARD, variant="default"),
            dmc.Button(city.say("drills.script.save"), id=ids.SAVE),
        ]
    return made


def _fields(city: City, shown: Shown) -> html.Div:
    """概况: of the script itself. The division that exercises is the realm's for good."""
    script = shown.script
    place = city.areas.get(script.division, script.division) if script.division else city.say("plans.whole")
    division = dmc.TextInput(label=city.say("drills.field.division"), value=place, disabled=True)
    made = [_field(city, shown, name) for name in script_rows.FIELDS]
    return html.Div([*made[:-1], division, made[-1]], className="script-fields")


def _field(city: City, shown: Shown, name: str) -> Any:
    value = getattr(shown.script, name)
    about: dict[str, Any] = {
        "id": ids.field(name), "label": city.say(f"drills.field.{name}"), "value": value,
        "disabled": not shown.edit,
    }  # fmt: skip
    choices: Mapping[str, Mapping[str, str]] = {
        "content": city.choices("drills.content", words.CONTENTS),
        "form": city.choices("drills.form", words.FORMS),
        "plan": {"": "—", **city.plans}, "hazard": {"": "—", **city.classes},
    }  # fmt: skip
    if name in choices:
        return tables.select(
            about, {**choices[name], **({value: value} if value not in choices[name] else {})}
        )
    if name == "minutes":
        return dmc.NumberInput(**about, min=1, max=7 * 24 * 60)
    return dmc.Textarea(**about, autosize=True, minRows=3) if name == "scenario" else dmc.TextInput(**about)


def _injects(city: City, shown: Shown, rows: Mapping[str, Sequence[Row]]) -> list[Any]:
    """The time line above; the table, and beside it all of the inject that is chosen."""
    script = shown.script
    drawn = timeline.line(city, rows["injects"], rows["seats"], script.minutes, script.scenario_at)
    chosen = form_of(city, rows["injects"], shown.picked, edit=shown.edit)
    form = html.Div(chosen or html.P(city.say("drills.script.pick"), className="tab-note"), id=ids.FORM,
                    className="script-form")  # fmt: skip
    left = html.Div(
        tables.section(city, "injects", rows, edit=shown.edit, picked=shown.picked), className="script-table"
    )
    return [
        html.Div(drawn, id=ids.LINE, className="script-line-frame"),
        html.Div([left, form], className="script-injects"),
    ]  # fmt: skip


def form_of(city: City, rows: Sequence[Row], key: str, *, edit: bool) -> list[Any]:
    """All of the inject of a row; nothing where there is no such row."""
    row = next((row for row in rows if row["key"] == key), None)
    if row is None:
        return []
    numbers = [one["number"] for one in rows if one.get("number")]
    return script_form.form(city, script_rows.inject_of(row), numbers, edit=edit and not row["done"])


def moved(lang: str, by: str) -> list[Any]:
    """Somebody else saved while this was written: nothing is lost, and what may be done."""
    return [
        html.P(text(lang, "drills.script.moved", by=by)),
        html.Div(
            [html.Button(text(lang, "drills.script.moved.theirs"), className="reports-act",
                         **marked(data_theirs="1")),
             dmc.Button(text(lang, "drills.script.moved.over"), id=ids.SAVE_OVER, variant="default")],
            className="plans-acts",
        ),
    ]  # fmt: skip
