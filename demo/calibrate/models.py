"""Guesses of arrival times: as the city's tables have them, and fitted to trips of earlier days.

A fit is what the tables can say: a turnout from home and from the street, and a factor of the road's own
speed, for the fastest tenth, the middle and the slowest tenth; of each kind of unit by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.quantiles import fit
from core.speeds import HOURS, SpeedRule, Spread, Turnout
from demo.calibrate.trips import Trip
from geo.roadnet import Floats, Mask

SHARES = (0.1, 0.5, 0.9)
BANDS = {"peak": (7, 9, 16, 18), "night": (22, 6)}
"""From and to, one pair after the other; the rest is day."""
FASTEST, SLOWEST = 5.0, 0.1
"""Factors that a table of speeds takes."""
FEWEST = 100
"""Trips of a kind from which it is fitted."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Trips as parallel arrays; `drive` are seconds on the free road."""

    trips: Sequence[Trip]
    drive: Floats
    home: Mask
    taken: Floats
    hour: Floats

    @classmethod
    def of(cls, trips: Sequence[Trip], drive: Floats) -> Sample:
        return cls(
            trips, drive, np.array([trip.start.at_home for trip in trips], dtype=bool),
            np.array([trip.seconds for trip in trips], dtype=float),
            np.array([trip.hour for trip in trips], dtype=float),
        )  # fmt: skip

    def part(self, chosen: Mask) -> Sample:
        kept = [trip for trip, keep in zip(self.trips, chosen, strict=True) if keep]
        return Sample(kept, self.drive[chosen], self.home[chosen], self.taken[chosen], self.hour[chosen])


@dataclass(frozen=True, slots=True)
class Fitted:
    """Rows of (from the street, from home, seconds a second of free driving), one for each of SHARES;
    `bands` are factors of the driving time in the hours of BANDS."""

    rows: Floats
    bands: dict[str, float]

    def guess(self, sample: Sample) -> Floats:
        """Low, usual and high seconds of each trip, one row each."""
        drive = sample.drive * self._by_hour(sample.hour)
        street, home, pace = (self.rows[:, [at]] for at in range(3))
        guessed: Floats = np.where(sample.home, home, street) + pace * drive
        return guessed

    def _by_hour(self, hour: Floats) -> Floats:
        factor = np.ones(len(hour))
        for band, times in self.bands.items():
            factor[np.isin(hour, sorted(_hours(band)))] = times
        return factor

    def turnout(self, kind: str) -> Turnout:
        """As a line of 出动时间表, of a vehicle of its own."""
        street, home, pace = self.rows.T
        low, _, high = (pace / pace[1]).round(2).tolist()
        return Turnout(kind, kind, Spread(*home.round(1)), Spread(*street.round(1)), low, high)

    def speeds(self, kind: str) -> list[SpeedRule]:
        """As lines of 车速表."""
        factor = 1 / float(self.rows[1, 2])
        lines = [SpeedRule(kind, "", 0, HOURS, round(factor, 3))]
        for band, times in self.bands.items():
            hours = BANDS[band]
            for starts, ends in zip(hours[::2], hours[1::2], strict=True):
                lines.append(SpeedRule(kind, "", starts, ends, round(min(factor / times, FASTEST), 3)))
        return lines


def _hours(band: str) -> frozenset[int]:
    pairs = zip(BANDS[band][::2], BANDS[band][1::2], strict=True)
    return frozenset().union(*(SpeedRule("", "", starts, ends, 1.0).hours for starts, ends in pairs))


def fitted(sample: Sample, *, by_hour: bool = False) -> Fitted:
    """The middle first; the tenths beside it stay on their sides of it."""
    middle = _line(sample, 0.5, 1 / FASTEST, 1 / SLOWEST)
    low = np.minimum(_line(sample, 0.1, 0.05 * middle[2], middle[2]), middle)
    high = np.maximum(_line(sample, 0.9, middle[2], 20 * middle[2]), middle)
    rows = np.maximum(np.array([low, middle, high]), [0.0, 0.0, 1e-3])
    return Fitted(rows, _bands(sample, rows[1]) if by_hour else {})


def _line(sample: Sample, share: float, least: float, most: float) -> Floats:
    """(street, home, pace) with the pace within bounds."""
    features = np.column_stack((~sample.home, sample.home, sample.drive)).astype(float)
    used = features.any(axis=0)
    found = np.zeros(3)
    found[used] = fit(features[:, used], sample.taken, share)
    found[2] = min(max(found[2], least), most)
    rest = sample.taken - found[2] * sample.drive
    overall = float(np.quantile(rest, share))
    for column, own in enumerate((~sample.home, sample.home)):
        found[column] = float(np.quantile(rest[own], share)) if own.sum() >= FEWEST // 4 else overall
    return found


def _bands(sample: Sample, middle: Floats) -> dict[str, float]:
    """How many times the driving time of the day is that of each band, in the middle."""
    beyond = sample.taken - np.where(sample.home, middle[1], middle[0])
    bands = {}
    for band in BANDS:
        own = np.isin(sample.hour, sorted(_hours(band)))
        if own.sum() >= FEWEST:
            times = float(fit(middle[2] * sample.drive[own][:, None], beyond[own], 0.5)[0])
            bands[band] = round(min(max(times, 0.5), 2.0), 3)
    return bands
