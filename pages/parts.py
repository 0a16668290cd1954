"""Parts that stand on more than one page."""

from __future__ import annotations

import json
from typing import Any

import dash_leaflet as dl
from dash import html

from layers.registry import for_browser, legend
from pages import ids
from pages.messages import DEFAULT, text

Component = html.Div


def marked(**values: str) -> dict[str, Any]:
    """Attributes the scripts find: marked(data_city="x") is data-city="x"."""
    return {name.replace("_", "-"): value for name, value in values.items()}


def clock() -> Component:
    return html.Div("--:--:--", id=ids.CLOCK, role="timer")


def freshness(lang: str) -> Component:
    """Age of the last event and position, and the state of the connection, in words."""
    return html.Div(text(lang, "freshness.connecting"), id=ids.FRESHNESS, role="status")


PAGES = {
    "desk": "desk.title",
    "cases": "cases.title",
    "plans": "plans.title",
    "alerts": "alerts.title",
    "places": "places.title",
    "reports": "reports.title",
    "walls": "walls.title",
    "handover": "handover.title",
    "drills": "drills.title",
}
"""The pages a person at a desk goes between, in the order of the bar, and what they are called."""


def bar(lang: str, here: str, *more: Any, live: bool = True) -> html.Header:
    """Title, pages, freshness, who sits here, what the page puts beside it, the other language, the clock.
    A page that is not `live` shows what was: nothing in it is fresh, and no bell rings."""
    other = "en" if lang == DEFAULT else DEFAULT
    return html.Header(
        [
            html.H1(text(lang, "product.name")),
            html.Nav([_page_link(lang, page, here) for page in PAGES]),
            *([freshness(lang), *_bell(lang)] if live else []),
            html.Div(className="who clip", **marked(data_who="1")),
            *more,
            _leave_drill(lang),
            html.A(text(other, "login.language"), href=f"/{here}?lang={other}", className="plain"),
            _log_out(lang),
            clock(),
        ],
        className="page-bar",
    )


def still_bar(lang: str, here: str, words: str) -> html.Header:
    """The bar of a page that hears no stream: title, who looks, the other language."""
    other = "en" if lang == DEFAULT else DEFAULT
    return html.Header(
        [
            html.H1(text(lang, "product.name")),
            html.Nav(html.A(text(lang, words), href=f"/{here}?lang={lang}", **marked(aria_current="page"))),
            html.Div(className="who clip", **marked(data_who="1")),
            html.A(text(other, "login.language"), href=f"/{here}?lang={other}", className="plain"),
            _log_out(lang),
        ],
        className="page-bar",
    )


def _bell(lang: str) -> list[Any]:
    """What the office is told; filled by static/js/65-bell.js."""
    marks = marked(data_bell="1", aria_controls=ids.BELL_PANEL)
    button = html.Button(
        [html.Span(text(lang, "bell.title")), html.B("0")], className="bell", hidden=True, **marks
    )
    return [button, html.Div(id=ids.BELL_PANEL, hidden=True, **marked(aria_label=text(lang, "bell.title")))]


def _page_link(lang: str, page: str, here: str) -> html.A:
    current = marked(aria_current="page") if page == here.partition("/")[0] else {}
    return html.A(text(lang, PAGES[page]), href=f"/{page}?lang={lang}", **current)


def _leave_drill(lang: str) -> html.A:
    """Its links stay in a drill; this one leads out, and is shown there alone (static/css/05-realm.css)."""
    return html.A(
        text(lang, "realm.leave"), href=f"/desk?realm=live&lang={lang}", className="plain leave-drill"
    )


def _log_out(lang: str) -> html.Form:
    button = html.Button(text(lang, "desk.log_out"), type="submit", className="plain")
    return html.Form(button, action=f"/logout?lang={lang}", method="post")


def map_frame(lang: str, *extra: Any, zoom_buttons: bool = True) -> Component:
    """The map with its legend; what it draws comes from the stream and from the layer registry."""
    shown = json.dumps(for_browser())
    return html.Div(
        [
            dl.MapContainer(
                id=ids.MAP,
                preferCanvas=True,
                trackViewport=False,
                zoomControl=zoom_buttons,
                zoomSnap=0.25,
                zoomDelta=1,
                doubleClickZoom=True,
                minZoom=5,
                maxZoom=19,
            ),
            html.Div(text(lang, "map.sample"), className="map-note sample", **marked(data_sample="1")),
            html.Div([_legend_item(lang, *item) for item in legend()], className="map-note legend"),
            html.Div(id=ids.STALE_NOTE, className="stale-note", role="alert", hidden=True),
            *extra,
        ],
        className="map-frame",
        **marked(data_layers=shown),
    )


def _legend_item(lang: str, layer: str, entry: str) -> html.Span:
    """Shown while its layer is (static/js/48-layers.js)."""
    attributes = marked(data_legend=entry, data_of=layer)
    return html.Span(text(lang, f"legend.{entry}"), className="legend-item", **attributes)


def incident_list(lang: str) -> list[Component]:
    """The list, filled by static/js/53-list.js, and the one line that says why it is empty or cut."""
    return [
        html.Div(id=ids.INCIDENT_LIST, tabIndex="0", **marked(aria_label=text(lang, "list.title"))),
        html.Div(text(lang, "list.loading"), id=ids.LIST_NOTE, className="list-note"),
    ]


def toast() -> Component:
    return html.Div(id=ids.TOAST)
