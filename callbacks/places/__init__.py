"""The ways in of `/places`: its frame here, each tab in a module of its own."""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from actions import presence
from callbacks.places import grids, imports, layers, measures, norms, posts, reach, stores
from callbacks.places.drawing import Drawing
from callbacks.registrar import Ask, Registrar
from pages.places import ids
from pages.places.shell import NEEDS, TABS, first


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the page."""
    _register_frame(app, registrar)
    drawing = Drawing(registrar)
    for tab in (imports, grids, posts, stores, reach, layers, measures, norms):
        tab.register(app, drawing)


def _register_frame(app: Any, registrar: Registrar) -> None:
    """A tab's content is asked for when it is opened for the first time, each by a request of its own."""
    app.clientside_callback(
        ClientsideFunction("zhihui_places", "opened"),
        *(Output(ids.opened(name), "data") for name in TABS),
        Input(ids.TAB, "value"),
        *(State(ids.opened(name), "data") for name in TABS),
    )
    for name in TABS:
        registrar.add(
            partial(build, name), [Output(ids.pane(name), "children")], [Input(ids.opened(name), "data")]
        )
    app.clientside_callback(
        ClientsideFunction("zhihui_places", "overlay"),
        Output(ids.OVERLAY, "storage_type"),
        Input(ids.OVERLAY, "data"),  # also the first time: a tab draws as soon as it stands
    )


def build(name: str, ask: Ask, _opened: bool | None) -> Any:
    """The content of a tab for whoever asks; what to import first where it would have nothing to say."""
    lacking = presence.missing(ask.services, ask.principal, NEEDS.get(name, ()))
    return first(ask.lang, name, lacking) if lacking else TABS[name](ask.lang, ask.principal)
