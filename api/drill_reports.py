"""REST of drills' reports (演练评估报告) and of their ledger (演练台账)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import drill_ledger, drill_reports
from actions.offices import names_of
from api.operations import answered, versioned
from api.requests import BodyIn, CallIn, PrincipalIn, ServicesIn, language_of, number, parse, timed
from core.clock import day_of
from core.drill_ledger import TownYear
from core.drill_report import Report
from pages.drill_mark import disposition
from pages.drill_report import sheets
from pages.drill_report.answer import told
from pages.offices import Names

router = APIRouter(prefix="/api/v1")


@router.get("/drills/ledger")
def read_ledger(request: Request, services: ServicesIn, principal: PrincipalIn) -> Response:
    """演练台账 of `?year=`, this one if left out: each town of the asker's with what is planned, held and how
    it stands (done, planned, unplanned, overdue)."""
    year = number("year", request.query_params.get("year"), 0) or None
    of = drill_ledger.read_ledger(services, principal, year)
    items = [_line(one, of.names[one.town]) for one in of.lines]
    return answered({"year": of.year, "counts": of.counts, "items": items}, seq=of.seq)


def _line(of: TownYear, name: str) -> dict[str, Any]:
    return {
        "town": of.town, "name": name, "state": of.state, "done": of.done, "next_on": of.next_on,
        "planned": [one.model_dump() for one in of.planned],
        "held": [{**asdict(one), "counts": one.counts} for one in of.held],
    }  # fmt: skip


@router.post("/drills/ledger")
def plan_year(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """年度演练计划, `{year, planned: [{town, name, content, due_on}]}`, in the place of the one before."""
    command = parse(drill_ledger.YearCommand, body)
    return versioned(drill_ledger.plan_year(services, timed(call, command), command))


@router.get("/drills/{ident}/report")
def read_report(request: Request, services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    """评估报告 as it stands now: indicators with what was measured, level, marks, comparison, findings,
    course. Until the end for controllers and evaluators alone."""
    of = drill_reports.read_report(services, principal, ident)
    today = day_of(services.now(), services.zone)
    return answered(told(language_of(request), services.zone, of, _names(services, of), today))


@router.get("/drills/{ident}/report.pdf")
def print_report(request: Request, services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    """The same on paper, with maps and charts; told in the audit."""
    return _file(request, services, principal, ident, "pdf")


@router.get("/drills/{ident}/report.docx")
def write_report(request: Request, services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    """The same for Word."""
    return _file(request, services, principal, ident, "docx")


def _file(request: Request, services: ServicesIn, by: PrincipalIn, ident: str, form: sheets.Form) -> Response:
    of = drill_reports.read_report(services, by, ident)
    drill_reports.record_print(services, by, ident, of, form)
    base, lang = str(request.base_url).rstrip("/"), language_of(request)
    made = sheets.made(services, by, lang, ident, of, form, base)
    name = disposition(f"report.{form}", of.title)
    given = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(made, 200, given, sheets.MEDIA[form])


def _names(services: ServicesIn, of: Report) -> Names:
    return names_of(services.reference, (one.office for one in of.findings))
