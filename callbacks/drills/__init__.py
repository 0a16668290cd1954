"""The ways in of `/drills` and of a drill's script."""

from __future__ import annotations

from dash import Dash

from callbacks.drills import ledger, listing, opening, script
from callbacks.registrar import Registrar


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of these pages."""
    listing.register(app, registrar)
    opening.register(registrar)
    ledger.register(registrar)
    script.register(app, registrar)
