"""Charts of the reports, as figures that plotly draws in the browser, in our own colours.

A colour of a level of severity means that level: none of these charts shows severity, so none is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pages.tokens import colour

Figure = dict[str, Any]
CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": False, "scrollZoom": False}


def _layout(**more: Any) -> dict[str, Any]:
    axis = {
        "gridcolor": colour("line"), "linecolor": colour("line"), "zeroline": False, "fixedrange": True,
        "tickfont": {"color": colour("secondary")}, "automargin": True,
    }  # fmt: skip
    given = {name: {**axis, **more.pop(name, {})} for name in ("xaxis", "yaxis")}
    return {
        "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "Source Han Sans SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif", "size": 14,
                 "color": colour("text")},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8}, "bargap": 0.35, "dragmode": False,
        "hoverlabel": {"bgcolor": colour("raised"), "bordercolor": colour("line"),
                       "font": {"color": colour("text")}},
        "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom",
                   "font": {"color": colour("secondary")}},
        **given, **more,
    }  # fmt: skip


def trend(
    words: Mapping[str, str], labels: Sequence[str], now: Sequence[int], before: Sequence[int]
) -> Figure:
    """How many were reported at each time, and in the period before at the same place of it."""
    return {
        "data": [
            {"type": "bar", "x": list(labels), "y": list(now), "name": words["now"],
             "marker": {"color": colour("accent")}, "hovertemplate": "%{x}  %{y}<extra></extra>"},
            {"type": "scatter", "mode": "lines+markers", "x": list(labels), "y": list(before),
             "name": words["before"], "line": {"color": colour("secondary"), "width": 1.5, "dash": "dot"},
             "marker": {"size": 4}, "hovertemplate": "%{y}<extra>" + words["before"] + "</extra>"},
        ],
        "layout": _layout(xaxis={"type": "category", "showgrid": False, "nticks": 16},
                          yaxis={"rangemode": "tozero", "autorangeoptions": {"include": [0, 5]}},
                          hovermode="x unified"),
    }  # fmt: skip


def bars(labels: Sequence[str], values: Sequence[int], codes: Sequence[str]) -> Figure:
    """Bars to the right, the largest on top; `codes` come back with a press."""
    return {
        "data": [
            {"type": "bar", "orientation": "h", "y": list(labels)[::-1], "x": list(values)[::-1],
             "customdata": list(codes)[::-1], "marker": {"color": colour("seg-count")},
             "text": [f"{value:,}" for value in values][::-1], "textposition": "outside",
             "textfont": {"color": colour("text")}, "constraintext": "none", "cliponaxis": False,
             "hovertemplate": "%{y}  %{x}<extra></extra>"}
        ],
        "layout": _layout(xaxis={"visible": False, "rangemode": "tozero"},
                          yaxis={"showgrid": False, "visible": bool(labels)},
                          margin={"l": 8, "r": 56, "t": 4, "b": 4}),
    }  # fmt: skip


def scaled(figure: Figure, scale: float) -> Figure:
    """The same for a screen whose letters are `scale` times as large."""
    layout = figure["layout"]
    layout["font"]["size"] = round(layout["font"]["size"] * scale)
    layout["legend"]["font"]["size"] = layout["font"]["size"]
    layout["margin"] = {side: round(width * scale) for side, width in layout["margin"].items()}
    return figure
