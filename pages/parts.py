"""Parts that stand on more than one page."""

from __future__ import annotations

import json
from typing import Any

import dash_leaflet as dl
from dash import html

from layers.registry import for_browser, legend
from pages import ids
from pages.messages import text

Component = html.Div


def marked(**values: str) -> dict[str, Any]:
    """Attributes the scripts find: marked(data_city="x") is data-city="x"."""
    return {name.replace("_", "-"): value for name, value in values.items()}


def clock() -> Component:
    return html.Div("--:--:--", id=ids.CLOCK, role="timer")


def freshness(lang: str) -> Component:
    """Age of the last event and position, and the state of the connection, in words."""
    return html.Div(text(lang, "freshness.connecting"), id=ids.FRESHNESS, role="status")


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
