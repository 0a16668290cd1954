"""大屏调度: every wall with what it shows, and the panel that puts a scene on one.

Cards, lists and orders are drawn and sent by static/js/69-walls*.js from the stream and `GET /walls`.
"""

from __future__ import annotations

from typing import Any

from dash import html

from core.wall_model import COVERAGE, INCIDENT, KPIS, LINKAGE, OVERVIEW
from pages import ids, parts
from pages.messages import DEFAULT, language, text
from pages.parts import marked

title = text(DEFAULT, "walls.page_title")

KINDS = (OVERVIEW, INCIDENT, LINKAGE, COVERAGE, KPIS)
SECONDS = ("", "60", "300", "900", "3600")
"""How long a scene may be sent for; "" = until another comes."""
EVERY = ("10", "15", "30", "60", "300")
STRIP_SECONDS = ("60", "600", "3600", "14400")
STRIP_MOST = 60


def layout(lang: str | None = None, **_: object) -> html.Div:
    """The page in this language."""
    lang = language(lang)
    body = html.Main([_walls(lang), parts.map_frame(lang), _panel(lang)], className="walls-body")
    return html.Div([parts.bar(lang, "walls"), body, parts.toast()], className="walls-page")


def _walls(lang: str) -> html.Section:
    return html.Section(
        html.Div(text(lang, "walls.loading"), className="list-note"),
        id=ids.WALLS,
        className="walls-list",
        role="listbox",
        tabIndex="0",
        **marked(aria_label=text(lang, "walls.title")),
    )


def _panel(lang: str) -> html.Section:
    """Which wall, which picture, for how long; the tray for a rotation or a split; the strip."""
    return html.Section(
        [
            html.H2(text(lang, "walls.choose"), className="clip", **marked(data_walls="to")),
            html.Div([_kind(lang, kind) for kind in KINDS], className="walls-kinds", role="radiogroup"),
            html.Div([*_found(lang), *_how(lang)], className="walls-scene"),
            _tray(lang),
            _strip(lang),
        ],
        id=ids.WALLS_SEND,
        className="walls-send",
        hidden=True,
    )


def _kind(lang: str, kind: str) -> html.Button:
    checked = marked(data_kind=kind, aria_checked=str(kind == OVERVIEW).lower())
    return html.Button(text(lang, f"scene.{kind}"), className="chip", role="radio", **checked)


def _found(lang: str) -> list[Any]:
    """What to show: open incidents, or responses that run."""
    asks: Any = html.Div(
        html.Label(text(lang, "walls.find"), **marked(data_walls="find")), className="field", hidden=True
    )
    hint = marked(aria_label=text(lang, "walls.found"))
    return [asks, html.Div(className="walls-found", role="listbox", tabIndex="0", hidden=True, **hint)]


def _how(lang: str) -> list[Any]:
    send = html.Button(
        [text(lang, "walls.send"), html.Kbd("Enter")], className="act primary", **marked(data_walls="send")
    )
    keep = html.Button(
        [text(lang, "walls.keep"), html.Kbd("A")], className="act", **marked(data_walls="keep")
    )
    return [
        _box(lang, "bounds"),
        html.Div([_choice(lang, "seconds", SECONDS), _box(lang, "pin")], className="walls-row"),
        html.Div([send, keep], className="walls-row"),
    ]


def _box(lang: str, name: str) -> html.Label:
    """A box that is ticked; the input is the script's, for Dash has none without a state of its own."""
    return html.Label(text(lang, f"walls.{name}"), className="walls-box", **marked(data_box=name))


def _choice(lang: str, name: str, values: tuple[str, ...]) -> html.Label:
    words = html.Span(text(lang, f"walls.{name}"))
    return html.Label(
        words, className="walls-choice", **marked(data_choice=name, data_values=" ".join(values))
    )


def _tray(lang: str) -> html.Div:
    """清单: scenes gathered for a rotation or a split."""
    acts = [
        html.Button(text(lang, "walls.split"), className="act", **marked(data_walls="split")),
        _choice(lang, "every_s", EVERY),
        html.Button(text(lang, "walls.rotate"), className="act", **marked(data_walls="rotate")),
    ]
    return html.Div(
        [
            html.H3(text(lang, "walls.tray")),
            html.P(text(lang, "walls.tray.empty"), className="walls-note"),
            html.Ol(className="walls-tray"),
            html.Div(acts, className="walls-row"),
        ],
        **marked(data_walls="tray"),
    )


def _strip(lang: str) -> html.Div:
    acts = [
        _choice(lang, "strip_seconds", STRIP_SECONDS),
        html.Button(text(lang, "walls.strip.send"), className="act", **marked(data_walls="strip")),
        html.Button(text(lang, "walls.strip.clear"), className="act", **marked(data_walls="unstrip")),
    ]
    field = html.Div(className="field", **marked(data_walls="strip-text", data_most=str(STRIP_MOST)))
    return html.Div([html.H3(text(lang, "walls.strip")), field, html.Div(acts, className="walls-row")])
