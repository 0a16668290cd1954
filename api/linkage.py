"""REST for plans (预案) and responses (应急响应)."""

from __future__ import annotations

from typing import Annotated, Any, cast, get_args

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, Response

from actions import linkage, linkage_commands, linkage_reading, plans
from api.operations import answered, versioned
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, parse, timed
from core.errors import NotFound

router = APIRouter(prefix="/api/v1")
LevelIn = Annotated[int, Query(ge=1, le=4)]


@router.get("/plans")
def list_plans(services: ServicesIn, principal: PrincipalIn) -> Response:
    return answered({"items": plans.list_plans(services, principal)})


@router.post("/plans")
def draft_plan(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """The next version of a plan as YAML or JSON, with what stands in the way of its approval."""
    return answered(plans.draft_text(services, call, body.decode("utf-8", "replace")), 201)


@router.get("/plans/{code}.yaml")
def get_yaml(services: ServicesIn, principal: PrincipalIn, code: str, version: int | None = None) -> Response:
    text = plans.as_yaml(services, principal, code, version)
    return PlainTextResponse(text, media_type="application/yaml; charset=utf-8")


@router.get("/plans/{code}.json")
def get_json(services: ServicesIn, principal: PrincipalIn, code: str, version: int | None = None) -> Response:
    """A version alone, as `POST /plans` takes it."""
    return answered(plans.read_plan(services, principal, code, version)["plan"])


@router.get("/plans/{code}")
def get_plan(services: ServicesIn, principal: PrincipalIn, code: str, version: int | None = None) -> Response:
    return answered(plans.read_plan(services, principal, code, version))


@router.get("/plans/{code}/differences")
def get_differences(services: ServicesIn, principal: PrincipalIn, code: str, old: int, new: int) -> Response:
    return answered({"items": plans.compare(services, principal, code, old, new)})


@router.post("/plans/{code}/approve")
def approve_plan(services: ServicesIn, call: CallIn, body: BodyIn, code: str) -> Response:
    command = parse(plans.ApproveCommand, body)
    return answered(plans.approve(services, timed(call, command), code, command))


@router.post("/plans/{code}/retire")
def retire_plan(services: ServicesIn, call: CallIn, body: BodyIn, code: str) -> Response:
    command = parse(plans.RetireCommand, body)
    return answered(plans.retire(services, timed(call, command), code, command))


@router.get("/incidents/{ident}/plans")
def plans_for(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    """The plans that an incident calls for, each with the level it is proposed at."""
    return answered({"items": plans.for_incident(services, principal, realm, ident)})


@router.get("/incidents/{ident}/plans/{code}/preview")
def preview(
    services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str, code: str, level: LevelIn
) -> Response:
    """What activating the plan at this level would set moving now, and what is missing for it."""
    return answered(linkage_reading.preview(services, principal, realm, ident, code, level))


@router.post("/plans/{code}/activate")
def activate(services: ServicesIn, call: CallIn, body: BodyIn, code: str) -> Response:
    """启动应急响应 for an incident."""
    command = parse(linkage_commands.ActivateCommand, body)
    return versioned(linkage.activate(services, timed(call, command), code, command))


@router.get("/linkages/{ident}")
def get_linkage(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    found = linkage_reading.read_linkage(services, principal, realm, ident)
    return answered(found, seq=found["properties"]["seq"])


@router.get("/linkages/{ident}/preview")
def preview_level(
    services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str, level: LevelIn
) -> Response:
    """What raising the response to this level would add."""
    return answered(linkage_reading.preview_level(services, principal, realm, ident, level))


@router.post("/linkages/{ident}/tasks/{task}/{verb}")
def act_on_task(
    services: ServicesIn, call: CallIn, body: BodyIn, ident: str, task: str, verb: str
) -> Response:
    if verb not in get_args(linkage.TaskVerb):
        raise NotFound(kind="verb", id=verb)
    command = parse(linkage_commands.TaskCommand, body)
    known = cast(linkage.TaskVerb, verb)
    return versioned(linkage.act_on_task(services, timed(call, command), ident, task, known, command))


@router.post("/linkages/{ident}/{verb}")
def command(services: ServicesIn, call: CallIn, body: BodyIn, ident: str, verb: str) -> Response:
    """追加任务, 移交指挥, 升降级, 划定范围, 终止: `add`, `hand_over`, `level`, `zone`, `end`."""
    if verb not in linkage.COMMANDS:
        raise NotFound(kind="verb", id=verb)
    kind, act = linkage.COMMANDS[verb]
    given: Any = parse(kind, body)
    return versioned(act(services, timed(call, given), ident, given))
