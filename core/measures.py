"""Figures of areas as the classes of a map (分级设色): where one colour ends and the next begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Literal, get_args

Method = Literal["quantile", "equal"]
METHODS: tuple[str, ...] = get_args(Method)
CLASSES = 5
"""Colours a legend has at most; more are not told apart from six metres."""


def cuts(values: Iterable[float], method: Method = "quantile", classes: int = CLASSES) -> list[float]:
    """Borders between classes, rising; at most `classes` - 1. A value on a border belongs above it.

    "quantile": about as many areas in each class; where very many share the lowest value (no incident), that
    is a class of its own and the rest is divided. "equal": steps of one width from the lowest to the highest
    value. No class is ever empty.
    """
    ordered = sorted(values)
    if not ordered:
        return []
    found = _quantiles(ordered, classes) if method == "quantile" else _steps(ordered, classes)
    return [cut for cut in sorted(set(found)) if cut > ordered[0]]


def _quantiles(ordered: Sequence[float], classes: int) -> list[float]:
    lowest = bisect_right(ordered, ordered[0])
    if lowest * classes <= len(ordered) or lowest == len(ordered):
        return [ordered[len(ordered) * number // classes] for number in range(1, classes)]
    above = ordered[lowest:]
    return [above[len(above) * number // (classes - 1)] for number in range(classes - 1)]


def _steps(ordered: Sequence[float], classes: int) -> list[float]:
    low, high = ordered[0], ordered[-1]
    borders = [low + (high - low) * number / classes for number in range(1, classes)]
    # a step that no value reaches would be a colour that the map never shows
    return [min(value for value in ordered if value >= border) for border in borders]


def class_of(value: float, borders: Sequence[float]) -> int:
    """0 for the lowest class."""
    return bisect_right(borders, value)
