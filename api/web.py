"""The HTTP application: routers, refusals, health, the description of the API."""

from __future__ import annotations

import html
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from actions.services import Services
from api import (
    attachments,
    briefing,
    cases,
    clocks,
    drill_findings,
    drill_ledger,
    drill_reports,
    drill_scripts,
    drills,
    duty,
    features,
    field,
    grids,
    imports,
    intake,
    kpi,
    linkage,
    measures,
    operations,
    org,
    outbound,
    reach,
    reads,
    replay,
    search,
    sites,
    stock,
    tiles,
    warnings,
    zone,
)
from api.problems import MEDIA_TYPE, of_refusal, problem
from api.requests import language_of, pointers
from core.errors import Refusal
from feed.hub import Hubs
from pages.refusals import names_offices

log = logging.getLogger(__name__)

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 401: "unauthorized", 403: "forbidden"}
Handler = Callable[[Request, Any], Awaitable[Response]]
_ROUTERS = (
    attachments.router,
    briefing.router,
    cases.router,
    field.router,
    operations.router,  # its verbs take every name that no route before it takes; asked most, so found early
    clocks.router,
    drill_findings.router,
    drill_ledger.router,
    drill_reports.router,
    drill_scripts.router,
    drills.router,
    duty.router,
    features.router,
    grids.router,
    imports.router,
    intake.router,
    kpi.router,
    linkage.router,
    measures.router,
    org.router,
    outbound.router,
    reach.router,
    reads.router,
    replay.router,
    search.router,
    sites.router,
    stock.router,
    tiles.router,
    warnings.router,
    zone.router,
)


def create_web(services: Services, hubs: Hubs, lifespan: Any, version: str) -> FastAPI:
    """The FastAPI application without pages; those are added by `api.screens`."""
    web = FastAPI(
        title="Zhihui 指挥", version=version, lifespan=lifespan, docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )  # fmt: skip
    web.state.services, web.state.hubs = services, hubs
    for router in _ROUTERS:
        web.include_router(router)
    for kind, handler in _HANDLERS.items():
        web.add_exception_handler(kind, handler)
    web.add_api_route("/healthz", _healthz, include_in_schema=False)
    web.add_api_route("/api/docs", _docs, include_in_schema=False)
    return web


def _answer(status: int, body: bytes) -> Response:
    return Response(body, status, media_type=MEDIA_TYPE)


async def _refused(request: Request, error: Refusal) -> Response:
    lang = language_of(request)
    if not names_offices(error.params):
        return _answer(*of_refusal(error, lang))
    reference = request.app.state.services.reference  # which may have to ask the database
    return _answer(*await run_in_threadpool(of_refusal, error, lang, reference))


async def _invalid(request: Request, error: ValidationError | RequestValidationError) -> Response:
    faults = pointers(error)
    first = {"pointer": faults[0]["pointer"], "detail": faults[0]["detail"]}
    return _answer(*problem("invalid_input", language_of(request), first, faults))


async def _http(request: Request, error: HTTPException) -> Response:
    code = _HTTP_CODES.get(error.status_code, "not_found")
    params = {"id": request.url.path, "method": request.method, "verb": "", "role": ""}
    return _answer(*problem(code, language_of(request), params))


async def _database(request: Request, error: Exception) -> Response:
    """The database is away for the moment, or two verbs stood in each other's way: send it again."""
    if isinstance(error, DBAPIError) and not error.connection_invalidated:
        if isinstance(error, DataError):
            return await _unstorable(request, error)
        if not isinstance(error, OperationalError | InterfaceError):
            return await _fault(request, error)
    log.warning("database away: %s", error)
    return _answer(*problem("unavailable", language_of(request)))


async def _unstorable(request: Request, error: DataError | psycopg.DataError) -> Response:
    """A value that PostgreSQL cannot hold, in an address or a query; bodies were checked before."""
    cause = error.orig if isinstance(error, DataError) else error
    log.info("not storable in %s: %s", request.url.path, cause)
    params = {"pointer": request.url.path, "detail": str(cause).splitlines()[0][:120]}
    return _answer(*problem("invalid_input", language_of(request), params))


async def _fault(request: Request, error: Exception) -> Response:
    log.error("fault in %s %s", request.method, request.url.path, exc_info=error)
    return _answer(*problem("internal", language_of(request)))


_HANDLERS: dict[type[Exception], Any] = {
    Refusal: _refused,
    ValidationError: _invalid,
    RequestValidationError: _invalid,
    HTTPException: _http,
    DBAPIError: _database,
    PoolTimeout: _database,
    psycopg.DataError: _unstorable,  # of a batch
    Exception: _fault,
}


def _healthz(request: Request) -> Response:
    """200 only when it can serve: the database answers, the live board is loaded and follows the log."""
    services: Services = request.app.state.services
    hubs: Hubs = request.app.state.hubs
    live = hubs.running("live")
    try:
        with services.engine.connect() as conn:
            conn.execute(text("SELECT 1"))
    except Exception:
        live = None
    if live is None or not live.current:
        return Response('{"ready": false}', 503, media_type="application/json")
    return operations.answered({"ready": True, "head": live.seq, "degraded": live.degraded})


def _docs(request: Request) -> HTMLResponse:
    """The API's description as one plain page of our own, for rooms without internet."""
    paths: dict[str, dict[str, Any]] = request.app.openapi()["paths"]
    rows = "".join(
        f"<tr><td>{html.escape(method.upper())}</td><td><code>{html.escape(path)}</code></td>"
        f"<td>{html.escape(str(about.get('description', '')))}</td></tr>"
        for path, methods in sorted(paths.items())
        for method, about in methods.items()
    )
    return HTMLResponse(_PAGE.replace("{rows}", rows))


_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>指挥 API</title>
<style>body{background:#0B1320;color:#E8EEF6;font:16px sans-serif;margin:32px}td{padding:6px 16px 6px 0;
border-bottom:1px solid #22344F;vertical-align:top}code{color:#4FB3BF}a{color:#4FB3BF}</style>
<h1>指挥 API v1</h1><p><a href="/api/v1/openapi.json">OpenAPI</a></p><table>{rows}</table></html>"""
