"""REST of the grids: versions, history, faults and their repair, staff, load, incidents by any boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from actions import city, grid_repair, grids
from actions.queries import check_read
from actions.services import Services
from api.operations import answered
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, number, parse
from core.errors import InvalidInput
from geo.repair import GAP_M

router = APIRouter(prefix="/api/v1")
MONTH = timedelta(days=30)


class RepairCommand(BaseModel):
    """`apply` with the version that the proposal named; without it nothing is written."""

    model_config = ConfigDict(extra="forbid")
    faults: Annotated[list[int], Field(min_length=1, max_length=2000)]
    gap_m: Annotated[float, Field(gt=0, le=500)] = GAP_M
    apply: int | None = None


def _plain(found: Any) -> Any:
    """A dataclass as JSON has it; geometries are told as GeoJSON, not as text."""
    values = asdict(found) if is_dataclass(found) and not isinstance(found, type) else dict(found)
    values.pop("geom", None)
    if isinstance(values.get("geometry"), str):
        values["geometry"] = orjson.Fragment(values["geometry"])
    return values


def _when(name: str, given: str | None, default: datetime) -> datetime:
    """A time with an offset. Raises InvalidInput."""
    if not given:
        return default
    try:
        at = datetime.fromisoformat(given.replace(" ", "+"))
    except ValueError as error:
        raise InvalidInput(pointer=name, detail=given[:40]) from error
    if at.tzinfo is None:
        raise InvalidInput(pointer=name, detail="UTC offset")
    return at


def _period(services: Services, query: Mapping[str, str], realm: str) -> tuple[datetime, datetime]:
    """`since` and `until`; the last thirty days where nothing is said. Raises RealmUnknown."""
    until = _when("until", query.get("until"), services.now_in(realm))
    return _when("since", query.get("since"), until - MONTH), until


@router.get("/grids/versions")
def versions(
    services: ServicesIn, principal: PrincipalIn, limit: int = Query(200, ge=1, le=1000)
) -> Response:
    """Versions of the grids with the dates from which they hold, newest first."""
    return answered({"items": [_plain(one) for one in grids.versions(services, principal, limit)]})


@router.get("/grids/faults")
def faults(
    services: ServicesIn, principal: PrincipalIn, limit: int = Query(2000, ge=1, le=10000)
) -> Response:
    """What the coverage check found, with the ground of each fault; the largest first."""
    found = grids.faults(services, principal, limit)
    return answered({"counts": found.counts, "items": [_plain(one) for one in found.listed]})


@router.post("/grids/repairs")
def repair(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """What would mend these faults, grid by grid; with `apply` (the version looked at) it is done."""
    command = parse(RepairCommand, body)
    if command.apply is not None:
        return answered(grid_repair.apply(services, call, command.faults, command.apply, command.gap_m))
    found = grid_repair.propose(services, call.principal, command.faults, command.gap_m)
    changes = [_plain(one) for one in found.changes]
    refused = [{"fault": ident, "reason": reason} for ident, reason in found.refused.items()]
    told = {"version": found.version, "changes": changes, "solved": found.solved, "refused": refused}
    return answered(told)


@router.get("/grids/staffing")
def staffing(services: ServicesIn, principal: PrincipalIn) -> Response:
    """Base grids short of or over 1 manager + 2 to 5 assistants, and the figures of communities and towns."""
    return answered(asdict(grids.staffing(services, principal)))


@router.get("/grids/balance")
def load_balance(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request) -> Response:
    """Incidents of a period and households on each base grid, the heaviest first."""
    since, until = _period(services, request.query_params, realm)
    return answered(asdict(grids.load_balance(services, principal, since, until, realm)))


@router.get("/grids/incidents")
def incidents(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request) -> Response:
    """Incidents of a period by grid: `boundaries=as_happened`, or a time whose boundaries count; `tier`."""
    query = request.query_params
    since, until = _period(services, query, realm)
    said = query.get("boundaries") or "as_happened"
    by: grids.Boundaries = "as_happened" if said == "as_happened" else _when("boundaries", said, until)
    tier = number("tier", query["tier"], 3) if query.get("tier") else None
    counted = grids.count_incidents(services, principal, since, until, by, tier, realm)
    items = [{"grid": code, "incidents": count} for code, count in sorted(counted.items())]
    return answered({"since": since, "until": until, "boundaries": said, "tier": tier, "items": items})


@router.get("/grids/special")
def special(services: ServicesIn, principal: PrincipalIn) -> Response:
    """Special grids, and the base grids that each lies over."""
    return answered({"items": [_plain(one) for one in grids.special_grids(services, principal)]})


@router.get("/grids/{code}/history")
def history(services: ServicesIn, principal: PrincipalIn, code: str) -> Response:
    """The life of one grid, and what it came from or became."""
    found = grids.history(services, principal, code)
    lineage = [asdict(line) for line in found.lineage]
    return answered({"code": code, "stages": [_plain(one) for one in found.stages], "lineage": lineage})


@router.get("/city")
def about_city(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """The city's name and bounds, its districts and towns: an open page asks after imports."""
    check_read(principal, realm)
    services.reference.forget()
    return answered({"city": city.about(services), "areas": city.parts(services, principal.area)})
