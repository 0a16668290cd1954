"""The frame of `/drills/ID`: how the drill stands, then its tabs. Filled by callbacks.drill; clocks, presses
and what came to the reader's seat are static/js/8g-drill.js."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from core.drill import PREFIX
from pages import drill_report_page, parts
from pages import ids as common
from pages.drill import forms, ids
from pages.drills import script
from pages.messages import DEFAULT, language, text
from pages.places.parts import heading, skeleton
from pages.places.theme import themed

title = text(DEFAULT, "drill.page_title")
LATER: Mapping[str, Callable[[str], Any]] = {"script": script.tab, "report": drill_report_page.tab}
"""Tabs whose content comes when they are first opened."""
TABS = ("run", "script", "marks", "report")


def layout(lang: str | None = None, ident: str = "", **_: object) -> Any:
    """The page in this language, of one drill; its realm is the drill's."""
    lang, ident = language(lang), ident.lower()
    head: Any = html.Div(skeleton(), id=ids.HEAD, className="drill-head")
    shown = [
        *_stores(lang, ident), parts.bar(lang, f"drills/{ident}"), head, _tabs(lang), *forms.forms(lang),
        parts.toast(),
    ]  # fmt: skip
    return themed(html.Div(shown, className="places-page drill-page"))


def _stores(lang: str, ident: str) -> list[Any]:
    given = [
        dcc.Store(id=common.LANG, data=lang), dcc.Store(id=common.REALM, data=PREFIX + ident),
        dcc.Store(id=ids.DRILL, data=ident),
    ]  # fmt: skip
    empty = (common.NOTICE, common.SELECTION, ids.TICK, ids.ASKED, ids.MOUNTED)
    return [*given, *(dcc.Store(id=name) for name in empty)]


def _tabs(lang: str) -> Any:
    """Those that the reader may not open are not shown (callbacks.drill.running.show)."""
    heads = [
        dmc.TabsTab(text(lang, f"drill.tab.{name}"), value=name, id=ids.head(name), display="none")
        for name in TABS
    ]
    later = {name: html.Div(skeleton(), id=ids.pane(name), className="drill-later") for name in LATER}
    inner = {"run": _run(lang), "marks": _marks(lang), **later}
    panels = [dmc.TabsPanel(inner[name], value=name) for name in TABS]
    return dmc.Tabs(
        [dmc.TabsList(heads), *panels], id=ids.TABS, value="run", keepMounted=True,
        className="plans-tabs drill-tabs",
    )  # fmt: skip


def _run(lang: str) -> html.Div:
    """实施: the hand that turns it and the seats left, the injects or what came to one's seat in the middle,
    right what is expected and what happened last."""
    turn = html.Div([html.Div(id=ids.TURN), forms.jump(lang)], className="drill-turn")
    left = html.Section([turn, heading(text(lang, "drill.seats")), html.Div(skeleton(), id=ids.SEATS)])
    middle = html.Section(html.Div(skeleton(), id=ids.INJECTS))
    facts: Any = html.Div(id=ids.FACTS, className="drill-facts", role="log")
    right = html.Section([html.Div(id=ids.EXPECTED), heading(text(lang, "drill.facts")), facts])
    return html.Div([left, middle, right], className="drill-run")


def _marks(lang: str) -> html.Div:
    """评估: the form left, what was marked right."""
    return html.Div(
        [forms.mark(lang), html.Section(html.Div(skeleton(), id=ids.MARKS))], className="drill-evaluation"
    )
