"""The frame of `/drills`: the drills there are, the year's ledger, the scripts."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from pages import ids as common
from pages import parts
from pages.drill_report import findings
from pages.drills import ids, ledger_views, opening
from pages.drills.views import STATES, list_columns, script_columns
from pages.messages import DEFAULT, language, text
from pages.places.table import table
from pages.places.theme import themed

title = text(DEFAULT, "drills.page_title")
TABS = ("list", "findings", "ledger", "scripts")


def layout(lang: str | None = None, tab: str | None = None, **_: object) -> Any:
    """The page in this language, with this tab open."""
    lang = language(lang)
    panes = {
        "list": _list(lang), "findings": findings.pane(lang, every=True), "ledger": ledger_views.pane(lang),
        "scripts": _scripts(lang),
    }  # fmt: skip
    heads = [dmc.TabsTab(text(lang, f"drills.tab.{name}"), value=name) for name in TABS]
    bodies = [dmc.TabsPanel(panes[name], value=name) for name in TABS]
    tabs = dmc.Tabs(
        [dmc.TabsList(heads), *bodies], id=ids.TABS, value=tab if tab in TABS else TABS[0],
        className="drills-tabs",
    )  # fmt: skip
    shown = [
        *_stores(lang), parts.bar(lang, "drills"), html.Main(tabs, className="drills-body"),
        opening.form(lang), ledger_views.form(lang), parts.toast(),
    ]  # fmt: skip
    return themed(html.Div(shown, className="places-page drills-page"))


def _stores(lang: str) -> list[Any]:
    given = [dcc.Store(id=common.LANG, data=lang), dcc.Store(id=common.REALM, data="live")]
    empty = (common.NOTICE, common.SELECTION, ids.TICK, ids.DONE, ids.YEAR_HELD)
    return [*given, *(dcc.Store(id=name) for name in empty), dcc.Location(id=ids.GO, refresh=True)]


def _list(lang: str) -> list[Any]:
    states: Any = dmc.SegmentedControl(
        id=ids.STATE, value="all", size="sm",
        data=[{"value": one, "label": text(lang, f"drills.show.{one}")} for one in STATES],
    )  # fmt: skip
    year = dmc.Select(
        id=ids.YEAR, data=[], clearable=True, size="sm", placeholder=text(lang, "drills.every_year"),
        **parts.marked(aria_label=text(lang, "drills.year")),
    )  # fmt: skip
    note = html.P(id=ids.LIST_NOTE, className="tab-note", role="status")
    new = html.Div(dmc.Button(text(lang, "drills.new"), id=ids.NEW), hidden=True, id=ids.NEW_BOX)
    listed = table(lang, ids.LIST, list_columns(lang), key="id", height="100%", options={"pagination": False})
    return [html.Div([states, year, note, new], className="drills-filters"), listed]


def _scripts(lang: str) -> list[Any]:
    note = html.P(text(lang, "drills.scripts.note"), className="tab-note")
    listed = table(lang, ids.SCRIPTS, script_columns(lang), key="code", height=None)
    return [note, listed]
