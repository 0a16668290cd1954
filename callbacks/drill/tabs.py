"""Tabs of `/drills/ID` whose content comes when they are first opened, and stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from callbacks.registrar import Ask, Registrar
from pages.drill import ids, shell


def register(registrar: Registrar) -> None:
    registrar.add(
        mount, [*(Output(ids.pane(name), "children") for name in shell.LATER), Output(ids.MOUNTED, "data")],
        [Input(ids.TABS, "value")], [State(ids.MOUNTED, "data")],
    )  # fmt: skip


def mount(ask: Ask, tab: str, mounted: Sequence[str] | None) -> list[Any]:
    """The content of a tab, once: what is written in it is not lost by looking elsewhere."""
    there = list(mounted or [])
    if tab not in shell.LATER or tab in there:
        raise PreventUpdate
    panes = [shell.LATER[name](ask.lang) if name == tab else no_update for name in shell.LATER]
    return [*panes, [*there, tab]]
