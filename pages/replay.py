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
TRAILS_MIN = ("5", "10", "30", "60")
"""Lengths of the units' tracks."""
FILM_SECONDS = ("30", "60", "120", "300")
FILM_SIZES = ("1280x720", "1920x1080", "3840x2160")
SECTIONS = ("tasks", "means", "shelters", "roads")
"""Of a response, as on the desk."""


def layout(lang: str | None = None, **_: object) -> html.Div:
    """The page in this language; its address says of which realm and span."""
    lang = language(lang)
    return html.Div(
        [
            parts.bar(lang, "replay", live=False),
            html.Div([_span(lang), *parts.incident_list(lang), _running(lang)], className="list-pane"),
            html.Div([_figures(lang), parts.map_frame(lang, *_notes())], className="replay-middle"),
            html.Div([_chapters(lang), _lines(lang), _response(lang)], className="replay-told"),
            _controls(lang),
            _export(lang),
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
    realms = html.Div(className="field replay-realms", **marked(data_replay="realms"))
    return html.Div(
        [head, realms, *fields, html.Div(presses, className="replay-spans")], className="list-head"
    )


def _figures(lang: str) -> html.Div:
    return html.Div([wall.kpi(lang, name) for name in wall.KPIS], id=ids.KPI_STRIP)


def _chapters(lang: str) -> html.Section:
    box = html.Div(className="replay-rows", **marked(data_replay="chapters"))
    return html.Section([html.H2(text(lang, "replay.chapters")), box])


def _lines(lang: str) -> html.Section:
    box = html.Div(className="replay-rows", **marked(data_replay="lines"))
    return html.Section([html.H2(text(lang, "replay.events")), box])


def _running(lang: str) -> html.Div:
    """The responses that ran then; drawn by static/js/95-replay-linkage.js."""
    return html.Div(id=ids.LINKAGE_STRIP, hidden=True, **marked(aria_label=text(lang, "response.running")))


def _notes() -> list[html.Div]:
    """Over the map: what the wall that is followed was showing; that grids were otherwise then."""
    return [
        html.Div(className=f"map-note replay-{name}", hidden=True, **marked(data_replay=name))
        for name in ("scene", "grids")
    ]


def _response(lang: str) -> html.Div:
    """A response as it stood, over chapters and events."""
    names = html.Div(
        [html.H2(className="clip"), html.Div(className="clip secondary")], className="linkage-names"
    )
    back = html.Button(
        [text(lang, "replay.close"), html.Kbd("Esc")], className="plain", **marked(data_close_linkage="1")
    )
    lead = html.Div([html.Div(className="linkage-command clip"), back], className="linkage-lead")
    head = [html.B(className="linkage-level"), names, html.Div(className="linkage-since"), lead]
    tabs = [
        html.Button(text(lang, f"response.tab.{name}"), **marked(data_linkage_tab=name)) for name in SECTIONS
    ]
    sections = [html.Section(**marked(data_section=name)) for name in SECTIONS]
    return html.Div(
        [
            html.Div(head, className="linkage-head"),
            html.Nav(tabs, className="linkage-tabs"),
            html.P(text(lang, "replay.not_running"), className="replay-not-yet secondary", hidden=True),
            html.Div(sections, className="linkage-scroll"),
        ],
        id=ids.LINKAGE_PANEL,
        tabIndex="-1",
        hidden=True,
    )


def _controls(lang: str) -> html.Footer:
    step_back, step_on = (_press(lang, name) for name in ("step_back", "step_on"))
    play = html.Button(text(lang, "replay.play"), id=ids.REPLAY_PLAY, className="act primary")
    speed = html.Label(
        text(lang, "replay.speed"), className="replay-speed", **marked(data_speeds=" ".join(SPEEDS))
    )
    said = html.Div(className="replay-said", role="status", **marked(data_replay="said"))
    link, film = _press(lang, "link"), _press(lang, "film")
    rail: Any = html.Div(className="replay-rail", **marked(data_replay="rail"))
    row = html.Div(
        [step_back, play, step_on, speed, *_choices(lang), said, link, film], className="replay-row"
    )
    return html.Footer([rail, row], className="replay-foot")


def _choices(lang: str) -> list[html.Label]:
    """Units' tracks, and the wall that the map follows; the fields are the script's."""
    values = {"trail": " ".join(TRAILS_MIN), "wall": ""}
    return [
        html.Label(
            text(lang, f"replay.{name}"),
            className="replay-speed",
            **marked(data_choice=name, data_values=given),
        )
        for name, given in values.items()
    ]


def _export(lang: str) -> html.Dialog:
    """导出影片: how long and how large; then how far it is, and the file. static/js/98-replay-export.js."""
    fields = [
        html.Label(
            text(lang, f"replay.film.{name}"), className="field", **marked(data_film=name, data_values=values)
        )
        for name, values in (("seconds", " ".join(FILM_SECONDS)), ("size", " ".join(FILM_SIZES)))
    ]
    acts = [
        html.Button(text(lang, f"replay.film.{name}"), className=looks, **marked(data_film=name))
        for name, looks in (("close", "act"), ("make", "act primary"))
    ]
    said = html.P(text(lang, "replay.film.about"), role="status", **marked(data_film="said"))
    return html.Dialog(
        [html.H2(text(lang, "replay.film")), *fields, said, html.Div(acts, className="acts")],
        className="replay-export",
        **marked(data_film="dialog"),
    )


def _press(lang: str, name: str) -> html.Button:
    return html.Button(
        text(lang, f"replay.{name}"), className="act", title=text(lang, f"replay.{name}.means"),
        **marked(data_press=name),
    )  # fmt: skip
