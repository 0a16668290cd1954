"""绩效指标: what each figure of the reports means, and the same worked out of incidents one by one.

The tables below are the definitions: `COUNTS` says which incidents are counted, `RATES` what is divided by
what, `INTERVALS` between which two moments time is taken. SQL (`db.kpi`) and the fold (`tally`) follow them,
and must agree. A figure is of the incidents *reported* within a period, as they stand now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Literal, NamedTuple

from core.model import DONE, OPEN, Incident, first_due
from core.offices import LEVELS

Unit = Literal["share", "per_thousand", "per_grid"]
SATISFIED_FROM = 2
"""满意 3 and 基本满意 2 are content."""

_PAPER = "市域社会治理与网格化绩效联考的通行指标（名称取自公开文件，算式为本产品所定）"
_STANDARD = "GB/T 30428.4 综合绩效评价的指标名称（算式未经标准原文核对，为本产品所定）"
_HOTLINE = "12345 热线回访的通行做法（算式为本产品所定）"


class Marks(NamedTuple):
    """All that the counts below ask of an incident: incidents that agree in these are counted alike."""

    status: str
    verified: bool
    missed: bool
    over: bool
    rating: int | None
    returned: bool
    reopened: bool
    level: str


def marks(incident: Incident) -> Marks:
    """`over`: the clock that is due first is. `level`: that at which it was solved, "" = not yet."""
    clock = first_due(incident)
    return Marks(
        incident.status,
        incident.verified_at is not None,
        incident.missed,
        clock is not None and clock.state == "over",
        incident.rating,
        incident.returns > 0,
        incident.reopened > 0,
        incident.handled_level,
    )


@dataclass(frozen=True, slots=True)
class Count:
    """Which incidents are counted; `means` says so in words."""

    code: str
    name: str
    name_en: str
    means: str
    means_en: str
    holds: Callable[[Marks], bool]


NEVER_OURS = ("rejected", "merged")
"""Statuses of what was reported and is no case: it was rejected, or is part of another."""


def _valid(m: Marks) -> bool:
    return m.status not in NEVER_OURS


def _solved(m: Marks) -> bool:
    return m.status in DONE or (m.status in OPEN and m.verified)


COUNTS: tuple[Count, ...] = (
    Count(
        "valid", "应办件", "To be handled", "除不予受理与并入他件者外的全部上报件",
        "All reported but those rejected or merged into another", _valid,
    ),
    Count(
        "rejected", "不予受理", "Rejected", "不予受理的上报件", "Reported and rejected",
        lambda m: m.status == "rejected",
    ),
    Count("open", "在办件", "Open", "尚未办结的应办件", "Not yet ended", lambda m: m.status in OPEN),
    Count(
        "solved", "解决件", "Solved", "核查通过或已办结的应办件", "Verified as solved, or closed", _solved
    ),
    Count(
        "closed", "办结件", "Closed", "已办结、评价或归档的应办件", "Closed, evaluated or archived",
        lambda m: m.status in DONE,
    ),
    Count(
        "missed", "超期件", "Missed a deadline", "任一环节曾经超时的应办件",
        "Some clock of it was missed at some time", lambda m: _valid(m) and m.missed,
    ),
    Count(
        "due", "应结件", "Due", "已办结，或曾经超时的应办件：尚在时限内的在办件不计",
        "Closed, or past a deadline: what is open and in time is not due yet",
        lambda m: _valid(m) and (m.status in DONE or m.missed),
    ),
    Count(
        "on_time", "按期办结件", "Closed in time", "从未超时而办结的应办件", "Closed, no clock missed",
        lambda m: m.status in DONE and not m.missed,
    ),
    Count(
        "overdue", "当前超期件", "Overdue now", "在办且当前时限已过的应办件", "Open, its clock is over",
        lambda m: m.status in OPEN and m.over,
    ),
    Count(
        "rated", "已评价件", "Rated", "经回访取得评价的应办件", "Rated when called back",
        lambda m: _valid(m) and m.rating is not None,
    ),
    Count(
        "satisfied", "满意件", "Satisfied", "评价为满意或基本满意的应办件", "Rated satisfied or fairly so",
        lambda m: _valid(m) and (m.rating or 0) >= SATISFIED_FROM,
    ),
    Count(
        "returned", "退回件", "Returned", "曾被退回的应办件", "Returned by an owner at some time",
        lambda m: _valid(m) and m.returned,
    ),
    Count(
        "reopened", "重开件", "Reopened", "办结或核查后重开过的应办件", "Reopened at some time",
        lambda m: _valid(m) and m.reopened,
    ),
)  # fmt: skip
COUNT = {one.code: one for one in COUNTS}


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` of COUNTS over `denominator` of COUNTS, or over "households" or "grids" of the area.

    `better`: whether more is better. `source` says where the indicator comes from.
    """

    code: str
    name: str
    name_en: str
    numerator: str
    denominator: str
    unit: Unit
    better: Literal["more", "less"]
    source: str


