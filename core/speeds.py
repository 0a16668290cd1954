"""How fast who drives when: speeds by vehicle, road and hour, and the time until a crew is on its way.

The tables come from data (`import speeds`, `import turnouts`); where several lines fit, the one that names
more holds: vehicle before road before hour.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

HOURS = 24


@dataclass(frozen=True, slots=True)
class Pace:
    """`factor` of a road's own speed, and never more than `most_kmh`."""

    factor: float = 1.0
    most_kmh: float = math.inf

    @property
    def most_ms(self) -> float:
        return self.most_kmh / 3.6

    def of(self, metres_a_second: float) -> float:
        return min(metres_a_second * self.factor, self.most_ms)


USUAL = Pace()


@dataclass(frozen=True, slots=True)
class Paces:
    """Of one vehicle at one hour: by class of road where the table names some, `usual` on all others."""

    by_class: tuple[tuple[str, Pace], ...] = ()
    usual: Pace = USUAL

    def of(self, road_class: str) -> Pace:
        return dict(self.by_class).get(road_class, self.usual)


@dataclass(frozen=True, slots=True)
class SpeedRule:
    """A line of 车速表. "" = every vehicle, every road; from hour `starts` up to `ends` of the city's time,
    over midnight where `ends` is not later (0 to 24 = the whole day)."""

    vehicle: str
    road_class: str
    starts: int
    ends: int
    factor: float
    most_kmh: float | None = None

    @property
    def hours(self) -> frozenset[int]:
        length = (self.ends - self.starts) % HOURS or HOURS
        return frozenset((self.starts + step) % HOURS for step in range(length))

    @property
    def told(self) -> tuple[bool, bool, int]:
        """How much the line names; the greater holds."""
        return bool(self.vehicle), bool(self.road_class), -len(self.hours)

    @property
    def pace(self) -> Pace:
        return Pace(self.factor, self.most_kmh or math.inf)


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds that one in ten stays below, that half stay below, and that nine in ten do."""

    low_s: float
    usual_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class Turnout:
    """A line of 出动时间表: what a kind of unit drives, its time from the order to the first metre, from its
    home and from the street, and between which shares of the worked-out driving time nearly all arrive."""

    kind: str
    vehicle: str
    home: Spread
    street: Spread
    drive_low: float
    drive_high: float


class SpeedTable:
    """Both tables of a city. Total: a kind or an hour without a line has the general one."""

    def __init__(self, rules: Sequence[SpeedRule], turnouts: Sequence[Turnout]) -> None:
        self.rules = sorted(rules, key=lambda rule: rule.told, reverse=True)
        self.turnouts = {one.kind: one for one in turnouts}
        self.paces = lru_cache(HOURS * 16)(self._paces)

    def _paces(self, vehicle: str, hour: int) -> Paces:
        fit = [rule for rule in self.rules if rule.vehicle in ("", vehicle) and hour in rule.hours]
        named = sorted({rule.road_class for rule in fit})
        found = {name: next(rule.pace for rule in fit if rule.road_class in ("", name)) for name in named}
        usual = next((rule.pace for rule in fit if not rule.road_class), USUAL)
        return Paces(tuple((name, pace) for name, pace in found.items() if name), usual)

    def turnout(self, kind: str) -> Turnout:
        """Of a kind of unit; the line without a kind where it has none."""
        return self.turnouts.get(kind) or self.turnouts.get("") or NO_TURNOUT


NO_TURNOUT = Turnout("", "", Spread(0.0, 0.0, 0.0), Spread(0.0, 0.0, 0.0), 1.0, 1.0)
"""Of an empty table: the driving time itself."""
