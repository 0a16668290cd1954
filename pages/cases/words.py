"""What casework says: clocks, times, places."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from core.due import Deadline
from core.model import Incident, first_due
from pages.messages import text
from pages.words import moment


def day_time(at: datetime | str | None, zone: ZoneInfo) -> str:
    """Month, day, hour and minute of the city; "" for none."""
    return moment(at).astimezone(zone).strftime("%m-%d %H:%M") if at else ""


def date_time(at: datetime | str, zone: ZoneInfo) -> str:
    """With the year, for what is kept on paper."""
    return moment(at).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def step_name(lang: str, step: str) -> str:
    """The step a clock is of; those beside it carry an id after a colon."""
    return text(lang, f"step.{step.partition(':')[0]}")


def clock_words(lang: str, clock: Deadline | None, zone: ZoneInfo) -> str:
    """即将超时, 已超时 or 已暂停 first where it is so, for a narrow column cuts the end; then what is due."""
    if clock is None:
        return ""
    said = text(lang, f"handover.clock.{clock.state}") if clock.state != "running" else ""
    due = f"{step_name(lang, clock.step)} {day_time(clock.due_at, zone)}"
    return f"{said} {due}".strip()


def due_words(lang: str, incident: Incident, zone: ZoneInfo) -> str:
    """Of the clock that is due first."""
    return clock_words(lang, first_due(incident), zone)


def where(incident: Incident) -> str:
    return " · ".join(part for part in (incident.place, incident.address) if part)
