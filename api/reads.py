"""REST for reading: the board and its digest, the log, code tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response, StreamingResponse

from actions import reading
from actions.queries import check_read
from actions.services import Services
from api.operations import answered
from api.requests import PrincipalIn, RealmIn, ServicesIn, number
from api.stream import Streams
from core.errors import InvalidInput
from core.permissions import Principal
from feed.hub import Hub, Hubs

router = APIRouter(prefix="/api/v1")
EVENTS_MOST = 10_000


def moment_of(name: str, given: str) -> int | datetime:
    """A position or a time with an offset. Raises InvalidInput."""
    if given.isascii() and given.isdigit():
        return number(name, given, 0)
    try:
        at = datetime.fromisoformat(given.replace(" ", "+"))
    except ValueError as error:
        raise InvalidInput(pointer=name, detail=given[:40]) from error
    if at.tzinfo is None:
        raise InvalidInput(pointer=name, detail="UTC offset")
    return at


async def _hub(request: Request, principal: Principal, realm: str) -> Hub:
    check_read(principal, realm)
    hubs: Hubs = request.app.state.hubs
    hub = await hubs.of(realm)
    await hub.look()  # who has just written finds it, also while Redis is slow or gone
    return hub


@router.get("/state")
async def state(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Every feature of the board in the asker's scope, now or `at` a position or time."""
    if at := request.query_params.get("at"):
        seq, body = await run_in_threadpool(reading.state_at, services, principal, realm, moment_of("at", at))
    else:
        hub = await _hub(request, principal, realm)
        seq, body = hub.seq, hub.state(hub.scope_of(principal))
    return Response(body, 200, {"X-Seq": str(seq), "Cache-Control": "no-store"}, "application/json")


@router.get("/state/hash")
async def state_hash(
    request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn
) -> Response:
    """The digest over what the caller may see."""
    if at := request.query_params.get("at"):
        seq, digest = await run_in_threadpool(
            reading.hash_at, services, principal, realm, moment_of("at", at)
        )
    else:
        hub = await _hub(request, principal, realm)
        seq, digest = hub.seq, hub.digest(hub.scope_of(principal))
    return answered({"seq": seq, "hash": digest})


@router.get("/events")
async def read_events(
    request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn
) -> Response:
    """The log as NDJSON, oldest first; `follow=1` goes on as it grows."""
    query = request.query_params
    after = number("after", query.get("after"), 0)
    limit = number("limit", query.get("limit"), 1000)
    if not 1 <= limit <= EVENTS_MOST:
        raise InvalidInput(pointer="limit", detail=f"1-{EVENTS_MOST}")
    if query.get("follow") == "1":
        hub = await _hub(request, principal, realm)
        lines = _follow(services, principal, realm, after, hub, request.app.state.streams)
        return StreamingResponse(lines, media_type="application/x-ndjson")
    rows = await run_in_threadpool(reading.events, services, principal, realm, after, limit)
    return Response(b"".join(_line(row) for row in rows.seen), 200, None, "application/x-ndjson")


def _line(row: dict[str, Any]) -> bytes:
    return orjson.dumps(row) + b"\n"


async def _follow(
    services: Services, principal: Principal, realm: str, after: int, hub: Hub, streams: Streams
) -> AsyncIterator[bytes]:
    """Facts after a position until the credential is withdrawn; the hub only says when to look."""
    with streams.holding(principal) as withdrawn:
        while not withdrawn.done():
            news = asyncio.ensure_future(hub.news().wait())
            while (page := await _page(services, principal, realm, after)).last != after:
                after = page.last
                for row in page.seen:
                    if withdrawn.done():
                        return
                    yield _line(row)
            either: list[asyncio.Future[Any]] = [news, withdrawn]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()


async def _page(services: Services, principal: Principal, realm: str, after: int) -> reading.Page:
    return await run_in_threadpool(reading.events, services, principal, realm, after, 1000)


@router.get("/classes")
def classes(services: ServicesIn) -> Response:
    """The code table of incident classes, each with its source."""
    return answered({"items": reading.classes(services)})
