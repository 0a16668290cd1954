"""Seeded waves that bend what is smooth into what looks grown: coasts, streets, patches of wood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from demo.geometry import Floats


class Waves:
    """A smooth displacement of the plane: some plane waves of each (length, height) in metres."""

    _EACH = 4

    def __init__(self, octaves: Sequence[tuple[float, float]], rng: np.random.Generator) -> None:
        count = len(octaves) * self._EACH
        length, height = np.repeat(np.array(octaves), self._EACH, axis=0).T
        turn = rng.uniform(0, 2 * np.pi, count)
        self._pulse = 2 * np.pi / (length * rng.uniform(0.8, 1.25, count))[:, None] * _directions(turn)
        self._phase = rng.uniform(0, 2 * np.pi, count)
        self._push = (height / np.sqrt(self._EACH))[:, None] * _directions(rng.uniform(0, 2 * np.pi, count))

    def __call__(self, xy: Floats) -> Floats:
        """Displacement of each point, shape (n, 2) → (n, 2), metres."""
        moved = np.zeros_like(xy)
        x, y = xy.T
        # Wave by wave: a matrix product would round equal points differently, and tear closed rings.
        for pulse, phase, push in zip(self._pulse, self._phase, self._push, strict=True):
            moved += np.sin(x * pulse[0] + y * pulse[1] + phase)[:, None] * push
        return moved

    def bend(self, geometry: Any, step: float) -> Any:
        """A geometry, or an array of them, with a vertex at least each `step` metres, displaced."""
        return shapely.transform(shapely.segmentize(geometry, step), lambda xy: xy + self(xy))

    def straighten(self, geometry: Any) -> Any:
        """The inverse of `bend`, vertex by vertex; for waves that nowhere fold."""
        return shapely.transform(geometry, self._before)

    def _before(self, xy: Floats) -> Floats:
        guess = xy.copy()
        for _ in range(30):
            guess = xy - self(guess)
        return guess


def octaves(longest: float, shortest: float, steepness: float) -> list[tuple[float, float]]:
    """Waves of half the length each, from the longest to the shortest, as steep as one another."""
    lengths = [longest]
    while lengths[-1] / 2 >= shortest:
        lengths.append(lengths[-1] / 2)
    return [(length, length * steepness) for length in lengths]


def _directions(turn: Floats) -> Floats:
    return np.column_stack([np.cos(turn), np.sin(turn)])
