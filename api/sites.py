"""REST for sites: hazards, patrols, sensors, and the coverage of cameras, broadcasts and shelters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import covering, hazards, patrols, sensors, visit_photos
from actions.commands import Timed
from actions.covering import CameraReport, ReachReport
from actions.hazards import HazardFilter
from actions.patrols import Wanted
from actions.services import Services
from actions.site_commands import HazardCommand, PeriodCommand, ReadingCommand, VisitCommand
from actions.unit_of_work import Call
from api.attachments import HandedIn
from api.operations import answered
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, number, parse, timed
from core.errors import InvalidInput, NotFound
from core.permissions import Principal

router = APIRouter(prefix="/api/v1")
VISITS_MOST = 500
_FLAGS = {"1": True, "true": True, "0": False, "false": False}


def _flag(request: Request, name: str) -> bool | None:
    given = request.query_params.get(name)
    if given is not None and given not in _FLAGS:
        raise InvalidInput(pointer=name, detail="true/false")
    return None if given is None else _FLAGS[given]


def _day(request: Request, name: str) -> date | None:
    given = request.query_params.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise InvalidInput(pointer=name, detail="YYYY-MM-DD") from error


# --- coverage --------------------------------------------------------------------------------------------

Covering = Callable[[Services, Principal, str, int], CameraReport | ReachReport]
_COVERAGE: dict[str, Covering] = {
    "cameras": covering.cameras,
    "broadcasts": covering.broadcasts,
    "shelters": covering.shelters,
}


@router.get("/coverage/{kind}")
def coverage(request: Request, services: ServicesIn, principal: PrincipalIn, kind: str) -> Response:
    """cameras, broadcasts, shelters: by area of a `tier` (0 district … 3 base grid), and what is left out."""
    query = request.query_params
    if kind not in _COVERAGE:
        raise NotFound(kind="coverage", id=kind)
    tier = number("tier", query.get("tier"), 1)
    if tier > 3:
        raise InvalidInput(pointer="tier", detail="0-3")
    return answered(asdict(_COVERAGE[kind](services, principal, query.get("area") or "", tier)))


# --- hazards ---------------------------------------------------------------------------------------------


@router.get("/hazards")
def list_hazards(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """风险隐患点: by `status` (several with commas), `overdue`, `area`; what is due first on top. Pages of
    `limit`; the `cursor` of one asks for the next."""
    query = request.query_params
    limit = number("limit", query.get("limit"), hazards.MOST)
    if not 1 <= limit <= hazards.MOST:
        raise InvalidInput(pointer="limit", detail=f"1-{hazards.MOST}")
    overdue = _flag(request, "overdue")
    wanted = HazardFilter(query.get("status"), overdue, query.get("area"), query.get("cursor"))
    call = Call(principal, realm)
    page = hazards.list_hazards(services, call, wanted, limit)
    told = {"items": page.items, "cursor": page.cursor, "counts": hazards.counts(services, call)}
    return answered(told)


@router.get("/hazards/{code}")
def read_hazard(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, code: str) -> Response:
    """One hazard with its history and what the asker may do."""
    found = hazards.read_hazard(services, Call(principal, realm), code)
    return answered(found, seq=found["version"])


@router.post("/hazards/{code}/{verb}")
def act_on_hazard(services: ServicesIn, call: CallIn, body: BodyIn, code: str, verb: str) -> Response:
    """assess, report, rectify, close, monitor, reopen, note."""
    command = parse(HazardCommand, body)
    given = hazards.act(services, timed(call, command), code, verb, command)
    return answered(given, seq=given["seq"])


# --- patrols ---------------------------------------------------------------------------------------------


@router.post("/patrols/visits")
def visit(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """巡查: one visit, or up to 500 of a tour as a list."""
    is_list = body.lstrip().startswith(b"[")
    commands = parse(list[VisitCommand], body) if is_list else [parse(VisitCommand, body)]
    if not 1 <= len(commands) <= VISITS_MOST:
        raise InvalidInput(pointer="", detail=f"1-{VISITS_MOST}")
    given = patrols.visit(services, call, commands)
    return answered(given, 201, given["seq"])


@router.post("/patrols/visits/{seq}/attach")
def attach(services: ServicesIn, call: CallIn, file: HandedIn, seq: int) -> Response:
    """A photo of a visit, as the body or in a form; `name`, `occurred_at` of the address or the form."""
    command = Timed.model_validate({"occurred_at": file.said.get("occurred_at") or None})
    given = visit_photos.attach(services, timed(call, command), seq, file.name, file.body)
    return answered(given, 201, given["seq"])


@router.get("/patrols/visits/{seq}")
def read_visit(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, seq: int) -> Response:
    """A visit, by its position in the log, and its photos."""
    return answered(visit_photos.read_visit(services, principal, realm, seq))


@router.get("/patrols/due")
def due(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Rounds of today that nobody has walked yet."""
    return answered(patrols.due(services, Call(principal, realm), _wanted(request)))


@router.get("/patrols/missed")
def missed(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Rounds that ended from `since` to `until` (days, both included) without a visit."""
    return answered(patrols.missed(services, Call(principal, realm), _wanted(request)))


@router.get("/patrols/rate")
def rate(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """How many rounds were done, in all and in each community."""
    return answered(patrols.rate(services, Call(principal, realm), _wanted(request)))


def _wanted(request: Request) -> Wanted:
    return Wanted(_day(request, "since"), _day(request, "until"), request.query_params.get("area"))


@router.get("/patrols/periods")
def periods(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """敏感时期, the latest first."""
    return answered({"items": patrols.periods(services, Call(principal, realm))})


@router.post("/patrols/periods")
def set_period(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """Declare a sensitive period, or change the one of this code."""
    command = parse(PeriodCommand, body)
    given = patrols.set_period(services, timed(call, command), command)
    return answered(given, 201, given["seq"])


# --- sensors ---------------------------------------------------------------------------------------------


@router.put("/sensors/readings")
def put_readings(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """What sensors measured: up to 5,000 at once; 202, they are not facts."""
    return answered(sensors.take(services, call, parse(list[ReadingCommand], body)), 202)


@router.get("/sensors")
def list_sensors(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Last value, age and threshold of each; `stale=true` keeps the silent ones."""
    stale = _flag(request, "stale")
    return answered({"items": sensors.list_sensors(services, Call(principal, realm), stale=stale)})


@router.get("/sensors/{code}")
def read_sensor(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, code: str) -> Response:
    """One sensor, with its readings of the last day."""
    return answered(sensors.read_sensor(services, Call(principal, realm), code))
