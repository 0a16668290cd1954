"""The study itself: fit on earlier days, judge on later ones, keep what lowers the error there.

Judged are the tables as they stand, a fit, and a fit with factors for the hours of the day. One replaces the
other for a kind of unit when its loss on the later days is less by more than the standard error of the
difference, and by more than WORTH of it: what does not lower the error there is not shipped. The loss is the
mean pinball loss of the tenths and the middle, in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from core.quantiles import pinball
from core.speeds import SpeedRule, SpeedTable, Turnout
from demo.calibrate.models import FEWEST, SHARES, Fitted, Sample, fitted
from demo.calibrate.trips import Past, Race, Trip
from demo.replay.rows import Response
from geo.eta import Timing
from geo.roadlines import Point, straight_m
from geo.roadnet import Floats, Ints, Mask
from geo.roads import RoadGraph

PLACES = (1, 3, 5)
WORTH = 0.01
Firsts = dict[str, dict[str, dict[str, float]]]


@dataclass(frozen=True, slots=True)
class City:
    """What arrival times are worked out from: the roads, the tables, the homes of units, the time zone."""

    graph: RoadGraph
    speeds: SpeedTable
    homes: Mapping[str, Point]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Judged:
    """A way of guessing on the later days: mean error and loss in seconds, the share of arrivals between low
    and high (0.8 would be right), and the losses one by one."""

    mae_s: float
    loss_s: float
    within: float
    losses: Floats = field(repr=False)

    def as_json(self) -> dict[str, float]:
        return {
            "mae_s": round(self.mae_s, 1), "loss_s": round(self.loss_s, 1), "within": round(self.within, 3)
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one kind of unit: `kept` names the way that holds, one of `ways`."""

    kind: str
    earlier: int
    later: int
    ways: dict[str, Judged]
    kept: str
    fit: Fitted | None

    def as_json(self) -> dict[str, Any]:
        ways = {name: judged.as_json() for name, judged in self.ways.items()}
        return {"kind": self.kind, "earlier": self.earlier, "later": self.later, "kept": self.kept, **ways}


@dataclass(frozen=True, slots=True)
class Report:
    """`firsts`: by pool and ranking, how often the first to arrive was our first, in our first three, and in
    our first five; `of` tells the races, and among how many it was looked for. `by_road`: the share of trips
    for which a road is known."""

    split: date
    trips: int
    races: int
    by_road: float
    verdicts: tuple[Verdict, ...]
    firsts: Firsts

    @property
    def turnouts(self) -> list[Turnout]:
        return [one.fit.turnout(one.kind) for one in self.verdicts if one.fit]

    @property
    def speeds(self) -> list[SpeedRule]:
        return [line for one in self.verdicts if one.fit for line in one.fit.speeds(one.kind)]

    def as_json(self) -> dict[str, Any]:
        return {
            "split": self.split.isoformat(), "trips": self.trips, "races": self.races,
            "by_road": round(self.by_road, 3), "verdicts": [one.as_json() for one in self.verdicts],
            "firsts": self.firsts,
        }  # fmt: skip


def study(responses: Sequence[Response], city: City, split: date) -> Report:
    """Earlier days are those before `split`, in the city's time."""
    trips, races = Past(city.homes, city.zone, split).read(responses)
    drives = [city.graph.inbound(trip.to, np.array([trip.start.at])) for trip in trips]
    sample = Sample.of(trips, np.array([float(one.seconds[0]) for one in drives]))
    verdicts = tuple(
        _verdict(kind, sample, city, split) for kind in sorted({trip.start.kind for trip in trips})
    )
    table = _with_fits(city, verdicts)
    by_road = float(np.mean([one.by_road[0] for one in drives])) if drives else 0.0
    return Report(split, len(trips), len(races), by_road, verdicts, _firsts(races, city, table))


def _verdict(kind: str, whole: Sample, city: City, split: date) -> Verdict:
    days = np.array([trip.called_at.astimezone(city.zone).date() >= split for trip in whole.trips])
    own = np.array([trip.start.kind == kind for trip in whole.trips])
    earlier, later = whole.part(own & ~days), whole.part(own & days)
    ways, fits = {"tables": _judged(later, _by_tables(later.trips, city))}, {}
    if len(earlier.trips) >= FEWEST and len(later.trips):
        fits = {"fit": fitted(earlier), "fit_by_hour": fitted(earlier, by_hour=True)}
        ways |= {name: _judged(later, fit.guess(later)) for name, fit in fits.items()}
    kept = "tables"
    for name in fits:
        kept = name if _is_better(ways[name], ways[kept]) else kept
    return Verdict(kind, len(earlier.trips), len(later.trips), ways, kept, fits.get(kept))


