"""配备: how many managers and assistants a base grid should have, and how evenly work lies on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

State = Literal["right", "short", "over", "unknown"]


@dataclass(frozen=True, slots=True)
class StaffRule:
    """网格管理员, and least and most 网格协管员 of a base grid; 1 + 2 to 5 as the cities' rules have it."""

    managers: int
    least: int
    most: int


def staffed(managers: int | None, assistants: int | None, rule: StaffRule) -> State:
    """How a base grid is staffed; unknown when neither figure was ever given. Short in one and over in the
    other is short: somebody is missing."""
    if managers is None and assistants is None:
        return "unknown"
    heads, hands = managers or 0, assistants or 0
    if heads < rule.managers or hands < rule.least:
        return "short"
    return "over" if heads > rule.managers or hands > rule.most else "right"


@dataclass(frozen=True, slots=True)
class Load:
    """`ratio`: times the mean of all grids compared; None where that mean is 0."""

    code: str
    value: float
    ratio: float | None


def balance(values: Mapping[str, float]) -> list[Load]:
    """The heaviest first."""
    mean = fmean(values.values()) if values else 0.0
    made = [Load(code, value, round(value / mean, 2) if mean else None) for code, value in values.items()]
    return sorted(made, key=lambda load: (-load.value, load.code))


def spread(values: Sequence[float]) -> float | None:
    """How unevenly (Gini, 0 = all alike, towards 1 = one has all); None without anything to share."""
    total = sum(values)
    if not total:
        return None
    ranked = sorted(values)
    weighted = sum(rank * value for rank, value in enumerate(ranked, 1))
    return round(2 * weighted / (len(ranked) * total) - (len(ranked) + 1) / len(ranked), 3)
