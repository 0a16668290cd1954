"""The frame of `/admin`. It hears no stream: nothing there moves by itself."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from pages import ids as common
from pages import parts
from pages.admin import ids
from pages.messages import DEFAULT, language, text
from pages.places.parts import skeleton
from pages.places.theme import themed

title = text(DEFAULT, "admin.page_title")


def layout(lang: str | None = None, **_: object) -> Any:
    """The page in this language."""
    lang = language(lang)
    stores = [
        dcc.Store(id=common.LANG, data=lang),
        dcc.Store(id=common.REALM, data="live"),
        *(dcc.Store(id=name) for name in (common.NOTICE, ids.TICK)),
    ]
    body = html.Main(skeleton(), id=ids.BODY, className="admin-body")
    shown = [*stores, parts.still_bar(lang, "admin", "admin.title"), body, parts.toast()]
    return themed(html.Div(shown, className="places-page admin-page"))
