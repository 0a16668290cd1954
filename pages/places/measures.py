"""分析: a measure of areas as colours and as a table, or where incidents came in as heat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from actions.measures import MEASURES, TIERS
from core.measures import METHODS
from core.permissions import Principal
from pages.messages import text
from pages.places import parts
from pages.places.table import Column, table

NAME, VIEW, TIER = "measures-name", "measures-view", "measures-tier"
PERIOD, CLASS, AREA, METHOD = "measures-period", "measures-class", "measures-area", "measures-method"
LEGEND, SAID, TABLE, ABOUT = "measures-legend", "measures-said", "measures-table", "measures-about"

VIEWS = ("areas", "heat")
HOURS = (24, 7 * 24, 30 * 24, 90 * 24, 365 * 24)
"""Periods that are offered, back from now."""
_FIRST_TIER, _FIRST_PERIOD = "1", 30 * 24


def layout(lang: str, principal: Principal) -> Component:
    """The tab for this person in this language."""
    views = {view: text(lang, f"measures.view.{view}") for view in VIEWS}
    return html.Div(
        [
            parts.heading(text(lang, "measures.title"), _switch(VIEW, views)),
            html.Div([_name(lang), _period(lang)], className="measures-first"),
            html.Div([_choice(lang, CLASS), _choice(lang, AREA)], className="measures-first"),
            html.Div(
                [
                    _switch(
                        TIER, {str(tier): text(lang, f"measures.tier.{tier}") for tier in TIERS}, _FIRST_TIER
                    ),
                    _switch(METHOD, {method: text(lang, f"measures.method.{method}") for method in METHODS}),
                ],
                className="tab-row",
            ),
            html.Div(id=LEGEND, className="measures-legend"),
            html.P(id=SAID, className="tab-note", role="status"),
            _table(lang),
            dcc.Store(id=ABOUT, data=_about(lang)),
        ]
    )


def _about(lang: str) -> dict[str, dict[str, Any]]:
    """What the page's scripts must know of each measure."""
    return {
        measure.name: {
            "periodic": measure.periodic,
            "classed": measure.classed,
            "about": text(lang, f"measure.{measure.name}.about"),
        }
        for measure in MEASURES
    }


def _name(lang: str) -> dmc.Select:
    data = [{"value": measure.name, "label": text(lang, f"measure.{measure.name}")} for measure in MEASURES]
    return _select(lang, NAME, "measures.measure", data, MEASURES[0].name)


def _period(lang: str) -> dmc.Select:
    data = [{"value": str(hours), "label": text(lang, f"measures.period.{hours}")} for hours in HOURS]
    return _select(lang, PERIOD, "measures.period", data, str(_FIRST_PERIOD))


def _choice(lang: str, ident: str) -> dmc.Select:
    """Classes and areas: the page knows them already and fills them in."""
    key = "measures.class" if ident == CLASS else "measures.area"
    return _select(lang, ident, key, [], None, clearable=True, placeholder=text(lang, "measures.all"))


def _select(
    lang: str, ident: str, key: str, data: list[dict[str, str]], value: str | None, **more: Any
) -> dmc.Select:
    given = {
        "allowDeselect": False,
        "searchable": True,
        "nothingFoundMessage": text(lang, "measures.nothing"),
    }
    return dmc.Select(id=ident, label=text(lang, key), data=data, value=value, **{**given, **more})


def _switch(ident: str, words: Mapping[str, str], value: str | None = None) -> dmc.SegmentedControl:
    """One of a few, all of them to be seen."""
    data = [{"value": one, "label": label} for one, label in words.items()]
    return dmc.SegmentedControl(id=ident, data=data, value=value or data[0]["value"])


def _table(lang: str) -> Any:
    columns = [
        Column("rank", text(lang, "measures.rank"), number=True, least=70),
        Column("name", text(lang, "measures.name"), least=160),
        Column("code", text(lang, "measures.code"), least=150),
        Column(
            "value", text(lang, "measures.value"), number=True, least=110,
            options={"valueFormatter": {"function": "measured(params)"}},
        ),
    ]  # fmt: skip
    return table(lang, TABLE, columns, key="code", height="calc(100vh - 29rem)")
