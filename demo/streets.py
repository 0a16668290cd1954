"""The street plan: the plane is halved again and again until each block has the size its density asks for.

The halving happens in a straight parameter plane (u, v), all blocks at once, level by level; a smooth
warp then bends it into the ground's plane. A street that ends on another shares the very vertex with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.geometry import Floats, Ints
from demo.terrain import Terrain

CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "lane")
_LONGER_THAN = (4500.0, 2200.0, 1000.0, 500.0, 230.0)
"""Metres of the block a street halves, from which it is a trunk road, a primary one, and so on."""
_STEP_M = 150.0
_BLOCKS_AT_SCALE_1 = 9_400
_LEVELS = 40


@dataclass(frozen=True)
class Streets:
    """Lines in local metres; `rank` indexes CLASSES."""

    lines: NDArray[Any]
    rank: Ints


class Warp:
    """The bend from the parameter plane to the ground: a turn and a few long waves; it never folds."""

    def __init__(self, side: float, rng: np.random.Generator) -> None:
        self.turn = rng.uniform(0.12, 0.3)
        longer = [(0.035, 0.9), (0.018, 0.45), (0.007, 0.17)]
        self.waves = [
            (a * side, 2 * np.pi / (w * side), *rng.uniform(0, 2 * np.pi, 4)) for a, w in longer
        ] + [(14.0, 2 * np.pi / 900.0, *rng.uniform(0, 2 * np.pi, 4))]

    def __call__(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Parameter metres → local metres."""
        x, y = u.copy(), v.copy()
        for size, pulse, a, b, c, d in self.waves:
            x += size * np.sin(pulse * v + a) * np.cos(0.6 * pulse * u + b)
            y += size * np.sin(pulse * u + c) * np.cos(0.6 * pulse * v + d)
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        return x * cos - y * sin, x * sin + y * cos


@dataclass
class _Plan:
    """Lines being laid: which axis is constant, its value, where it runs from and to."""

    along_v: list[NDArray[np.bool_]]
    at: list[Floats]
    start: list[Floats]
    stop: list[Floats]
    rank: list[Ints]
    touch_line: list[Ints]
    touch_at: list[Floats]
    count: int = 0


def make_streets(terrain: Terrain, scale: float, rng: np.random.Generator) -> Streets:
    """All streets of the plan, the ones outside the city still among them."""
    warp = Warp(terrain.side, rng)
    unit = _block_unit(terrain, _BLOCKS_AT_SCALE_1 * scale)
    plan = _halve(terrain, warp, unit, rng)
    return Streets(_bend(plan, warp), np.concatenate(plan.rank))


def _block_unit(terrain: Terrain, blocks: float) -> float:
    """Area in m² of the densest block, such that the whole city has about so many blocks."""
    west, south, east, north = terrain.city.bounds
    gx, gy = np.meshgrid(np.linspace(west, east, 70), np.linspace(south, north, 70))
    x, y = gx.ravel(), gy.ravel()
    inside = shapely.contains_xy(terrain.city, x, y)
    cell = (east - west) * (north - south) / (69 * 69)
    return float(np.sum(terrain.density(x[inside], y[inside])) * cell / blocks)


def _halve(terrain: Terrain, warp: Warp, unit: float, rng: np.random.Generator) -> _Plan:
    plan = _Plan([], [], [], [], [], [], [])
    half = 0.8 * terrain.side
    rects = np.array([[-half, half, -half, half]])
    borders = np.full((1, 4), -1, dtype=np.int64)
    city = terrain.city
    shapely.prepare(city)
    for level in range(_LEVELS):
        keep = _to_split(rects, city, terrain, warp, unit)
        rects, borders = rects[keep], borders[keep]
        if not len(rects):
            break
        rects, borders = _split(plan, rects, borders, level, terrain.side, rng)
    return plan


def _to_split(rects: Floats, city: Any, terrain: Terrain, warp: Warp, unit: float) -> NDArray[np.bool_]:
    du, dv = rects[:, 1] - rects[:, 0], rects[:, 3] - rects[:, 2]
    x, y = warp((rects[:, 0] + rects[:, 1]) / 2, (rects[:, 2] + rects[:, 3]) / 2)
    near = shapely.dwithin(city, shapely.points(x, y), 0.7 * np.hypot(du, dv))
    # A rect is halved while that brings it nearer to its wanted size on a logarithmic scale.
    large: NDArray[np.bool_] = near & (du * dv > np.sqrt(2) * unit / terrain.density(x, y))
    return large


