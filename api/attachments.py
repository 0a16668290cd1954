"""REST for attachments (附件): a photo or paper goes in as the body of a request or in a form, comes out as a
file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from actions import attachments
from actions.attachments import JPEG
from actions.commands import Timed
from actions.pictures import PHOTOS
from api.operations import answered
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, timed
from core.errors import InvalidInput

router = APIRouter(prefix="/api/v1")
LONGEST_NAME, FIELDS_MOST = 200, 10


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it was handed in, and what was said with it: name, verb, occurred_at."""

    body: bytes
    said: Mapping[str, str]

    @property
    def name(self) -> str:
        """As people call it. Raises InvalidInput."""
        return _name(self.said.get("name"))


async def handed(request: Request, body: BodyIn) -> Handed:
    """The body itself, or the one file of a form (multipart/form-data), whose fields then go before the
    address's. Raises InvalidInput for a form that is broken or has no file."""
    said = dict(request.query_params)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return Handed(body, said)
    try:
        async with request.form(max_files=1, max_fields=FIELDS_MOST) as form:
            file = next((one for one in form.values() if isinstance(one, UploadFile)), None)
            if file is None:
                raise InvalidInput(pointer="file", detail="multipart/form-data")
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            return Handed(await file.read(), {"name": file.filename or "", **said, **fields})
    except HTTPException as broken:
        raise InvalidInput(pointer="body", detail=str(broken.detail)[:120]) from broken


HandedIn = Annotated[Handed, Depends(handed)]


@router.post("/incidents/{ident}/attach")
def attach(services: ServicesIn, call: CallIn, file: HandedIn, ident: str) -> Response:
    """附件: the body is the file itself (JPEG, PNG, WebP or PDF, known by its content), or a form with it.
    `name` as people call it, `verb` the act it belongs to, `occurred_at`: of the address or the form."""
    command = Timed.model_validate({"occurred_at": file.said.get("occurred_at") or None})
    verb = _word(file.said.get("verb"))
    given = attachments.attach(services, timed(call, command), ident, file.name, file.body, verb)
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
