"""The frame of `/reports`: what is asked, the figures, a table beside charts, and a list that slides in."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from core.periods import NAMED
from pages import ids as common
from pages import parts
from pages.messages import DEFAULT, language, text
from pages.places.parts import heading, skeleton
from pages.places.table import Column, table
from pages.places.theme import DATES, themed
from pages.reports import ids
from pages.reports.charts import CONFIG

title = text(DEFAULT, "reports.page_title")
OWN = "own"
"""The period whose days are chosen by hand."""
PERIODS = ("today", "week", "last_week", "month", "last_month", "days30", "days90", "quarter", "last_quarter",
           "year", "last_year", OWN)  # fmt: skip
_FIRST = "days30"
BYS = ("area", "department", "class", "channel", "level", "week", "month")


def layout(lang: str | None = None, realm: str = "live", **_: object) -> Any:
    """The page in this language and realm."""
    lang = language(lang)
    return themed(
        html.Div(
            [
                *_stores(lang, realm),
                parts.bar(lang, "reports"),
                html.Main(
                    [_filters(lang), _said(), html.Div(skeleton(), id=ids.FIGURES), _body(lang)],
                    className="reports-body",
                ),
                _drawer(lang),
                parts.toast(),
            ],
            className="places-page reports-page",
        )
    )


def _stores(lang: str, realm: str) -> list[Any]:
    empty = [dcc.Store(id=name) for name in (common.NOTICE, common.SELECTION, ids.SCALE, ids.ASKED)]
    return [dcc.Store(id=common.LANG, data=lang), dcc.Store(id=common.REALM, data=realm), *empty]


def _filters(lang: str) -> html.Div:
    assert set(PERIODS) <= {*NAMED, OWN}  # noqa: S101  what is offered is known
    periods = [{"value": name, "label": text(lang, f"reports.period.{name}")} for name in PERIODS]
    dates: Any = dmc.DatePickerInput(
        id=ids.DATES, label=text(lang, "reports.dates"), type="range", valueFormat="YYYY-MM-DD",
        disabled=True, **DATES,
    )  # fmt: skip
    fields = [
        _select(lang, ids.PERIOD, "reports.period", periods, _FIRST, allowDeselect=False),
        dates,
        _select(lang, ids.AREA, "reports.area", placeholder="reports.whole"),
        _select(lang, ids.DEPT, "reports.dept"),
        _select(lang, ids.CLASS, "reports.class"),
        _select(lang, ids.CHANNEL, "reports.channel"),
    ]
    acts = [
        html.A(text(lang, "reports.weekly"), id=ids.WEEKLY, className="reports-act", hidden=True),
        html.A(text(lang, "reports.export"), id=ids.EXPORT, className="reports-act", hidden=True),
        html.Button(text(lang, "reports.verify"), id=ids.VERIFY, className="reports-act", hidden=True),
    ]
    return html.Div([*fields, html.Div(acts, className="reports-acts")], className="reports-filters")


def _select(
    lang: str, ident: str, key: str, data: Any = None, value: str | None = None,
    placeholder: str = "reports.all", **more: Any,
) -> Any:  # fmt: skip
    given = {"searchable": True, "clearable": value is None, "size": "sm"}
    return dmc.Select(
        id=ident, label=text(lang, key), data=data or [], value=value, placeholder=text(lang, placeholder),
        nothingFoundMessage=text(lang, "measures.nothing"), **{**given, **more},
    )  # fmt: skip


def _said() -> html.Div:
    """What the figures are of, and beside it what the check against the log found."""
    return html.Div(
        [html.P(id=ids.SPAN, className="tab-note"),
         html.P(id=ids.VERIFIED, className="tab-note", role="status")], className="reports-said",
    )  # fmt: skip


def _body(lang: str) -> html.Div:
    by: Any = dmc.SegmentedControl(
        id=ids.BY, data=[{"value": name, "label": text(lang, f"reports.by.{name}")} for name in BYS],
        value=BYS[0], size="sm",
    )  # fmt: skip
    left = [
        heading("", by),
        html.Div(id=ids.WAY, className="reports-way"),
        table(lang, ids.TABLE, [], key="code", height="100%"),
        html.P(id=ids.NOTE, className="tab-note"),
    ]
    right = [
        heading(text(lang, "kpi.trend")), _chart(ids.TREND, "trend"),
        heading(text(lang, "kpi.intervals")), _intervals(lang),
    ]  # fmt: skip
    below = [
        html.Section([heading(text(lang, "kpi.by_class")), _chart(ids.CLASSES, "classes")]),
        html.Section([heading(text(lang, "kpi.by_level")), html.Div(id=ids.LEVELS)]),
    ]
    left.append(html.Div(below, className="reports-pair"))
    return html.Div(
        [html.Section(left, className="reports-left"), html.Section(right, className="reports-right")],
        className="reports-columns",
    )


def _chart(ident: str, kind: str) -> html.Div:
    graph: Any = dcc.Graph
    drawn = graph(id=ident, config=CONFIG, responsive=True, style={"height": "100%"})
    return html.Div(drawn, className=f"reports-chart {kind}")


def _intervals(lang: str) -> Any:
    columns = [
        Column("name", text(lang, "kpi.column.interval"), least=110),
        Column("n", text(lang, "kpi.column.n"), number=True, least=64),
        Column("median", text(lang, "kpi.column.median"), least=96),
        Column("p90", text(lang, "kpi.column.p90"), least=96),
    ]
    options = {"defaultColDef": {"sortable": False, "filter": False}}
    return table(lang, ids.INTERVALS, columns, key="code", height="21.4rem", options=options)


def _drawer(lang: str) -> Any:
    """What stands behind a figure: slides in from the right over the charts."""
    columns = [
        Column("number", text(lang, "kpi.column.number"), least=156),
        Column("title", text(lang, "kpi.column.title"), least=150, options={"tooltipField": "title"}),
        Column("class", text(lang, "kpi.column.class"), least=96),
        Column("place", text(lang, "kpi.column.place"), least=160, options={"tooltipField": "place"}),
        Column("at", text(lang, "kpi.column.at"), least=104),
        Column("status", text(lang, "kpi.column.status"), least=84),
        Column("took", text(lang, "kpi.column.took"), least=104),
        Column("missed", text(lang, "kpi.column.missed"), least=60),
    ]
    inside = [
        html.H2(id=ids.HEAD),
        table(lang, ids.BEHIND, columns, key="id", height="calc(100vh - 11rem)"),
        dmc.Button(text(lang, "reports.more"), id=ids.MORE, variant="default", size="sm", disabled=True),
    ]
    return dmc.Drawer(
        inside, id=ids.DRAWER, opened=False, position="right", size="62rem", withinPortal=False,
        closeButtonProps={"aria-label": text(lang, "kpi.close")}, className="reports-drawer",
    )  # fmt: skip
