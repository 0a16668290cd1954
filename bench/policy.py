"""policy: what it is worth how units are chosen, over the same simulated weeks.

Every policy answers the same calls with the same officers, luck and times on scene (`demo.week`), so that a
difference is the policy's. Compared are days: each day of each week is one batch, and differences are taken
day by day. The weeks are others than those by which anything was set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from scipy.stats import t as student

from bench.figures import Row, mean, percentile, row
from bench.instance import Target
from db.runcards import shipped_run_cards
from demo.city import make_city
from demo.week import Response, Week
from demo.week_calls import WEEK, WeekCall, draw_week
from demo.week_policies import ROAD, STRAIGHT, Policy, covering
from demo.week_world import World, make_world

NAME = "policy"
SCALE = 0.2
"""Of the demo city: 1,140 base grids and 114 units. The times from every crossing to every base grid are
held in memory; at full size they would be 25 times as many."""
SEEDS = (101, 102, 103)
LOADS = (1.0, 2.0)
"""As the sources say, and a city twice as busy."""
COMPARED = (STRAIGHT.name, ROAD.name)
_DAY_S = 86_400.0
_SURE = 0.975


@dataclass(frozen=True, slots=True)
class Run:
    """What came of all weeks under one policy. `days`: response times of emergencies, day by day."""

    days: tuple[tuple[float, ...], ...]
    complete: tuple[float, ...]
    nobody: int
    unmet: int
    busy: float
    moves: int

    @property
    def all(self) -> list[float]:
        return [seconds for day in self.days for seconds in day]


def policies() -> tuple[Policy, ...]:
    """The peer first."""
    weights = shipped_run_cards().weights
    return (STRAIGHT, ROAD, covering(weights), covering(weights, moves_up=True))


def bench(
    _target: Target | None, scale: float = SCALE, seeds: Sequence[int] = SEEDS,
    loads: Sequence[float] = LOADS, span: timedelta = WEEK,
) -> list[Row]:  # fmt: skip
    """A row for each policy and load. Needs no instance: neither a database nor a clock."""
    world = make_world(make_city(scale=scale))
    rows = []
    for load in loads:
        weeks = [draw_week(world, seed, load, span) for seed in seeds]
        runs = {policy.name: _run(world, weeks, policy) for policy in policies()}
        size = {"scale": scale, "units": world.units, "weeks": len(weeks), "load": load}
        size["calls"] = sum(map(len, weeks))
        rows += [_row(name, run, runs, size) for name, run in runs.items()]
    return rows


def _run(world: World, weeks: Sequence[Sequence[WeekCall]], policy: Policy) -> Run:
    days: list[tuple[float, ...]] = []
    responses: list[Response] = []
    busy, moves, seconds = 0.0, 0, 0.0
    for calls in weeks:
        week = Week(world, calls, policy)
        answered = week.run()
        days += _by_day(answered)
        responses += answered
        busy, moves = busy + week.busy_s, moves + week.moves
        seconds += _DAY_S * math.ceil(calls[-1].at / _DAY_S) if calls else 0.0
    emergencies = [one for one in responses if one.call.emergency]
    return Run(
        tuple(days), tuple(one.complete_s for one in emergencies if one.complete_s is not None),
        sum(one.response_s is None for one in responses), sum(one.unmet for one in responses),
        busy / (seconds * world.units) if seconds else 0.0, moves,
    )  # fmt: skip


def _by_day(responses: Sequence[Response]) -> list[tuple[float, ...]]:
    """Of the emergencies that somebody came to, by the day they were called in."""
    last = max((int(one.call.at // _DAY_S) for one in responses), default=-1)
    days: list[list[float]] = [[] for _ in range(last + 1)]
    for one in responses:
        if one.call.emergency and one.response_s is not None:
            days[int(one.call.at // _DAY_S)].append(one.response_s)
    return [tuple(day) for day in days]


def within(seconds: Sequence[float], limit_s: float) -> float:
    """The share that were there in time."""
    return sum(one <= limit_s for one in seconds) / len(seconds) if seconds else 0.0


def _row(name: str, run: Run, runs: Mapping[str, Run], size: dict[str, Any]) -> Row:
    peer = runs[STRAIGHT.name]
    beside = None if run is peer else percentile(peer.all, 0.9)
    detail = {
        "what": "call → first unit on scene, emergencies; ours and peer: p90, peer = straight line",
        **size,
        "p90": round(percentile(run.all, 0.9), 1),
        "mean": round(mean(run.all), 1),
        "within_5_min": round(within(run.all, 300), 4),
        "within_10_min": round(within(run.all, 600), 4),
        "card_complete_mean": round(mean(run.complete), 1),
        "nobody_came": run.nobody,
        "units_not_sent": run.unmet,
        "busy_share": round(run.busy, 3),
        "moves_up": run.moves,
        "against": {other: _against(run, runs[other]) for other in COMPARED if other != name},
    }
    ours = percentile(run.all, 0.9)
    return row(f"{NAME}:{name} x{size['load']:g}", "s", ours, {"peer": beside}, run.all, detail)


def _against(run: Run, other: Run) -> dict[str, list[float | None]]:
    """Difference to another policy with its 95 % interval: [difference, low, high], by day."""
    pairs = [(ours, theirs) for ours, theirs in zip(run.days, other.days, strict=True) if ours and theirs]
    return {
        "within_5_min": interval([within(a, 300) - within(b, 300) for a, b in pairs]),
        "within_10_min": interval([within(a, 600) - within(b, 600) for a, b in pairs]),
        "mean_s": interval([mean(a) - mean(b) for a, b in pairs]),
    }


def interval(differences: Sequence[float]) -> list[float | None]:
    """The mean of batches and its 95 % interval by Student's t; one batch has none."""
    middle, n = mean(differences), len(differences)
    if n < 2:
        return [round(middle, 4), None, None]
    spread = math.sqrt(sum((one - middle) ** 2 for one in differences) / (n - 1) / n)
    half = float(student.ppf(_SURE, n - 1)) * spread
    return [round(one, 4) for one in (middle, middle - half, middle + half)]
