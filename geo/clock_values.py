"""Cells of lists of limits and of working time: steps, units and urgencies also by their words."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from core.worktime import minutes
from geo import values
from geo.grid_values import holds_from

_STEPS = {
    "派遣": "dispatch", "到场": "arrive", "处置": "handle", "核查": "verify", "回复": "reply",
    "吹哨报到": "whistle", "报到": "whistle", "督办": "supervise", "督办回复": "supervise",
    "审批": "approve", "回访": "callback",
}  # fmt: skip
_UNITS = {
    "秒": "second", "分": "minute", "分钟": "minute", "小时": "hour", "时": "hour", "天": "day", "日": "day",
    "工作时": "work_hour", "工作小时": "work_hour", "工作日": "work_day",
}  # fmt: skip
_URGENCIES = {"紧急": "emergency", "应急": "emergency", "一般": "ordinary", "普通": "ordinary"}
_DAYS = {"上班": True, "调休上班": True, "补班": True, "放假": False, "休息": False, "调休": False}
MEASURES = ("turnout", "travel", "scene")
_MEASURES = dict(zip(("出动", "行程", "在场"), MEASURES, strict=True))
MOST = 10_000.0
"""No city gives more, in whatever unit: a figure beyond is a slip of the hand."""


def step(cell: Any) -> str:
    """What is none of the words comes back as it is."""
    found = values.text(cell)
    return _STEPS.get(found, found)


def unit(cell: Any) -> str:
    found = values.text(cell)
    return _UNITS.get(found, found)


def urgency(cell: Any) -> str:
    found = values.text(cell)
    return _URGENCIES.get(found, found)


def measure(cell: Any) -> str:
    found = values.text(cell)
    return _MEASURES.get(found, found)


def amount(cell: Any) -> float:
    found = values.number(cell)
    if not 0 < found <= MOST:
        raise ValueError(str(found))
    return found


def time_of_day(cell: Any) -> str:
    """08:30, 8:30, 8：30 or a cell of a time → HH:MM; 24:00 is the end of the day."""
    found = unicodedata.normalize("NFKC", values.text(cell))
    if not re.fullmatch(r"\d{1,2}:\d{2}(:00)?", found):
        raise ValueError(found)
    total = minutes(found[:-3] if found.count(":") == 2 else found)
    return f"{total // 60:02}:{total % 60:02}"


def day(cell: Any) -> date:
    """A day of the city, without a time."""
    found = holds_from(cell)
    return date(found.year, found.month, found.day)


def worked(cell: Any) -> bool:
    """上班 or 放假, or yes and no."""
    said = _DAYS.get(values.text(cell))
    return values.flag(cell) if said is None else said
