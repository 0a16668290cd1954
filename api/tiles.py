"""Vector tiles over HTTP. Made on threads of their own, so that a screen full of tiles holds up no verb."""

from __future__ import annotations

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions.services import Services
from actions.tiles import Answer, read_tile
from api.requests import PrincipalIn, ServicesIn
from core.errors import NoSuchTile
from core.tiling import DEEPEST, Tile
from feed.shelf import Shelf

router = APIRouter(prefix="/api/v1")
THREADS = 4
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_CACHING = "private, max-age=60, must-revalidate"
"""A minute without asking; then the ETag is enough. `private`: what is seen depends on who asks."""


class TileMaker:
    """The threads and the shelf of one web process."""

    def __init__(self, services: Services, redis_url: str) -> None:
        self.shelf = Shelf(redis_url, f"zhihui:{services.city}:tile:")
        self.threads = ThreadPoolExecutor(THREADS, "tiles")


@router.get("/layers/{name}/tiles/{z}/{x}/{y}.mvt")
async def tile(
    request: Request, services: ServicesIn, principal: PrincipalIn, name: str, z: str, x: str, y: str
) -> Response:
    """A Mapbox vector tile (XYZ in web mercator, 4096 steps) of a layer in the asker's area."""
    maker: TileMaker = request.app.state.tiles
    held = request.headers.get("if-none-match", "")
    asked = (services, maker.shelf, principal, name, _tile(z, x, y), held)
    answer = await asyncio.get_running_loop().run_in_executor(maker.threads, read_tile, *asked)
    return _response(answer, packed="gzip" in request.headers.get("accept-encoding", ""))


def _tile(z: str, x: str, y: str) -> Tile:
    if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in (z, x, y)):
        raise NoSuchTile(z=z[:9], x=x[:9], y=y[:9], deepest=DEEPEST)
    return Tile(int(z), int(x), int(y))


def _response(answer: Answer, *, packed: bool) -> Response:
    headers = {"ETag": f'"{answer.etag}"', "Cache-Control": _CACHING, "Vary": "Accept-Encoding, Cookie"}
    if answer.packed is None:
        return Response(None, 304, headers)
    if not answer.packed:
        return Response(None, 204, headers)
    if packed:
        return Response(answer.packed, 200, {**headers, "Content-Encoding": "gzip"}, MEDIA_TYPE)
    return Response(gzip.decompress(answer.packed), 200, headers, MEDIA_TYPE)
