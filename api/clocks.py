"""REST for limits of steps (办理时限) and working time."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from actions import clocks
from api.operations import answered
from api.requests import PrincipalIn, ServicesIn

router = APIRouter(prefix="/api/v1")


@router.get("/limits")
def limits(services: ServicesIn, principal: PrincipalIn) -> Response:
    """How long each step may take, by class, area and urgency; the working hours and the days that are not
    as the calendar has them."""
    return answered(clocks.read_limits(services, principal))
