"""物资调配: which stores send what.

Decided in this order: every item is there as early as it can be, from as few stores as can be, the earliest
of those; of a store's lots what expires first goes first. A lot gives what is free, in date and above its
minimum. Stores that arrive in the same minute arrive alike: road times are not known any better.

The few stores are found by whole-number programming (scipy, HiGHS): a store that sends one item may as well
send another, so items cannot be decided one by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from core.stock import Lot, Terms, exact

Reason = Literal["no_stock", "expired", "reserved", "minimum", "unreachable", "not_enough", "late"]


@dataclass(frozen=True, slots=True)
class Need:
    """So much of an item, there within `by_s` seconds (None: as soon as it can be)."""

    item: str
    quantity: float
    by_s: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one lot sends, and the seconds it needs to be there."""

    lot: Lot
    quantity: float
    eta_s: float


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A need that is not met: `missing` of `wanted`, and the quantities that are there and may not go.

    For reason `late` nothing is missing: the last of it needs `eta_s` where `by_s` was asked for.
    """

    item: str
    wanted: float
    missing: float
    reason: Reason
    held_back: dict[str, float] = field(default_factory=dict)
    eta_s: float | None = None
    by_s: float | None = None


@dataclass(frozen=True, slots=True)
class Allocation:
    """Parts by arrival, store and lot; shortfalls by item."""

    parts: tuple[Part, ...]
    shortfalls: tuple[Shortfall, ...]

    @property
    def stores(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.lot.store for part in self.parts))


def allocate(
    needs: Iterable[Need], lots: Iterable[Lot], travel_s: dict[str, float], terms: Terms
) -> Allocation:
    """What each store sends. travel_s: store → seconds by road; stores not in it, or infinite, send nothing.

    Whatever cannot be met is sent as far as it goes, and is told as a shortfall.
    """
    wanted = [need for need in merged(needs) if need.quantity > 0]
    held = list(lots)
    choices = [_choice(need, held, travel_s, terms) for need in wanted]
    chosen = _stores([choice for choice in choices if choice.lots])
    filled = [choice.filled(chosen) for choice in choices]
    told = [
        choice.shortfall(parts, held, travel_s, terms) for choice, parts in zip(choices, filled, strict=True)
    ]
    parts = sorted((part for one in filled for part in one), key=_arrival)
    return Allocation(tuple(parts), tuple(short for short in told if short))


def _arrival(part: Part) -> tuple[float, str, str, str]:
    return part.eta_s, part.lot.store, part.lot.item, part.lot.id


def merged(needs: Iterable[Need]) -> list[Need]:
    """One need an item, by code: quantities add up, the earliest time counts."""
    found: dict[str, Need] = {}
    for need in needs:
        old = found.get(need.item, Need(need.item, 0.0))
        times = [by for by in (old.by_s, need.by_s) if by is not None]
        found[need.item] = Need(need.item, exact(old.quantity + need.quantity), min(times, default=None))
    return [found[code] for code in sorted(found)]


def giveable(lot: Lot, terms: Terms) -> float:
    """What a lot gives away: free, in date, above its minimum (下限)."""
    return 0.0 if lot.is_past(terms.today) else exact(max(0.0, min(lot.free, lot.quantity - lot.minimum)))


def _minute(seconds: float) -> int:
    return math.ceil(seconds / 60)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A need with the lots that may answer it, in the order in which they go: all that arrive no later than
    it can be complete."""

    need: Need
    lots: tuple[tuple[Lot, float, float], ...]
    """(lot, what it gives, seconds)"""

    @property
    def there(self) -> float:
        return exact(sum(gives for _, gives, _ in self.lots))

    @property
    def sent(self) -> float:
        return min(self.need.quantity, self.there)

    def filled(self, stores: frozenset[str]) -> list[Part]:
        """Lots of these stores, in order, until the need is met; then of others: what HiGHS takes for enough
        may lack a millionth."""
        parts, left = [], self.sent
        for lot, gives, seconds in sorted(self.lots, key=lambda one: one[0].store not in stores):
            if left > 0:
                parts.append(Part(lot, min(gives, left), seconds))
                left = exact(left - min(gives, left))
        return parts

    def shortfall(
        self, parts: Sequence[Part], held: Sequence[Lot], travel_s: dict[str, float], terms: Terms
    ) -> Shortfall | None:
        need, missing = self.need, exact(self.need.quantity - self.sent)
        if missing > 0:
            back = _held_back([lot for lot in held if lot.item == need.item], travel_s, terms)
            reason = _reason(back, some=self.sent > 0)
            return Shortfall(need.item, need.quantity, missing, reason, back, by_s=need.by_s)
        last = max((part.eta_s for part in parts), default=0.0)
        if need.by_s is None or last <= need.by_s:
            return None
        return Shortfall(need.item, need.quantity, 0.0, "late", eta_s=last, by_s=need.by_s)


