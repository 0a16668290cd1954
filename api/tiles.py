"""Vector tiles over HTTP. What this process holds is answered on the way in, as raw ASGI; what has to be
asked for or made goes the framework's way, on threads of its own, so that a screen full of tiles holds up
no verb."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions.services import Services
from actions.tiles import Answer, Tiles
from api.answers import Receive, Send
from api.credentials import Scope, headers
from api.requests import PrincipalIn
from core.errors import NoSuchTile, Refusal
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
        self.threads = ThreadPoolExecutor(THREADS, "tiles")


@router.get("/layers/{name}/tiles/{z}/{x}/{y}.mvt")
async def tile(request: Request, principal: PrincipalIn, name: str, z: str, x: str, y: str) -> Response:
    """A Mapbox vector tile (XYZ in web mercator, 4096 steps) of a layer in the asker's area."""
    maker: TileMaker = request.app.state.tiles
    asked = (principal, name, _tile(z, x, y), request.headers.get("if-none-match", ""))
    answer = await asyncio.get_running_loop().run_in_executor(maker.threads, maker.tiles.read, *asked)
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


# --- what is held ---------------------------------------------------------------------------------------


def is_tile(scope: Scope) -> bool:
    """Whether a tile is read."""
    path: str = scope["path"]
    return path.endswith(".mvt") and path.startswith(_PREFIX) and scope["method"] == "GET"


class HeldTiles:
    """Before the framework: a tile that lies in this process's memory is sent from the event loop, in a tenth
    of the time that threads, routes and the database take. Everything else, refusals too, goes on."""

    def __init__(self, app: App, maker: TileMaker) -> None:
        self._app, self._tiles = app, maker.tiles

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = headers(scope)
        answer = self._held(scope, given.get("if-none-match", ""))
        if answer is None:
            await self._app(scope, receive, send)
            return
        status, head, body = _message(answer, packed="gzip" in given.get("accept-encoding", ""))
        if status != 204:
            head["Content-Length"] = str(len(body))
        raw = [(name.lower().encode(), value.encode()) for name, value in head.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})

    def _held(self, scope: Scope, asked: str) -> Answer | None:
        parts = scope["path"].removeprefix(_PREFIX).removesuffix(".mvt").split("/")
        if len(parts) != 5 or parts[1] != "tiles":
            return None
        name, _, z, x, y = parts
        try:
            return self._tiles.held(scope["state"]["principal"], name, _tile(z, x, y), asked)
        except Refusal:
            return None


_PREFIX = "/api/v1/layers/"
