"""Figures of a bench: percentiles, and the row it answers with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` (0..1) of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def tails(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99."""
    return {f"p{share}": round(percentile(values, share / 100), 3) for share in (50, 95, 99)}


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def row(
    name: str, unit: str, ours: float, beside: dict[str, float | None], values: Sequence[float], detail: Any
) -> Row:
    """`beside` is {"floor": x} or {"peer": x}; `ratio` is ours to it, None where there is none."""
    other = next(iter(beside.values()))
    ratio = round(ours / other, 2) if other else None
    figures = {"ours": round(ours, 3)} | {key: other and round(other, 3) for key in beside}
    return {
        "name": name, "unit": unit, **figures, "ratio": ratio, "n": len(values), **tails(values),
        "detail": detail,
    }  # fmt: skip