def _by_tables(trips: Sequence[Trip], city: City) -> Floats:
    """Low, usual and high seconds as the product works them out."""
    rows = np.zeros((len(trips), 3))
    for number, trip in enumerate(trips):
        timing, start = Timing(city.graph, city.speeds, trip.hour), trip.start
        etas = timing.etas(trip.to, np.array([start.at]), [start.kind], np.array([start.at_home]))
        rows[number] = etas.low[0], etas.seconds[0], etas.high[0]
    return rows.T


def _judged(sample: Sample, guesses: Floats) -> Judged:
    losses = np.mean(
        [pinball(sample.taken, guess, share) for guess, share in zip(guesses, SHARES, strict=True)], axis=0
    )
    within = (guesses[0] <= sample.taken) & (sample.taken <= guesses[2])
    error = np.abs(sample.taken - guesses[1])
    if not len(losses):
        return Judged(0.0, 0.0, 0.0, losses)
    return Judged(float(error.mean()), float(losses.mean()), float(within.mean()), losses)


def _is_better(new: Judged, old: Judged) -> bool:
    gained = old.losses - new.losses
    least = max(float(gained.std()) / len(gained) ** 0.5, WORTH * old.loss_s)
    return float(gained.mean()) > least and new.mae_s < old.mae_s


def _with_fits(city: City, verdicts: Sequence[Verdict]) -> SpeedTable:
    """The city's tables with the lines that are kept."""
    fits = {one.kind: one.fit for one in verdicts if one.fit}
    turnouts = city.speeds.turnouts | {kind: fit.turnout(kind) for kind, fit in fits.items()}
    rules = [line for kind, fit in fits.items() for line in fit.speeds(kind)]
    return SpeedTable([*rules, *city.speeds.rules], list(turnouts.values()))


def _firsts(races: Sequence[Race], city: City, kept: SpeedTable) -> Firsts:
    ranks: dict[str, dict[str, list[int]]] = {}
    free: dict[str, list[int]] = {}
    for race in races:
        first = [start.unit for start in race.free].index(race.first)
        ways = _ranked_by(race, city, kept)
        for pool, able in _pools(race, first).items():
            free.setdefault(pool, []).append(int(able.sum()))
            for way, seconds in ways.items():
                ranks.setdefault(pool, {}).setdefault(way, []).append(_rank(seconds, first, able))
    return {
        pool: {"of": {"races": len(free[pool]), "free": round(float(np.mean(free[pool])), 1)}}
        | {way: _tops(np.array(found)) for way, found in ways.items()}
        for pool, ways in ranks.items()
    }


def _pools(race: Race, first: int) -> dict[str, Mask]:
    """Among whom the first to arrive is looked for: all that were free, those of its sort, and those that the
    dispatcher sent, where it was not alone."""
    sorts = np.array([(start.kind, start.sort) for start in race.free])
    sent = np.array([start.unit in race.sent for start in race.free])
    pools = {"free": np.ones(len(sent), dtype=bool), "sort": (sorts == sorts[first]).all(axis=1)}
    return pools | ({"sent": sent} if sent.sum() > 1 else {})


def _rank(seconds: Floats, first: int, able: Mask) -> int:
    """1 = nobody able is faster; of equals, who comes first in the list."""
    faster = (seconds < seconds[first]) | ((seconds == seconds[first]) & (np.arange(len(able)) < first))
    return int((able & faster).sum()) + 1


def _tops(ranks: Ints) -> dict[str, float]:
    return {f"top{most}": round(float((ranks <= most).mean()), 3) for most in PLACES}


def _ranked_by(race: Race, city: City, kept: SpeedTable) -> dict[str, Floats]:
    """What each way of ranking goes by, one figure a free unit; the least is first."""
    spots = np.array([start.at for start in race.free])
    ways = {"straight": straight_m(spots, np.array(race.to))}
    for name, speeds in (("tables", city.speeds), ("kept", kept)):
        timing = Timing(city.graph, speeds, race.hour)
        home = np.array([start.at_home for start in race.free])
        ways[name] = timing.etas(race.to, spots, [start.kind for start in race.free], home).seconds
    return ways
