"""巡查: how many rounds were walked, which were missed, which are due, and when they are denser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from core.permissions import Principal, may
from pages.messages import text
from pages.places import parts
from pages.places.figures import Figure, percent, strip
from pages.places.layer_views import Row, count, number_column, share_column
from pages.places.layers import listed
from pages.places.table import Column, table
from pages.places.theme import DATES

SPAN = "layers-patrol-span"
BODY = "layers-patrol-body"
PICKED = "layers-patrol"
FINDING = "layers-patrol-finding"
CLASS = "layers-patrol-class"
GO = "layers-patrol-go"
TO_VISIT = "layers-patrol-to"
PERIOD_NAME = "layers-period-name"
PERIOD_DAYS = "layers-period-days"
PERIOD_GO = "layers-period-go"
DUE = "patrol-due"

SPANS = ("7", "30", "90")
"""Days that the rate and the missed rounds look back."""


def view(lang: str, span: str, body: Sequence[Any]) -> list[Any]:
    """The choice of how far to look back, over `body`."""
    spans = [{"value": days, "label": text(lang, "sites.patrol.days", n=days)} for days in SPANS]
    return [
        dcc.Store(id=PICKED),
        html.Div(dmc.SegmentedControl(id=SPAN, data=spans, value=span), className="layers-tiers"),
        html.Div(list(body), id=BODY),
    ]


def body(lang: str, principal: Principal, told: Mapping[str, Row], classes: Sequence[Row]) -> list[Any]:
    """`told`: the answers of `actions.patrols` for rate, missed, due, and periods."""
    rate, missed, due = told["rate"], told["missed"], told["due"]
    columns = (
        Column("name", text(lang, "sites.community"), least=120),
        number_column(lang, "rounds", 80),
        number_column(lang, "done", 80),
        share_column(lang, "rate"),
    )
    rows = [{**one, "code": one["area"], "rounds": one["due"]} for one in rate["items"]]
    from_to = html.Span(text(lang, "sites.patrol.from_to", since=rate["since"], until=rate["until"]))
    return [
        strip([
            Figure(percent(rate["rate"]), text(lang, "sites.patrol.rate")),
            Figure(count(missed["count"]), text(lang, "sites.patrol.missed"), missed["count"] > 0),
            Figure(count(due["count"]), text(lang, "sites.patrol.due")),
        ]),
        *_due(lang, principal, due, classes),
        parts.heading(text(lang, "sites.patrol.missed_list"), from_to, html.Span(_shown(lang, missed))),
        _rounds(lang, "patrol-missed", missed["items"]),
        parts.heading(text(lang, "sites.patrol.by_community"), from_to),
        table(lang, listed("patrol-rate"), columns, rows, key="code", select="one", height="18rem"),
        *_periods(lang, principal, told["periods"]["items"]),
    ]  # fmt: skip


def _shown(lang: str, found: Row) -> str:
    shown = len(found["items"])
    if shown < found["count"]:
        return text(lang, "sites.first_of", n=count(shown), all=count(found["count"]))
    return text(lang, "sites.count", n=count(shown))


def _rounds(lang: str, name: str, items: Sequence[Row]) -> Any:
    columns = (
        Column("name", text(lang, "sites.name"), least=150, wrap=True),
        Column("what", text(lang, "sites.target"), least=90, wrap=True),
        Column("round", text(lang, "sites.round"), least=150),
        Column("dense", text(lang, "sites.period"), least=85),
    )
    rows = [
        {
            **one, "id": f"{one['target']}:{one['code']}:{one['last']}", "target": one["target"],
            "what": text(lang, f"sites.target.{one['target']}"),
            "round": one["last"] if one["first"] == one["last"] else f"{one['first']} – {one['last'][5:]}",
            "dense": text(lang, "sites.period.dense") if one["sensitive"] else "",
        }
        for one in items
    ]  # fmt: skip
    return table(lang, listed(name), columns, rows, key="id", select="one", height="16rem")


def _due(lang: str, principal: Principal, due: Row, classes: Sequence[Row]) -> list[Any]:
    head = parts.heading(text(lang, "sites.patrol.due_list"), _shown(lang, due))
    listed_due = _rounds(lang, DUE, due["items"])
    if not may(principal, "patrol"):
        return [head, listed_due]
    kinds = [{"value": one["code"], "label": one["name"]} for one in classes]
    fields = [
        dmc.TextInput(id=FINDING, label=text(lang, "sites.patrol.finding"), className="wide",
                      placeholder=text(lang, "sites.patrol.nothing")),
        dmc.Select(id=CLASS, label=text(lang, "sites.patrol.report_as"), data=kinds, clearable=True,
                   searchable=True, placeholder=text(lang, "sites.patrol.no_report")),
        dmc.Button(text(lang, "sites.patrol.visit"), id=GO, disabled=True),
    ]  # fmt: skip
    picked = html.P(text(lang, "sites.patrol.pick"), id=TO_VISIT, className="secondary layers-note")
    return [head, listed_due, picked, html.Div(fields, className="stores-form layers-visit")]


def _periods(lang: str, principal: Principal, periods: Sequence[Row]) -> list[Any]:
    columns = (
        Column("name", text(lang, "sites.name"), least=150),
        Column("where", text(lang, "sites.area"), least=90),
        Column("starts_on", text(lang, "sites.period.from"), least=105),
        Column("ends_on", text(lang, "sites.period.to"), least=105),
    )
    rows = [{**one, "where": one["scope"] or text(lang, "sites.whole_city")} for one in periods]
    found = [
        parts.heading(text(lang, "sites.periods")),
        table(lang, "layers-periods", columns, rows, key="code", height="11rem"),
    ]
    if not may(principal, "patrol.period"):
        return found
    fields = [
        dmc.TextInput(id=PERIOD_NAME, label=text(lang, "sites.period.name")),
        dmc.DatePickerInput(id=PERIOD_DAYS, label=text(lang, "sites.period.days"), type="range",
                            valueFormat="YYYY-MM-DD", className="layers-days", **DATES),
        dmc.Button(text(lang, "sites.period.set"), id=PERIOD_GO),
    ]  # fmt: skip
    return [*found, html.Div(fields, className="stores-form")]
