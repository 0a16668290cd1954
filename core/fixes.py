"""定位: which fixes of units are taken, step by step. Pure: fixes and what is known in, a verdict out.

Noise is dropped before it is drawn, traced or used for advice. Each step is a small rule with its own code;
the first that objects decides. A jump is not believed until the fixes after it agree with it, so a single
wild fix moves no unit, and a unit that was really carried elsewhere (a ferry, a phone switched on again) is
believed at the third.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from math import cos, hypot, radians
from typing import Any

ANY_KIND = ""
"""The limit of kinds of unit that are not listed."""
NULL_ISLAND_DEG = 0.01
"""So near to (0, 0) is a receiver without a fix."""
SURROUNDINGS_DEG = 0.5
"""So far outside the city its units may still be (some 50 km): mutual aid, hospitals of the next city."""
SLACK_M = 150.0
"""Two fixes of a unit that stands may be so far apart: GPS between high buildings."""
BELIEVED_AT = 3
"""A jump is believed at so many fixes that agree with one another."""
DEGREE_M = 111_320.0

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Position:
    """lon/lat EPSG:4326, `at_ms` the realm's time in ms since 1970, speed km/h, heading degrees."""

    unit: str
    lon: float
    lat: float
    at_ms: int
    speed: float | None = None
    heading: float | None = None

    def row(self) -> list[Any]:
        """As screens and Redis carry it."""
        return [self.unit, self.lon, self.lat, self.at_ms, self.speed, self.heading]


@dataclass(frozen=True, slots=True)
class Mover:
    """A unit, as far as its fixes are concerned."""

    kind: str
    on_duty: bool


@dataclass(frozen=True, slots=True)
class Doubt:
    """The last of `times` fixes that agree with one another, but not with where the unit is held to be."""

    last: Position
    times: int


@dataclass(frozen=True, slots=True)
class Sieve:
    """What fixes are held against. `latest_ms`: later ones are of the future; `bounds`: the city's, None =
    unknown; `pace`: how many times faster than real the units move (a simulation)."""

    movers: Mapping[str, Mover]
    latest_ms: float
    bounds: Bounds | None
    top_kmh: Mapping[str, float]
    pace: float = 1.0

    def top_m_per_ms(self, unit: str) -> float:
        kind = self.movers[unit].kind
        return self.top_kmh.get(kind, self.top_kmh.get(ANY_KIND, float("inf"))) * self.pace / 3600.0


@dataclass(frozen=True, slots=True)
class Fix:
    """A fix on its way through the steps, with what is known of its unit."""

    new: Position
    held: Position | None
    doubt: Doubt | None
    sieve: Sieve


@dataclass
class Sifted:
    """`taken`: each unit's in order of time; `dropped` by code."""

    taken: list[Position] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


# --- the steps, in order ---------------------------------------------------------------------------------


def _unknown(fix: Fix) -> bool:
    """A code that no unit has."""
    return fix.new.unit not in fix.sieve.movers


def _off_duty(fix: Fix) -> bool:
    """Units are followed on duty only."""
    return not fix.sieve.movers[fix.new.unit].on_duty


def _future(fix: Fix) -> bool:
    """It would hide all that come after it."""
    return fix.new.at_ms > fix.sieve.latest_ms


def _null_island(fix: Fix) -> bool:
    return abs(fix.new.lon) < NULL_ISLAND_DEG and abs(fix.new.lat) < NULL_ISLAND_DEG


def _outside(fix: Fix) -> bool:
    """Farther away than a unit of this city goes: swapped axes, another datum, another continent."""
    if fix.sieve.bounds is None:
        return False
    west, south, east, north = fix.sieve.bounds
    by = SURROUNDINGS_DEG
    return not (west - by <= fix.new.lon <= east + by and south - by <= fix.new.lat <= north + by)


def _duplicate(fix: Fix) -> bool:
    """Another fix of the same moment: sent twice, or by two devices."""
    return fix.held is not None and fix.new.at_ms == fix.held.at_ms


def _late(fix: Fix) -> bool:
    """Older than what is known: out of order."""
    return fix.held is not None and fix.new.at_ms < fix.held.at_ms


def _jump(fix: Fix) -> bool:
    """Farther from where the unit was than its kind can go in the time, and not confirmed."""
    if fix.held is None or _reachable(fix.held, fix.new, fix.sieve):
        return False
    return doubted(fix).times < BELIEVED_AT


STEPS: tuple[tuple[str, Callable[[Fix], bool]], ...] = (
    ("unknown_unit", _unknown),
    ("off_duty", _off_duty),
    ("future", _future),
    ("null_island", _null_island),
    ("outside", _outside),
    ("duplicate", _duplicate),
    ("late", _late),
    ("jump", _jump),
)
"""Code, and whether the step objects."""


def objection(fix: Fix) -> str | None:
    """The code of the first step that objects to a fix."""
    return next((code for code, objects in STEPS if objects(fix)), None)


def doubted(fix: Fix) -> Doubt:
    """The doubt after a jump: one more that agrees with those before it, or a first one."""
    before = fix.doubt
    if before is None or not _reachable(before.last, fix.new, fix.sieve):
        return Doubt(fix.new, 1)
    if fix.new.at_ms <= before.last.at_ms:
        return before
    return Doubt(fix.new, before.times + 1)


def _reachable(a: Position, b: Position, sieve: Sieve) -> bool:
    """Whether the unit can have gone from a to b in the time between, give or take SLACK_M."""
    return metres(a, b) <= SLACK_M + max(b.at_ms - a.at_ms, 0) * sieve.top_m_per_ms(b.unit)


def metres(a: Position, b: Position) -> float:
    """As the crow flies, within a city true to a thousandth."""
    east = (b.lon - a.lon) * cos(radians(a.lat)) * DEGREE_M
    return hypot(east, (b.lat - a.lat) * DEGREE_M)


# --- many fixes ------------------------------------------------------------------------------------------


def sift(
    fixes: Iterable[Position],
    held: MutableMapping[str, Position],
    doubts: MutableMapping[str, Doubt],
    sieve: Sieve,
) -> Sifted:
    """What of a batch is taken, and how much is dropped why. Keeps `held` (the latest of each unit) and
    `doubts`; within a batch the order of time counts, not that of arrival."""
    sifted = Sifted()
    for new in sorted(fixes, key=lambda one: one.at_ms):
        fix = Fix(new, held.get(new.unit), doubts.get(new.unit), sieve)
        code = objection(fix)
        if code is None:
            held[new.unit] = new
            doubts.pop(new.unit, None)
            sifted.taken.append(new)
            continue
        sifted.dropped[code] += 1
        if code == "jump":
            doubts[new.unit] = doubted(fix)
    return sifted
