"""When what is called in: classes by weekday and hour, how long units stay, who answers. Data, each with
its source.

The tables stand in `demo/data`; calls are an inhomogeneous Poisson process whose rate is a class's share
times its weekday's times its hour's (local time), and whose places follow the population.
"""

from __future__ import annotations

import csv
import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

_DATA = Path(__file__).parent / "data"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OTHER_SHARE = 5.0
"""Of a group that the table does not know, flat over the day."""
HOUR = timedelta(hours=1)
WEEK_HOURS = 7 * 24


@dataclass(frozen=True, slots=True)
class Spread:
    """A lognormal time: the median in seconds (or as a share of a limit), and sigma of its logarithm."""

    median_s: float
    sigma: float

    def at(self, z: float) -> float:
        """At so many sigmas from the median."""
        return float(self.median_s * 2.718281828459045 ** (z * self.sigma))


@dataclass(frozen=True, slots=True)
class Skill:
    """How an officer works: `handling` from the call to the order, and how often the first choice is
    taken."""

    name: str
    share: float
    handling: Spread
    first_choice: float


@dataclass(frozen=True, slots=True)
class Responder:
    """How an office works on tasks of a response, in shares of the time it is given."""

    name: str
    share: float
    acknowledging: Spread
    working: Spread


@dataclass(frozen=True, slots=True)
class Profile:
    """A group's share of all calls, and how that changes by weekday (Monday first) and hour; means are 1."""

    share: float
    days: tuple[float, ...]
    hours: tuple[float, ...]

    def at(self, local: datetime) -> float:
        return self.share * self.days[local.weekday()] * self.hours[local.hour]


_FLAT = Profile(_OTHER_SHARE, (1.0,) * 7, (1.0,) * 24)


def _rows(file: str) -> list[dict[str, str]]:
    with (_DATA / file).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _evened(values: Iterable[str]) -> tuple[float, ...]:
    figures = [float(value) for value in values]
    mean = sum(figures) / len(figures)
    return tuple(figure / mean for figure in figures)


@cache
def profiles() -> dict[str, Profile]:
    """By group of classes."""
    return {
        row["group"]: Profile(
            float(row["share"]),
            _evened(row[day] for day in _DAYS),
            _evened(row[f"h{h:02d}"] for h in range(24)),
        )
        for row in _rows("call_profile.csv")
    }


@cache
def skills() -> tuple[Skill, ...]:
    """The officers of a room."""
    return tuple(
        Skill(
            row["skill"], float(row["share"]),
            Spread(float(row["handling_median_s"]), float(row["handling_sigma"])), float(row["first_choice"]),
        )
        for row in _rows("officer_skills.csv")
    )  # fmt: skip


def skill(rng: random.Random) -> Skill:
    """Who happens to answer."""
    return rng.choices(skills(), [one.share for one in skills()])[0]


@cache
def responders() -> tuple[Responder, ...]:
    """The offices of a city."""
    return tuple(
        Responder(
            row["skill"], float(row["share"]), Spread(float(row["ack_median"]), float(row["ack_sigma"])),
            Spread(float(row["work_median"]), float(row["work_sigma"])),
        )
        for row in _rows("responder_skills.csv")
    )  # fmt: skip


def responder(rng: random.Random) -> Responder:
    """Which of them an office is."""
    return rng.choices(responders(), [one.share for one in responders()])[0]


@cache
def _scene_times() -> dict[str, Spread]:
    return {
        row["group"]: Spread(float(row["median_s"]), float(row["sigma"])) for row in _rows("scene_times.csv")
    }


def scene_time(group: str) -> Spread:
    """How long a unit stays at an incident of this group."""
    return _scene_times().get(group, _scene_times()[""])


@cache
def _shifts() -> dict[str, tuple[int, int]]:
    return {row["kind"]: (int(row["starts"]), int(row["ends"])) for row in _rows("unit_shifts.csv")}


def on_shift(kind: str, hour: int) -> bool:
    """Whether units of a kind are on duty at an hour of the day."""
    starts, ends = _shifts().get(kind, (0, 24))
    return starts <= hour < ends


class Rates:
    """How often each of a city's classes is called in, relative to a mean of 1 over the week."""

    def __init__(self, classes: Sequence[tuple[str, str]]) -> None:
        """`classes`: code and group of each."""
        self.codes = tuple(sorted(classes))
        shares = {row["class_code"]: float(row["share"]) for row in _rows("call_classes.csv")}
        own = [shares.get(code, shares[""]) for code, _ in self.codes]
        groups: Counter[str] = Counter()
        for (_, group), share in zip(self.codes, own, strict=True):
            groups[group] += share  # type: ignore[assignment]
        self._own = [
            share / groups[group] if groups[group] else 0.0
            for (_, group), share in zip(self.codes, own, strict=True)
        ]
        self._whole = sum(self._profile(group).share for group in groups) or 1.0
        self._by_hour: dict[tuple[int, int], tuple[float, ...]] = {}

    def _profile(self, group: str) -> Profile:
        return profiles().get(group, _FLAT)

    def up_to(self, local: datetime) -> tuple[float, ...]:
        """The rates of `codes` at a local time, added up."""
        hour = local.weekday(), local.hour
        if hour not in self._by_hour:
            pairs = zip(self.codes, self._own, strict=True)
            each = (own * self._profile(group).at(local) / self._whole for (_, group), own in pairs)
            self._by_hour[hour] = tuple(accumulate(each))
        return self._by_hour[hour]

    def level(self, local: datetime) -> float:
        """How many calls there are at a local time, relative to the mean of the week."""
        return self.up_to(local)[-1]

    def pick(self, local: datetime, rng: random.Random) -> tuple[str, str]:
        """Code and group of a call at a local time."""
        up_to = self.up_to(local)
        return self.codes[min(bisect_right(up_to, rng.random() * up_to[-1]), len(up_to) - 1)]


class Moments:
    """Moments of an inhomogeneous Poisson process, by thinning: `rate_s` a second on the mean of a span."""

    def __init__(
        self, rates: Rates, rate_s: float, start: datetime, span: timedelta, rng: random.Random
    ) -> None:
        self._rates, self._rng, self.now = rates, rng, start
        hours = max(1, min(WEEK_HOURS, -(-span // HOUR)))
        levels = [rates.level(start + HOUR * n) for n in range(hours)]
        self._scale = rate_s / (sum(levels) / hours)
        self._most = self._scale * max(rates.level(start + HOUR * n) for n in range(WEEK_HOURS))

    def next(self) -> datetime:
        """The next moment; each call goes on from there."""
        while True:
            self.now += timedelta(seconds=self._rng.expovariate(self._most))
            if self._rng.random() * self._most <= self._scale * self._rates.level(self.now):
                return self.now
