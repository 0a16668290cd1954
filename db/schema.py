"""Every table of a city on one metadata, for migrations and for the test that compares them."""

from __future__ import annotations

from db import (  # noqa: F401  they add their tables
    tables_accounts,
    tables_advice,
    tables_attachments,
    tables_briefing,
    tables_clocks,
    tables_drill_levels,
    tables_drills,
    tables_duty,
    tables_findings,
    tables_flow,
    tables_grids,
    tables_imports,
    tables_intake,
    tables_kpi,
    tables_linkage,
    tables_org,
    tables_outbound,
    tables_places,
    tables_positions,
    tables_roads,
    tables_safety,
    tables_shipped,
    tables_sites,
    tables_speeds,
    tables_stock,
    tables_walls,
    tables_warnings,
)
from db.tables import metadata

__all__ = ["metadata"]
