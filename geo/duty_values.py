"""Times as rosters have them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from geo.values import text

_WHEN = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]*(\d{1,2}):(\d{2})(?::\d{2})?")


def wall_clock(cell: Any) -> datetime:
    """By the city's clock: 2026-11-22 08:00, 2026/11/22 8:00, 2026年11月22日 8:00; an offset is kept."""
    if isinstance(cell, datetime):
        return cell
    if found := _WHEN.fullmatch(text(cell)):
        year, month, day, hour, minute = map(int, found.groups())
        return datetime(year, month, day, hour, minute)
    return datetime.fromisoformat(text(cell))
