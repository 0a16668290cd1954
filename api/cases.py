"""REST of casework: queues, an incident's file on paper, who reported it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import case_queries
from actions.case_queries import Wanted
from actions.commands import Command, Words
from actions.drill_reading import name_of
from actions.surroundings import surroundings
from api.operations import answered, time_of
from api.requests import BodyIn, PrincipalIn, RealmIn, ServicesIn, language_of, number, parse
from core.features import feature
from core.model import Incident
from pages.cases import paper
from pages.drill_mark import disposition

router = APIRouter(prefix="/api/v1")
MAP_HALF_M = (700.0, 320.0)
"""Half the width and height of the ground on paper, in metres."""


@router.get("/cases")
def list_cases(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request) -> Response:
    """A page of 100 of a queue: `queue=` one of those that /cases/counts tells, all of them without.

    Narrowed by `q` (words in number, title, text, place), `class`, `since`, `until`; `page` from 1.
    """
    query = request.query_params
    wanted = Wanted(
        query.get("queue", "all"), query.get("q", ""), query.get("class") or None,
        time_of("since", query.get("since")), time_of("until", query.get("until")),
    )  # fmt: skip
    page = number("page", query.get("page"), 1)
    found = case_queries.list_cases(services, principal, realm, wanted, page)
    return answered({"items": [_item(one) for one in found.items], "total": found.total, "page": page})


def _item(incident: Incident) -> dict[str, Any]:
    return {"number": incident.number, "owner": incident.owner, **feature(incident)}


@router.get("/cases/counts")
def counts(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """How many incidents are in each queue of the asker."""
    return answered(case_queries.counts(services, principal, realm))


@router.get("/incidents/{ident}/file.pdf")
def file(
    request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str
) -> Response:
    """The incident's file as a PDF, told in the audit."""
    case = case_queries.read_case(services, principal, realm, ident)
    incident = case.card.incident
    pictures = case_queries.pictures(services, principal, realm, case)
    around = surroundings(services, principal, (incident.lon, incident.lat), MAP_HALF_M)
    case_queries.record_print(services, principal, incident)
    body = paper.file(
        language_of(request), services.zone, case, services.reference.classes(), pictures, around,
        principal.name, services.now_in(realm), drill := name_of(services, realm),
    )  # fmt: skip
    name = disposition(f"incident-{incident.number}.pdf", drill)
    given = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(body, 200, given, "application/pdf")


class RevealBody(Command):
    reason: Words


@router.post("/incidents/{ident}/reporter")
def reveal(
    services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str, body: BodyIn
) -> Response:
    """Who reported it, for the person who handles it, with a `reason` that the audit keeps."""
    reason = parse(RevealBody, body).reason
    found = case_queries.reveal(services, principal, realm, ident, reason)
    return Response(answered(found).body, 200, {"Cache-Control": "no-store"}, "application/json")