def _split(
    plan: _Plan, rects: Floats, borders: Ints, level: int, side: float, rng: np.random.Generator
) -> tuple[Floats, Ints]:
    """Halve each rect across its longer side; note the new lines and what they end on."""
    row = np.arange(len(rects))
    size = np.stack([rects[:, 1] - rects[:, 0], rects[:, 3] - rects[:, 2]], axis=1)
    across_u = (size[:, 0] >= size[:, 1]) & (level > 0)
    axis = np.where(across_u, 0, 1)
    low, high = rects[row, 2 * axis], rects[row, 2 * axis + 1]
    at = _position(low, high, rng) if level else np.array([0.24 * side])
    other = 1 - axis
    ids = plan.count + row
    rank = _rank(size.max(axis=1), level)
    _note(plan, across_u, at, rects[row, 2 * other], rects[row, 2 * other + 1], rank)
    for end in (0, 1):
        plan.touch_line.append(borders[row, 2 * other + end])
        plan.touch_at.append(at)
    below, above = rects.copy(), rects.copy()
    below_of, above_of = borders.copy(), borders.copy()
    below[row, 2 * axis + 1], above[row, 2 * axis] = at, at
    below_of[row, 2 * axis + 1], above_of[row, 2 * axis] = ids, ids
    return np.concatenate([below, above]), np.concatenate([below_of, above_of])


def _position(low: Floats, high: Floats, rng: np.random.Generator) -> Floats:
    """Near the middle, on a lattice of about a sixth of the length: so that many streets go on across."""
    length = high - low
    step = 2.0 ** np.floor(np.log2(length / 5.0))
    middle = (low + high) / 2 + length * rng.uniform(-0.12, 0.12, len(low))
    return np.clip(np.round(middle / step) * step, low + 0.3 * length, high - 0.3 * length)


def _rank(length: Floats, level: int) -> Ints:
    if level == 0:
        return np.zeros(len(length), dtype=np.int64)
    return np.asarray(1 + np.sum(length[:, None] <= np.array(_LONGER_THAN), axis=1), dtype=np.int64)


def _note(
    plan: _Plan, along_v: NDArray[np.bool_], at: Floats, start: Floats, stop: Floats, rank: Ints
) -> None:
    plan.along_v.append(along_v)
    plan.at.append(at)
    plan.start.append(start)
    plan.stop.append(stop)
    plan.rank.append(rank)
    plan.count += len(at)


def _bend(plan: _Plan, warp: Warp) -> NDArray[Any]:
    """Lines with a vertex at each end, each junction and each bend, in local metres."""
    along_v, at = np.concatenate(plan.along_v), np.concatenate(plan.at)
    start, stop = np.concatenate(plan.start), np.concatenate(plan.stop)
    ids = np.arange(plan.count)
    touched, where = np.concatenate(plan.touch_line), np.concatenate(plan.touch_at)
    on_line = touched >= 0
    bend_line, bend_at = _bends(start, stop)
    line = np.concatenate([ids, ids, touched[on_line], bend_line])
    param = np.concatenate([start, stop, where[on_line], bend_at])
    fixed = np.concatenate([np.ones(2 * len(ids) + int(on_line.sum()), bool), np.zeros(len(bend_at), bool)])
    line, param = _tidy(line, param, fixed)
    u = np.where(along_v[line], at[line], param)
    v = np.where(along_v[line], param, at[line])
    lines: NDArray[Any] = shapely.linestrings(np.column_stack(warp(u, v)), indices=line)
    return lines


def _bends(start: Floats, stop: Floats) -> tuple[Ints, Floats]:
    count = np.maximum(np.ceil((stop - start) / _STEP_M).astype(np.int64) - 1, 0)
    line = np.repeat(np.arange(len(start)), count)
    within = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count) + 1
    return line, start[line] + within * _STEP_M


def _tidy(line: Ints, param: Floats, fixed: NDArray[np.bool_]) -> tuple[Ints, Floats]:
    """Sorted along each line, without doubles, and without bends that crowd a junction."""
    order = np.lexsort((~fixed, param, line))
    line, param, fixed = line[order], param[order], fixed[order]
    new_line = np.diff(line, prepend=-1) != 0
    double = (np.diff(param, prepend=-np.inf) < 1e-9) & ~new_line
    line, param, fixed = line[~double], param[~double], fixed[~double]
    same_before = np.diff(line, prepend=-1) == 0
    same_after = np.diff(line, append=-1) == 0
    crowded = ~fixed & (
        (same_before & (np.diff(param, prepend=-np.inf) < 40))
        | (same_after & (np.diff(param, append=np.inf) < 40))
    )
    return line[~crowded], param[~crowded]
