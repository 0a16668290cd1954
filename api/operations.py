"""REST for operations: incidents, assignments, units, walls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import advice, directing, holds, incidents, positions, queries, walls
from actions.commands import PositionCommand, ReportCommand
from actions.holds import HoldCommand
from actions.queries import IncidentFilter
from actions.unit_of_work import Answer
from actions.verbs import ASSIGNMENT_VERBS, INCIDENT_VERBS
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, parse, timed
from api.verbs import act
from core.errors import InvalidInput, NotFound

router = APIRouter(prefix="/api/v1")


def answered(value: Any, status: int = 200, seq: int | None = None) -> Response:
    """JSON, with the entity's version as its ETag."""
    headers = {} if seq is None else {"ETag": f'"{seq}"'}
    return Response(orjson.dumps(value), status, headers, "application/json")


def versioned(given: Answer) -> Response:
    """What a verb answered."""
    return answered(given, seq=given["seq"])


@router.post("/incidents")
def report(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """上报: 201, or 200 when this channel reported this source_id before."""
    command = parse(ReportCommand, body)
    given = incidents.report(services, timed(call, command), command)
    return answered(given, 201 if given["created"] else 200, given["seq"])


@router.get("/incidents")
def list_incidents(
    services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request
) -> Response:
    """Pages of 200, newest first."""
    found, cursor = queries.list_incidents(services, principal, realm, _filter(dict(request.query_params)))
    return answered({"type": "FeatureCollection", "features": found, "cursor": cursor})


def _filter(query: dict[str, str]) -> IncidentFilter:
    return IncidentFilter(
        status=query.get("status"),
        class_code=query.get("class"),
        area=query.get("area"),
        bbox=box(query.get("bbox")),
        since=time_of("since", query.get("since")),
        until=time_of("until", query.get("until")),
        cursor=query.get("cursor"),
    )


def box(given: str | None) -> tuple[float, float, float, float] | None:
    """`west,south,east,north` in degrees. Raises InvalidInput."""
    if given is None:
        return None
    try:
        west, south, east, north = (float(part) for part in given.split(","))
    except ValueError as error:
        raise InvalidInput(pointer="bbox", detail=given[:60]) from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidInput(pointer="bbox", detail=given[:60])
    return west, south, east, north


def time_of(name: str, given: str | None) -> datetime | None:
    """A time of a query, with its offset. Raises InvalidInput."""
    try:
        at = datetime.fromisoformat(given.replace(" ", "+")) if given else None
    except ValueError as error:
        raise InvalidInput(pointer=name, detail=str(given)[:40]) from error
    if at is not None and at.tzinfo is None:
        raise InvalidInput(pointer=name, detail="UTC offset")
    return at


@router.get("/incidents/{ident}")
def read_incident(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    card = queries.incident_card(services, principal, realm, ident)
    return answered(queries.card_json(card), seq=card.incident.version)


@router.get("/incidents/{ident}/timeline")
def timeline(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    return answered({"items": queries.timeline(services, principal, realm, ident)})


@router.get("/incidents/{ident}/advice")
def advise(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str, k: int = 10) -> Response:
    """Sets of units by the run card, what stays covered, what is missing; and the k fastest of any kind."""
    if not 1 <= k <= 100:
        raise InvalidInput(pointer="k", detail="1-100")
    return answered(advice.advise(services, principal, realm, ident, k))


@router.post("/incidents/{ident}/{verb}")
def act_on_incident(services: ServicesIn, call: CallIn, body: BodyIn, ident: str, verb: str) -> Response:
    return versioned(act(INCIDENT_VERBS, services, call, body, ident, verb))


@router.post("/assignments/{ident}/{verb}")
def act_on_assignment(services: ServicesIn, call: CallIn, body: BodyIn, ident: str, verb: str) -> Response:
    return versioned(act(ASSIGNMENT_VERBS, services, call, body, ident, verb))


@router.post("/holds")
def hold_units(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """预占: all of these units for 60 s, `{incident, units}`; 409 names the holder and the next best."""
    given = holds.hold(services, call, parse(HoldCommand, body))
    return answered(given, 201, given["seq"])


@router.delete("/holds/{ident}")
def end_hold(services: ServicesIn, call: CallIn, ident: str) -> Response:
    return versioned(holds.give_up(services, call, ident))


@router.get("/units")
def list_units(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    return answered({"items": queries.list_units(services, principal, realm)})


@router.get("/units/{ident}")
def read_unit(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    unit = queries.read_unit(services, principal, realm, ident)
    return answered(unit, seq=unit["seq"])


@router.put("/units/positions")
def put_positions(
    services: ServicesIn, principal: PrincipalIn, realm: RealmIn, body: BodyIn, pace: float = 1.0
) -> Response:
    """Where units are: up to 5,000 at once; 202, they are not facts. `dropped` counts by code what was not
    taken."""
    fixes = parse(list[PositionCommand], body)
    sifted = positions.take(services, principal, realm, fixes, pace)
    return answered({"accepted": len(sifted.taken), "dropped": dict(sifted.dropped)}, 202)


@router.get("/walls")
def list_walls(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    return answered({"items": walls.list_walls(services, principal, realm)})


@router.post("/walls/{name}/{verb}")
def direct_wall(services: ServicesIn, call: CallIn, body: BodyIn, name: str, verb: str) -> Response:
    """大屏调度: `scene`, `pin`, `unpin`, `rotate`, `resume`, `stop`, `lock`, `unlock`, `blank`, `unblank`,
    `strip`."""
    if verb not in directing.VERBS:
        raise NotFound(kind="verb", id=verb)
    kind, act_on = directing.VERBS[verb]
    return versioned(act_on(services, call, name, parse(kind, body)))


@router.get("/walls/{name}")
def read_wall(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, name: str) -> Response:
    """How one wall is hung; an open wall asks now and then."""
    return answered(walls.read_wall(services, principal, realm, name))
