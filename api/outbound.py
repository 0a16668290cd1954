"""REST for what leaves the building: messages, dead letters, channels."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import outbound
from actions.duty_commands import ChannelCommand, GiveUpCommand
from api.operations import answered
from api.requests import BodyIn, PrincipalIn, RealmIn, ServicesIn, parse

router = APIRouter(prefix="/api/v1/outbound")


@router.get("")
def listed(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Messages to the asker's offices, newest first, 200 a page; `state` queued, sent, dead or given_up, and
    `cursor` of the page before."""
    query = request.query_params
    found, cursor = outbound.listed(services, principal, realm, query.get("state"), query.get("cursor"))
    return answered({"items": found, "cursor": cursor})


@router.post("/{ident}/retry")
def retry(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    """Send a dead letter again."""
    return answered(outbound.retry(services, principal, realm, ident))


@router.post("/{ident}/give_up")
def give_up(
    services: ServicesIn, principal: PrincipalIn, realm: RealmIn, body: BodyIn, ident: str
) -> Response:
    """放弃: a dead letter is tried no more; `reason`."""
    command = parse(GiveUpCommand, body)
    return answered(outbound.give_up(services, principal, realm, ident, command))


@router.get("/channels")
def channels(services: ServicesIn, principal: PrincipalIn) -> Response:
    """短信, 企业微信, 语音: where each goes."""
    return answered({"items": outbound.channels(services, principal)})


@router.put("/channels/{code}")
def set_channel(services: ServicesIn, principal: PrincipalIn, body: BodyIn, code: str) -> Response:
    """Send a channel to a gateway, or into the file."""
    outbound.set_channel(services, principal, code, parse(ChannelCommand, body))
    return answered({"code": code})
