"""Whom to send: ways of choosing, to be measured against one another over a simulated week.

All of them fill the same run cards by the product's own rule (`core.advice`); they differ in the seconds
that they go by and in what cover weighs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

import numpy as np

from core.advice import Fleet, Loss, State, UnitSet, ranked_sets
from core.cover import covered, weighed
from core.runcards import Slot, Weights
from demo.week_world import Floats, Ints, Mask, World
from geo.roadnet import STRAIGHT_KMH

SETS = 2
"""The first, and what an officer takes who knows better."""


@dataclass(frozen=True)
class Scene:
    """Who is where when a call is decided. `free`: neither sent nor off shift; `nodes`: the crossing each
    unit has passed last; `eta_s`: of each to the base grid `zone`, by the table of speeds, turnout and
    all."""

    world: World
    zone: int
    hour: int
    free: Mask
    nodes: Ints
    eta_s: Floats

    @cached_property
    def _of_kind(self) -> dict[str, tuple[Ints, Floats]]:
        return {}

    def free_of(self, kind: str) -> tuple[Ints, Floats]:
        """The free units of a kind, and their seconds to every base grid: (units, places)."""
        if kind not in self._of_kind:
            world = self.world
            own = np.flatnonzero(self.free & (world.kind_of == kind))
            drives = world.drives[own]
            factor = world.hour_factor[drives, self.hour][:, None]
            self._of_kind[kind] = own, world.seconds[drives, self.nodes[own]] * factor
        return self._of_kind[kind]


@dataclass(frozen=True)
class Policy:
    """A way of choosing. `by_road` False: as the crow flies. `moves_up`: who is free fills gaps (补位)."""

    name: str
    weights: Weights
    by_road: bool = True
    moves_up: bool = False

    def sets(self, scene: Scene, slots: Sequence[Slot]) -> tuple[UnitSet, ...]:
        """The first sets of units for a card."""
        seconds = scene.eta_s if self.by_road else straight_s(scene)
        states: list[State] = ["free" if free else "busy" for free in scene.free.tolist()]
        world = scene.world
        fleet = Fleet.of(
            world.names,
            world.profiles,
            states,
            [0] * world.units,
            seconds,
            np.zeros(world.units),
        )
        return ranked_sets(slots, fleet, self.weights, self._loss(scene), SETS)

    def _loss(self, scene: Scene) -> Loss:
        """As the product counts it: kind by kind."""
        return CoverLoss(scene, self.weights).of if self.weights.cover_weight else lambda _: 0.0


STRAIGHT = Policy("straight", Weights(cover_weight=0.0), by_road=False)
ROAD = Policy("road", Weights(cover_weight=0.0))


def covering(weights: Weights, *, moves_up: bool = False) -> Policy:
    """By road, and cover weighs what a city says."""
    return Policy("cover+move-up" if moves_up else "cover", weights, moves_up=moves_up)


def weighing(weights: Weights, seconds_a_point: float) -> Policy:
    """By road, and cover weighs so many seconds for each percentage point lost."""
    return Policy(f"cover {seconds_a_point:g}", replace(weights, cover_weight=seconds_a_point))


def straight_s(scene: Scene) -> Floats:
    """As the crow flies; inf where no road leads either, so that nobody is sent who never arrives."""
    away = scene.world.node_xy[scene.nodes] - scene.world.node_xy[scene.world.zone_node[scene.zone]]
    seconds = np.hypot(away[:, 0], away[:, 1]) / (STRAIGHT_KMH / 3.6)
    found: Floats = np.where(np.isfinite(scene.eta_s), seconds, np.inf)
    return found


class CoverLoss:
    """What the city is less covered by when units go."""

    def __init__(self, scene: Scene, weights: Weights) -> None:
        self._scene, self._weights = scene, weights

    def of(self, units: tuple[int, ...]) -> float:
        """0…1: what is lost of any of the kinds that go."""
        kinds: dict[str, list[int]] = {}
        for unit in units:
            kinds.setdefault(self._scene.world.kinds[unit], []).append(unit)
        return 1.0 - prod(1.0 - self.of_kind(kind, gone) for kind, gone in kinds.items())

    def of_kind(self, kind: str, gone: Sequence[int]) -> float:
        """Of one kind, when these of it go, as much as the kind weighs."""
        before, after = self.cover(kind, ()), self.cover(kind, gone)
        lost = weighed([max(0.0, b - a) for b, a in zip(before, after, strict=True)], self._weights)
        return self._weights.of_kind(kind) * lost

    def cover(self, kind: str, gone: Sequence[int], also: Floats | None = None) -> tuple[float, ...]:
        """Share of people within 5, 10 and 15 minutes of a kind without some, and with one more whose seconds
        to every base grid are `also`."""
        own, seconds = self._scene.free_of(kind)
        stay = seconds[~np.isin(own, list(gone))]
        nearest = stay.min(axis=0, initial=np.inf)
        nearest = nearest if also is None else np.minimum(nearest, also)
        return covered(nearest, self._scene.world.population)


@dataclass(frozen=True, slots=True)
class MoveUp:
    """补位: this unit to where `leaves` is at home."""

    unit: int
    leaves: int


def move_up(scene: Scene, sent: Sequence[int], weights: Weights) -> MoveUp | None:
    """Who of the free should stand where one of those sent was at home: the one by whom most is regained;
    None where less than the least worth it is."""
    loss = CoverLoss(scene, weights)
    kinds = {scene.world.kinds[unit] for unit in sent}
    if not kinds:
        return None
    kind = max(sorted(kinds), key=lambda one: loss.of_kind(one, _of(scene, sent, one)))
    gone = _of(scene, sent, kind)
    leaves = max(gone, key=lambda unit: loss.of_kind(kind, [unit]))
    own, _ = scene.free_of(kind)
    now = weighed(loss.cover(kind, gone), weights)
    there = _seconds_from(scene, leaves)
    best, gain = -1, weights.move_up_least
    for unit in own[~np.isin(own, gone)].tolist():
        found = weighed(loss.cover(kind, [*gone, unit], there), weights) - now
        if found > gain:
            best, gain = unit, found
    return MoveUp(best, leaves) if best >= 0 else None


def _of(scene: Scene, units: Sequence[int], kind: str) -> list[int]:
    return [unit for unit in units if scene.world.kinds[unit] == kind]


def _seconds_from(scene: Scene, unit: int) -> Floats:
    """From a unit's home to every base grid, in what it drives."""
    world, drives = scene.world, scene.world.drives[unit]
    found: Floats = world.seconds[drives, world.home_node[unit]] * world.hour_factor[drives, scene.hour]
    return found
