"""The facts of crews' safety checks (安全核对). The subject is the assignment."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from core.envelope import Body


class CheckClock(BaseModel):
    """When a crew at work is to be asked next, how often, and how long an answer may take; seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    due_at: datetime
    every_s: float
    grace_s: float


class SafetyCheckDue(Body):
    """应核对: it is time to ask the crew whether it is well."""

    due_at: datetime


class CrewChecked(Body):
    """已核对: the crew is well. `next` is the clock that begins now; None where the city asks for none.

    `all_answered`: no other crew at this incident has been missed, so nobody needs to act any more.
    """

    text: str | None
    next: CheckClock | None
    all_answered: bool


class SafetyCheckMissed(Body):
    """逾期未核对: nobody has said within the time of grace that the crew is well."""

    unit_name: str
    due_at: datetime
