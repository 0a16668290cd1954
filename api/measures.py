"""Measures of areas and the heat map over HTTP."""

from __future__ import annotations

import gzip
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions.heat import read_heat
from actions.measures import MEASURES, Measure, Measured, read_measure, tiers
from api.operations import answered, box, time_of
from api.requests import PrincipalIn, RealmIn, ServicesIn, language_of, number
from core.errors import InvalidInput
from pages.messages import text

router = APIRouter(prefix="/api/v1")
_PACKED_FROM = 2048
"""Bytes from which an answer is sent packed to who takes it so."""


@router.get("/measures")
def measures(request: Request, services: ServicesIn, principal: PrincipalIn) -> Response:
    """The measures there are, and the tiers of grids they can be asked for."""
    lang = language_of(request)
    items = [_about(measure, lang) for measure in MEASURES]
    return answered({"items": items, "tiers": tiers(services, principal)})


def _about(measure: Measure, lang: str) -> dict[str, Any]:
    return {
        "name": measure.name, "title": text(lang, f"measure.{measure.name}"), "unit": measure.unit,
        "about": text(lang, f"measure.{measure.name}.about"),
        "periodic": measure.periodic, "classed": measure.classed,
    }  # fmt: skip


@router.get("/measures/{name}")
def measure(
    request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn, name: str
) -> Response:
    """A measure of all areas of a tier, the highest first."""
    query = request.query_params
    found = read_measure(
        services, principal, realm, name, number("tier", query.get("tier"), 1), query.get("area", ""),
        time_of("since", query.get("since")), time_of("until", query.get("until")), query.get("class"),
        query.get("method", "quantile"),
    )  # fmt: skip
    return packed(request, orjson.dumps(_json(found, language_of(request))))


def packed(request: Request, body: bytes) -> Response:
    """JSON, as gzip where that is worth it and the asker takes it."""
    if len(body) < _PACKED_FROM or "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(body, 200, {"Vary": "Accept-Encoding"}, "application/json")
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(gzip.compress(body, 1, mtime=0), 200, headers, "application/json")


def _json(found: Measured, lang: str) -> dict[str, Any]:
    return {
        **_about(found.measure, lang), "tier": found.asked.tier, "since": found.asked.since,
        "until": found.asked.until, "class": found.asked.class_code, "method": found.method,
        "cuts": found.cuts, "areas": found.areas, "items": found.items,
    }  # fmt: skip


@router.get("/heat")
def heat(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Incidents of a period by hexagon, coarser from afar (`zoom`, that of the map; `bbox`)."""
    query = request.query_params
    found = read_heat(
        services, principal, realm, _zoom(query.get("zoom", "11")), box(query.get("bbox")),
        time_of("since", query.get("since")), time_of("until", query.get("until")), query.get("class"),
    )  # fmt: skip
    return packed(request, orjson.dumps(found))


def _zoom(given: str) -> float:
    try:
        return float(given)
    except ValueError as error:
        raise InvalidInput(pointer="zoom", detail=given[:20]) from error
