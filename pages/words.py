"""Times and lengths as people read them; the browser's twin is static/js/05-words.js."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from core.linkage_model import Linkage
from pages.messages import DEFAULT, text

LEVELS = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}


def plan_name(lang: str, of: Linkage) -> str:
    """What the plan of a response is called; facts of before have no English for it."""
    return of.plan_name if lang == DEFAULT else of.plan_name_en or of.plan_name


def duration(lang: str, seconds: float) -> str:
    """At most two units: "18 秒", "4 分 10 秒", "3 小时 5 分", "2 天 4 小时"."""
    s = max(0, round(seconds))
    if s < 60:
        return text(lang, "duration.s", s=s)
    if s < 3600:
        return text(lang, "duration.ms", m=s // 60, s=s % 60)
    if s < 86400:
        return text(lang, "duration.hm", h=s // 3600, m=s % 3600 // 60)
    return text(lang, "duration.dh", d=s // 86400, h=s % 86400 // 3600)


def age(lang: str, seconds: float) -> str:
    """In the largest unit only."""
    s = max(0, int(seconds))
    if s < 60:
        return text(lang, "duration.s", s=s)
    if s < 3600:
        return text(lang, "duration.m", m=s // 60)
    if s < 86400:
        return text(lang, "duration.h", h=s // 3600)
    return text(lang, "duration.d", d=s // 86400)


def distance(lang: str, metres: float) -> str:
    """350 米 below a kilometre, 2.1 公里 from there."""
    if metres < 1000:
        return text(lang, "distance.m", m=round(metres / 10) * 10)
    return text(lang, "distance.km", km=f"{metres / 1000:.1f}")


def moment(at: datetime | str) -> datetime:
    """A time of the log, which is text on its way and a datetime in rows."""
    return at if isinstance(at, datetime) else datetime.fromisoformat(at)


def clock(zone: ZoneInfo, at: datetime | str, *, seconds: bool = True) -> str:
    """HH:MM:SS of the city."""
    return moment(at).astimezone(zone).strftime("%H:%M:%S" if seconds else "%H:%M")
