"""Refusals of the ledger of drills."""

from __future__ import annotations

from core.errors import Refusal


class YearPlannedMeanwhile(Refusal):
    """Somebody else wrote the year's plan since it was read; params: year, by, count (drills planned now)."""

    code = "year_planned_meanwhile"
