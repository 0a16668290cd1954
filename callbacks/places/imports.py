"""数据导入: what the tab asks."""

from __future__ import annotations

from dash import Dash

from callbacks.registrar import Registrar


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the tab."""
