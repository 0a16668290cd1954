"""REST of what drills showed to be amiss (问题与整改)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import drill_findings
from actions import drill_findings_reading as reading
from actions.drill_findings_commands import COMMANDS, ProposeCommand
from actions.drill_findings_reading import Told
from actions.offices import names_of
from api.operations import answered, versioned
from api.requests import BodyIn, CallIn, PrincipalIn, ServicesIn, language_of, parse, timed
from core.errors import NotFound
from pages.drill_report.answer import finding

router = APIRouter(prefix="/api/v1")


@router.get("/drills/findings")
def list_findings(request: Request, services: ServicesIn, principal: PrincipalIn) -> Response:
    """Of all drills, `?state=open` (default), overdue, proposed, closed or all, what is due first on top."""
    state = request.query_params.get("state", "open")
    return _answered(request, services, reading.listed(services, principal, state))


@router.get("/drills/findings/{ident}")
def read_finding(request: Request, services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    """One, with its facts."""
    found, facts = reading.read(services, principal, ident)
    (one,) = _shown(request, services, [found])
    return answered({**one, "history": facts}, seq=found.finding.version)


@router.post("/drills/findings/{ident}/{verb}")
def act(services: ServicesIn, call: CallIn, body: BodyIn, ident: str, verb: str) -> Response:
    """take_up {office?, due_on?, title?}, assign {office?, due_on?, text}, note, drop, close {text},
    revise {version?}, reopen {text, due_on?}."""
    if verb not in COMMANDS:
        raise NotFound(kind="verb", id=verb)
    command = parse(COMMANDS[verb], body)
    return versioned(drill_findings.act(services, timed(call, command), ident, verb, command))


@router.get("/drills/{ident}/findings")
def of_drill(request: Request, services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    return _answered(request, services, reading.of_drill(services, principal, ident))


@router.post("/drills/{ident}/findings")
def propose(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """One's own: `{title, office, due_on?, inject?, about?}`."""
    command = parse(ProposeCommand, body)
    given = drill_findings.propose(services, timed(call, command), ident, command)
    return answered(given, 201, given["seq"])


def _answered(request: Request, services: ServicesIn, found: Iterable[Told]) -> Response:
    return answered({"items": _shown(request, services, found)})


def _shown(request: Request, services: ServicesIn, found: Iterable[Told]) -> list[dict[str, Any]]:
    told = list(found)
    names = names_of(services.reference, (one.finding.office for one in told))
    lang, day = language_of(request), reading.today(services)
    return [{**finding(lang, one.finding, names, day), "verbs": one.verbs} for one in told]
