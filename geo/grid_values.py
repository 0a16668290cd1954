"""Cells that only grids have → values."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

from geo.values import text

_DAY = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?")


def holds_from(cell: Any) -> date | datetime:
    """生效日期: a day of the city (2026-07-01, 2026/7/1, 2026年7月1日), or a time with an offset, in UTC."""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC) if cell.tzinfo else cell.date()
    if isinstance(cell, date):
        return cell
    said = unicodedata.normalize("NFKC", text(cell))
    if day := _DAY.fullmatch(said):
        return date(*map(int, day.groups()))
    found = datetime.fromisoformat(said)
    if found.tzinfo is None:
        raise ValueError(said)
    return found.astimezone(UTC)
