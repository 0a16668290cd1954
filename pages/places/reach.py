"""道路与可达: a tab of /places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from actions.reach import MINUTES, SOURCES, ReachReport, Trial
from core.permissions import Principal, may
from pages.messages import text
from pages.places import parts
from pages.places.figures import Figure, percent, strip
from pages.places.table import Column, table

SOURCE = "reach-source"
FIGURES = "reach-figures"
SHARES = "reach-shares"
PRESS = "reach-press"
TRIAL = "reach-trial"
ROAD = "reach-road"
ROAD_PANEL = "reach-road-panel"
REASON = "reach-reason"
UNTIL = "reach-until"
CLOSE = "reach-close"
REOPEN = "reach-reopen"
CLOSURES = "reach-closures"
TRIED = "reach-tried"
"""Store: lon, lat of the place that is being tried."""
CHANGED = "reach-changed"
"""Set by static/js/62-closures.js whenever somebody closed or reopened a road."""
PRESSES = ("look", "try", "road")


def layout(lang: str, principal: Principal) -> Component:
    """The tab for this person in this language; what it says comes by callbacks."""
    return html.Div(
        [
            dcc.Store(id=ROAD),
            dcc.Store(id=TRIED),
            dcc.Store(id=CHANGED),
            parts.heading(
                text(lang, "reach.title"),
                _choice(SOURCE, {name: text(lang, f"reach.from.{name}") for name in SOURCES}),
            ),
            html.Div(parts.skeleton(), id=FIGURES),
            html.Div(
                [
                    html.Span(text(lang, "reach.press")),
                    _choice(PRESS, {name: text(lang, f"reach.press.{name}") for name in _presses(principal)}),
                ],
                className="tab-row press",
            ),
            html.Div(id=TRIAL),
            _road_form(lang, principal),
            table(lang, SHARES, _share_columns(lang), key="code", height="19rem"),
            html.P(text(lang, "reach.rule"), className="tab-note"),
            parts.heading(text(lang, "reach.closures")),
            table(lang, CLOSURES, _closure_columns(lang), key="road", height="11rem"),
            parts.ground("reach"),
        ]
    )


def _choice(ident: str, labels: Mapping[str, str]) -> Any:
    """One of these at a time, the first to begin with."""
    data = [{"value": name, "label": label} for name, label in labels.items()]
    return dmc.SegmentedControl(id=ident, data=data, value=next(iter(labels)), size="sm")


def _presses(principal: Principal) -> tuple[str, ...]:
    return PRESSES if may(principal, "road.close") else PRESSES[:2]


def _road_form(lang: str, principal: Principal) -> html.Div:
    """What is pressed about the road that was picked; hidden until one is."""
    reason: Any = dmc.TextInput(
        id=REASON,
        label=text(lang, "reach.reason"),
        inputProps={"maxLength": 200},
        style={"flex": "1 1 14rem"},
    )
    until: Any = dmc.DateTimePicker(
        id=UNTIL, label=text(lang, "reach.until"), valueFormat="YYYY-MM-DD HH:mm", clearable=True,
        placeholder=text(lang, "closure.open_end"), style={"flex": "0 1 13rem"},
    )  # fmt: skip
    close: Any = dmc.Button(text(lang, "reach.close"), id=CLOSE)
    reopen: Any = dmc.Button(text(lang, "reach.reopen"), id=REOPEN, variant="default")
    return html.Div(
        [
            html.P(id=ROAD_PANEL, className="tab-note"),
            html.Div([reason, until, close, reopen], className="tab-row"),
        ],
        id=f"{ROAD_PANEL}-form",
        hidden=True,
    )


def _share_columns(lang: str) -> list[Column]:
    words = [
        Column("name", text(lang, "reach.column.name")),
        Column("tier", text(lang, "reach.column.tier"), least=104),
    ]
    people = Column("people", text(lang, "reach.column.people"), number=True)
    steps = [Column(f"m{m}", text(lang, "reach.column.minutes", n=m), number=True) for m in MINUTES]
    return [*words, people, *steps]


def _closure_columns(lang: str) -> list[Column]:
    columns = (("name", 90), ("area", 100), ("reason", 120), ("by", 96), ("since", 110), ("until", 124))
    return [Column(name, text(lang, f"reach.column.{name}"), least=least) for name, least in columns]


def figures(lang: str, report: ReachReport) -> Component:
    """Shares of the widest area asked for, or why there are none."""
    if not report.by_road:
        return parts.empty(lang, "reach.no_roads")
    if not report.facilities:
        return parts.empty(lang, "reach.no_facilities", source=text(lang, f"reach.from.{report.source}"))
    if not report.shares:
        return parts.empty(lang, "posts.no_communities")
    whole = report.shares[0]
    steps = [
        Figure(percent(whole.within[m]), text(lang, "reach.figure.minutes", n=m)) for m in report.minutes
    ]
    return strip([*steps, Figure(str(report.facilities), text(lang, "reach.figure.facilities"))])


def share_rows(lang: str, report: ReachReport) -> list[dict[str, Any]]:
    """Districts and towns, the least reached first."""
    shown = [share for share in report.shares if share.code]
    shown.sort(key=lambda share: [share.within[m] for m in report.minutes])
    return [
        {
            "code": share.code, "name": share.name, "tier": text(lang, f"reach.tier.{share.tier}"),
            "people": share.people, **{f"m{m}": percent(part) for m, part in share.within.items()},
        }
        for share in shown
    ]  # fmt: skip


def trial(lang: str, source: str, found: Trial) -> Component:
    """What another place would add."""
    gained = [
        Figure(f"+{people:,}", text(lang, "reach.figure.gained", n=m)) for m, people in found.gained.items()
    ]
    note = _served(lang, found) if source == "posts" else ""
    return html.Div([strip(gained), html.P(note, className="tab-note")])


def _served(lang: str, found: Trial) -> str:
    near = [
        text(lang, "reach.served", name=name, minutes=f"{seconds / 60:.0f}")
        for _, name, seconds in found.communities[:6]
    ]
    covered = text(lang, "reach.covers", name=found.own) if found.own else text(lang, "reach.covers_none")
    return " ".join([covered, text(lang, "reach.reaches", list="、".join(near)) if near else ""])


def road_words(lang: str, road: Mapping[str, Any]) -> str:
    """The road that was picked, and whether it is closed."""
    name = road["name"] or text(lang, "closure.nameless")
    closed = road["closure"]
    if closed:
        return text(lang, "reach.road_closed", name=name, by=closed["by"], reason=closed["reason"])
    return text(lang, "reach.road_open", name=name)


def closure_rows(
    lang: str, zone: ZoneInfo, features: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The closed roads, the last first. `names`: of areas by code."""
    ordered = sorted(features, key=lambda one: one["properties"]["since"], reverse=True)
    return [{**_closure_row(lang, zone, one), "area": _area_name(one, names)} for one in ordered]


def _area_name(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    code = one["properties"]["area"]
    return names.get(code, code) or "–"


def _closure_row(lang: str, zone: ZoneInfo, one: Mapping[str, Any]) -> dict[str, Any]:
    p = one["properties"]
    return {
        "road": one["id"], "name": p["name"] or text(lang, "closure.nameless"), "reason": p["reason"],
        "by": p["by"], "since": _moment(zone, p["since"]),
        "until": _moment(zone, p["until"]) if p["until"] else text(lang, "closure.open_end"),
    }  # fmt: skip


def _moment(zone: ZoneInfo, at: datetime) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M")
