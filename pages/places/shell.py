"""The frame of `/places`: bar, the column of tabs, the open tab, the live map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from core.permissions import Principal
from pages import ids as common
from pages import parts
from pages.messages import DEFAULT, language, text
from pages.places import grids, ids, imports, layers, measures, norms, posts, reach, stores
from pages.places.parts import skeleton
from pages.places.theme import themed

title = text(DEFAULT, "places.page_title")

Layout = Callable[[str, Principal], Component]
TABS: dict[str, Layout] = {
    "import": imports.layout,
    "grids": grids.layout,
    "posts": posts.layout,
    "stores": stores.layout,
    "reach": reach.layout,
    "layers": layers.layout,
    "measures": measures.layout,
    "norms": norms.layout,
}
"""The tabs in their order; `?tab=NAME` opens one."""
NEEDS: dict[str, tuple[str, ...]] = {
    "grids": ("grids",), "posts": ("grids",), "stores": ("grids", "stores"), "reach": ("grids", "roads"),
    "layers": ("grids",), "measures": ("grids",),
}  # fmt: skip
"""What a city must have imported before a tab says anything."""


def layout(lang: str | None = None, realm: str = "live", tab: str | None = None, **_: object) -> Any:
    """The page in this language and realm, with this tab open."""
    lang = language(lang)
    first = tab if tab in TABS else next(iter(TABS))
    return themed(
        html.Div(
            [
                *_stores(lang, realm),
                parts.bar(lang, "places"),
                _tabs(lang, first),
                parts.map_frame(lang),
                parts.toast(),
            ],
            className="places-page",
        )
    )


def _stores(lang: str, realm: str) -> list[Any]:
    names = (common.NOTICE, common.SELECTION, *map(ids.opened, TABS))
    given = [
        dcc.Store(id=common.LANG, data=lang),
        dcc.Store(id=common.REALM, data=realm),
        dcc.Store(id=ids.OVERLAY, data={}),
    ]
    return [*given, *(dcc.Store(id=name) for name in names)]


def first(lang: str, name: str, lacking: Sequence[str]) -> html.Div:
    """Instead of a tab: what to import first. Asked for anew each time the tab is opened (60-places.js)."""
    kinds = [imports.kind_words(lang, kind) for kind in lacking]
    said = [
        html.P(text(lang, "places.first", kinds=text(lang, "places.first.and").join(kinds))),
        html.P(text(lang, "places.first.order"), className="secondary"),
    ]
    return html.Div([html.H2(text(lang, f"places.tab.{name}")), *said], className="tab-first")


def _tabs(lang: str, first: str) -> dmc.Tabs:
    heads = [dmc.TabsTab(text(lang, f"places.tab.{name}"), value=name) for name in TABS]
    panes = [dmc.TabsPanel(html.Div(skeleton(), id=ids.pane(name)), value=name) for name in TABS]
    return dmc.Tabs(
        [dmc.TabsList(heads), *panes],
        id=ids.TAB,
        value=first,
        orientation="vertical",
        keepMounted=True,
        className="places-tabs",
    )
