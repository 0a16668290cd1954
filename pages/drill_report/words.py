"""A drill's report in the reader's words: the sentences of `core.drill_report`, states and figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from core.briefing_model import Item
from core.drill_compare import Typical
from core.drill_findings import Finding, overdue
from core.drill_report import Moment, Report
from core.drill_score import Measured
from pages.cases.words import date_time
from pages.messages import DEFAULT, text
from pages.words import duration

NONE = "–"


def sentence(lang: str, zone: ZoneInfo, item: Item) -> str:
    values = {key: _worded(lang, zone, key, value) for key, value in item.values.items()}
    if lang != DEFAULT and "name_en" in values:
        values["name"] = values["name_en"]
    return text(lang, f"drills.report.{item.code}", **values)


def _worded(lang: str, zone: ZoneInfo, key: str, value: Any) -> object:
    """Times are datetimes, seconds end in `_s`, parts of a whole in `share`, other figures in `_number`."""
    if isinstance(value, datetime):
        return date_time(value, zone)
    if key == "content":
        return text(lang, f"drills.content.{value}")
    if key == "form":
        return text(lang, f"drills.form.{value}")
    if key == "refusal":
        return text(lang, f"error.{value}.title")
    if key.endswith("_s"):
        return duration(lang, value)
    if key.endswith("share"):
        return percent(value)
    return f"{value:.3g}" if key.endswith("_number") else value


@dataclass(frozen=True, slots=True)
class Replay:
    """The replay of a drill's realm. `base`: before the path, where an address has to stand alone."""

    realm: str
    lang: str
    base: str = ""

    def at(self, moment: datetime | None) -> str:
        """The film of the whole drill, standing at a moment."""
        query = {"realm": self.realm, "from": "1", "lang": self.lang}
        if moment:
            query["at"] = moment.isoformat()
        return f"{self.base}/replay?{urlencode(query)}"


def percent(share: float | None) -> str:
    return NONE if share is None else f"{share * 100:.1f} %"


def state(lang: str, one: Measured) -> str:
    """达标, 超时 …; of what does not apply, why; of what is late, by how much."""
    if one.why:
        return text(lang, f"drills.why.{one.why}")
    said = text(lang, f"drills.state.{one.state}")
    return f"{said} +{duration(lang, one.late_s)}" if one.state == "late" else said


def happened(one: Measured) -> datetime | None:
    """When it was done, else when its time was up; None of what was never asked for."""
    if one.at or one.since is None:
        return one.at
    return one.since + timedelta(seconds=one.indicator.limit_s)


def took(lang: str, one: Measured) -> str:
    return duration(lang, one.seconds) if one.at is not None and one.seconds is not None else NONE


def typical(lang: str, one: Typical | None) -> str:
    """The median and of how many it is."""
    if one is None:
        return NONE
    if one.median is None:
        return text(lang, "drills.report.mostly_undone", n=one.n)
    return text(lang, "drills.report.median", took=duration(lang, one.median), n=one.n)


def minute(of: Moment) -> str:
    """Hours and minutes since the start: T+1:05."""
    if of.minute is None:
        return NONE
    whole = int(of.minute)
    return f"T+{whole // 60}:{whole % 60:02}"


def finding(lang: str, one: Finding) -> str:
    """As somebody put it, else as the score does."""
    values = {key: _worded(lang, ZoneInfo("UTC"), key, value) for key, value in one.values.items()}
    return one.title or text(lang, f"drills.finding.{one.code}", **values)


def moment(of: Report, one: Finding) -> datetime | None:
    """When that came to light which a finding is about; None of one's own."""
    if one.code == "mark":
        return next((mark.at for mark in of.score.marks if mark.at_seq == one.seq), None)
    measured = (m for m in of.score.indicators if m.indicator.code == one.about)
    return next((at for m in measured if (at := happened(m))), None)


def finding_state(lang: str, one: Finding, today: date) -> str:
    if overdue(one, today):
        return text(lang, "drills.finding_state.overdue")
    return text(lang, f"drills.finding_state.{one.state}")
