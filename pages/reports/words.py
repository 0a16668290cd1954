"""Figures of the reports as people read them: on the screen, in the workbook and in the brief."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from actions.kpi_view import Group
from core.kpi import COUNT, INTERVAL, RATE, TRIPLET, Figures, Ranked, change
from core.model import Incident
from core.offices import LEVELS
from core.periods import Period
from pages.messages import DEFAULT, catalogue, has, text
from pages.words import duration

NONE = "–"
SHOWN = (*TRIPLET, "closed_rate", "on_time_rate")
"""Rates of the tables, in this order; the rest are in the workbook."""


def name_of(lang: str, one: Any) -> str:
    """Of a definition of core.kpi, a class or a department."""
    return str(one.name if lang == DEFAULT else one.name_en)


def figure_name(lang: str, code: str) -> str:
    """Of a count, a rate or an interval."""
    return name_of(lang, COUNT.get(code) or RATE.get(code) or INTERVAL[code])


def rate(code: str, value: float | None) -> str:
    """A share in percent with one decimal; others as numbers."""
    if value is None:
        return NONE
    if RATE[code].unit == "share":
        return f"{value * 100:.1f} %"
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}"


def unit(lang: str, code: str) -> str:
    """What a rate is in; "" for a share."""
    key = f"kpi.unit.{RATE[code].unit}"
    return text(lang, key) if has(lang, key) else ""


def rate_change(lang: str, code: str, now: Figures, before: Figures) -> str:
    """By how much it rose or fell, in points of a share."""
    by = change(code, now, before)
    if by is None:
        return text(lang, "kpi.no_before")
    if RATE[code].unit == "share":
        return text(lang, "kpi.points", by=f"{by * 100:+.1f}".replace("-", "−"))
    return f"{by:+,.2f}".replace("-", "−")


def count_change(now: int, before: int) -> str:
    return f"{now - before:+,}".replace("-", "−")


def group_name(lang: str, by: str, group: Group) -> str:
    """The name of a group; "" and codes without a name are said in words."""
    if not group.code:
        return text(lang, f"kpi.none.{by}") if has(lang, f"kpi.none.{by}") else text(lang, "kpi.none")
    if by == "month":
        return group.code[:7]
    if by == "week":
        return "{}-W{:02}".format(*date.fromisoformat(group.code).isocalendar()[:2])
    if by == "level":
        return text(lang, f"kpi.level.{group.code}")
    if by == "channel":
        return channel(lang, group.code)
    return (group.name if lang == DEFAULT else group.name_en) or group.code


def channel(lang: str, code: str) -> str:
    """A source in words; one that nobody named as it is."""
    key = f"channel.{code}"
    return text(lang, key) if has(lang, key) else code


def channels(lang: str) -> list[str]:
    """The sources that have names."""
    return [key.removeprefix("channel.") for key in catalogue(lang) if key.startswith("channel.")]


def took(lang: str, figures: Figures, interval: str, part: str) -> str:
    """The median or the ninth decile of an interval."""
    found = figures.intervals.get(interval)
    return duration(lang, getattr(found, part)) if found else NONE


def seconds_of(figures: Figures, interval: str, part: str) -> int | None:
    found = figures.intervals.get(interval)
    return getattr(found, part) if found else None


def level_shares(lang: str, figures: Figures) -> list[tuple[str, int, str]]:
    """Each level that solved any: its name, how many, what part."""
    found = ((level, figures.levels.get(level, 0), figures.share_at(level)) for level in LEVELS)
    return [(text(lang, f"kpi.level.{a}"), n, f"{(share or 0) * 100:.1f} %") for a, n, share in found]


def days(period: Period, zone: ZoneInfo) -> str:
    """From its first to its last day."""
    first, last = (at.astimezone(zone) for at in (period.since, period.until - timedelta(microseconds=1)))
    return f"{first:%Y-%m-%d}" if first.date() == last.date() else f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"


def place_of(ranked: Iterable[Ranked]) -> dict[str, Ranked]:
    return {one.code: one for one in ranked}


def incident_row(lang: str, one: Incident, classes: Any, zone: ZoneInfo) -> dict[str, Any]:
    """An incident as a row of a list."""
    kind = classes.get(one.class_code)
    status = f"status.{one.status}"
    return {
        "id": one.id, "number": one.number, "title": one.title,
        "class": name_of(lang, kind) if kind else one.class_code,
        "place": one.place or one.address or NONE, "at": f"{one.reported_at.astimezone(zone):%m-%d %H:%M}",
        "status": text(lang, status) if has(lang, status) else one.status,
        "took": duration(lang, (one.closed_at - one.reported_at).total_seconds()) if one.closed_at else NONE,
        "missed": text(lang, "kpi.yes") if one.missed else "",
    }  # fmt: skip
