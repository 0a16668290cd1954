"""回放: the city of then. Incidents left, map in the middle, chapters and events right, controls below.

Everything is filled and moved by static/js/90-replay*.js from `GET /replay…`.
"""

from __future__ import annotations

from typing import Any

from dash import html

from pages import ids, parts, wall
from pages.messages import DEFAULT, language, text
from pages.parts import marked

title = text(DEFAULT, "replay.page_title")

SPEEDS = ("0.5", "1", "2", "5", "10", "30", "60", "120", "300", "600")
SPANS_H = ("1", "8", "24", "168")
"""How many hours back a film may begin by one press."""


def layout(lang: str | None = None, **_: object) -> html.Div:
    """The page in this language; its address says of which realm and span."""
    lang = language(lang)
    return html.Div(
        [
            parts.bar(lang, "replay", live=False),
            html.Div([_span(lang), *parts.incident_list(lang)], className="list-pane"),
            html.Div([_figures(lang), parts.map_frame(lang)], className="replay-middle"),
            html.Div([_chapters(lang), _lines(lang)], className="replay-told"),
            _controls(lang),
            parts.toast(),
        ],
        className="desk-page replay-page",
    )


def _span(lang: str) -> html.Div:
    """From when to when; the fields are the script's."""
    fields = [
        html.Label(text(lang, f"replay.{name}"), className="field", **marked(data_replay=name))
        for name in ("from", "to")
    ]
    presses = [
        html.Button(text(lang, f"replay.back.{hours}"), className="plain", **marked(data_back=hours))
        for hours in SPANS_H
    ]
    head = html.H2(text(lang, "replay.title"), className="clip", **marked(data_replay="realm"))
    return html.Div([head, *fields, html.Div(presses, className="replay-spans")], className="list-head")


def _figures(lang: str) -> html.Div:
    return html.Div([wall.kpi(lang, name) for name in wall.KPIS], id=ids.KPI_STRIP)


def _chapters(lang: str) -> html.Section:
    box = html.Div(className="replay-rows", **marked(data_replay="chapters"))
    return html.Section([html.H2(text(lang, "replay.chapters")), box])


def _lines(lang: str) -> html.Section:
    box = html.Div(className="replay-rows", **marked(data_replay="lines"))
    return html.Section([html.H2(text(lang, "replay.events")), box])


def _controls(lang: str) -> html.Footer:
    step_back, step_on = (_press(lang, name) for name in ("step_back", "step_on"))
    play = html.Button(text(lang, "replay.play"), id=ids.REPLAY_PLAY, className="act primary")
    speed = html.Label(
        text(lang, "replay.speed"), className="replay-speed", **marked(data_speeds=" ".join(SPEEDS))
    )
    said = html.Div(className="replay-said", role="status", **marked(data_replay="said"))
    link = _press(lang, "link")
    rail: Any = html.Div(className="replay-rail", **marked(data_replay="rail"))
    row = html.Div([step_back, play, step_on, speed, said, link], className="replay-row")
    return html.Footer([rail, row], className="replay-foot")


def _press(lang: str, name: str) -> html.Button:
    return html.Button(
        text(lang, f"replay.{name}"), className="act", title=text(lang, f"replay.{name}.means"),
        **marked(data_press=name),
    )  # fmt: skip
