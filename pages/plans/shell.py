"""The frame of `/plans`: the library as a table; with a plan open, names left, the plan beside."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from pages import ids as common
from pages import parts
from pages.messages import DEFAULT, language, text
from pages.places.parts import skeleton
from pages.places.table import table
from pages.places.theme import themed
from pages.plans import ids
from pages.plans.views import list_columns

title = text(DEFAULT, "plans.page_title")
SHOWN = ("all", "draft", "retired")
FILE_BYTES = 2_000_000
"""Ten times the most letters a plan may have."""


def layout(lang: str | None = None, code: str | None = None, **_: object) -> Any:
    """The page in this language; `code`: the plan that is open. The library is that of the live city."""
    lang = language(lang)
    body = html.Main(
        [_library(lang, hidden=bool(code)), html.Nav(id=ids.RAIL, className="plans-rail", hidden=not code),
         html.Section(skeleton(), id=ids.VIEW, className="plans-view", hidden=not code)],
        className="plans-body",
    )  # fmt: skip
    shown = [
        *_stores(lang, code),
        parts.bar(lang, "plans"),
        body,
        _retire(lang),
        _uploaded(lang),
        parts.toast(),
    ]
    return themed(html.Div(shown, className="places-page plans-page"))


def _stores(lang: str, code: str | None) -> list[Any]:
    given = [
        dcc.Store(id=common.LANG, data=lang), dcc.Store(id=common.REALM, data="live"),
        dcc.Store(id=ids.OPENED, data={"code": code, "version": None} if code else None),
    ]  # fmt: skip
    empty = (common.NOTICE, common.SELECTION, ids.HELD, ids.TICK, ids.DONE, ids.SAVING)
    return [*given, *(dcc.Store(id=name) for name in empty)]


def _library(lang: str, *, hidden: bool) -> html.Section:
    find: Any = dmc.TextInput(
        id=ids.WORDS, placeholder=text(lang, "plans.find"), debounce=200, size="sm",
        **parts.marked(aria_label=text(lang, "plans.find")),
    )  # fmt: skip
    kinds: Any = dmc.SegmentedControl(
        id=ids.KIND, value="all", size="sm",
        data=[{"value": one, "label": text(lang, f"plans.show.{one}")} for one in SHOWN],
    )  # fmt: skip
    bring: Any = dcc.Upload(
        dmc.Button(text(lang, "plans.bring"), variant="default"), id=ids.UPLOAD, max_size=FILE_BYTES,
        accept=".yaml,.yml,.json",
    )  # fmt: skip
    listed = table(
        lang, ids.LIST, list_columns(lang), key="plan", height="100%", options={"pagination": False}
    )
    note = html.P(id=ids.LIST_NOTE, className="tab-note", role="status")
    brought = html.Div(bring, id=ids.BRING, hidden=True)
    filters = html.Div([find, kinds, note, brought], className="plans-filters")
    return html.Section([filters, listed], id=ids.LIST_PANE, className="plans-library", hidden=hidden)


def _retire(lang: str) -> Any:
    """停用 asks why."""
    reason = dmc.Textarea(
        id=ids.RETIRE_REASON, label=text(lang, "plans.retire.reason"), required=True, autosize=True, minRows=3
    )
    button = html.Div(dmc.Button(text(lang, "plans.retire"), id=ids.RETIRE_DO), className="cases-form-foot")
    return _modal(lang, ids.RETIRE_FORM, "plans.retire.title", "34rem", [reason, button])


def _uploaded(lang: str) -> Any:
    """What is wrong with a file that was brought."""
    shown = [html.P(id=ids.UPLOADED_SAID), html.Div(id=ids.UPLOADED_FAULTS, className="plans-faults")]
    return _modal(lang, ids.UPLOADED, "plans.uploaded.title", "52rem", shown)


def _modal(lang: str, ident: str, head: str, size: str, shown: list[Any]) -> Any:
    return dmc.Modal(
        shown, id=ident, opened=False, title=text(lang, head), size=size, withinPortal=False, centered=True,
        closeButtonProps={"aria-label": text(lang, "kpi.close")},
    )  # fmt: skip
