"""REST for attachments (附件): a photo or paper goes in as the body of a request, comes out as a file."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import attachments
from actions.attachments import JPEG
from actions.commands import Timed
from actions.pictures import PHOTOS
from api.operations import answered
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, timed
from core.errors import InvalidInput

router = APIRouter(prefix="/api/v1")
LONGEST_NAME = 200


@router.post("/incidents/{ident}/attach")
def attach(request: Request, services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """附件: the body is the file itself (JPEG, PNG, WebP or PDF, known by its content). `?name=` as people
    call it, `?verb=` the act it belongs to, `?occurred_at=`."""
    query = request.query_params
    command = Timed.model_validate({"occurred_at": query.get("occurred_at") or None})
    given = attachments.attach(
        services, timed(call, command), ident, _name(query.get("name")), body, _word(query.get("verb"))
    )
    return answered(given, 201, given["seq"])


@router.get("/attachments/{ident}")
def read(
    request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str
) -> Response:
    """The file, for whoever may see its incident; `?thumb=1` a small JPEG of a photo."""
    thumb = request.query_params.get("thumb") == "1"
    found = attachments.read(services, principal, realm, ident, thumb=thumb)
    shown = found.media_type in (*PHOTOS.values(), JPEG)
    kind = "inline" if shown else "attachment"
    headers = {
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(found.name)}",
        "Cache-Control": "private, max-age=86400, immutable",
        "ETag": f'"{found.sha256}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(found.body, 200, headers, found.media_type)


def _name(given: str | None) -> str:
    name = (given or "").replace("\\", "/").rpartition("/")[2].strip() or "photo"
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput(pointer="name", detail=f"1-{LONGEST_NAME}")
    return name


def _word(given: str | None) -> str:
    word = given or ""
    if word and not (word.isascii() and word.replace("_", "").isalpha() and len(word) <= 40):
        raise InvalidInput(pointer="verb", detail=word[:40])
    return word
