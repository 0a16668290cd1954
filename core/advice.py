"""建议出动: which sets of units to send, best first, and why a need is not met. Pure: arrays in, sets out.

A set fills the slots of a run card (`core.runcards`). A unit's time counts by its effective seconds: its ETA
and what is held against it (an old position, tired, from another district, called off another incident). A
set's score is the effective seconds of its slowest unit, what the others are later by in sum than those of
the fastest set, and the weight of what the city is then less covered by. Sets with fewer gaps come first,
whatever their score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from core.runcards import Profile, Slot, Weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Loss = Callable[[tuple[int, ...]], float]
"""Units (positions in a fleet) → the share (0…1) of cover that the city loses when they go."""
State = Literal["free", "busy", "held", "in_drill", "off_duty", "outside"]
STATES: tuple[State, ...] = ("free", "busy", "held", "in_drill", "off_duty", "outside")
Reason = Literal[
    "none_of_kind", "all_busy", "all_held", "in_drill", "off_duty", "outside_scope", "not_reachable", "used"
]  # fmt: skip
Why = Literal["fastest", "keeps_cover", "balanced", "alternative"]

SPARE = 6
"""Candidates a slot looks at beyond one for each place of the card."""
WEIGHED = 3
"""Candidates of a slot beyond its number whose cover is worked out; others count as the worst of these."""
COVER_MULTIPLES = (1.0, 4.0)
"""Times the weight of cover by which sets are sought that keep more of it."""
MOST_ALTERNATIVES = 4
_NEVER = 1e9
_POINTS = 100.0
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Fleet:
    """Units as parallel arrays. `state` are positions in STATES; `bound` is the level of the incident that a
    unit is on its way to (0 = none, or on scene: then it is never called off). `penalty_s` is what is held
    against it; `eta_s` is inf where no road leads from it."""

    ids: Sequence[str]
    profiles: Sequence[Profile]
    profile: Ints
    state: Ints
    bound: Ints
    eta_s: Floats
    penalty_s: Floats

    @classmethod
    def of(
        cls, ids: Sequence[str], sorts: Sequence[Profile], state: Iterable[State], bound: Iterable[int],
        eta_s: Floats, penalty_s: Floats,
    ) -> Fleet:  # fmt: skip
        """From one entry a unit."""
        number = {profile: at for at, profile in enumerate(dict.fromkeys(sorts))}
        return cls(
            ids, tuple(number), np.array([number[one] for one in sorts], dtype=np.int64),
            np.array([STATES.index(one) for one in state], dtype=np.int64),
            np.array(list(bound), dtype=np.int64), eta_s, penalty_s,
        )  # fmt: skip

    def fitting(self, slot: Slot) -> Mask:
        fits = np.array([slot.fits(*profile) for profile in self.profiles], dtype=bool)
        found: Mask = fits[self.profile] if len(self.profiles) else np.zeros(0, dtype=bool)
        return found

    def callable_off(self, slot: Slot) -> Mask:
        """On the way to something that matters less, as the slot's rule has it."""
        if not slot.takes:
            return np.zeros(len(self.state), dtype=bool)
        bound: Mask = np.logical_and(self.state == STATES.index("busy"), self.bound >= slot.takes)
        return bound

    def able(self, slot: Slot) -> Mask:
        """Who may be sent for a slot."""
        free = self.state == STATES.index("free")
        found: Mask = self.fitting(slot) & (free | self.callable_off(slot)) & np.isfinite(self.eta_s)
        return found

    def effective(self, weights: Weights) -> Floats:
        """Seconds that count."""
        taken = np.where(self.bound > 0, weights.taken_penalty, 0.0)
        found: Floats = self.eta_s + self.penalty_s + taken
        return found


