"""The calls of a simulated week, drawn once: every policy answers the same ones, with the same chances."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from core.runcards import Slot, card_for
from db.shipped import shipped, truth
from demo.caller import severity
from demo.rates import Moments, Rates, Skill, Spread, scene_time, skill
from demo.week_world import World

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
"""00:00 of a Monday; read as local time."""
WEEK = timedelta(days=7)
CALLS_A_GRID_DAY = 6670 / 5700
"""Xiamen's 110 took 2.441 million calls in 2020, on some 5,700 base grids."""
NEED_UNITS = 1 - 0.717
"""Of those calls 71.7 % were not police business: answered, refused, handed on."""
_DRIVES = Spread(1.0, 0.2)
"""What traffic lights and luck make of a driving time (u)."""


@dataclass(frozen=True, slots=True)
class Chance:
    """What befalls the unit that is sent for one place of a card: sigmas of its turnout, its drive as a
    share of what was worked out, seconds on scene."""

    turnout: float
    drive: float
    scene_s: float


@dataclass(frozen=True, slots=True)
class WeekCall:
    """`at` and `decided` are seconds since the week began; there is a chance for each place of the card."""

    at: float
    decided: float
    zone: int
    level: int
    emergency: bool
    card: tuple[Slot, ...]
    chances: tuple[Chance, ...]
    first_choice: bool
    """Whether the officer takes what comes first, or else the second."""


def draw_week(world: World, seed: int, load: float = 1.0, span: timedelta = WEEK) -> list[WeekCall]:
    """All calls that need units, in order of time; `load` times as many as the sources say."""
    rng = random.Random(f"week-{seed}")
    classes = {row["code"]: row for row in shipped("classes.csv", {"emergency": truth})}
    rates = Rates([(code, row["class_group"]) for code, row in classes.items()])
    rate_s = load * NEED_UNITS * CALLS_A_GRID_DAY * len(world.population) / 86_400
    moments = Moments(rates, rate_s, MONDAY, span, rng)
    people = list(accumulate(world.population.tolist()))
    calls = []
    while (at := moments.next()) < MONDAY + span:
        code, group = rates.pick(at, rng)
        zone = rng.choices(range(len(people)), cum_weights=people)[0]
        level, answering = severity(group, rng), skill(rng)
        second, emergency = (at - MONDAY).total_seconds(), bool(classes[code]["emergency"])
        card = card_for(world.cards.slots, code, level)
        wanted = sum(slot.number for slot in card)
        calls.append(
            WeekCall(
                second, second + answering.handling.at(rng.gauss()), zone, level, emergency,
                card, tuple(_chance(group, rng) for _ in range(wanted)), _takes_first(answering, rng),
            )
        )  # fmt: skip
    return calls


def _chance(group: str, rng: random.Random) -> Chance:
    return Chance(rng.gauss(), _DRIVES.at(rng.gauss()), scene_time(group).at(rng.gauss()))


def _takes_first(answering: Skill, rng: random.Random) -> bool:
    return rng.random() < answering.first_choice
