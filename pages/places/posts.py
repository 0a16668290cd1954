"""警务室: a tab of /places."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from actions.posts import CommunityPosts, PostsReport, Station
from core.permissions import Principal
from core.posts import PostRule
from pages.messages import DEFAULT, text
from pages.places import parts
from pages.places.figures import Figure, percent, strip
from pages.places.table import Column, table

FIGURES = "posts-figures"
FILTER = "posts-filter"
COMMUNITIES = "posts-communities"
STATIONS = "posts-stations"
WARDS = "posts-wards"
NOTE = "posts-note"
STATES = ("missing", "short", "unknown", "ok")
FILTERS = ("wanting", "all")


def layout(lang: str, principal: Principal) -> Component:
    """The tab for this person in this language; its rows come by a callback."""
    shown: Any = dmc.SegmentedControl(
        id=FILTER,
        data=[{"value": name, "label": text(lang, f"posts.show.{name}")} for name in FILTERS],
        value=FILTERS[0],
        size="sm",
    )
    wards: Any = dmc.Switch(id=WARDS, label=text(lang, "posts.wards"), size="sm")
    return html.Div(
        [
            parts.heading(text(lang, "posts.title"), shown),
            html.Div(parts.skeleton(), id=FIGURES),
            table(lang, COMMUNITIES, _community_columns(lang), key="code", height="20rem"),
            parts.heading(text(lang, "posts.stations"), wards),
            table(lang, STATIONS, _station_columns(lang), key="code", height="17rem"),
            html.P(id=NOTE, className="tab-note"),
        ]
    )


def _community_columns(lang: str) -> list[Column]:
    columns = (("name", False, 104), ("town", False, 96), ("state", False, 84),
               ("officers", True, 84), ("auxiliaries", True, 98), ("wanted", False, 130),
               ("station", False, 104))  # fmt: skip
    return [
        Column(name, text(lang, f"posts.column.{name}"), number=number, least=least, wrap=not number)
        for name, number, least in columns
    ]


def _station_columns(lang: str) -> list[Column]:
    columns = (("name", False, 110), ("town", False, 100), ("strength", True, 84), ("police", True, 100),
               ("share", True, 80), ("state", False, 104), ("communities", True, 112))  # fmt: skip
    return [
        Column(name, text(lang, f"posts.column.{name}"), number=number, least=least, wrap=not number)
        for name, number, least in columns
    ]


def figures(lang: str, report: PostsReport) -> Component:
    """Coverage, and how many communities and stations are wanting."""
    if not report.communities:
        return parts.empty(lang, "posts.no_communities")
    short = sum(one.state == "short" for one in report.communities)
    low = sum(one.low for one in report.stations)
    missing = len(report.uncovered)
    return strip(
        [
            Figure(percent(report.coverage), text(lang, "posts.figure.coverage"), missing > 0),
            Figure(f"{missing} / {len(report.communities)}", text(lang, "posts.figure.missing"), missing > 0),
            Figure(str(short), text(lang, "posts.figure.short"), short > 0),
            Figure(f"{low} / {len(report.stations)}", text(lang, "posts.figure.low"), low > 0),
        ]
    )


def community_rows(lang: str, report: PostsReport, names: dict[str, str], shown: str) -> list[dict[str, Any]]:
    """Rows of the communities, what is wanting first; all of them, or those alone. `names`: of areas."""
    stations = {one.code: one.name for one in report.stations}
    chosen = [one for one in report.communities if shown == "all" or one.state != "ok"]
    chosen.sort(key=lambda one: (STATES.index(one.state), one.code))
    return [_community_row(lang, one, names, stations) for one in chosen]


def _community_row(
    lang: str, one: CommunityPosts, names: dict[str, str], stations: dict[str, str]
) -> dict[str, Any]:
    return {
        "code": one.code, "name": one.name, "town": names.get(one.town, one.town),
        "state": text(lang, f"posts.state.{one.state}"), "officers": one.officers,
        "auxiliaries": one.auxiliaries, "wanted": _wanted(lang, one.rule),
        "station": stations.get(one.station or "", "–"),
    }  # fmt: skip


def _wanted(lang: str, rule: PostRule | None) -> str:
    """The staff that the rule of a type wants."""
    if rule is None:
        return "–"
    kind = rule.name if lang == DEFAULT else rule.name_en
    return text(lang, "posts.wanted", kind=kind, officers=rule.officers, auxiliaries=rule.auxiliaries)


def station_rows(lang: str, report: PostsReport, names: dict[str, str]) -> list[dict[str, Any]]:
    """Rows of the stations, the lowest share first."""
    ordered = sorted(report.stations, key=lambda one: (one.share is None, one.share or 0.0, one.code))
    return [_station_row(lang, one, names) for one in ordered]


def _station_row(lang: str, one: Station, names: dict[str, str]) -> dict[str, Any]:
    return {
        "code": one.code, "name": one.name, "town": names.get(one.town, one.town),
        "strength": one.strength, "police": one.community_police, "share": percent(one.share),
        "state": station_state(lang, one), "communities": len(one.communities),
    }  # fmt: skip


def station_state(lang: str, one: Station) -> str:
    """Enough, too few, or not known."""
    if one.share is None:
        return text(lang, "posts.share.unknown")
    return text(lang, "posts.share.low" if one.low else "posts.share.ok", least=f"{one.least:.0%}")
