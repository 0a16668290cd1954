"""REST of drills' reports (演练评估报告)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import drill_reports
from actions.offices import names_of
from api.operations import answered
from api.requests import PrincipalIn, ServicesIn, language_of
from core.clock import day_of
from core.drill_report import Report
from pages.drill_report import paper
from pages.drill_report.answer import told
from pages.offices import Names

router = APIRouter(prefix="/api/v1")


@router.get("/drills/{ident}/report")
def read_report(request: Request, services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    """评估报告 as it stands now: indicators with what was measured, level, marks, comparison, findings,
    course. Until the end for controllers and evaluators alone."""
    of = drill_reports.read_report(services, principal, ident)
    today = day_of(services.now(), services.zone)
    return answered(told(language_of(request), services.zone, of, _names(services, of), today))


@router.get("/drills/{ident}/report.pdf")
def print_report(request: Request, services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    """The same on paper; told in the audit."""
    of = drill_reports.read_report(services, principal, ident)
    drill_reports.record_print(services, principal, ident, of)
    today = day_of(services.now(), services.zone)
    pdf = paper.sheet(language_of(request), services.zone, of, _names(services, of), today)
    given = {"Content-Disposition": 'attachment; filename="drill.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, 200, given, "application/pdf")


def _names(services: ServicesIn, of: Report) -> Names:
    return names_of(services.reference, (one.office for one in of.findings))
