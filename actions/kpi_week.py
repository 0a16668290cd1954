"""周报: what the brief of a week says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from actions import city, kpi
from actions.kpi_view import Asked, Report
from actions.services import Services
from core.classes import IncidentClass
from core.errors import InvalidInput
from core.kpi import Figures, Ranked
from core.model import Incident
from core.periods import Period, parts, week_name, week_of
from core.permissions import Principal

OVERDUE_LISTED = 20


@dataclass(frozen=True)
class Week:
    """The figures of a week and of the one before: in all, by area, by class, by day; who did worst, and what
    is overdue. `days` and `days_before` are how many were to be handled each day."""

    name: str
    city: Mapping[str, Any]
    report: Report
    ranking: Sequence[Ranked]
    classes: Mapping[str, Figures]
    class_names: Mapping[str, IncidentClass]
    days: Sequence[tuple[date, int]]
    days_before: Sequence[int]
    overdue: Sequence[Incident]


def week_period(services: Services, realm: str, given: str | None) -> Period:
    """A week by name or by a day of it; the last whole one without. Raises InvalidInput, RealmUnknown."""
    if not given:
        return kpi.period_of(services, realm, None, None, "last_week")
    try:
        return week_of(given, services.zone)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(pointer="week", detail=given[:20]) from error


def read_week(services: Services, principal: Principal, realm: str, period: Period, area: str = "") -> Week:
    """Raises as `kpi.read_report`."""
    asked = Asked(realm, period, area=area)
    report = kpi.read_report(services, principal, replace(asked, by="area"))
    overdue = kpi.read_behind(services, principal, asked, "overdue").items
    return Week(
        week_name(period, services.zone), city.about(services), report,
        kpi.assess(report, kpi.read_weights(services)),
        kpi.read_counts(services, principal, replace(asked, by="class")), services.reference.classes(),
        _days(services, principal, asked),
        [n for _, n in _days(services, principal, replace(asked, period=report.before))],
        overdue[:OVERDUE_LISTED],
    )  # fmt: skip


def _days(services: Services, principal: Principal, asked: Asked) -> list[tuple[date, int]]:
    found = kpi.read_counts(services, principal, replace(asked, by="day"))
    days = parts(asked.period, "day", services.zone)
    return [(day, found.get(day.isoformat(), Figures()).count("valid")) for day in days]