RATES: tuple[Rate, ...] = (
    Rate("incidence", "事件发生率", "Incident rate", "valid", "households", "per_thousand", "less", _PAPER),
    Rate("per_grid", "网格平均事件数", "Incidents a grid", "valid", "grids", "per_grid", "less", _PAPER),
    Rate("solved_rate", "问题解决率", "Share solved", "solved", "valid", "share", "more", _PAPER),
    Rate("satisfaction", "群众满意率", "Share satisfied", "satisfied", "rated", "share", "more", _HOTLINE),
    Rate("closed_rate", "结案率", "Share closed", "closed", "valid", "share", "more", _STANDARD),
    Rate("on_time_rate", "按期结案率", "Share in time", "on_time", "due", "share", "more", _STANDARD),
    Rate("missed_rate", "超期率", "Share late", "missed", "valid", "share", "less", _STANDARD),
    Rate("rated_rate", "回访评价率", "Share rated", "rated", "closed", "share", "more", _HOTLINE),
)
RATE = {one.code: one for one in RATES}
TRIPLET = ("incidence", "solved_rate", "satisfaction")
"""绩效联考 三项."""
GROUND = ("households", "grids")
"""Denominators that are no incidents: what the area holds."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Whole seconds from one moment of an incident to another, where it has both in this order."""

    code: str
    name: str
    name_en: str
    start: str
    end: str


INTERVALS: tuple[Interval, ...] = (
    Interval("accept", "上报→受理", "Reported → accepted", "reported_at", "accepted_at"),
    Interval("dispatch", "受理→派遣", "Accepted → dispatched", "accepted_at", "dispatched_at"),
    Interval("acknowledge", "派遣→签收", "Dispatched → acknowledged", "dispatched_at", "acknowledged_at"),
    Interval("arrive", "签收→到场", "Acknowledged → on scene", "acknowledged_at", "arrived_at"),
    Interval("handle", "到场→处置", "On scene → handled", "arrived_at", "handled_at"),
    Interval("verify", "处置→核查", "Handled → verified", "handled_at", "verified_at"),
    Interval("close", "核查→办结", "Verified → closed", "verified_at", "closed_at"),
    Interval("whole", "上报→办结", "Reported → closed", "reported_at", "closed_at"),
)
INTERVAL = {one.code: one for one in INTERVALS}


def seconds(interval: Interval, incident: Incident) -> int | None:
    """None where a moment is missing, or where the later one came first (it was reopened meanwhile)."""
    start: datetime | None = getattr(incident, interval.start)
    end: datetime | None = getattr(incident, interval.end)
    if start is None or end is None or end < start or incident.status in NEVER_OURS:
        return None
    return int((end - start).total_seconds())


def told(duration: int) -> int:
    """A duration to three significant digits, cut off: a second, ten seconds, a hundred …"""
    step = 1
    while duration // step >= 1000:
        step *= 10
    return duration // step * step


