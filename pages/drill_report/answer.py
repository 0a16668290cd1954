"""A drill's report as other systems get it: figures with their codes, sentences in the asker's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from core.briefing_model import Item
from core.drill import PREFIX
from core.drill_compare import Typical
from core.drill_findings import Finding, overdue
from core.drill_levels import Grade
from core.drill_report import Report
from core.drill_score import Measured
from pages.drill_report import words
from pages.messages import DEFAULT
from pages.offices import Names, office


def told(lang: str, zone: ZoneInfo, of: Report, names: Names, today: date) -> Mapping[str, Any]:
    """Times are RFC 3339, shares 0…1, what is not known null."""
    score = of.score
    return {
        "title": of.title, "at": score.at, "began_at": score.began, "ended_at": score.ended,
        "aborted": score.aborted, "share": score.share, "mark": score.mark, "level": _level(lang, of.grade),
        "facts": _said(lang, zone, of.facts), "summary": _said(lang, zone, of.summary),
        "indicators": [_indicator(one) for one in score.indicators],
        "objectives": of.objectives, "seats": of.seats,
        "compared": [
            {"code": one.measured.indicator.code, "seconds": one.seconds,
             "earlier": _typical(one.earlier), "real": _typical(one.real)}
            for one in of.compared
        ],
        "marks": score.marks,
        "findings": [finding(lang, one, names, today) for one in of.findings],
        "course": [
            {"seq": one.seq, "at": one.at, "minute": one.minute, "code": one.item.code,
             "text": words.sentence(lang, zone, one.item)}
            for one in of.course
        ],
    }  # fmt: skip


def _said(lang: str, zone: ZoneInfo, items: Iterable[Item]) -> list[dict[str, str]]:
    return [{"code": one.code, "text": words.sentence(lang, zone, one)} for one in items]


def _level(lang: str, of: Grade | None) -> dict[str, Any] | None:
    if of is None:
        return None
    rule = of.rule
    return {
        "code": rule.code, "name": rule.name if lang == DEFAULT else rule.name_en,
        "key_failed": [one.indicator.code for one in of.key_failed], "lacks": of.lacks,
    }  # fmt: skip


def _indicator(one: Measured) -> dict[str, Any]:
    asked = one.indicator
    return {
        "inject": one.inject.number, "code": asked.code, "name": asked.name, "measure": asked.measure,
        "seat": one.inject.target, "objective": one.inject.objective, "limit_s": asked.limit_s,
        "weight": asked.weight, "state": one.state, "why": one.why, "since": one.since, "at": one.at,
        "seq": one.seq, "seconds": one.seconds, "late_s": one.late_s,
    }  # fmt: skip


def _typical(one: Typical | None) -> dict[str, Any] | None:
    return None if one is None else {"n": one.n, "median": one.median}


def finding(lang: str, one: Finding, names: Names, today: date) -> dict[str, Any]:
    """`id` "" = the score's alone, told by no fact."""
    return {
        "id": one.id, "version": one.version, "drill": one.drill.removeprefix(PREFIX),
        "drill_name": one.drill_name, "about": one.about, "inject": one.inject, "code": one.code,
        "text": words.finding(lang, one), "office": one.office,
        "office_name": office(lang, names, one.office) if one.office else "", "due_on": one.due_on,
        "plan": one.plan, "revision": one.revision, "state": one.state, "overdue": overdue(one, today),
        "said": one.said, "by": one.by, "since": one.since, "seq": one.seq,
    }  # fmt: skip