@dataclass(frozen=True, slots=True)
class Chosen:
    """A unit (its position in the fleet) for a slot (its position on the card)."""

    slot: int
    unit: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A slot that lacks units: how many, why, and how many that fit are in which state."""

    slot: int
    missing: int
    reason: Reason
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class UnitSet:
    """`worst_s`: effective seconds of its slowest unit; `loss`: share of cover lost, 0…1."""

    chosen: tuple[Chosen, ...]
    gaps: tuple[Gap, ...]
    worst_s: float
    loss: float
    score: float
    why: Why

    @property
    def units(self) -> tuple[int, ...]:
        return tuple(one.unit for one in self.chosen)


def ranked_sets(
    slots: Sequence[Slot], fleet: Fleet, weights: Weights, loss: Loss, k: int = 3
) -> tuple[UnitSet, ...]:
    """Up to k sets, best first; () for a card without slots. The same units in another order give the same.

    The fastest set has the least possible seconds of its slowest unit, then the least in sum. Beside it stand
    those that weigh cover, and what is left when one unit of the fastest cannot come.
    """
    if not slots:
        return ()
    desk = _Desk(slots, fleet, weights, lru_cache(maxsize=None)(loss))
    fastest = desk.fastest()
    quickest = desk.made(fastest)
    sought = [fastest, *(desk.covering(weights.cover_weight * times) for times in COVER_MULTIPLES)]
    without = [desk.fastest(frozenset({unit})) for _, unit in fastest[:MOST_ALTERNATIVES]]
    found = {frozenset(unit for _, unit in one): one for one in reversed([*sought, *without])}
    sets = sorted((desk.made(one, quickest) for one in found.values()), key=desk.order)
    return tuple(_named(desk.distinct(sets)[:k], quickest))


def fastest_set(slots: Sequence[Slot], fleet: Fleet, weights: Weights) -> UnitSet:
    """The set whose slowest unit is there soonest, then the least seconds in sum; cover is not weighed."""
    desk = _Desk(slots, fleet, weights, lambda _: 0.0)
    return desk.made(desk.fastest())


Pairs = tuple[tuple[int, int], ...]
"""(slot, unit) in the order of slots, then seconds."""


class _Desk:
    """One question: the card's places, and for each slot the units that come into question."""

    def __init__(self, slots: Sequence[Slot], fleet: Fleet, weights: Weights, loss: Loss) -> None:
        self.slots, self.fleet, self.weights, self._loss = slots, fleet, weights, loss
        self._seconds = fleet.effective(weights)
        self._slot_of = np.repeat(np.arange(len(slots)), [slot.number for slot in slots])
        near = [self._near(slot) for slot in slots]
        units = np.unique(np.concatenate(near)) if near else np.zeros(0, dtype=np.int64)
        self._units = np.array(sorted(units.tolist(), key=self._rank), dtype=np.int64)
        fit = np.array([np.isin(self._units, own) for own in near]).reshape(len(slots), len(self._units))
        self._fit: Mask = fit[self._slot_of]
        weighed = [own[: slot.number + WEIGHED] for own, slot in zip(near, slots, strict=True)]
        self._weighed: Mask = np.isin(self._units, np.concatenate(weighed))

    def _rank(self, unit: int) -> tuple[float, str]:
        return float(self._seconds[unit]), self.fleet.ids[unit]

    def _near(self, slot: Slot) -> Ints:
        """The fastest for a slot: one for each place of the card and more; of equals the first by code."""
        able = np.flatnonzero(self.fleet.able(slot))
        most = len(self._slot_of) + SPARE
        if len(able) > most:
            limit = np.partition(self._seconds[able], most - 1)[most - 1]
            able = able[self._seconds[able] <= limit]
        return np.array(sorted(able.tolist(), key=self._rank)[:most], dtype=np.int64)

    def fastest(self, without: frozenset[int] = frozenset()) -> Pairs:
        """As many places as can be filled, the slowest as fast as can be, then the least seconds in sum."""
        fit = self._fit & ~np.isin(self._units, list(without))
        cost = np.where(fit, self._seconds[self._units], _NEVER)
        full = len(self._solved(cost))
        steps = np.unique(cost[cost < _NEVER])
        low, high = 0, len(steps) - 1
        while low < high:
            middle = (low + high) // 2
            enough = len(self._solved(np.where(cost <= steps[middle], cost, _NEVER))) == full
            low, high = (low, middle) if enough else (middle + 1, high)
        return self._solved(np.where(cost <= steps[low], cost, _NEVER)) if full else ()

    def covering(self, weight: float) -> Pairs:
        """As many places as can be filled, with the least seconds and cover lost, each unit by itself."""
        lost = np.array([self._loss((unit,)) for unit in self._units[self._weighed].tolist()])
        cost = np.full(len(self._units), lost.max(initial=0.0))
        cost[self._weighed] = lost
        seconds = self._seconds[self._units] + cost * _POINTS * weight
        return self._solved(np.where(self._fit, seconds, _NEVER))

    def _solved(self, cost: Floats) -> Pairs:
        rows, columns = linear_sum_assignment(cost)
        able = cost[rows, columns] < _NEVER
        pairs = [
            (int(self._slot_of[row]), int(self._units[column]))
            for row, column in zip(rows[able], columns[able], strict=True)
        ]
        return tuple(sorted(pairs, key=lambda pair: (pair[0], *self._rank(pair[1]))))

    def made(self, pairs: Pairs, fastest: UnitSet | None = None) -> UnitSet:
        """A set with its score, against the fastest; None = it is that."""
        units = tuple(sorted(unit for _, unit in pairs))
        worst = max((float(self._seconds[unit]) for unit in units), default=0.0)
        others = self._total(units) - worst
        later = max(0.0, others - (self._total(fastest.units) - fastest.worst_s)) if fastest else 0.0
        lost = self._loss(units)
        score = worst + later + self.weights.cover_weight * _POINTS * lost
        chosen = tuple(Chosen(*pair) for pair in pairs)
        return UnitSet(chosen, tuple(self._gaps(pairs)), worst, lost, score, "alternative")

    def _total(self, units: Sequence[int]) -> float:
        return float(self._seconds[list(units)].sum())

    def distinct(self, sets: Iterable[UnitSet]) -> list[UnitSet]:
        """Without those that differ by units of one station alone: as soon, as able, as much cover."""
        found: dict[object, UnitSet] = {}
        for one in sets:
            soon = sorted((c.slot, round(float(self._seconds[c.unit]), 1)) for c in one.chosen)
            found.setdefault((tuple(soon), round(one.loss, 6)), one)
        return list(found.values())

    def order(self, one: UnitSet) -> tuple[int, float, float, list[str]]:
        """Fewer gaps, less score, less seconds in sum, codes."""
        missing = sum(gap.missing for gap in one.gaps)
        codes = sorted(self.fleet.ids[unit] for unit in one.units)
        return missing, round(one.score, 6), round(self._total(one.units), 6), codes

    def _gaps(self, pairs: Pairs) -> Iterable[Gap]:
        filled = Counter(slot for slot, _ in pairs)
        used = {unit for _, unit in pairs}
        for number, slot in enumerate(self.slots):
            missing = slot.number - filled[number]
            if missing:
                counts = self._counts(slot, used)
                yield Gap(number, missing, _reason(counts), counts)

    def _counts(self, slot: Slot, used: set[int]) -> dict[str, int]:
        """How many that fit are where, those of this set apart."""
        fleet, fits = self.fleet, np.flatnonzero(self.fleet.fitting(slot))
        counts: Counter[str] = Counter()
        for unit in fits.tolist():
            state = STATES[fleet.state[unit]]
            if unit in used:
                counts["used"] += 1
            elif state == "free":
                counts["unreachable"] += 1
            else:
                counts[state] += 1
        return dict(sorted(counts.items()))


def _named(sets: Sequence[UnitSet], fastest: UnitSet) -> Iterable[UnitSet]:
    """What each is for. Only what keeps more cover than the fastest is said to."""
    least = min((one.loss for one in sets), default=0.0)
    for one in sets:
        why: Why = "alternative"
        if one.units == fastest.units:
            why = "fastest"
        elif one.loss < fastest.loss - _SAME:
            why = "keeps_cover" if one.loss <= least + _SAME else "balanced"
        yield replace(one, why=why)


_REASONS: dict[str, Reason] = {
    "busy": "all_busy", "held": "all_held", "unreachable": "not_reachable", "in_drill": "in_drill",
    "off_duty": "off_duty", "outside": "outside_scope", "used": "used",
}  # fmt: skip


def _reason(counts: dict[str, int]) -> Reason:
    """The state that most would change by: who is busy comes back first, who is elsewhere last."""
    return next((reason for state, reason in _REASONS.items() if counts.get(state)), "none_of_kind")
