"""A drill in words: how it stands, when an inject comes, whom a seat speaks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.drill_script import Inject, Script
from pages.messages import DEFAULT, has, text
from pages.offices import Names

Found = Mapping[str, Any]
"""What `actions.drill_reading.read_drill` gives."""
PLACE = "—"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever looks: the language, the city's zone, names of offices, and of the division that exercises."""

    lang: str
    zone: ZoneInfo
    names: Names
    division: str

    def say(self, key: str, **params: object) -> str:
        return text(self.lang, key, **params)


def name(lang: str, found: Found) -> str:
    return str(found["name_en"] if lang != DEFAULT and found["name_en"] else found["name"])


def state(lang: str, found: Found) -> str:
    """待开始, 进行中, 已暂停, 已结束 or 演练中止."""
    if found["aborted"]:
        return text(lang, "drill.aborted")
    return text(lang, f"drill_status.{found['status']}")


def why(lang: str, found: Found) -> str:
    """Why it stands still; "" where there is nothing to say."""
    if found["status"] == "paused" and found["why"] != "hand":
        return text(lang, f"drills.report.paused_{found['why']}")
    if found["status"] == "stopped":
        return str(found["why"] or "")
    return ""


def elapsed(began: datetime | None, at: datetime) -> str:
    """Hours, minutes and seconds since the start: T+1:05:00; static/js/8g-drill.js says it alike."""
    if began is None:
        return "T+0:00:00"
    whole = max(0, int((at - began).total_seconds()))
    return f"T+{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"


def minute(value: float | None) -> str:
    """A minute of the script: T+1:05."""
    whole = int(value or 0)
    return f"T+{whole // 60}:{whole % 60:02}"


def when(lang: str, inject: Inject) -> str:
    """The minute, or what it waits for."""
    if inject.when is None:
        return minute(inject.at_min)
    wait = inject.when
    of = text(lang, f"drills.fact.{wait.fact}") if wait.fact else ""
    said = [text(lang, "drill.when", n=wait.inject, fact=of, minutes=f"{wait.after_min:g}")]
    if wait.latest_min is not None:
        said.append(text(lang, "drill.latest", minute=minute(wait.latest_min)))
    return " ".join(said)


def channel(lang: str, name: str) -> str:
    """One that the intake knows in its words, any other as the script has it."""
    return text(lang, f"channel.{name}") if has(lang, f"channel.{name}") else name


def seat(script: Script, code: str) -> str:
    found = script.seat(code)
    return found.name if found else code


def about(script: Script, code: str) -> str:
    """What a mark is about: an inject's number and synopsis, or an objective."""
    inject = script.inject(int(code)) if code.isdigit() else None
    if inject:
        return f"#{inject.number} {inject.synopsis}"
    return next((one.name for one in script.objectives if one.code == code), code)