def _choice(need: Need, held: Sequence[Lot], travel_s: dict[str, float], terms: Terms) -> _Choice:
    far = {store: seconds for store, seconds in travel_s.items() if math.isfinite(seconds)}
    able = [
        (lot, gives, far[lot.store])
        for lot in held
        if lot.item == need.item and lot.store in far and (gives := giveable(lot, terms)) > 0
    ]
    able.sort(key=lambda one: (_minute(one[2]), one[0].expiry or date.max, one[0].store, one[0].id))
    in_time = [one for one in able if need.by_s is None or one[2] <= need.by_s]
    for pool in (in_time, able):
        there = 0.0
        for _, gives, seconds in pool:
            there = exact(there + gives)
            if there >= need.quantity:
                return _Choice(need, tuple(one for one in pool if _minute(one[2]) <= _minute(seconds)))
    return _Choice(need, tuple(able))


def _held_back(lots: Sequence[Lot], travel_s: dict[str, float], terms: Terms) -> dict[str, float]:
    """What is there of an item and may not go, by the reason; no zeros."""
    found: dict[str, float] = {}
    for lot in lots:
        seconds = travel_s.get(lot.store, math.inf)
        if lot.is_past(terms.today):
            back = {"expired": lot.quantity}
        elif not math.isfinite(seconds):
            back = {"unreachable": lot.free, "reserved": lot.reserved}
        else:
            back = {"reserved": lot.reserved, "minimum": exact(lot.free - giveable(lot, terms))}
        for reason, quantity in back.items():
            found[reason] = exact(found.get(reason, 0.0) + quantity)
    return {reason: quantity for reason, quantity in found.items() if quantity > 0}


_ORDER: tuple[Reason, ...] = ("minimum", "reserved", "unreachable", "expired")


def _reason(back: dict[str, float], *, some: bool) -> Reason:
    """What holds most back; of equal ones what is mended soonest."""
    most = max(_ORDER, key=lambda reason: (back.get(reason, 0.0), -_ORDER.index(reason)))
    if back.get(most):
        return most
    return "not_enough" if some else "no_stock"


# --- the fewest stores ------------------------------------------------------------------------------------


def _stores(choices: Sequence[_Choice]) -> frozenset[str]:
    """The fewest stores that meet every need, and of equally few those that arrive earliest.

    Two programmes over the same rules, x the share of a need that a store sends, y whether it sends at all:
    the least Σ y, then with no more stores the least Σ x · minute.
    """
    stores = sorted({lot.store for choice in choices for lot, _, _ in choice.lots})
    if len(stores) <= 1:
        return frozenset(stores)
    model = _Model(choices, stores)
    few = round(float(model.solve(model.opened).sum()))
    shown = model.solve(model.minutes, at_most=few)
    return frozenset(store for store, y in zip(stores, shown, strict=True) if y > 0.5)


class _Model:
    """The variables are y (a store each), then x (a need × store each)."""

    def __init__(self, choices: Sequence[_Choice], stores: Sequence[str]) -> None:
        shape = (len(choices), len(stores))
        gives, minutes = np.zeros(shape), np.zeros(shape)
        for row, choice in enumerate(choices):
            for lot, quantity, seconds in choice.lots:
                gives[row, stores.index(lot.store)] += quantity / choice.sent
                minutes[row, stores.index(lot.store)] = _minute(seconds)
        self.stores, self._needs = len(stores), len(choices)
        self._gives = np.minimum(gives, 1.0)
        self.opened = np.concatenate([np.ones(self.stores), np.zeros(gives.size)])
        self.minutes = np.concatenate([np.zeros(self.stores), minutes.ravel()])

    def solve(self, cost: NDArray[np.float64], at_most: int | None = None) -> NDArray[np.float64]:
        """y of the cheapest way; there always is one: all the stores together meet every need."""
        cells = self._gives.size
        whole = np.concatenate([np.ones(self.stores), np.zeros(cells)])
        found = milp(
            cost,
            integrality=whole,
            bounds=Bounds(0, 1),
            constraints=self._rules(self.stores if at_most is None else at_most),
        )
        if found.x is None:
            raise RuntimeError(f"no allocation: {found.message}")
        return np.asarray(found.x[: self.stores], dtype=float)

    def _rules(self, at_most: int) -> list[LinearConstraint]:
        cells = self._gives.size
        opens = sparse.csr_array((self._gives.ravel(), (np.arange(cells), np.arange(cells) % self.stores)))
        within = sparse.hstack([-opens, sparse.eye_array(cells)])  # x ≤ what the store gives, if it is opened
        shares = sparse.kron(sparse.eye_array(self._needs), np.ones((1, self.stores)))
        met = sparse.hstack([sparse.csr_array((self._needs, self.stores)), shares])
        count = np.concatenate([np.ones(self.stores), np.zeros(cells)])[None, :]
        return [
            LinearConstraint(within, -np.inf, 0.0),
            LinearConstraint(met, 1.0, 1.0),
            LinearConstraint(count, 0, at_most),
        ]
