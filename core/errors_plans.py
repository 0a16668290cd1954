"""Refusals of plans and linkage."""

from __future__ import annotations

from core.errors import Refusal


class PlanUnreadable(Refusal):
    """The text is neither YAML nor JSON; params: line (0 = not known), detail."""

    code = "plan_unreadable"


class PlanMisshapen(Refusal):
    """A field of a plan is missing, unknown or out of bounds; params: pointer, detail, faults."""

    code = "plan_misshapen"
