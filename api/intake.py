"""REST of the intake (统一受理): messages of other systems, warnings, dead letters, proposals, duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import alerts, intake, intake_messages, intake_pull, intake_taking, warning_reading
from actions.duty_commands import GiveUpCommand
from actions.intake_taking import Corrections, Taken
from actions.queries import check_read
from api.operations import answered
from api.problems import MEDIA_TYPE, of_refusal, problem
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, language_of, parse
from core.errors import InvalidInput
from core.errors_intake import CapInvalid
from pages.messages import text

router = APIRouter(prefix="/api/v1")
_OUTCOMES = ("reported", "known", "recorded", "refused", "given_up")


@router.post("/intake/{source}")
def take(request: Request, services: ServicesIn, call: CallIn, body: BodyIn, source: str) -> Response:
    """What a source tells, as JSON, XML or a form: 201 reported, 200 known; several records as a list."""
    media = request.headers.get("content-type", "")
    return _answered(request, intake_taking.take(services, call, source, body, media))


def _answered(request: Request, taken: Sequence[Taken]) -> Response:
    """One record is answered as itself; of several each, 201 if any was new and 422 if none was taken."""
    if len(taken) == 1:
        refusal, answer = taken[0].refusal, taken[0].answer or {}
        if refusal is not None:
            raise refusal
        return answered(answer, 201 if answer["created"] else 200, answer.get("seq"))
    items = [_item(request, one) for one in taken]
    created = any(one.answer and one.answer["created"] for one in taken)
    some = any(one.answer is not None for one in taken)
    return answered({"items": items}, 201 if created else 200 if some else 422)


def _item(request: Request, one: Taken) -> dict[str, Any]:
    if one.refusal is None:
        return {**(one.answer or {}), "message": one.message}
    status, body = of_refusal(one.refusal, language_of(request))
    return {"message": one.message, "status": status, "problem": orjson.loads(body)}


@router.get("/intake/sources")
def list_sources(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Every source: the field list that it follows, its channel, how its tables are fetched."""
    check_read(principal, realm)
    return answered({"items": intake_pull.list_sources(services)})


@router.get("/intake/messages")
def list_messages(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """The last 500 messages, by `outcome` (reported, known, recorded, refused, given_up), `source` and
    `incident`."""
    query = request.query_params
    outcome = query.get("outcome") or None
    if outcome is not None and outcome not in _OUTCOMES:
        raise InvalidInput(pointer="outcome", detail=" / ".join(_OUTCOMES))
    source, incident = query.get("source") or None, query.get("incident") or None
    items = intake_messages.list_messages(services, principal, realm, outcome, source, incident)
    return answered({"items": items})


@router.get("/intake/messages/{ident}")
def read_message(services: ServicesIn, call: CallIn, ident: str) -> Response:
    """One message: what was read of it, persons masked, and what became of it."""
    return answered(intake_taking.read_message(services, call, ident))


@router.post("/intake/messages/{ident}/retry")
def retry(request: Request, services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """Take it again, with `class`, `severity`, `text`, `address` or `location` where they were missing."""
    try:
        return _answered(request, intake_taking.retry(services, call, ident, parse(Corrections, body)))
    except CapInvalid as invalid:
        return _faulty(invalid, language_of(request))


@router.post("/intake/messages/{ident}/give_up")
def give_up(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """放弃: a dead letter is tried no more; `reason`."""
    return answered(intake_messages.give_up(services, call, ident, parse(GiveUpCommand, body)))


@router.get("/intake/propose")
def propose(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Class, severity and places by what was said (`text`), the nearest to `lon`, `lat` first."""
    query = request.query_params
    at = _spot(query.get("lon"), query.get("lat"))
    return answered(intake.propose(services, principal, realm, query.get("text", ""), at))


def _spot(lon: str | None, lat: str | None) -> tuple[float, float] | None:
    if not lon or not lat:
        return None
    try:
        at = float(lon), float(lat)
    except ValueError as error:
        raise InvalidInput(pointer="lon,lat", detail=f"{lon},{lat}"[:40]) from error
    if not (abs(at[0]) <= 180 and abs(at[1]) <= 90):
        raise InvalidInput(pointer="lon,lat", detail=f"{lon},{lat}"[:40])
    return at


@router.get("/incidents/{ident}/duplicates")
def duplicates(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    """疑似重复: what may tell of the same event, the likeliest first, with metres, minutes and words."""
    return answered({"items": intake.duplicates(services, principal, realm, ident)})


# --- warnings --------------------------------------------------------------------------------------------


@router.post("/cap")
def take_cap(request: Request, services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """A CAP 1.2 warning: 201 with what was done, 200 when it was known; 422 with every fault."""
    try:
        answer = alerts.take_cap(services, call, body)
    except CapInvalid as invalid:
        return _faulty(invalid, language_of(request))
    return answered(answer, 201 if answer["created"] else 200, answer.get("seq"))


def _faulty(invalid: CapInvalid, lang: str) -> Response:
    faults = [
        {"pointer": "/" + where, "code": code, "detail": text(lang, f"cap.{code}", where=where, found=found)}
        for where, code, found in invalid.params["faults"]
    ]
    params = {"count": len(faults), "first": faults[0]["detail"]}
    status, body = problem(invalid.code, lang, params, faults)
    return Response(body, status, media_type=MEDIA_TYPE)


@router.get("/alerts")
def list_alerts(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """The last 200 warnings that came in and what became of each (`items`); a page of those that we issued
    (`issued`), newest first, and the `cursor` of the next."""
    came = alerts.list_alerts(services, principal, realm)
    issued, cursor = warning_reading.listed(services, principal, realm, request.query_params.get("cursor"))
    return answered({"items": came, "issued": issued, "cursor": cursor})


@router.get("/alerts/{ident}.cap")
def read_alert(
    services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str, number: int | None = None
) -> Response:
    """A warning as it came, or as we sent it; of ours the message `number`, else the latest."""
    body = warning_reading.read_cap(services, principal, realm, ident, number)
    body = body or alerts.read_xml(services, principal, realm, ident)
    return Response(body, media_type=alerts.MEDIA)
