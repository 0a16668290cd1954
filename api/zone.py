"""REST for the hazard area (影响范围): what lies inside the one that is drawn, or inside one that may be."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from actions import zone
from api.operations import answered
from api.requests import BodyIn, PrincipalIn, RealmIn, ServicesIn, parse

router = APIRouter(prefix="/api/v1")


@router.get("/linkages/{ident}/zone")
def zone_of(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    """影响范围: population, schools, hospitals, hazards, cameras, shelters, closed roads … inside."""
    return answered(zone.of_linkage(services, principal, realm, ident))


@router.post("/zones/inside")
def inside(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, body: BodyIn) -> Response:
    """The same for a circle, a sector downwind or a polygon that nobody has drawn yet, with its ring."""
    return answered(zone.inside(services, principal, realm, parse(zone.RingCommand, body)))
