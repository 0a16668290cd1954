"""覆盖: the share of people within minutes of help, and what of it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.runcards import Weights

Floats = NDArray[np.float64]
MINUTES = (5, 10, 15)


@dataclass(frozen=True, slots=True)
class Kept:
    """Share of people (0…1) within 5, 10 and 15 minutes, before some units go and after."""

    before: tuple[float, ...]
    after: tuple[float, ...]

    def lost(self, weights: Weights) -> float:
        """As one share, 0…1."""
        return weighed([max(0.0, b - a) for b, a in zip(self.before, self.after, strict=True)], weights)


def covered(seconds: Floats, people: Floats) -> tuple[float, ...]:
    """Share of people (one figure a place) within 5, 10 and 15 minutes; 0 where nobody lives."""
    total = float(people.sum())
    return tuple(float(people[seconds <= 60 * m].sum()) / total if total else 0.0 for m in MINUTES)


def weighed(shares: Sequence[float], weights: Weights) -> float:
    """Shares within 5, 10 and 15 minutes as one, by their weights."""
    by = (weights.cover_5, weights.cover_10, weights.cover_15)
    total = sum(by)
    return sum(w * share for w, share in zip(by, shares, strict=True)) / total if total else 0.0
