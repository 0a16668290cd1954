"""What people see: layouts, parts, ids, words. No input or output of their own."""

from __future__ import annotations

from typing import Any


def register_pages() -> None:
    """Register every page with the Dash app that was made last (`use_pages=True, pages_folder=""`)."""
    import dash

    from pages import desk, replay, wall, walls
    from pages.admin import shell as admin
    from pages.alerts import shell as alerts
    from pages.briefing import shell as briefing
    from pages.cases import shell as cases
    from pages.drill import shell as drill
    from pages.drills import shell as drills
    from pages.handover import shell as handover
    from pages.places import shell
    from pages.plans import shell as plans
    from pages.reports import shell as reports

    register: Any = dash.register_page
    register("desk", path="/desk", title=desk.title, layout=desk.layout)
    register("places", path="/places", title=shell.title, layout=shell.layout)
    register("reports", path="/reports", title=reports.title, layout=reports.layout)
    register("handover", path="/handover", title=handover.title, layout=handover.layout)
    register("cases", path="/cases", title=cases.title, layout=cases.layout)
    register("case", path_template="/cases/<ident>", title=cases.title, layout=cases.layout)
    register("plans", path="/plans", title=plans.title, layout=plans.layout)
    register("plan", path_template="/plans/<code>", title=plans.title, layout=plans.layout)
    register("alerts", path="/alerts", title=alerts.title, layout=alerts.layout)
    register("drills", path="/drills", title=drills.title, layout=drills.layout)
    register("briefing", path_template="/briefing/<ident>", title=briefing.title, layout=briefing.layout)
    register("drill", path_template="/drills/<ident>", title=drill.title, layout=drill.layout)
    register("replay", path="/replay", title=replay.title, layout=replay.layout)
    register("admin", path="/admin", title=admin.title, layout=admin.layout)
    register("walls", path="/walls", title=walls.title, layout=walls.layout)
    register("wall", path_template="/wall/<name>", title=wall.title, layout=wall.layout)