QUANTILES = (0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Spread:
    """Of `n` durations the median and the ninth decile in seconds: the least value that so many do not
    exceed (nearest rank), to three significant digits."""

    n: int
    median: int
    p90: int


def spread(durations: Sequence[int]) -> Spread | None:
    """None where there are none."""
    if not durations:
        return None
    ordered = sorted(durations)
    n = len(ordered)
    median, p90 = (told(ordered[max(ceil(share * n), 1) - 1]) for share in QUANTILES)
    return Spread(n, median, p90)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a set of incidents. `levels`: solved incidents by the level that solved them.
    `intervals`: those that have any. `households` and `grids`: of the ground the incidents are of, None where
    that may not be told or does not apply."""

    counts: Mapping[str, int] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    intervals: Mapping[str, Spread] = field(default_factory=dict)
    households: int | None = None
    grids: int | None = None

    def count(self, code: str) -> int:
        return self.counts.get(code, 0)

    def rate(self, code: str) -> float | None:
        """A share as 0..1, others as their unit says; None where nothing is there to divide by."""
        rate = RATE[code]
        if rate.denominator in GROUND:
            below: int | None = getattr(self, rate.denominator)
        else:
            below = self.count(rate.denominator)
        if not below:
            return None
        return (1000 if rate.unit == "per_thousand" else 1) * self.count(rate.numerator) / below

    def share_at(self, level: str) -> float | None:
        """What part of the solved was solved at this level."""
        known = sum(self.levels.values())
        return self.levels.get(level, 0) / known if known else None


def figures(
    held: Iterable[tuple[Marks, int]],
    intervals: Mapping[str, Spread],
    households: int | None = None,
    grids: int | None = None,
) -> Figures:
    """Of marks and how many incidents have them."""
    counts: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    for mark, number in held:
        for one in COUNTS:
            if one.holds(mark):
                counts[one.code] += number
        if _solved(mark) and mark.level in LEVELS:
            levels[mark.level] += number
    return Figures(dict(counts), dict(levels), dict(intervals), households, grids)


def tally(incidents: Iterable[Incident]) -> Figures:
    """The figures of these incidents, out of the fold alone."""
    held: Counter[Marks] = Counter()
    durations: dict[str, list[int]] = {}
    for incident in incidents:
        held[marks(incident)] += 1
        for interval in INTERVALS:
            if (took := seconds(interval, incident)) is not None:
                durations.setdefault(interval.code, []).append(took)
    spreads = {code: found for code, took in durations.items() if (found := spread(took))}
    return figures(held.items(), spreads)


def tally_by(incidents: Iterable[Incident], key: Callable[[Incident], Hashable]) -> dict[Hashable, Figures]:
    """The figures of each group."""
    groups: dict[Hashable, list[Incident]] = {}
    for incident in incidents:
        groups.setdefault(key(incident), []).append(incident)
    return {name: tally(held) for name, held in groups.items()}


def change(rate: str, now: Figures, before: Figures) -> float | None:
    """By how much a rate differs from the one before, in its own unit."""
    new, old = now.rate(rate), before.rate(rate)
    return None if new is None or old is None else new - old


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place in the joint assessment (绩效联考): points 0..100 of each indicator that is known, and their
    weighted mean; None where none is known."""

    code: str
    place: int
    points: Mapping[str, float]
    total: float | None


def rank(figures: Mapping[str, Figures], weights: Mapping[str, float]) -> list[Ranked]:
    """The best first; who has as many points shares a place.

    Of a share the points are its percents (of what should be little: what is missing to 100). Others are
    placed between the worst (0) and the best (100) of those compared; all are best where they are equal. What
    an area has no value of does not count, its weight neither.
    """
    points = {code: _points(code, figures) for code in weights}
    found = []
    for name in figures:
        own = {code: points[code][name] for code in weights if name in points[code]}
        found.append((name, own, _mean(own, weights)))
    found.sort(key=lambda one: (one[2] is None, -(one[2] or 0.0), one[0]))
    totals = [one[2] for one in found]
    return [Ranked(name, totals.index(total) + 1, own, total) for name, own, total in found]


def _points(code: str, figures: Mapping[str, Figures]) -> dict[str, float]:
    rate = RATE[code]
    values = {name: value for name, one in figures.items() if (value := one.rate(code)) is not None}
    if rate.unit == "share":
        return {n: 100 * (v if rate.better == "more" else 1 - v) for n, v in values.items()}
    low, high = min(values.values(), default=0.0), max(values.values(), default=0.0)
    if low == high:
        return dict.fromkeys(values, 100.0)
    worst, best = (low, high) if rate.better == "more" else (high, low)
    return {name: 100 * (value - worst) / (best - worst) for name, value in values.items()}


def _mean(points: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    whole = sum(weights[code] for code in points)
    return round(sum(weights[code] * value for code, value in points.items()) / whole, 2) if whole else None
