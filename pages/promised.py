"""What the stores have promised to an incident, as a small list of its card."""

from __future__ import annotations

from typing import Any

from dash import html

from actions.queries import Card, Promised
from pages.messages import text


def rows(lang: str, card: Card) -> list[Any]:
    """Each lot: what of which store, how much is reserved and how much is out."""
    if not card.supplies:
        return []
    head = html.Div(
        [html.H3(text(lang, "card.supplies")), html.Span(str(len(card.supplies)))], className="section-head"
    )
    return [head, *(_row(lang, one) for one in card.supplies)]


def _row(lang: str, one: Promised) -> html.Div:
    states = {"card.supply_reserved": one.reserved, "card.supply_issued": one.issued}
    said = [text(lang, key, quantity=much, unit=one.unit) for key, much in states.items() if much]
    return html.Div(
        [
            html.Div(one.name, className="clip"),
            html.Div("，".join(said) if lang != "en" else ", ".join(said)),
            html.Div(one.store_name, className="secondary clip"),
        ],
        className="assignment",
    )
