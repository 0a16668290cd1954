"""The colours of static/css/00-tokens.css for the libraries that draw forms and tables."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

_DARK = ("text", "text", "secondary", "faint", "line", "raised", "ground", "panel", "ground", "ground")
"""Mantine's ten shades of dark: text first, then dimmed, placeholder, border, hover, field, body."""


def _var(name: str) -> str:
    return f"var(--{name})"


MANTINE: dict[str, Any] = {
    "primaryColor": "accent",
    "primaryShade": 5,
    "autoContrast": False,
    "defaultRadius": "var(--radius)",
    "fontFamily": _var("font"),
    "black": _var("ground"),
    "white": _var("text"),
    "colors": {"dark": [_var(name) for name in _DARK], "accent": [_var("accent")] * 10},
    "fontSizes": {"xs": "0.875rem", "sm": "0.9375rem", "md": "1rem", "lg": "1.0625rem", "xl": "1.125rem"},
    "headings": {"fontFamily": _var("font")},
}

DATES: dict[str, Any] = {
    "monthLabelFormat": "YYYY-MM",
    "monthsListFormat": "MM",
    "hideWeekdays": True,
    "weekendDays": [],
}
"""For every field of a date: figures alone, for the library has its month names from a network that a control
room does not have, and would paint weekends in the red of an alarm."""

_GRID = {
    "accentColor": "accent",
    "backgroundColor": "ground",
    "foregroundColor": "text",
    "borderColor": "line",
    "chromeBackgroundColor": "panel",
    "headerBackgroundColor": "panel",
    "headerTextColor": "secondary",
    "rowHoverColor": "panel",
    "selectedRowBackgroundColor": "accent-deep",
    "oddRowBackgroundColor": "ground",
    "menuBackgroundColor": "raised",
    "textColor": "text",
}
_GRID_SIZES = {
    "fontFamily": _var("font"),
    "fontSize": "0.9375rem",
    "headerFontSize": "0.9375rem",
    "headerFontWeight": "400",
    "rowHeight": "2.25rem",
    "headerHeight": "2.4rem",
    "cellHorizontalPadding": "0.6rem",
    "spacing": "0.4rem",
    "wrapperBorderRadius": _var("radius"),
    "iconSize": "1rem",
    "browserColorScheme": "dark",
}


def grid_theme() -> dict[str, str]:
    """AG Grid's theme as dash-ag-grid takes it: an expression that is read, not run."""
    params = {name: _var(token) for name, token in _GRID.items()} | _GRID_SIZES
    given = ", ".join(f"{name}: '{value}'" for name, value in params.items())
    return {"function": f"themeQuartz.withParams({{{given}}})"}


def themed(*children: Any) -> dmc.MantineProvider:
    """The page within Mantine's theme: always dark, our colours."""
    return dmc.MantineProvider(list(children), theme=MANTINE, forceColorScheme="dark")
