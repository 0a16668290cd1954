"""Figures at the top of a tab: a number, what it counts, and what it is out of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html


@dataclass(frozen=True, slots=True)
class Figure:
    """`wanting`: something is to be done about it; said by a mark and a frame, not by a level's colour."""

    value: str
    words: str
    wanting: bool = False


def strip(figures: Sequence[Figure]) -> html.Dl:
    """The figures beside one another."""
    return html.Dl(
        [
            html.Div([html.Dt(one.words), html.Dd(one.value)], className="wanting" if one.wanting else "")
            for one in figures
        ],
        className="figures",
    )


def percent(share: float | None) -> str:
    """One decimal, and 100 % only when it is all."""
    if share is None:
        return "–"
    return f"{min(share, 0.999) * 100:.1f} %" if share < 1 else "100 %"
