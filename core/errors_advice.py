"""Refusals of answers to advice."""

from __future__ import annotations

from core.errors import Refusal


class OfferUnknown(Refusal):
    """The advice is an hour old, was about another incident, or there is none by that id; params: offer."""

    code = "offer_unknown"


class ReasonNeeded(Refusal):
    """Another choice than the first set that was advised is told with its reason; params: first."""

    code = "reason_needed"
