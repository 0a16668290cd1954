"""REST for imports by hand: a file in, what it holds, check, import, how far it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from actions import import_jobs
from actions.import_jobs import Job
from actions.imports import ImportOptions
from api.operations import answered
from api.requests import BodyIn, PrincipalIn, ServicesIn, language_of, parse
from pages.places.problems import said

UPLOADS = "/api/v1/imports"
GATHERED = 2**20
"""Bytes that are gathered before they are written, so that a file costs few trips to a thread."""
router = APIRouter(prefix="/api/v1")


class ImportCommand(BaseModel):
    """How to read the file: the options of `./zhihui import`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    datum: str | None = None
    encoding: str | None = None
    layer: str | None = None
    fields: dict[str, str] = {}
    dry_run: bool = False
    replace: bool = False
    holds_from: str | None = None

    def options(self) -> ImportOptions:
        return ImportOptions(**self.model_dump(exclude={"kind"}))


@router.post("/imports")
async def receive(request: Request, services: ServicesIn, principal: PrincipalIn) -> Response:
    """The body is a file named `?file=`; with `?job=` it joins the files of that job. 201 with the job."""
    joined = request.query_params.get("job")
    if joined:
        await run_in_threadpool(import_jobs.check_joins, services, principal, joined)
    ident = joined or import_jobs.new_id()
    gathered = bytearray()
    with import_jobs.receiving(services, principal, ident, request.query_params.get("file", "")) as sink:
        async for chunk in request.stream():
            gathered += chunk
            if len(gathered) >= GATHERED:
                await run_in_threadpool(sink.write, bytes(gathered))
                gathered.clear()
        await run_in_threadpool(sink.write, bytes(gathered))
    job = await run_in_threadpool(import_jobs.received, services, principal, ident)
    return answered(_worded(job, language_of(request)), 201)


@router.get("/imports")
def list_imports(services: ServicesIn, principal: PrincipalIn) -> Response:
    """The newest imports of all kinds, whoever made them."""
    return answered({"items": import_jobs.history(services, principal)})


@router.get("/imports/{ident}")
def one(request: Request, services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    """How far it is, and its report when it has ended."""
    return answered(_worded(import_jobs.job_of(services, principal, ident), language_of(request)))


@router.post("/imports/{ident}/preview")
def look(
    request: Request, services: ServicesIn, principal: PrincipalIn, ident: str, body: BodyIn
) -> Response:
    """Columns, suggested mapping, the first features: nothing is written."""
    command, lang = parse(ImportCommand, body), language_of(request)
    found = import_jobs.look(services, principal, ident, command.kind, command.options())
    problems = [said(lang, import_jobs.plain(problem)) for problem in found.problems]
    return answered({**asdict(found), "problems": problems})


@router.post("/imports/{ident}/start")
def start(
    request: Request, services: ServicesIn, principal: PrincipalIn, ident: str, body: BodyIn
) -> Response:
    """Check (`dry_run`) or import: 202, and the job tells how far it is."""
    command = parse(ImportCommand, body)
    job = import_jobs.start(services, principal, ident, command.kind, command.options())
    return answered(_worded(job, language_of(request)), 202)


def _worded(job: Job, lang: str) -> dict[str, Any]:
    """The job with the problems of its report in words."""
    report = job.report and {**job.report, "problems": [said(lang, one) for one in job.report["problems"]]}
    return {**asdict(job), "report": report}
