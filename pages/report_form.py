"""The small forms in place of the card: a new incident, and the correction of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dash import dcc, html

from pages import ids
from pages.messages import text
from pages.parts import marked
from pages.words import LEVELS

PLACE_HINTS = 3


class Fields(NamedTuple):
    """The ids of one form."""

    kind: str
    severity: str
    text: str
    address: str
    submit: str


REPORT = Fields(ids.REPORT_CLASS, ids.REPORT_SEVERITY, ids.REPORT_TEXT, ids.REPORT_ADDRESS, ids.REPORT_SUBMIT)
AMEND = Fields(ids.AMEND_CLASS, ids.AMEND_SEVERITY, ids.AMEND_TEXT, ids.AMEND_ADDRESS, ids.AMEND_SUBMIT)


def form(lang: str) -> html.Div:
    """上报: class, level, what is said, where; the point itself is in the store `draft`."""
    place = html.Div(id=ids.REPORT_PLACE, className="secondary")
    return html.Div(
        [
            html.H2(text(lang, "report.title")),
            place,
            *_fields(lang, REPORT),
            html.Div(id=ids.REPORT_HINTS, className="hints", role="status"),
            *_end(lang, REPORT, "report.submit"),
        ],
        className="report-form card-scroll",
    )


def amend_form(lang: str) -> html.Div:
    """更正: what stands in it is what is known (static/js/71-draft.js); only what was changed is sent."""
    return html.Div(
        [html.H2(text(lang, "amend.title")), *_fields(lang, AMEND), *_end(lang, AMEND, "amend.submit")],
        className="amend-form card-scroll",
    )


def hints(lang: str, proposed: Mapping[str, Any]) -> list[Any]:
    """What the words suggest, a chip each; static/js/72-hints.js puts a pressed one into its field."""
    rows = (
        ("report.class", [_class_hint(one) for one in proposed["classes"]]),
        ("report.severity", [_level_hint(lang, proposed["severity"])] if proposed["severity"] else []),
        ("report.place_hint", [_place_hint(one) for one in proposed["places"][:PLACE_HINTS]]),
    )
    return [
        html.Div([html.Span(text(lang, key)), *chips], className="hint-row") for key, chips in rows if chips
    ]


def _class_hint(one: Mapping[str, Any]) -> html.Button:
    return _hint(ids.REPORT_CLASS, one["code"], one["name"], "、".join(one["why"]))


def _level_hint(lang: str, level: Mapping[str, Any]) -> html.Button:
    number = level["level"]
    name = f"{LEVELS[number]} {text(lang, f'severity.{number}')}"
    return _hint(ids.REPORT_SEVERITY, str(number), name, "、".join(level["why"]))


def _place_hint(place: Mapping[str, Any]) -> html.Button:
    at = {"data_lon": str(place["lon"]), "data_lat": str(place["lat"])}
    return _hint(ids.REPORT_ADDRESS, place["name"], place["name"], place["detail"], **at)


def _hint(field: str, value: str, name: str, why: str, **more: str) -> html.Button:
    about = marked(data_hint=field, data_value=value, **more)
    return html.Button([name, html.Small(why)], className="hint", title=why, type="button", **about)


def _fields(lang: str, fields: Fields) -> list[Any]:
    return [
        _field(lang, "report.class", _classes(lang, fields.kind)),
        _field(lang, "report.severity", _levels(lang, fields.severity)),
        _field(lang, "report.text", dcc.Textarea(id=fields.text, rows=4, maxLength=4000)),
        _field(lang, "report.address", dcc.Input(id=fields.address, type="text", maxLength=200)),
    ]


def _end(lang: str, fields: Fields, submit: str) -> list[Any]:
    button = html.Button([text(lang, submit), html.Kbd("Ctrl ↵")], id=fields.submit, className="act primary")
    cancel = html.Button(
        [text(lang, "report.cancel"), html.Kbd("Esc")], className="act", **marked(data_step_back="1")
    )
    return [html.Div([button, cancel], className="acts")]


def _field(lang: str, key: str, control: Any) -> html.Div:
    return html.Div([html.Label(text(lang, key)), control], className="field")


def _classes(lang: str, ident: str) -> dcc.Dropdown:
    """Its options come from the boot data, by static/js/73-dash.js."""
    return dcc.Dropdown(
        id=ident,
        options=[],
        clearable=False,
        maxHeight=420,
        placeholder=text(lang, "report.class_hint"),
        labels={
            "search": text(lang, "report.class_search"),
            "no_options_found": text(lang, "report.class_none"),
        },
    )


def _levels(lang: str, ident: str) -> dcc.RadioItems:
    options = [{"label": f"{LEVELS[n]} {text(lang, f'severity.{n}')}", "value": n} for n in LEVELS]
    return dcc.RadioItems(id=ident, options=options, value=4, className="levels")
