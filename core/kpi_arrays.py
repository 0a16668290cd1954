"""Figures of many incidents at once: arrays with a place for each incident, words told by their numbers.

A duration is told to three digits (`core.kpi.told`), so it can be kept as the place of what is told among all
that may be told, its bin: quantiles are then exactly those of the durations, found by counting.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.kpi import QUANTILES, Spread

Numbers = NDArray[np.int32]
Bins = NDArray[np.int16]

_STEPS = tuple(10**power for power in range(1, 8))
LEAST: NDArray[np.int64] = np.array(
    [*range(1000), *(digits * step for step in _STEPS for digits in range(100, 1000))], np.int64
)
"""Every duration that may be told, in seconds, ascending: up to 300 years."""
COUNTED = 4_000_000
"""So many bins of all groups are counted; more are sorted (10,000 base grids would have 73 million)."""


MOST_GROUPS = (2**31 - 1) // len(LEAST)
"""Nearly 300,000: group and bin are one number of 32 bits, which is counted and sorted twice as fast."""


def bins(seconds: NDArray[np.int64]) -> Bins:
    """The bin of each duration; −1 (there is none) stays."""
    return (np.searchsorted(LEAST, seconds, side="right") - 1).astype(np.int16)


def spreads(keys: Numbers, groups: int, held: Bins) -> dict[int, Spread]:
    """Median and ninth decile of each group (0 … groups − 1, at most MOST_GROUPS) that has any duration, as
    `core.kpi.spread`."""
    taken = held >= 0
    place = keys[taken] * np.int32(len(LEAST)) + held[taken]
    return (_counted if groups * len(LEAST) <= COUNTED else _sorted)(place, groups)


def _counted(place: Numbers, groups: int) -> dict[int, Spread]:
    up_to = np.bincount(place, minlength=groups * len(LEAST)).reshape(groups, len(LEAST)).cumsum(axis=1)
    found = {}
    for group in np.flatnonzero(up_to[:, -1]).tolist():
        n = int(up_to[group, -1])
        found[group] = Spread(n, *(_told(np.searchsorted(up_to[group], rank)) for rank in _ranks(n)))
    return found


def _sorted(place: Numbers, groups: int) -> dict[int, Spread]:
    place.sort()
    bounds = np.searchsorted(place, np.arange(groups + 1) * len(LEAST))
    found = {}
    for group in np.flatnonzero(np.diff(bounds)).tolist():
        first, n = bounds[group], int(bounds[group + 1] - bounds[group])
        own = group * len(LEAST)
        found[group] = Spread(n, *(_told(place[first + rank - 1] - own) for rank in _ranks(n)))
    return found


def _ranks(n: int) -> list[int]:
    """Of each of QUANTILES, from 1."""
    return [max(int(np.ceil(share * n)), 1) for share in QUANTILES]


def _told(one: Any) -> int:
    return int(LEAST[one])


def counts(keys: Numbers, marks: Numbers) -> dict[int, dict[int, int]]:
    """Key → mark → how many incidents have both."""
    if not len(keys):
        return {}
    width = int(marks.max()) + 1
    pairs = np.bincount(keys.astype(np.int64) * width + marks)
    found: dict[int, dict[int, int]] = {}
    for pair in np.flatnonzero(pairs).tolist():
        found.setdefault(pair // width, {})[pair % width] = int(pairs[pair])
    return found
