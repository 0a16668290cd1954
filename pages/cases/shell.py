"""The frame of `/cases`: queues left, the list in the middle, the file of an incident right."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from pages import ids as common
from pages import parts
from pages.cases import ids
from pages.cases.views import columns
from pages.messages import DEFAULT, language, text
from pages.places.parts import skeleton
from pages.places.table import table
from pages.places.theme import DATES, themed

title = text(DEFAULT, "cases.page_title")
FIRST = "mine"


def layout(lang: str | None = None, realm: str = "live", ident: str | None = None, **_: object) -> Any:
    """The page in this language and realm; `ident`: the incident whose file is open."""
    lang = language(lang)
    body = html.Main([_queues(lang), _middle(lang), _file(lang, ident)], className="cases-body")
    shown = [
        *_stores(lang, realm, ident),
        parts.bar(lang, "cases"),
        body,
        _form(lang),
        _flow(lang),
        parts.toast(),
    ]
    return themed(html.Div(shown, className="places-page cases-page"))


def _stores(lang: str, realm: str, ident: str | None) -> list[Any]:
    given = [
        dcc.Store(id=common.LANG, data=lang),
        dcc.Store(id=common.REALM, data=realm),
        dcc.Store(id=ids.CHOSEN, data="all" if ident else FIRST),
        dcc.Store(id=ids.OPENED, data=ident),
    ]
    empty = (
        common.NOTICE,
        common.SELECTION,
        ids.TICK,
        ids.TOUCHED,
        ids.DONE,
        ids.HELD,
        ids.STALE,
        ids.FORM_VERB,
    )
    return [*given, *(dcc.Store(id=name) for name in empty)]


def _queues(lang: str) -> html.Nav:
    flow = html.Button(text(lang, "cases.flow"), id=ids.FLOW_OPEN, className="plain")
    shown = [html.Div(skeleton(), id=ids.QUEUES), flow, parts.map_frame(lang, zoom_buttons=False)]
    return html.Nav(shown, className="cases-queues")


def _middle(lang: str) -> html.Section:
    words: Any = dmc.TextInput(
        id=ids.WORDS, placeholder=text(lang, "cases.words"), debounce=350, size="sm",
        **parts.marked(aria_label=text(lang, "cases.words")),
    )  # fmt: skip
    kind: Any = dmc.Select(
        id=ids.CLASS, data=[], placeholder=text(lang, "cases.class"), searchable=True, clearable=True,
        size="sm", nothingFoundMessage=text(lang, "measures.nothing"),
        **parts.marked(aria_label=text(lang, "cases.class")),
    )  # fmt: skip
    dates: Any = dmc.DatePickerInput(
        id=ids.DATES, type="range", valueFormat="YYYY-MM-DD", placeholder=text(lang, "cases.dates"),
        clearable=True, size="sm", **DATES,
    )  # fmt: skip
    listed = table(
        lang, ids.LIST, columns(lang), key="id", height="100%", select="one",
        options={"pagination": False, "defaultColDef": {"sortable": False, "filter": False}},
    )  # fmt: skip
    pages: Any = dmc.Pagination(id=ids.PAGES, total=1, value=1, size="sm", withEdges=True)
    return html.Section(
        [
            html.Div([words, kind, dates], className="cases-filters"),
            html.P(id=ids.LIST_HEAD, className="tab-note", role="status"),
            listed,
            html.Div(pages, className="cases-pages"),
        ],
        className="cases-list",
    )


def _file(lang: str, ident: str | None) -> html.Section:
    first = skeleton() if ident else html.Div(html.P(text(lang, "cases.none_open")), className="tab-empty")
    return html.Section(first, id=ids.FILE, className="cases-file", tabIndex="-1")


def _form(lang: str) -> Any:
    """The small form of an act."""
    buttons = html.Div(
        dmc.Button(text(lang, "cases.submit"), id=ids.FORM_SUBMIT), className="cases-form-foot"
    )
    return dmc.Modal(
        [html.Div(id=ids.FORM_BODY, className="cases-form"), buttons],
        id=ids.FORM, opened=False, title="", size="34rem", withinPortal=False, centered=True,
        closeButtonProps={"aria-label": text(lang, "kpi.close")},
    )  # fmt: skip


def _flow(lang: str) -> Any:
    """The workflow of this city, as it is."""
    return dmc.Drawer(
        html.Div(id=ids.FLOW_BODY, className="cases-flow"),
        id=ids.FLOW, opened=False, position="right", size="64rem", withinPortal=False,
        title=text(lang, "cases.flow"),
        closeButtonProps={"aria-label": text(lang, "kpi.close")},
    )  # fmt: skip
