"""Cells of sites' files: states of a hazard in the words of departments, days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geo import values

_STATUS_WORDS = {
    "登记": "registered", "已登记": "registered", "排查": "registered", "评估": "assessed",
    "已评估": "assessed", "报告": "reported", "已报告": "reported", "上报": "reported", "整改中": "reported",
    "整改": "rectified", "已整改": "rectified", "销号": "closed", "已销号": "closed", "监控": "monitored",
    "监控中": "monitored",
}  # fmt: skip
"""整改中 is reported and not yet mended."""


def hazard_status(cell: Any) -> str:
    """One of `core.hazards.STATUSES`, or the word of it; what is neither comes back as it is."""
    found = values.text(cell)
    return _STATUS_WORDS.get(found, found)


def day(cell: Any) -> str:
    """A day as YYYY-MM-DD, from a date, a time (its own day) or text like 2026/3/1 or 2026年3月1日."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    plain = values.text(cell).replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-")
    year, month, of_month = plain.split("T")[0].split(" ")[0].split("-")
    return date(int(year), int(month), int(of_month)).isoformat()
