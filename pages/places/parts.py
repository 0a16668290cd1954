"""What every tab of `/places` is made of: headings, the empty state, the skeleton."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from pages.messages import text
from pages.parts import marked
from pages.places import ids


def heading(words: str, *beside: Any) -> html.Div:
    """A section's title, and what stands at its right end."""
    return html.Div([html.H2(words), html.Div(list(beside), className="beside")], className="tab-head")


def empty(lang: str, key: str, **params: object) -> html.Div:
    """A designed state: one sentence, and the way out in it."""
    return html.Div(html.P(text(lang, key, **params)), className="tab-empty")


def skeleton() -> html.Div:
    """While a tab's content is on its way."""
    return html.Div([html.I() for _ in range(6)], className="tab-bones", **marked(aria_hidden="true"))


def ground(tab: str) -> html.Div:
    """Hears of presses on the ground while this tab is open."""
    name = ids.ground(tab)
    return html.Div(dcc.Store(id=name), hidden=True, **marked(data_ground=name))
