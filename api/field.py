"""The phone page `/field` and what it asks for: tasks, rounds, proposals, duty, backup."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from actions import city, drill_reading, field
from actions.field import DutyCommand
from actions.services import Services
from actions.verbs import WithText
from api.answers import page_language
from api.operations import answered, versioned
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, parse, timed
from api.screens import STATIC
from core.permissions import Principal
from pages import field as page

router = APIRouter(prefix="/api/v1")
_SHARED_JS = (
    "00-boot.js",
    "05-words.js",
    "07-realm.js",
    "08-halt.js",
    "30-tokens.js",
    "38-mvt.js",
    "45-paint.js",
)
_SHARED_CSS = ("00-tokens.css", "05-realm.css")
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/field")
def overview(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Who this phone is, and its tasks."""
    return answered(field.overview(services, principal, realm))


@router.get("/field/rounds")
def rounds(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """What is to be walked today."""
    return answered(field.rounds(services, principal, realm))


@router.get("/field/propose")
def propose(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Classes and level out of `?text=`."""
    text = request.query_params.get("text") or ""
    return answered(field.propose(services, principal, realm, text))


@router.post("/units/{ident}/duty")
def set_duty(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """上岗 / 下岗: `{on_duty, occurred_at?}`; a unit that is away on an incident does not go off duty."""
    command = parse(DutyCommand, body)
    return versioned(field.set_duty(services, timed(call, command), ident, command))


@router.post("/incidents/{ident}/backup")
def call_backup(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """请求支援: `{text, occurred_at?}`; an alarm to the owner's desk and the city's."""
    command = parse(WithText, body)
    return versioned(field.call_backup(services, timed(call, command), ident, command.text))


# --- the page --------------------------------------------------------------------------------------------


def add_page(web: Any, services: Services, version: str) -> None:
    """`/field` and its two files. No library and no stream: a phone on a bad network loads it once."""
    script = _joined("js", _SHARED_JS, "field")
    style = _joined("css", _SHARED_CSS, "field")
    marks = [hashlib.sha256(part).hexdigest()[:16] for part in (script, style)]

    def show(request: Request) -> HTMLResponse:
        principal: Principal = request.scope["state"]["principal"]
        lang = page_language(dict(request.scope))
        realm = request.query_params.get("realm") or principal.realm or "live"
        facts = _facts(services, principal, realm, lang, version)
        return HTMLResponse(page.document(lang, facts, script=f"/field/app.js?m={marks[0]}",
                                          style=f"/field/app.css?m={marks[1]}"))  # fmt: skip

    def scripts() -> Response:
        return Response(script, 200, _FOR_GOOD, "text/javascript; charset=utf-8")

    def styles() -> Response:
        return Response(style, 200, _FOR_GOOD, "text/css; charset=utf-8")

    web.add_api_route("/field", show, include_in_schema=False)
    web.add_api_route("/field/app.js", scripts, include_in_schema=False)
    web.add_api_route("/field/app.css", styles, include_in_schema=False)


def _joined(kind: str, shared: tuple[str, ...], own: str) -> bytes:
    files = [STATIC / kind / name for name in shared] + sorted((STATIC / own).glob(f"*.{kind}"))
    return b"\n".join(file.read_bytes() for file in files)


def _facts(services: Services, principal: Principal, realm: str, lang: str, version: str) -> dict[str, Any]:
    return {
        "page": "field",
        "lang": lang,
        "realm": realm,
        "drill": drill_reading.standing(services, principal, realm),
        "version": version,
        "user": {"id": principal.id, "name": principal.name, "role": principal.role, "kind": principal.kind},
        "city": city.about(services),
        "classes": [
            {"code": one.code, "name": one.name, "name_en": one.name_en, "emergency": one.emergency}
            for one in services.reference.classes().values()
        ],
        "zone": services.zone.key,
    }
