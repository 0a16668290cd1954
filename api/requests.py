"""From an HTTP request to a call: principal, realm, idempotency key, version seen, body as a value."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from actions.commands import Timed
from actions.services import Services
from actions.unit_of_work import Call
from api.problems import language
from core.errors import InvalidInput, Refusal, Unauthorized
from core.permissions import Principal

T = TypeVar("T")


class BrokenJson(Refusal):
    code = "broken_json"


async def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def principal_of(request: Request) -> Principal:
    """Whom the gate let in. Raises Unauthorized."""
    principal: Principal | None = request.scope.get("state", {}).get("principal")
    if principal is None:
        raise Unauthorized()
    return principal


async def realm_of(request: Request, principal: Annotated[Principal, Depends(principal_of)]) -> str:
    """`?realm=`, else the realm the token is bound to, else live."""
    return request.query_params.get("realm") or principal.realm or "live"


def language_of(request: Request) -> str:
    return language(request.query_params, request.headers)


async def body_of(request: Request) -> bytes:
    return await request.body()


ServicesIn = Annotated[Services, Depends(services_of)]
PrincipalIn = Annotated[Principal, Depends(principal_of)]
RealmIn = Annotated[str, Depends(realm_of)]
BodyIn = Annotated[bytes, Depends(body_of)]


async def call_of(request: Request, principal: PrincipalIn, realm: RealmIn, body: BodyIn) -> Call:
    """The promises of the request. Raises InvalidInput for a malformed If-Match or key."""
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= 200:
        raise InvalidInput(pointer="Idempotency-Key", detail="1-200")
    about = f"{request.method} {request.url.path} {realm}\n".encode()
    return Call(
        principal=principal,
        realm=realm,
        key=key,
        request_hash=hashlib.sha256(about + body).hexdigest(),
        if_match=_if_match(request.headers.get("if-match")),
    )


CallIn = Annotated[Call, Depends(call_of)]


def _if_match(header: str | None) -> int | None:
    if header is None or header.strip() == "*":
        return None
    digits = header.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise InvalidInput(pointer="If-Match", detail=header[:40])
    return int(digits)


def parse(kind: type[T], body: bytes) -> T:
    """A JSON body as a value. Raises BrokenJson, or ValidationError naming the fields."""
    try:
        data = from_json(body or b"{}", allow_inf_nan=True)
    except ValueError as error:
        raise BrokenJson(detail=str(error)[:120]) from error
    return TypeAdapter(kind).validate_python(data)


def number(name: str, given: str | None, default: int) -> int:
    """A whole number of a query. Raises InvalidInput."""
    if given is None or given == "":
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise InvalidInput(pointer=name, detail=given[:40])
    return int(given)


def timed(call: Call, command: Timed) -> Call:
    """The call with the time that its body states."""
    return replace(call, occurred_at=command.occurred_at) if command.occurred_at else call


def pointers(error: ValidationError | RequestValidationError) -> list[dict[str, str]]:
    """The faults of a body: JSON pointer, stable code, what is wrong."""
    if isinstance(error, RequestValidationError):  # of a query or an address, found by the framework
        faults: Sequence[Any] = error.errors()
    else:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
    return [
        {
            "pointer": "/" + "/".join(str(part) for part in fault["loc"]),
            "code": fault["type"],
            "detail": fault["msg"],
        }
        for fault in faults
    ]
