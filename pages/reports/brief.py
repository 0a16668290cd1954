"""周报 on paper: one or two pages that a leader reads standing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from actions.kpi_view import Group
from actions.kpi_week import Week
from core.kpi import INTERVALS, RATE, TRIPLET
from pages.drill_mark import paper
from pages.messages import text
from pages.paper import Block, Heading, Paragraph, Table, numbers_right
from pages.paper_charts import Bars
from pages.reports import words

_RATES = (*TRIPLET, "closed_rate", "on_time_rate", "missed_rate")
_COUNTS = ("valid", "closed", "open", "overdue", "missed", "reopened")
_WORST, _CLASSES = 5, 8


def weekly(lang: str, week: Week, zone: ZoneInfo, drill: str = "") -> bytes:
    """The brief as a PDF. Raises FontMissing."""
    report = week.report
    city = str(week.city["name"]) or text(lang, "product.name")
    title = text(lang, "kpi.brief.title", city=city, week=week.name)
    spans = [words.days(period, zone) for period in (report.asked.period, report.before)]
    blocks: list[Block] = [
        Paragraph(text(lang, "kpi.span", now=spans[0], before=spans[1]), faint=True),
        Paragraph(_said(lang, week)),
        _figures(lang, week),
        _days(lang, week),
        *_areas(lang, week),
        *_classes(lang, week),
        *_intervals(lang, week),
        *_overdue(lang, week, zone),
    ]
    sample = text(lang, "map.sample") if week.city["sample"] else ""
    return paper(lang, drill, title, blocks, " · ".join(part for part in (city, sample) if part))


def _said(lang: str, week: Week) -> str:
    """The week in one sentence."""
    now, before = week.report.total, week.report.total_before
    values = {code: words.rate(code, now.rate(code)) for code in RATE}
    return text(
        lang, "kpi.brief.said", valid=f"{now.count('valid'):,}",
        change=words.count_change(now.count("valid"), before.count("valid")),
        closed=f"{now.count('closed'):,}", overdue=f"{now.count('overdue'):,}", **values,
    )  # fmt: skip


def _figures(lang: str, week: Week) -> Table:
    now, before = week.report.total, week.report.total_before
    rows = [
        (words.figure_name(lang, code), f"{now.count(code):,}", f"{before.count(code):,}",
         words.count_change(now.count(code), before.count(code)))
        for code in _COUNTS
    ]  # fmt: skip
    rows += [
        (f"{words.figure_name(lang, code)} {words.unit(lang, code)}".strip(),
         words.rate(code, now.rate(code)), words.rate(code, before.rate(code)),
         words.rate_change(lang, code, now, before))
        for code in _RATES
    ]  # fmt: skip
    head = [text(lang, f"kpi.{name}") for name in ("figure", "now", "before", "change")]
    return Table(head, rows, (3, 2, 2, 2), numbers_right(4))


def _days(lang: str, week: Week) -> Bars:
    values = [float(n) for _, n in week.days]
    return Bars(
        text(lang, "kpi.brief.days"), [f"{day:%m-%d}" for day, _ in week.days], values,
        [f"{int(value):,}" for value in values], [float(n) for n in week.days_before],
    )  # fmt: skip


def _areas(lang: str, week: Week) -> list[Block]:
    """The whole ranking where it is short, else its end: the weakest first."""
    groups = {group.code: group for group in week.report.groups}
    ranked = [one for one in week.ranking if groups[one.code].now.count("valid")]
    if not ranked:
        return []
    worst = ranked[::-1][:_WORST]
    names = ["kpi.column.name", "kpi.place", "kpi.score"]
    head = [text(lang, name) for name in names]
    head += [words.figure_name(lang, code) for code in ("valid", *words.SHOWN, "overdue")]
    rows = [
        [words.group_name(lang, "area", groups[one.code]), f"{one.place} / {len(week.ranking)}",
         words.NONE if one.total is None else f"{one.total:.1f}", *_area(groups[one.code])]
        for one in worst
    ]  # fmt: skip
    return [
        Heading(text(lang, "kpi.brief.worst", n=len(worst))),
        Table(head, rows, (2.4, *(1.2,) * (len(head) - 1)), numbers_right(len(head)), small=True),
    ]


def _area(group: Group) -> list[str]:
    rates = (words.rate(code, group.now.rate(code)) for code in words.SHOWN)
    return [f"{group.now.count('valid'):,}", *rates, f"{group.now.count('overdue'):,}"]


def _classes(lang: str, week: Week) -> list[Block]:
    ordered = sorted(week.classes.items(), key=lambda pair: -pair[1].count("valid"))[:_CLASSES]
    if not ordered:
        return []
    named = [week.class_names.get(code) for code, _ in ordered]
    labels = [
        words.name_of(lang, one) if one else code for one, (code, _) in zip(named, ordered, strict=True)
    ]
    counts = [figures.count("valid") for _, figures in ordered]
    return [Bars(text(lang, "kpi.by_class"), labels, counts, [f"{n:,}" for n in counts], height_mm=40)]


def _intervals(lang: str, week: Week) -> list[Block]:
    now, before = week.report.total, week.report.total_before
    head = [text(lang, f"kpi.column.{name}") for name in ("interval", "n", "median", "p90", "median_before")]
    rows = [
        (words.name_of(lang, one), f"{now.intervals[one.code].n:,}",
         words.took(lang, now, one.code, "median"), words.took(lang, now, one.code, "p90"),
         words.took(lang, before, one.code, "median"))
        for one in INTERVALS if one.code in now.intervals
    ]  # fmt: skip
    if not rows:
        return []
    return [Heading(text(lang, "kpi.intervals")), Table(head, rows, (3, 1, 2, 2, 2), numbers_right(5))]


def _overdue(lang: str, week: Week, zone: ZoneInfo) -> list[Block]:
    total = week.report.total.count("overdue")
    head = Heading(text(lang, "kpi.brief.overdue", n=total))
    if not week.overdue:
        return [head, Paragraph(text(lang, "kpi.brief.no_overdue"))]
    columns = [text(lang, f"kpi.column.{name}") for name in ("number", "title", "place", "at", "status")]
    rows = []
    for one in week.overdue:
        row = words.incident_row(lang, one, week.class_names, zone)
        rows.append([row[name] for name in ("number", "title", "place", "at", "status")])
    table = Table(columns, rows, (2.2, 3, 3.4, 1.6, 1.4), small=True)
    more = (
        [Paragraph(text(lang, "kpi.brief.more", n=total - len(rows)), faint=True)]
        if total > len(rows)
        else []
    )
    return [head, table, *more]
