"""The facts of the plan library. The subject is `plan:CODE`; realm live."""

from __future__ import annotations

from core.envelope import Body
from core.plans import Plan


class PlanDrafted(Body):
    """A version is written, whole; the draft of a code that was there before is replaced by it."""

    version: int
    plan: Plan


class PlanApproved(Body):
    """审批通过: by another person than wrote it; the version in force before is retired."""

    version: int
    made_by: str
    retires: int | None


class PlanRetired(Body):
    """停用: no response begins by it any more."""

    version: int
    reason: str
