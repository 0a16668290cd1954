"""建议出动: the units that are there first, the best one already picked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from dash import html

from pages import ids
from pages.messages import text
from pages.parts import marked
from pages.words import age, distance, duration

KEYS = 9
"""Rows that have a key of their own."""

Offer = dict[str, Any]


def head(lang: str, units: list[Offer]) -> list[Any]:
    words = text(lang, "advice.by_road") if units else ""
    return [html.H3(text(lang, "advice.title")), html.Span(words)]


def rows(lang: str, units: list[Offer], picked: Collection[str]) -> list[Any]:
    """One row a unit; a sentence when nobody is free."""
    if not units:
        return [html.Div(text(lang, "advice.no_unit_available"), className="secondary")]
    return [_row(lang, rank, unit, picked) for rank, unit in enumerate(units, start=1)]


def _row(lang: str, rank: int, unit: Offer, picked: Collection[str]) -> html.Button:
    said = [code for code in unit["warnings"] if code != "position_at_home"]
    warnings = "；".join(text(lang, f"advice.{code}") for code in said)
    return html.Button(
        [
            html.Kbd(str(rank) if rank <= KEYS else "\u00a0"),
            html.Div(unit["name"], className="clip", title=unit["name"]),
            html.Div(duration(lang, unit["eta_s"]), className="eta"),
            html.Div(_why(lang, unit), className="why clip"),
            html.Div(distance(lang, unit["distance_m"]), className="far"),
            *([html.Div(warnings, className="warn")] if warnings else []),
        ],
        id=ids.advice(unit["unit"]),
        className="advice picked" if unit["unit"] in picked else "advice",
        **marked(data_unit=unit["unit"]),
    )


def _why(lang: str, unit: Offer) -> str:
    parts = [text(lang, f"advice.{code}") for code in unit["reasons"]]
    parts.append(text(lang, f"unit.kind.{unit['kind']}"))
    if unit["position_age_s"] is None:
        parts.append(text(lang, "advice.at_home"))
    else:
        parts.append(text(lang, "advice.age", age=age(lang, unit["position_age_s"])))
    return " · ".join(parts)
