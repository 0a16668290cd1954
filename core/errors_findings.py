"""Refusals of drills' findings."""

from __future__ import annotations

from core.errors import Refusal


class FindingMoveNotAllowed(Refusal):
    """It does not stand so; params: finding_state, by (who brought it there), moves (what may be done)."""

    code = "finding_move_not_allowed"


class FindingDuePassed(Refusal):
    """It would be due on a day that is over; params: due_on, today."""

    code = "finding_due_passed"


class FindingWithoutPlan(Refusal):
    """The drill tested no plan, so there is none to revise."""

    code = "finding_without_plan"


class RevisionNotApproved(Refusal):
    """The plan's version that answers the finding, or a later one, is not in force yet; params: plan,
    version."""

    code = "revision_not_approved"
