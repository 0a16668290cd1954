"""The ways in of `/drills/ID`."""

from __future__ import annotations

from callbacks.drill import forms, marks, running, tabs
from callbacks.registrar import Registrar


def register(registrar: Registrar) -> None:
    """All callbacks of the page but those of the tabs that it lends room to."""
    running.register(registrar)
    forms.register(registrar)
    marks.register(registrar)
    tabs.register(registrar)
