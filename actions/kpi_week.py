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
from core.periods import Period, week_name, week_of
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
    page = kpi.read_page(services, principal, replace(asked, by="area"), "day", brief=False)
    overdue = kpi.read_behind(services, principal, asked, "overdue").items
    return Week(
        week_name(period, services.zone), city.about(services), page.report,
        kpi.assess(page.report, kpi.read_weights(services)), page.classes, services.reference.classes(),
        [(day, one.count("valid")) for day, one in page.parts],
        [one.count("valid") for _, one in page.parts_before], overdue[:OVERDUE_LISTED],
    )  # fmt: skip
