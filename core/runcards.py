"""出动编成: whom an incident calls for, by class and level, as data of the city; and what advice weighs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar

EVERY_LEVEL = 0
Profile = tuple[str, tuple[str, ...], str | None]
"""Kind, skills and vehicle of a unit: what units of one sort have in common."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A row of a card: `number` units of one of `kinds` that have all `skills` and, where told, the vehicle.

    It holds for classes whose code begins with `class_code` and for one level (1 Ⅰ … 4 Ⅳ, 0 = those that have
    no card of their own). `takes`: units on their way to an incident of this level or a lesser one (3 = Ⅲ and
    Ⅳ) may be called off for it; 0 = none. Who is on scene is never called off.
    """

    class_code: str
    level: int
    slot: str
    slot_en: str
    kinds: tuple[str, ...]
    skills: tuple[str, ...]
    vehicle: str
    number: int
    takes: int
    source: str

    def fits(self, kind: str, skills: Collection[str], vehicle: str | None) -> bool:
        able = kind in self.kinds and all(skill in skills for skill in self.skills)
        return able and self.vehicle in ("", vehicle)


@dataclass(frozen=True, slots=True)
class Supply:
    """So much of an item is wanted at an incident of this class and level, within so many minutes."""

    class_code: str
    level: int
    item: str
    quantity: float
    within_min: float
    source: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What advice weighs (sources: db/data/advice_rules.csv). Shares are 0…1, times seconds.

    A unit's seconds count more by its penalties; a set's score is the seconds of its slowest unit and
    `cover_weight` seconds for each percentage point of cover that the city loses.
    """

    cover_5: float = 0.5
    cover_10: float = 0.3
    cover_15: float = 0.2
    cover_weight: float = 6.0
    stale_s: float = 120.0
    stale_penalty: float = 0.25
    stale_most: float = 300.0
    tired_h: float = 10.0
    tired_penalty: float = 60.0
    away_penalty: float = 30.0
    taken_penalty: float = 120.0
    move_up_least: float = 0.005
    kinds: Mapping[str, float] = field(default_factory=dict)
    """How much the cover of a kind counts, 0…1: fire engines are missed as grid members are not. 1 for a kind
    that is not named."""

    def of_kind(self, kind: str) -> float:
        return self.kinds.get(kind, 1.0)

    def stale(self, age_s: float) -> float:
        """Seconds that an old position counts more."""
        return min(max(0.0, age_s - self.stale_s) * self.stale_penalty, self.stale_most)


WEIGHTS = tuple(one.name for one in fields(Weights) if one.name != "kinds")
OF_KIND = "kind_"
"""Begins the names of rows that weigh a kind."""

Row = TypeVar("Row", Slot, Supply)


def card_for(rows: Iterable[Row], class_code: str, level: int) -> tuple[Row, ...]:
    """The rows for a class and level: of the longest code that the class begins with, and of its level before
    those for every level. () where the city has none."""
    able = [r for r in rows if class_code.startswith(r.class_code) and r.level in (EVERY_LEVEL, level)]
    best = max(((len(r.class_code), r.level) for r in able), default=None)
    return tuple(r for r in able if (len(r.class_code), r.level) == best)


def still_wanted(slots: Sequence[Slot], bound: Iterable[Profile]) -> tuple[Slot, ...]:
    """What of a card is left when these units are there or on their way: each counts for the first slot that
    it fits and that is not full, those that ask for a skill first."""
    left = [slot.number for slot in slots]
    order = sorted(range(len(slots)), key=lambda at: -len(slots[at].skills))
    for profile in bound:
        at = next((at for at in order if left[at] and slots[at].fits(*profile)), None)
        if at is not None:
            left[at] -= 1
    return tuple(replace(slot, number=n) for slot, n in zip(slots, left, strict=True) if n)


@dataclass(frozen=True, slots=True)
class RunCards:
    """All of it, of one city."""

    slots: Sequence[Slot]
    supplies: Sequence[Supply]
    weights: Weights
