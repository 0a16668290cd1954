"""Every way in from the browser's forms and buttons."""

from __future__ import annotations

from concurrent.futures import Executor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dash import Dash

    from actions.services import Services


def register(app: Dash, services: Services, executor: Executor) -> None:
    """Register all callbacks with this app; they run on this executor (as many threads as connections)."""
    from callbacks import (
        admin,
        alerts,
        briefing,
        cases,
        desk,
        drill,
        drill_report,
        drills,
        handover,
        letters,
        places,
        plans,
        reports,
    )
    from callbacks.registrar import Registrar

    registrar = Registrar(app, services, executor)
    desk.register(app, registrar)
    places.register(app, registrar)
    reports.register(app, registrar)
    handover.register(app, registrar)
    letters.register(registrar)
    admin.register(registrar)
    cases.register(app, registrar)
    plans.register(app, registrar)
    alerts.register(app, registrar)
    briefing.register(registrar)
    drills.register(app, registrar)
    drill.register(registrar)
    drill_report.register(registrar)
