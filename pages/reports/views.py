"""What the page says once it is answered: figures, columns and rows of the tables, the way down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from actions.kpi_view import Report
from core.kpi import INTERVALS, Figures, Ranked, change
from pages.messages import text
from pages.places.table import Column
from pages.reports import ids, words

TILES = ("valid", "closed", "overdue", "incidence", "solved_rate", "satisfaction", "closed_rate",
         "on_time_rate")  # fmt: skip
"""Figures at the top: counts, then rates."""
BEHIND = {"incidence": "valid", "solved_rate": "solved", "satisfaction": "satisfied", "closed_rate": "closed",
          "on_time_rate": "on_time"}  # fmt: skip
"""Rates → the count whose incidents are shown."""
_COUNTS = ("valid", "closed", "overdue")
_TOOK = ("median", "p90")
_ROOM = {"zh-CN": (50, 74, 112), "en": (58, 78, 106)}
"""Pixels that the words of a place, a figure and a duration need."""
Row = dict[str, Any]


def tiles(lang: str, report: Report) -> html.Div:
    """The figures, each a button to what stands behind."""
    return html.Div([_tile(lang, code, report) for code in TILES], className="reports-tiles")


def _tile(lang: str, code: str, report: Report) -> html.Button:
    now, before = report.total, report.total_before
    if code in BEHIND:
        value, unit = words.rate(code, now.rate(code)), words.unit(lang, code)
        by = words.rate_change(lang, code, now, before)
        known = change(code, now, before) is not None
    else:
        value, unit = f"{now.count(code):,}", ""
        by, known = words.count_change(now.count(code), before.count(code)), True
    by = text(lang, "reports.against", by=by) if known else by
    inside = [
        html.Span(words.figure_name(lang, code), className="name"),
        html.Span([html.B(value), html.Small(unit)], className="value"),
        html.Span(by, className="change"),
    ]
    return html.Button(inside, id=ids.figure(code), className="reports-tile", n_clicks=0)


def columns(lang: str, by: str, *, ranked: bool) -> list[Row]:
    """Definitions for AG Grid; what can be pressed looks it."""
    room = _ROOM[lang]
    plain = {"valueFormatter": {"function": "kpiWords(params)"}}
    formed = {**plain, "cellClass": "ag-right-aligned-cell pressable"}
    made = [
        Column("name", text(lang, f"reports.key.{by}"), least=112,
               options={"tooltipField": "name",
                        "cellClass": "pressable" if by == "area" else ""})
    ]  # fmt: skip
    if ranked:
        made += [Column("place", text(lang, "kpi.place"), number=True, least=room[0]),
                 Column("score", text(lang, "kpi.score"), number=True, least=62, options=plain)]  # fmt: skip
    for code in (_COUNTS[0], *words.SHOWN, *_COUNTS[1:]):
        if code == "incidence" and by != "area":
            continue  # the same ground for all of them says nothing
        made.append(Column(code, words.figure_name(lang, code), number=True, least=room[1], options=formed))
    made += [
        Column(part, text(lang, "kpi.whole", part=text(lang, f"kpi.column.{part}")), number=True,
               least=room[2], options=formed)
        for part in _TOOK
    ]  # fmt: skip
    return [column.definition() for column in made]


def rows(lang: str, report: Report, places: Mapping[str, Ranked]) -> list[Row]:
    """One a group: numbers to sort by, and `words` to show."""
    by = report.asked.by or ""
    return [_row(lang, words.group_name(lang, by, group), group.code, group.now, places.get(group.code))
            | {"deeper": group.deeper} for group in report.groups]  # fmt: skip


def _row(lang: str, name: str, code: str, now: Figures, ranked: Ranked | None) -> Row:
    counts = {one: now.count(one) for one in _COUNTS}
    rates = {one: now.rate(one) for one in words.SHOWN}
    took = {part: words.seconds_of(now, "whole", part) for part in _TOOK}
    told = {one: f"{number:,}" for one, number in counts.items()}
    told |= {one: words.rate(one, value) for one, value in rates.items()}
    told |= {part: words.took(lang, now, "whole", part) for part in _TOOK}
    told |= {"score": f"{ranked.total:.1f}"} if ranked and ranked.total is not None else {}
    place = {"place": ranked.place, "score": ranked.total} if ranked else {}
    return {"code": code, "name": name, **counts, **rates, **took, **place, "words": told}


def interval_rows(lang: str, total: Figures) -> list[Row]:
    return [
        {"code": one.code, "name": words.name_of(lang, one), "n": f"{found.n:,}",
         **{part: words.took(lang, total, one.code, part) for part in _TOOK}}
        for one in INTERVALS if (found := total.intervals.get(one.code))
    ]  # fmt: skip


def levels(lang: str, total: Figures) -> html.Ol:
    """各级解决占比: how many were solved at each level, a bar for the part of all."""
    return html.Ol(
        [
            html.Li(
                [html.Span(name), html.I(html.B(style={"width": share.replace(" ", "")})),
                 html.Span(f"{n:,}"), html.Span(share)]
            )
            for name, n, share in words.level_shares(lang, total)
        ],
        className="reports-levels",
    )  # fmt: skip


def way(lang: str, areas: Sequence[tuple[str, str]]) -> list[Any]:
    """From the whole down to the area that is looked at: (code, name) each."""
    made: list[Any] = []
    for number, (code, name) in enumerate(areas):
        last = number == len(areas) - 1
        said = html.B(name) if last else html.Button(name, id=ids.crumb(code), className="plain", n_clicks=0)
        made += [said] if last else [said, html.Span("›")]
    return [*made, html.Span(text(lang, "reports.hint"), className="reports-hint")]


def rank_note(lang: str, weights: Mapping[str, float]) -> str:
    """What the points weigh."""
    whole = sum(weights.values()) or 1.0
    told = (f"{words.figure_name(lang, code)} {weight / whole:.0%}" for code, weight in weights.items())
    return text(lang, "reports.rank_note", weights=" · ".join(told))
