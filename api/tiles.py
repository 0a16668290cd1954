"""Vector tiles over HTTP: raw ASGI on the way in, made on threads of their own, so that a screen full of
tiles holds up no verb."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from actions.services import Services
from actions.tiles import Answer, Tiles
from api.answers import Receive, Send
from api.credentials import Scope, headers
from api.requests import PrincipalIn
from core.errors import NoSuchTile, Refusal
from core.permissions import Principal
from core.tiling import DEEPEST, Tile
from feed.shelf import Shelf

router = APIRouter(prefix="/api/v1")
THREADS = 4
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_CACHING = "private, max-age=60, must-revalidate"
"""A minute without asking; then the ETag is enough. `private`: what is seen depends on who asks."""
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class TileMaker:
    """The threads and the tiles of one web process; `imports` as `Tiles` wants it."""

    def __init__(self, services: Services, redis_url: str, imports: Callable[[], int | None]) -> None:
        self.tiles = Tiles(services, Shelf(redis_url, f"zhihui:{services.city}:tile:"), imports)
        self._threads = ThreadPoolExecutor(THREADS, "tiles")

    async def make(self, *asked: Any) -> Answer:
        """What `Tiles.read` gives."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.tiles.read, *asked)


@router.get("/layers/{name}/tiles/{z}/{x}/{y}.mvt")
async def tile(request: Request, principal: PrincipalIn, name: str, z: str, x: str, y: str) -> Response:
    """A Mapbox vector tile (XYZ in web mercator, 4096 steps) of a layer in the asker's area."""
    maker: TileMaker = request.app.state.tiles
    held = request.headers.get("if-none-match", "")
    answer = await maker.make(principal, name, _tile(z, x, y), held)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    status, head, body = _message(answer, packed=packed)
    return Response(body, status, head)


def _tile(z: str, x: str, y: str) -> Tile:
    if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in (z, x, y)):
        raise NoSuchTile(z=z[:9], x=x[:9], y=y[:9], deepest=DEEPEST)
    return Tile(int(z), int(x), int(y))


def _message(answer: Answer, *, packed: bool) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body."""
    head = {"ETag": f'"{answer.etag}"', "Cache-Control": _CACHING, "Vary": "Accept-Encoding, Cookie"}
    if answer.packed is None:
        return 304, head, b""
    if not answer.packed:
        return 204, head, b""
    head["Content-Type"] = MEDIA_TYPE
    if not packed:
        return 200, head, gzip.decompress(answer.packed)
    return 200, {**head, "Content-Encoding": "gzip"}, answer.packed


# --- the straight way -----------------------------------------------------------------------------------

_PREFIX = "/api/v1/layers/"
Asked = tuple[Principal, str, Tile, str]


def is_tile(scope: Scope) -> bool:
    """Whether a tile is read."""
    path: str = scope["path"]
    return path.endswith(".mvt") and path.startswith(_PREFIX) and scope["method"] == "GET"


class StraightTiles:
    """Before the framework, as raw ASGI. A tile that lies in this process's memory is sent from the event
    loop, in a tenth of the time that threads, routes and the database take. What goes wrong goes on, and the
    framework's route tells it."""

    def __init__(self, app: App, maker: TileMaker) -> None:
        self._app, self._maker = app, maker

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = headers(scope)
        try:
            answer = await self._answer(_asked(scope, given))
        except (Refusal, DBAPIError, PoolTimeout):
            await self._app(scope, receive, send)
            return
        status, head, body = _message(answer, packed="gzip" in given.get("accept-encoding", ""))
        if status == 200:
            head["Content-Length"] = str(len(body))
        raw = [(name.lower().encode(), value.encode()) for name, value in head.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, asked: Asked) -> Answer:
        return self._maker.tiles.held(*asked) or await self._maker.make(*asked)


def _asked(scope: Scope, given: dict[str, str]) -> Asked:
    """Raises NoSuchTile."""
    name, _, address = scope["path"].removeprefix(_PREFIX).removesuffix(".mvt").partition("/tiles/")
    z, x, y = address.split("/") if address.count("/") == 2 else ("", "", "")
    return scope["state"]["principal"], name, _tile(z, x, y), given.get("if-none-match", "")
