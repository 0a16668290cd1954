"""覆盖 and 补位: what of the city stays covered when units go, kind by kind, and who may fill the gap.

A kind of unit covers the people that its free units reach by road within 5, 10 and 15 minutes. Fire engines
do not stand in for ambulances.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.cover import MINUTES, Kept, covered, weighed
from core.runcards import Weights
from geo.cover import Cover
from geo.roadlines import Point
from geo.roadnet import Floats, Ints, Mask
from geo.roads import RoadGraph

LIMIT_S = 60.0 * max(MINUTES)
MOVERS = 8
"""Units that are tried for a gap: the first that would be there."""
COVERS_KEPT = 32


@dataclass(frozen=True, eq=False)
class Places:
    """Base grids: a point in each (rows of lon, lat) and who lives there. Compared by identity, so that
    results are kept as long as nothing is imported."""

    spots: Floats
    people: Floats


@dataclass(frozen=True, slots=True)
class MoveUp:
    """补位: this free unit to the place that `leaves` vacates; `regained` is the share of people within 5, 10
    and 15 minutes that it gives back, `gain` the same weighed as a loss is."""

    unit: int
    leaves: int
    to: Point
    eta_s: float
    regained: tuple[float, ...]
    gain: float


@lru_cache(maxsize=COVERS_KEPT)
def _cover(graph: RoadGraph, spots: bytes, places: Places) -> Cover:
    """Of a kind's free units where they stand: nothing is worked out anew while none of them moves."""
    units = np.frombuffer(spots, dtype=float).reshape(-1, 2)
    return Cover(graph, units, places.spots, LIMIT_S)


class FleetCover:
    """A fleet as parallel arrays: kinds, spots (rows of lon, lat), and who is free: only those cover.

    `roads` gives the roads at the speeds of a kind; `scope` are the places whose people count (None = all),
    `movable` who may be proposed for a move-up (None = whoever is free).
    """

    def __init__(
        self, roads: Callable[[str], RoadGraph], kinds: Sequence[str], spots: Floats, free: Mask,
        places: Places, weights: Weights, scope: Mask | None = None, movable: Mask | None = None,
    ) -> None:  # fmt: skip
        self._roads, self._spots, self._free, self._places = roads, spots, free, places
        self._kinds, self._weights = np.asarray(kinds, dtype=object), weights
        self._people = places.people if scope is None else np.where(scope, places.people, 0.0)
        self._movable = free if movable is None else movable
        self._known: dict[str, tuple[Cover, Ints]] = {}
        self._told: dict[tuple[str, tuple[int, ...]], tuple[float, ...]] = {}

    def _of(self, kind: str) -> tuple[Cover, Ints]:
        """The cover of a kind, and the positions in the fleet of its free units."""
        if kind not in self._known:
            own = np.flatnonzero(self._free & (self._kinds == kind))
            cover = _cover(self._roads(kind), self._spots[own].tobytes(), self._places)
            self._known[kind] = cover, own
        return self._known[kind]

    def _by_kind(self, units: Sequence[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for unit in units:
            if self._free[unit]:
                found.setdefault(str(self._kinds[unit]), []).append(unit)
        return dict(sorted(found.items()))

    def _without(self, kind: str, units: Sequence[int]) -> Floats:
        """Seconds to each place when these of a kind are away."""
        cover, own = self._of(kind)
        return cover.seconds(np.searchsorted(own, units).tolist())

    def kept(self, units: Sequence[int]) -> dict[str, Kept]:
        """By kind, what is covered before these go and after."""
        return {kind: self._kept(kind, gone) for kind, gone in self._by_kind(units).items()}

    def _kept(self, kind: str, gone: Sequence[int]) -> Kept:
        return Kept(self._covered(kind, ()), self._covered(kind, gone))

    def _covered(self, kind: str, gone: Sequence[int]) -> tuple[float, ...]:
        key = kind, tuple(sorted(gone))
        if key not in self._told:
            self._told[key] = covered(self._without(kind, gone), self._people)
        return self._told[key]

    def loss(self, units: Sequence[int]) -> float:
        """Cover lost when these go, 0…1: what any of their kinds loses. Who is not free covers nobody."""
        kept = (1.0 - self._lost(kind, tuple(gone)) for kind, gone in self._by_kind(units).items())
        return 1.0 - math.prod(kept)

    def _lost(self, kind: str, gone: tuple[int, ...]) -> float:
        return self._weights.of_kind(kind) * self._kept(kind, gone).lost(self._weights)

    def move_up(self, units: Sequence[int]) -> MoveUp | None:
        """Who of the free should go where one of these stood, so that the kind that loses most regains most;
        None where nothing worth it is regained."""
        kinds = self._by_kind(units)
        if not kinds:
            return None
        kind = max(kinds, key=lambda one: self._lost(one, tuple(kinds[one])))
        gone = kinds[kind]
        leaves = max(gone, key=lambda unit: self._lost(kind, (unit,)))
        tried = [self._tried(kind, gone, leaves, mover) for mover in self._movers(kind, gone, leaves)]
        best = max(tried, key=lambda one: one.gain, default=None)
        return best if best and best.gain >= max(self._weights.move_up_least, 1e-9) else None

    def _movers(self, kind: str, gone: Sequence[int], leaves: int) -> list[tuple[int, float]]:
        """The first that would be there, with their seconds."""
        _, own = self._of(kind)
        others = own[~np.isin(own, gone) & self._movable[own]]
        to = tuple(self._spots[leaves].tolist())
        seconds = self._roads(kind).inbound(to, self._spots[others]).seconds
        order = np.argsort(seconds, kind="stable")[:MOVERS]
        return [(int(others[at]), float(seconds[at])) for at in order]

    def _tried(self, kind: str, gone: Sequence[int], leaves: int, mover: tuple[int, float]) -> MoveUp:
        """What it gives back: there it stands in, where it was it lacks."""
        unit, eta_s = mover
        to = self._spots[leaves]
        there = _cover(self._roads(kind), to.tobytes(), self._places).seconds()
        now = self._covered(kind, gone)
        then = covered(np.minimum(self._without(kind, [*gone, unit]), there), self._people)
        regained = tuple(b - a for a, b in zip(now, then, strict=True))
        gain = weighed(regained, self._weights)
        return MoveUp(unit, leaves, (float(to[0]), float(to[1])), eta_s, regained, gain)
