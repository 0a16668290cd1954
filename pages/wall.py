"""大屏: shows, and nothing else. Everything on it is filled by static/js from the stream."""

from __future__ import annotations

from dash import html

from pages import ids, parts
from pages.messages import DEFAULT, language, text

title = text(DEFAULT, "wall.page_title")

KPIS = ("open", "waiting", "on_scene", "closed_today", "report_dispatch_p90_s", "dispatch_arrive_p90_s")
UNIT_STATES = ("available", "going", "scene")


def layout(name: str = "", lang: str | None = None, **_: object) -> html.Div:
    """The wall of this name, in this language."""
    lang = language(lang)
    return html.Div(
        [_bar(lang), _left(lang), _map(lang), _right(lang), html.Div(id=ids.TICKER)],
        className="wall-page",
        **parts.marked(data_wall=name),
    )


def _bar(lang: str) -> html.Header:
    return html.Header(
        [
            html.H1(text(lang, "wall.title"), **parts.marked(data_city="wall.title")),
            html.Div(text(lang, "wall.scene"), className="scene clip"),
            parts.freshness(lang),
            parts.clock(),
        ],
        className="bar",
    )


def _left(lang: str) -> html.Div:
    units = html.Section(
        [
            _head(text(lang, "units.title"), html.Span(id=ids.UNIT_TOTAL)),
            html.Div(id=ids.UNIT_BARS),
            html.Div([_key(lang, state) for state in UNIT_STATES], className="unit-key"),
        ]
    )
    strip = html.Div([_kpi(lang, name) for name in KPIS], id=ids.KPI_STRIP)
    return html.Div([html.Section(strip), units], className="left")


def _kpi(lang: str, name: str) -> html.Div:
    return html.Div(
        [html.Div("—", className="value"), html.Div(text(lang, f"kpi.{name}"), className="name clip")],
        className="kpi",
        **parts.marked(data_kpi=name),
    )


def _key(lang: str, state: str) -> html.Span:
    return html.Span([html.I(className=f"seg-{state}"), text(lang, f"units.{state}")])


def _head(words: str, note: html.Span) -> html.Div:
    return html.Div([html.H2(words), note], className="panel-head")


def _map(lang: str) -> html.Div:
    release = html.Button(text(lang, "wall.locked"), id=ids.WALL_LOCK, className="lock", hidden=True)
    return parts.map_frame(lang, release, zoom_buttons=False)


def _right(lang: str) -> html.Div:
    order = html.Span(text(lang, "list.order"))
    return html.Div([_head(text(lang, "list.title"), order), *parts.incident_list(lang)], className="right")
