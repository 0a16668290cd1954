"""REST of reports (初报, 续报, 终报) and of losses (灾情报送)."""

from __future__ import annotations

from typing import Any, cast, get_args

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import briefing
from actions.drill_reading import name_of
from actions.offices import names_of
from api.operations import answered
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, language_of, parse, timed
from core.errors import InvalidInput
from core.events_briefing import Stage
from core.reports import Due, Filed
from pages.briefing import paper, words
from pages.drill_mark import disposition
from pages.drill_report.sheets import MEDIA, Form

router = APIRouter(prefix="/api/v1")


@router.get("/linkages/{ident}/reports")
def list_reports(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    """The reports that were sent, and `due`, the one that is next (null after the 终报)."""
    found = briefing.read_reports(services, principal, realm, ident)
    return answered({"items": [_filed(one) for one in found.filed], "due": _due(found.due)})


def _filed(one: Filed) -> dict[str, Any]:
    told = one.body.model_dump(exclude={"offices", "title"})
    return {"seq": one.seq, "at": one.at, "by": one.by, "seat": one.seat, "to": one.body.offices, **told}


def _due(due: Due | None) -> dict[str, Any] | None:
    return None if due is None else {"stage": due.stage, "due_at": due.at}


@router.get("/linkages/{ident}/reports/draft")
def draft_report(
    request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str
) -> Response:
    """A report as the log has it now: `sections` and `text`, for whoever sends it to change. `?stage=` first,
    follow or final; left out, the one that is next. `covers` goes back with the report."""
    asked = request.query_params.get("stage")
    if asked is not None and asked not in get_args(Stage):
        raise InvalidInput(pointer="stage", detail=", ".join(get_args(Stage)))
    found = briefing.draft(services, principal, realm, ident, cast("Stage | None", asked))
    lang, names = language_of(request), names_of(services.reference, words.offices_of(found))
    return answered({
        "stage": found.stage, "covers": found.seq, "due": _due(found.due),
        "sections": words.sections(lang, services.zone, found, names),
        "text": words.as_text(lang, services.zone, found, names),
    })  # fmt: skip


@router.post("/linkages/{ident}/reports")
def file_report(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """报送: 201 with its number. `task`: the task that is done by it, in the same transaction."""
    command = parse(briefing.FileCommand, body)
    return answered(briefing.file_report(services, timed(call, command), ident, command), 201)


@router.get("/linkages/{ident}/reports/{number}.pdf")
def print_report(
    request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str, number: int
) -> Response:
    """A report that was sent, on paper; told in the audit."""
    found = briefing.read_reports(services, principal, realm, ident)
    return _file(request, services, briefing.record_print(services, principal, found, number), realm, "pdf")


@router.get("/linkages/{ident}/reports/{number}.docx")
def write_report(
    request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str, number: int
) -> Response:
    """The same for Word."""
    found = briefing.read_reports(services, principal, realm, ident)
    filed = briefing.record_print(services, principal, found, number, "docx")
    return _file(request, services, filed, realm, "docx")


def _file(request: Request, services: ServicesIn, filed: Filed, realm: str, form: Form) -> Response:
    names, drill = names_of(services.reference, filed.body.offices), name_of(services, realm)
    make = paper.docx if form == "docx" else paper.sheet
    made = make(language_of(request), services.zone, filed, names, drill)
    name = disposition(f"report-{filed.body.number}.{form}", drill)
    return Response(made, 200, {"Content-Disposition": name, "Cache-Control": "no-store"}, MEDIA[form])


@router.get("/incidents/{ident}/losses")
def read_losses(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    """灾情: the newest figures of each town, added up by district and altogether; `fields` names them."""
    return answered(briefing.read_losses(services, principal, realm, ident).as_json())


@router.post("/incidents/{ident}/losses")
def report_losses(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """灾情报送 of one town, `{area, figures: {code: number}, remark?}`: 201."""
    command = parse(briefing.LossesCommand, body)
    return answered(briefing.report_losses(services, timed(call, command), ident, command), 201)
