"""The small form of a new incident, opened by a right-click on the map."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from pages import ids
from pages.messages import text
from pages.words import LEVELS


def form(lang: str) -> html.Div:
    """Class, level, what is said, where; the point itself is in the store `draft`."""
    return html.Div(
        [
            html.H2(text(lang, "report.title")),
            html.Div(id=ids.REPORT_PLACE, className="secondary"),
            _field(lang, "report.class", _classes(lang)),
            _field(lang, "report.severity", _levels(lang)),
            _field(lang, "report.text", dcc.Textarea(id=ids.REPORT_TEXT, rows=4, maxLength=4000)),
            _field(lang, "report.address", dcc.Input(id=ids.REPORT_ADDRESS, type="text", maxLength=200)),
            html.Div(
                html.Button(
                    [text(lang, "report.submit"), html.Kbd("Ctrl ↵")],
                    id=ids.REPORT_SUBMIT,
                    className="act primary",
                ),
                className="acts",
            ),
            html.Div(text(lang, "report.hint"), className="secondary"),
        ],
        className="report-form card-scroll",
    )


def _field(lang: str, key: str, control: Any) -> html.Div:
    return html.Div([html.Label(text(lang, key)), control], className="field")


def _classes(lang: str) -> dcc.Dropdown:
    """Its options come from the boot data, by static/js/73-dash.js."""
    return dcc.Dropdown(
        id=ids.REPORT_CLASS,
        options=[],
        clearable=False,
        maxHeight=420,
        placeholder=text(lang, "report.class_hint"),
        labels={
            "search": text(lang, "report.class_search"),
            "no_options_found": text(lang, "report.class_none"),
        },
    )


def _levels(lang: str) -> dcc.RadioItems:
    options = [{"label": f"{LEVELS[n]} {text(lang, f'severity.{n}')}", "value": n} for n in LEVELS]
    return dcc.RadioItems(id=ids.REPORT_SEVERITY, options=options, value=4, className="levels")
