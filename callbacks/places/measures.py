"""分析: what the tab asks. Its answers come from the API to the page's own scripts, which paint them: thirty
thousand figures travel once, for the map, the legend and the table."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State

from callbacks.registrar import Registrar
from pages.places import ids
from pages.places import measures as page

_SCRIPTS = "zhihui_measures"


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the tab."""
    screens: Any = app
    screens.clientside_callback(
        ClientsideFunction(_SCRIPTS, "choices"),
        Output(page.CLASS, "data"),
        Output(page.AREA, "data"),
        Input(page.ABOUT, "data"),
    )
    screens.clientside_callback(
        ClientsideFunction(_SCRIPTS, "show"),
        Output(page.TABLE, "rowData"),
        Output(page.SAID, "children"),
        Output(page.PERIOD, "disabled"),
        Output(page.CLASS, "disabled"),
        Output(page.NAME, "disabled"),
        Output(page.TIER, "disabled"),
        Output(page.AREA, "disabled"),
        Output(page.METHOD, "disabled"),
        Input(ids.TAB, "value"),
        Input(page.VIEW, "value"),
        Input(page.NAME, "value"),
        Input(page.TIER, "value"),
        Input(page.PERIOD, "value"),
        Input(page.CLASS, "value"),
        Input(page.AREA, "value"),
        Input(page.METHOD, "value"),
        State(page.ABOUT, "data"),
    )
    screens.clientside_callback(
        ClientsideFunction(_SCRIPTS, "fly"),
        Output(page.TABLE, "selectedRows"),
        Input(page.TABLE, "cellClicked"),
        prevent_initial_call=True,
    )
