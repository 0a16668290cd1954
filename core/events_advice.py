"""The facts of advice: what was offered when units were sent, and which of it was chosen.

They do not touch the board. The subject is the incident.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from core.envelope import Body


class OfferedSet(BaseModel):
    """A set of units as it was offered: seconds of its slowest, share of cover lost, places left empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    units: tuple[str, ...]
    why: str
    worst_s: float
    loss: float
    missing: int


class OfferAnswered(Body):
    """按建议派遣, or otherwise: `rank` of the set chosen, from 1; 0 = another choice, for `reason`."""

    offer: str
    sets: tuple[OfferedSet, ...]
    rank: int
    units: tuple[str, ...]
    reason: str | None
