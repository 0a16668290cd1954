"""Ids of `/reports`."""

from __future__ import annotations

from typing import Any

PERIOD, DATES = "reports-period", "reports-dates"
AREA, DEPT, CLASS, CHANNEL = "reports-area", "reports-dept", "reports-class", "reports-channel"
BY = "reports-by"
SCALE = "reports-scale"
"""Store: how large letters are on this screen, 1 = 16 px; charts are drawn by it."""
SPAN, WAY, FIGURES, NOTE = "reports-span", "reports-way", "reports-figures", "reports-note"
TABLE, INTERVALS = "reports-table", "reports-intervals"
TREND, CLASSES, LEVELS = "reports-trend", "reports-classes", "reports-levels"
EXPORT, WEEKLY, VERIFY, VERIFIED = "reports-export", "reports-weekly", "reports-verify", "reports-verified"
DRAWER, BEHIND, MORE, ASKED = "reports-drawer", "reports-behind", "reports-more", "reports-asked"
HEAD = "reports-behind-head"

PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))


def figure(code: Any) -> dict[str, Any]:
    """A figure at the top; pressing it asks for what stands behind."""
    return {"type": "reports-figure", "code": code}


def crumb(area: Any) -> dict[str, Any]:
    """An area on the way down to the one that is looked at."""
    return {"type": "reports-crumb", "area": area}


PATTERNS = ("reports-figure", "reports-crumb")
