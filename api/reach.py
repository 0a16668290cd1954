"""REST for roads closed and reopened, for what help reaches in minutes, and for police posts."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from actions import closures
from actions.closures import CloseCommand
from actions.commands import Timed
from api.operations import answered
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, parse, timed

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
