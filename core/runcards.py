"""出动编成: whom an incident calls for, by class and level, as data of the city; and what advice weighs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

EVERY_LEVEL = 0


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

    def stale(self, age_s: float) -> float:
        """Seconds that an old position counts more."""
        return min(max(0.0, age_s - self.stale_s) * self.stale_penalty, self.stale_most)


WEIGHTS = tuple(field.name for field in fields(Weights))

Row = TypeVar("Row", Slot, Supply)


def card_for(rows: Iterable[Row], class_code: str, level: int) -> tuple[Row, ...]:
    """The rows for a class and level: of the longest code that the class begins with, and of its level before
    those for every level. () where the city has none."""
    able = [r for r in rows if class_code.startswith(r.class_code) and r.level in (EVERY_LEVEL, level)]
    best = max(((len(r.class_code), r.level) for r in able), default=None)
    return tuple(r for r in able if (len(r.class_code), r.level) == best)


@dataclass(frozen=True, slots=True)
class RunCards:
    """All of it, of one city."""

    slots: Sequence[Slot]
    supplies: Sequence[Supply]
    weights: Weights
