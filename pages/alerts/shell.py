"""The frame of `/alerts`: the warnings left, the one that is open right, and the form in two steps."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from core.outbound import is_drill
from core.warning_model import LEVEL_WORDS
from pages import ids as common
from pages import parts
from pages.alerts import ids
from pages.alerts.views import columns
from pages.messages import DEFAULT, language, text
from pages.places.table import table
from pages.places.theme import themed
from pages.words import LEVELS

title = text(DEFAULT, "alerts.page_title")
WHERE = ("around", "divisions", "ring")


def layout(lang: str | None = None, realm: str = "live", **_: object) -> Any:
    """The page in this language and realm."""
    lang = language(lang)
    listed = table(
        lang, ids.LIST, columns(lang), key="id", height="100%", select="one", options={"pagination": False}
    )
    head = html.Div(
        [html.P(id=ids.LIST_NOTE, className="tab-note", role="status"),
         dmc.Button(text(lang, "alerts.new"), id=ids.NEW)],
        className="alerts-head",
    )  # fmt: skip
    file = html.Section(
        html.Div(html.P(text(lang, "alerts.none_open")), className="tab-empty"),
        id=ids.FILE, className="alerts-file", tabIndex="-1",
    )  # fmt: skip
    left = html.Section([head, listed, parts.map_frame(lang, _drawing(lang))], className="alerts-list")
    body = html.Main([left, file], className="alerts-body")
    shown = [
        *_stores(lang, realm), parts.bar(lang, "alerts"), *_mark(lang, realm), body, _form(lang, realm),
        _change(lang), parts.toast(),
    ]  # fmt: skip
    return themed(html.Div(shown, className="places-page alerts-page"))


def _stores(lang: str, realm: str) -> list[Any]:
    given = [dcc.Store(id=common.LANG, data=lang), dcc.Store(id=common.REALM, data=realm)]
    empty = (common.NOTICE, common.SELECTION, ids.TICK, ids.DONE, ids.OPENED, ids.CHANGE_KIND)
    return [*given, *(dcc.Store(id=name) for name in empty)]


def _mark(lang: str, realm: str) -> list[Any]:
    """In a drill everything here says so."""
    return [html.P(text(lang, "alerts.drill"), className="alerts-drill")] if is_drill(realm) else []


def _drawing(lang: str) -> Any:
    """Over the map while an area is drawn on it (static/js/69-alerts-map.js)."""
    acts = [
        html.Button(text(lang, f"alerts.draw.{act}"), className="act", **parts.marked(data_draw=act))
        for act in ("done", "undo", "leave")
    ]
    return html.Div(
        [html.Span(text(lang, "alerts.draw.hint")), *acts], className="alerts-drawing", hidden=True
    )


def _form(lang: str, realm: str) -> Any:
    """Written first, then looked at once more: what will happen, then the button that does it."""
    look = dmc.Button(text(lang, "alerts.look"), id=ids.LOOK)
    write = html.Div([*_fields(lang), html.Div(look, className="cases-form-foot")], id=ids.STEP_WRITE)
    send = "alerts.send.drill" if is_drill(realm) else "alerts.send"
    foot = html.Div(
        [dmc.Button(text(lang, "alerts.back"), id=ids.BACK, variant="default"),
         dmc.Button(text(lang, send), id=ids.SEND)],
        className="cases-form-foot alerts-foot",
    )  # fmt: skip
    seen = html.Div([html.Div(id=ids.LOOKED, className="alerts-looked"), foot], id=ids.STEP_LOOK, hidden=True)
    return _modal(lang, ids.FORM, "alerts.new", "56rem", [write, seen])


def _fields(lang: str) -> list[Any]:
    levels = [{"value": str(n), "label": text(lang, f"alerts.level.{n}", mark=LEVELS[n])} for n in LEVELS]
    points = [
        dmc.Checkbox(value=level, label=text(lang, f"plans.points.{level}"), size="sm")
        for level in LEVEL_WORDS
    ]
    where: Any = dmc.SegmentedControl(
        id=ids.WHERE, value="around", size="sm",
        data=[{"value": one, "label": text(lang, f"alerts.where.{one}")} for one in WHERE],
    )  # fmt: skip
    return [
        _pair(_choice(lang, ids.CAUSE, "cause"), _choice(lang, ids.PLANNED, "planned")),
        _pair(_choice(lang, ids.CLASS, "class"),
              dmc.Select(id=ids.LEVEL, label=text(lang, "alerts.field.level"), data=levels, value="2",
                         allowDeselect=False)),
        _pair(_words(lang, ids.TEXT, "text"), _words(lang, ids.TEXT_EN, "text_en")),
        _pair(dmc.TextInput(id=ids.HEADLINE, label=text(lang, "alerts.field.headline"),
                            placeholder=text(lang, "alerts.field.headline.made")),
              dmc.NumberInput(id=ids.HOURS, label=text(lang, "alerts.field.hours"), value=24, min=1,
                              max=720)),
        html.Div([html.Span(text(lang, "alerts.field.where")), where], className="alerts-where"),
        html.Div(
            [dmc.NumberInput(id=ids.RADIUS, label=text(lang, "alerts.field.radius"), value=1000, min=50,
                             max=100_000, step=100, thousandSeparator=","),
             dmc.MultiSelect(id=ids.DIVISIONS, label=text(lang, "alerts.field.divisions"), data=[], value=[],
                             searchable=True, limit=60, nothingFoundMessage=text(lang, "measures.nothing")),
             html.Div(_ring(lang), id=ids.RING_FIELD)],
            className="alerts-area",
        ),
        dmc.CheckboxGroup(html.Div(points, className="alerts-points"), id=ids.POINTS, value=["village"],
                          label=text(lang, "alerts.field.points")),
    ]  # fmt: skip


def _ring(lang: str) -> list[Any]:
    """Drawn on the map, or written corner by corner."""
    corners = dmc.Textarea(
        id=ids.RING, label=text(lang, "alerts.field.ring"), autosize=True, minRows=3, maxRows=6,
        placeholder="118.0901 24.4802\n118.1012 24.4802\n118.1012 24.4911",
    )  # fmt: skip
    marks = parts.marked(data_draw="begin")
    return [html.Button(text(lang, "alerts.draw.begin"), className="act", **marks), corners]


def _pair(left: Any, right: Any) -> html.Div:
    return html.Div([left, right], className="cases-pair")


def _choice(lang: str, ident: str, name: str) -> Any:
    return dmc.Select(
        id=ident, label=text(lang, f"alerts.field.{name}"), data=[], searchable=True, clearable=True,
        nothingFoundMessage=text(lang, "measures.nothing"), limit=60,
    )  # fmt: skip


def _words(lang: str, ident: str, name: str) -> Any:
    return dmc.Textarea(
        id=ident, label=text(lang, f"alerts.field.{name}"), required=True, autosize=True, minRows=3,
        maxRows=6,
    )  # fmt: skip


def _change(lang: str) -> Any:
    """更新 and 解除: what they ask."""
    button = html.Div(
        dmc.Button(text(lang, "cases.submit"), id=ids.CHANGE_SUBMIT), className="cases-form-foot"
    )
    body = html.Div(id=ids.CHANGE_BODY, className="cases-form")
    return _modal(lang, ids.CHANGE, "alerts.change", "44rem", [body, button])


def _modal(lang: str, ident: str, head: str, size: str, shown: list[Any]) -> Any:
    return dmc.Modal(
        shown, id=ident, opened=False, title=text(lang, head), size=size, withinPortal=False, centered=True,
        closeButtonProps={"aria-label": text(lang, "kpi.close")},
    )  # fmt: skip
