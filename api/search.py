"""The search over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions.search import search
from api.operations import answered
from api.requests import PrincipalIn, ServicesIn, number

router = APIRouter(prefix="/api/v1")


@router.get("/search")
def find(request: Request, services: ServicesIn, principal: PrincipalIn) -> Response:
    """Grids, places, streets, crossings and positions by what was typed (`q`), the best first."""
    query = request.query_params
    hits = search(services, principal, query.get("q", ""), number("limit", query.get("limit"), 20))
    return answered({"items": [hit.as_json() for hit in hits]})
