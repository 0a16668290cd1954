"""大屏: shows, and nothing else. Everything on it is filled by static/js from the stream."""

from __future__ import annotations

from dash import html

from pages import ids, parts
from pages.messages import DEFAULT, language, text

title = text(DEFAULT, "wall.page_title")

KPIS = ("open", "waiting", "on_scene", "closed_today", "report_dispatch_p90_s", "dispatch_arrive_p90_s")
UNIT_STATES = ("available", "reserved", "going", "scene")
COUNTS = ("open", "waiting", "over")


def layout(name: str = "", lang: str | None = None, **_: object) -> html.Div:
    """The wall of this name, in this language."""
    lang = language(lang)
    return html.Div(
        [_bar(lang), _left(lang), _map(lang), _right(lang), html.Div(id=ids.TICKER), _grave()],
        className="wall-page",
        **parts.marked(data_wall=name),
    )


def _bar(lang: str) -> html.Header:
    return html.Header(
        [
            html.H1(text(lang, "wall.title"), className="clip", **parts.marked(data_city="wall.title")),
            html.Div(text(lang, "wall.scene", name=text(lang, "scene.overview")), className="scene clip"),
            parts.freshness(lang),
            html.Div(
                [parts.clock(), html.Div(className="date", **parts.marked(data_date="1"))], className="time"
            ),
        ],
        className="bar",
    )


def _left(lang: str) -> html.Div:
    """Figures, units, what is open by district; where there is room by town and class as well."""
    first = [_figures(lang), _counted(lang, "areas"), _counted(lang, "towns")]
    second = [_units(lang), _counted(lang, "classes")]
    return html.Div([html.Div(first, className="half"), html.Div(second, className="half")], className="left")


def _figures(lang: str) -> html.Section:
    strip = html.Div([kpi(lang, name) for name in KPIS], id=ids.KPI_STRIP)
    return html.Section([_head(text(lang, "kpi.title")), strip], className="figures")


def kpi(lang: str, name: str) -> html.Div:
    """One figure of the strip, filled by static/js/50-panels.js."""
    return html.Div(
        [html.Div("—", className="value"), html.Div(text(lang, f"kpi.{name}"), className="name clip")],
        className="kpi",
        **parts.marked(data_kpi=name),
    )


def _units(lang: str) -> html.Section:
    return html.Section(
        [
            _head(text(lang, "units.title"), html.Span(id=ids.UNIT_TOTAL)),
            html.Div(id=ids.UNIT_BARS),
            html.Div([_key(lang, state) for state in UNIT_STATES], className="unit-key"),
        ],
        className="units",
    )


def _key(lang: str, state: str) -> html.Span:
    return html.Span([html.I(className=f"seg-{state}"), text(lang, f"units.{state}")])


def _counted(lang: str, what: str) -> html.Section:
    """Open incidents by district or class; the rows are drawn by static/js/82-counts.js."""
    captions = [html.Span(text(lang, f"counts.{name}")) for name in COUNTS]
    head = html.Div(
        [html.H2(text(lang, f"counts.{what}"), className="clip"), *captions], className="count-row head"
    )
    return html.Section(
        [head, html.Div(className="count-rows")], className="counts", **parts.marked(data_counts=what)
    )


def _head(words: str, *notes: html.Span) -> html.Div:
    return html.Div([html.H2(words), *notes], className="panel-head")


def _map(lang: str) -> html.Div:
    release = html.Button(id=ids.WALL_LOCK, className="lock", hidden=True)
    return parts.map_frame(lang, release, zoom_buttons=False)


def _right(lang: str) -> html.Div:
    order = html.Span(text(lang, "list.order"), className="clip")
    return html.Div([_head(text(lang, "list.title"), order), *parts.incident_list(lang)], className="right")


def _grave() -> html.Div:
    """The strip of a new Ⅰ incident, filled by static/js/86-grave.js."""
    return html.Div(className="grave-strip", role="status", hidden=True)
