"""The frame of `/handover`: the present shift and its signature left, what it is about right."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from pages import ids as common
from pages import parts
from pages.handover import ids, letters
from pages.handover.views import LANG_COLUMNS
from pages.messages import DEFAULT, language, text
from pages.places.parts import heading, skeleton
from pages.places.table import table
from pages.places.theme import themed

title = text(DEFAULT, "handover.page_title")
TABS = ("unresolved", "history", "roster", "contacts", "letters")
FILE_BYTES = 4 * 2**20
"""The largest roster or phone book taken in by the page."""


def layout(lang: str | None = None, realm: str = "live", **_: object) -> Any:
    """The page in this language and realm."""
    lang = language(lang)
    shift = html.Section(
        [
            heading(text(lang, "handover.now")),
            html.Div(skeleton(), id=ids.OFFICE, className="duty-office"),
            html.Div(id=ids.TILES, className="duty-tiles"),
            _hand_form(lang),
            _take_form(lang),
            heading(text(lang, "handover.load")),
            html.Div(id=ids.LOAD, className="duty-load"),
        ],
        className="duty-shift",
    )
    body = html.Main([shift, _tabs(lang)], className="duty-body")
    return themed(
        html.Div(
            [*_stores(lang, realm), parts.bar(lang, "handover"), body, parts.toast()],
            className="places-page duty-page",
        )
    )


def _stores(lang: str, realm: str) -> list[Any]:
    given = [
        dcc.Store(id=common.LANG, data=lang),
        dcc.Store(id=common.REALM, data=realm),
        dcc.Store(id=ids.KIND, data="open"),
        dcc.Store(id=ids.NOTES, data={}),
    ]
    return [*given, *(dcc.Store(id=name) for name in (common.NOTICE, common.SELECTION, ids.TICK))]


def _hand_form(lang: str) -> html.Div:
    notes: Any = dmc.Textarea(
        id=ids.HAND_NOTES, label=text(lang, "handover.notes"), minRows=4, autosize=True, maxRows=8,
        placeholder=text(lang, "handover.notes.hint"),
    )  # fmt: skip
    act = dmc.Button(text(lang, "handover.hand"), id=ids.HAND, fullWidth=True)
    return html.Div([notes, html.P(id=ids.HAND_AS, className="tab-note"), act], id=ids.HAND_FORM, hidden=True)


def _take_form(lang: str) -> html.Div:
    remark: Any = dmc.TextInput(id=ids.REMARK, label=text(lang, "handover.remark"))
    take = dmc.Button(text(lang, "handover.take"), id=ids.TAKE, fullWidth=True)
    back = dmc.Button(text(lang, "handover.withdraw"), id=ids.WITHDRAW, variant="default", fullWidth=True)
    parts_ = [
        html.Div(id=ids.TAKE_TEXT, className="duty-told"),
        remark,
        html.P(id=ids.TAKE_AS, className="tab-note"),
    ]
    return html.Div([*parts_, take, back], id=ids.TAKE_FORM, hidden=True)


def _tabs(lang: str) -> Any:
    heads = [dmc.TabsTab(text(lang, f"handover.tab.{name}"), value=name) for name in TABS]
    panes = {
        "unresolved": [
            html.P(id=ids.LIST_HEAD, className="tab-note"),
            _table(
                lang, ids.TABLE, "unresolved", "id", singleClickEdit=True, stopEditingWhenCellsLoseFocus=True
            ),
        ],
        "history": [_table(lang, ids.HISTORY, "history", "id")],
        "roster": [_roster_head(lang), _table(lang, ids.ROSTER, "roster", "key")],
        "letters": letters.pane(lang),
        "contacts": [_contacts_head(lang), _table(lang, ids.CONTACTS, "contacts", "key")],
    }
    shown = [dmc.TabsPanel(panes[name], value=name) for name in TABS]
    return dmc.Tabs([dmc.TabsList(heads), *shown], id=ids.TAB, value=TABS[0], className="duty-tabs")


def _table(lang: str, ident: str, name: str, key: str, **options: Any) -> Any:
    return table(lang, ident, LANG_COLUMNS[name](lang), key=key, height="100%", options=options)


def _roster_head(lang: str) -> html.Div:
    drop: Any = dcc.Upload(
        dmc.Button(text(lang, "handover.roster.bring"), variant="default"),
        id=ids.UPLOAD, max_size=FILE_BYTES, accept=".xlsx,.xls,.csv,.ods",
    )  # fmt: skip
    return html.Div([html.Div(id=ids.GAPS, className="tab-note"), drop], className="duty-tab-head")


def _contacts_head(lang: str) -> html.Div:
    words: Any = dmc.TextInput(id=ids.WORDS, placeholder=text(lang, "handover.contacts.find"), debounce=300)
    return html.Div([words], className="duty-tab-head")
