"""REST for roads closed and reopened, for what help reaches in minutes, and for police posts."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import closures, posts, reach
from actions.closures import CloseCommand
from actions.commands import Timed
from api.operations import answered
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, parse, timed
from core.errors import InvalidInput

router = APIRouter(prefix="/api/v1")


@router.get("/closures")
def list_closures(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """The roads that are closed now, as GeoJSON."""
    found = closures.list_closures(services, principal, realm)
    return answered({"type": "FeatureCollection", "features": found})


@router.post("/roads/{ident}/close")
def close_road(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """封路: `{reason, until?}`; the next recommendation goes round it."""
    command = parse(CloseCommand, body)
    given = closures.close(services, timed(call, command), ident, command)
    return answered(given, seq=given["seq"])


@router.post("/roads/{ident}/reopen")
def reopen_road(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """恢复通行."""
    given = closures.reopen(services, timed(call, parse(Timed, body)), ident)
    return answered(given, seq=given["seq"])


@router.get("/reach")
def read_reach(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request) -> Response:
    """可达: `from` posts, stations, stores or shelters within `minutes` (5,10,15) by road, now: shares of
    people by district and town (`area` narrows them), and the areas as GeoJSON."""
    query = request.query_params
    minutes = _minutes(query.get("minutes"))
    found = reach.reach(
        services, principal, realm, query.get("from", "posts"), minutes, query.get("area", "")
    )
    return answered(reach.as_json(found))


@router.get("/reach/trial")
def try_place(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request) -> Response:
    """What one place more at `lon`, `lat` would add: people newly within the minutes, communities without a
    post that it would reach. Nothing is stored."""
    query = request.query_params
    at = (_degrees("lon", query.get("lon")), _degrees("lat", query.get("lat")))
    minutes = _minutes(query.get("minutes"))
    found = reach.try_place(services, principal, realm, query.get("from", "posts"), at, minutes)
    return answered(reach.trial_json(found))


def _minutes(given: str | None) -> tuple[int, ...]:
    """`5,10,15`. Raises InvalidInput."""
    if given is None:
        return reach.MINUTES
    parts = given.split(",")
    if not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        raise InvalidInput(pointer="minutes", detail=given[:40])
    return tuple(int(part) for part in parts)


def _degrees(name: str, given: str | None) -> float:
    try:
        value = float(given or "")
    except ValueError as error:
        raise InvalidInput(pointer=name, detail=str(given)[:40]) from error
    if not -180 <= value <= 180:
        raise InvalidInput(pointer=name, detail=str(given)[:40])
    return value


@router.get("/posts/coverage")
def post_coverage(services: ServicesIn, principal: PrincipalIn, request: Request) -> Response:
    """警务室: coverage and staffing of every community; share of community police and ward of stations."""
    found = posts.report(services, principal, request.query_params.get("area", ""))
    stations = [{**asdict(one), "low": one.low} for one in found.stations]
    body = {
        "coverage": found.coverage,
        "uncovered": [one.code for one in found.uncovered],
        "communities": [{**asdict(one), "rule": one.rule and one.rule.type} for one in found.communities],
        "stations": stations,
    }
    return answered(body)
