"""The ledger of drills (演练台账) as a file."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import drill_ledger, kpi
from api.requests import PrincipalIn, ServicesIn, language_of, number
from pages.drills import ledger_book

router = APIRouter(prefix="/api/v1")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/drills/ledger.xlsx")
def export(request: Request, services: ServicesIn, principal: PrincipalIn) -> Response:
    """The year's (`?year=`) ledger as a workbook: towns, and every drill with kind, participants and score.
    Told in the audit."""
    year = number("year", request.query_params.get("year"), 0) or None
    of = drill_ledger.read_ledger(services, principal, year)
    kpi.record_export(services, principal, "drill_ledger", "xlsx", len(of.lines))
    given = {
        "Content-Disposition": f'attachment; filename="drills-{of.year}.xlsx"',
        "Cache-Control": "no-store",
    }
    return Response(ledger_book.workbook(language_of(request), of), 200, given, _XLSX)
