"""What a drill's report draws: the map at two or three moments, and charts of what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar
from zoneinfo import ZoneInfo

from actions.drill_scenes import Scene
from core.drill_compare import Compared, Typical
from core.drill_report import Report
from core.drill_score import JUDGED, Measured, State, grouped
from pages.cases.words import date_time
from pages.drill_report import words
from pages.messages import text
from pages.paper import Drawn
from pages.paper_charts import Dots, Parts, Span, Spans
from pages.paper_map import Ground

T = TypeVar("T")
_STATES: tuple[State, ...] = ("met", "late", "missed")
_ROWS = 52
"""Lines of one chart, that it fits a page."""
_SCALES_M = (100, 200, 500, 1000, 2000, 5000)


def pictures(lang: str, zone: ZoneInfo, of: Report, scenes: Iterable[Scene]) -> list[Drawn]:
    """All of them, in the order of the report."""
    charts = (objectives(lang, of), by_seat(lang, of), spans(lang, of), beside(lang, of))
    return [*grounds(lang, zone, scenes), *(one for found in charts for one in found)]


def grounds(lang: str, zone: ZoneInfo, scenes: Iterable[Scene]) -> Iterator[Ground]:
    for one in scenes:
        half = one.around.half[0]
        metres = max((m for m in _SCALES_M if m < half / 2.5), default=_SCALES_M[0])
        caption = text(
            lang, f"drills.scene.{one.name}", at=date_time(one.at, zone), incidents=one.incidents,
            there=one.there, coming=one.coming,
        )  # fmt: skip
        scale = text(lang, "drills.scene.metres", n=f"{metres:,}")
        yield Ground(one.around, caption, scale, float(metres), one.marks, one.stretches)


def objectives(lang: str, of: Report) -> list[Drawn]:
    """With the part of each that was met, by weight."""
    named = {one.code: f"{words.percent(one.share)} {one.name}" for one in of.objectives}
    return _parts(lang, "drills.chart.objectives", named, _judged(of, lambda one: one.inject.objective or ""))


def by_seat(lang: str, of: Report) -> list[Drawn]:
    named = {one.code: one.name for one in of.script.seats}
    return _parts(lang, "drills.chart.seats", named, _judged(of, lambda one: one.inject.target))


def _judged(of: Report, key: Callable[[Measured], str]) -> Mapping[str, Sequence[Measured]]:
    return grouped((one for one in of.score.indicators if one.state in JUDGED), key)


def _parts(
    lang: str, title: str, named: Mapping[str, str], found: Mapping[str, Sequence[Measured]]
) -> list[Drawn]:
    """How many indicators of each were met, late and missed; of those that had any."""
    codes = [code for code in named if code in found]
    if not codes:
        return []
    counts = [[sum(m.state == state for m in found[code]) for state in _STATES] for code in codes]
    names = [text(lang, f"drills.state.{state}") for state in _STATES]
    return [Parts(text(lang, title), names, [named[code] for code in codes], counts)]


def spans(lang: str, of: Report) -> list[Drawn]:
    """From each inject until what it asked for was done, beside its limit; in minutes of the drill."""
    asked = [one for one in of.score.indicators if one.since and one.state in JUDGED]
    title, said = text(lang, "drills.chart.spans"), text(lang, "drills.chart.minutes", n="{n}")
    limit, done, late = (text(lang, f"drills.chart.span_{name}") for name in ("limit", "done", "late"))
    return [
        Spans(title, (limit, done, late), [_span(of, one) for one in some], said) for some in _pages(asked)
    ]


def _span(of: Report, one: Measured) -> Span:
    began, since = of.score.began, one.since
    begin = (since - began).total_seconds() / 60 if began and since else 0.0
    done = None if one.at is None or one.seconds is None else begin + one.seconds / 60
    return Span(f"{one.inject.number} {one.indicator.name}", begin, begin + one.indicator.limit_s / 60, done)


def beside(lang: str, of: Report) -> list[Drawn]:
    """What was measured beside earlier drills and real incidents, each as a part of the limit."""
    known = [one for one in of.compared if one.earlier or one.real]
    if not known:
        return []
    names = [text(lang, f"drills.chart.{name}") for name in ("now", "earlier", "real")]
    title, labels = text(lang, "drills.chart.beside"), [one.measured.indicator.name for one in known]
    return [
        Dots(title, names, some_labels, [_shares(one) for one in some])
        for some, some_labels in zip(_pages(known), _pages(labels), strict=True)
    ]


def _pages(of: Sequence[T]) -> list[Sequence[T]]:
    """As many as a chart has room for, and again."""
    return [of[n : n + _ROWS] for n in range(0, len(of), _ROWS)]


def _shares(one: Compared) -> list[float | None]:
    limit = one.measured.indicator.limit_s
    times = [one.seconds, _median(one.earlier), _median(one.real)]
    return [None if seconds is None else seconds / limit for seconds in times]


def _median(one: Typical | None) -> float | None:
    return one.median if one else None
