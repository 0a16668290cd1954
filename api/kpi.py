"""绩效指标 over HTTP: definitions, figures, what stands behind each, and the same as files."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import kpi, kpi_audit, kpi_week
from actions.drill_reading import name_of
from actions.kpi_view import Asked, Group, Report
from actions.services import Services
from api.measures import packed
from api.operations import answered, time_of
from api.requests import PrincipalIn, RealmIn, ServicesIn, language_of, number
from core.features import feature
from core.kpi import COUNTS, INTERVALS, RATES, TRIPLET, Figures
from core.offices import LEVELS
from geo.export import FORMATS
from pages.drill_mark import disposition
from pages.reports import book, brief

router = APIRouter(prefix="/api/v1")
_MEDIA = {"xlsx": FORMATS["xlsx"].media, "pdf": "application/pdf"}


@router.get("/kpis/definitions")
def definitions(services: ServicesIn, principal: PrincipalIn) -> Response:
    """What is counted, what is divided by what, between which moments time is taken, and the weights."""
    return answered(
        {
            "counts": [_plain(one, "means", "means_en") for one in COUNTS],
            "rates": [_plain(one, "numerator", "denominator", "unit", "better", "source") for one in RATES],
            "intervals": [_plain(one, "start", "end") for one in INTERVALS],
            "triplet": TRIPLET,
            "weights": kpi.read_weights(services),
        }
    )


def _plain(one: Any, *more: str) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("code", "name", "name_en", *more)}


def _asked(request: Request, services: Services, realm: str) -> Asked:
    """Raises InvalidInput, RealmUnknown."""
    query = request.query_params
    period = kpi.period_of(
        services, realm, time_of("from", query.get("from")), time_of("to", query.get("to")),
        query.get("period"), query.get("compare"),
    )  # fmt: skip
    tier = query.get("tier")
    return Asked(
        realm, period, query.get("area", ""), query.get("dept") or None, query.get("class") or None,
        query.get("channel") or None, query.get("level") or None, query.get("by") or None,
        None if tier is None else number("tier", tier, 0),
    )  # fmt: skip


@router.get("/kpis")
def kpis(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Figures of a period (`from`, `to` or `period`), those of the time before, and by group (`by`).

    `verify=1` works them out afresh of the log as well, and says whether they are the same.
    """
    asked = _asked(request, services, realm)
    document = _report(kpi.read_report(services, principal, asked))
    if request.query_params.get("verify") == "1":
        found = kpi_audit.verify(services, principal, asked)
        document["verified"] = {
            "same": found.same, "seq": found.seq, "incidents": found.incidents,
            "differences": found.differences,
        }  # fmt: skip
    return packed(request, orjson.dumps(document))


def _report(found: Report) -> dict[str, Any]:
    asked = found.asked
    return {
        "from": asked.period.since, "to": asked.period.until,
        "before": {"from": found.before.since, "to": found.before.until},
        "by": asked.by, "tier": found.tier,
        "total": _figures(found.total), "total_before": _figures(found.total_before),
        "groups": [_group(one) for one in found.groups],
    }  # fmt: skip


def _group(one: Group) -> dict[str, Any]:
    return {"code": one.code, "name": one.name, "deeper": one.deeper, **_figures(one.now),
            "before": _figures(one.before)}  # fmt: skip


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "counts": {one.code: found.count(one.code) for one in COUNTS},
        "rates": {one.code: found.rate(one.code) for one in RATES},
        "levels": {level: found.levels.get(level, 0) for level in LEVELS},
        "intervals": found.intervals,
        "households": found.households, "grids": found.grids,
    }  # fmt: skip


@router.get("/kpis/incidents")
def behind(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """The incidents that a figure (`figure=` a count or an interval) is of, newest first."""
    query = request.query_params
    asked = _asked(request, services, realm)
    found = kpi.read_behind(services, principal, asked, query.get("figure", ""), query.get("cursor"))
    return answered({"items": [feature(one) for one in found.items], "next": found.cursor})


@router.get("/kpis/ranking")
def ranking(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """绩效联考: areas or departments (`by`) by the weighted points of the indicators."""
    asked = _asked(request, services, realm)
    report = kpi.read_report(services, principal, asked)
    weights = kpi.read_weights(services)
    return answered({"weights": weights, "items": kpi.assess(report, weights)})


@router.get("/kpis/export")
def export(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """The figures as a workbook, told in the audit."""
    asked = _asked(request, services, realm)
    report = kpi.read_report(services, principal, asked)
    weights = kpi.read_weights(services)
    kpi.record_export(services, principal, "kpis", "xlsx", len(report.groups))
    drill = name_of(services, realm)
    body = book.workbook(language_of(request), report, kpi.assess(report, weights), services.zone, drill)
    return _file(body, "xlsx", f"kpi-{asked.by or 'total'}", drill)


@router.get("/kpis/weekly")
def weekly(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """周报: the brief of a week (`week=2026-W47`, the last whole one without) as a PDF, told in the audit."""
    query = request.query_params
    period = kpi_week.week_period(services, realm, query.get("week"))
    found = kpi_week.read_week(services, principal, realm, period, query.get("area", ""))
    kpi.record_export(services, principal, "weekly", "pdf", len(found.ranking))
    drill = name_of(services, realm)
    body = brief.weekly(language_of(request), found, services.zone, drill)
    return _file(body, "pdf", f"weekly-{found.name}", drill)


def _file(body: bytes, form: str, name: str, drill: str) -> Response:
    given = {"Content-Disposition": disposition(f"{name}.{form}", drill), "Cache-Control": "no-store"}
    return Response(body, 200, given, _MEDIA[form])
