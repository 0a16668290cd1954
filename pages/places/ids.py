"""Ids of the frame of `/places`. Those of a tab begin with its name and stand in its module."""

from __future__ import annotations

from typing import Any

TAB = "places-tab"
OVERLAY = "overlay"
SHOWN = "places-shown"
"""The tab that is open, for the scripts."""

PLAIN = (TAB, OVERLAY, SHOWN)


def opened(tab: str) -> str:
    """Store that is set once, when the tab is opened for the first time."""
    return f"{tab}-opened"


def pane(tab: str) -> str:
    """Where the tab's content goes."""
    return f"{tab}-pane"


def ground(tab: str) -> str:
    """Store of a tab that hears of presses on the ground."""
    return f"{tab}-ground"


def tab_of(ident: Any) -> str:
    """The tab an id belongs to, by how it begins."""
    name = ident.get("type", "") if isinstance(ident, dict) else ident
    return str(name).partition("-")[0]
