"""The wiring: `create_app(settings)` puts the parts together; nothing is connected before it runs."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from operator import attrgetter
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from redis.asyncio import Redis

from actions import background
from actions.services import Services
from api import assets, field, ground, login, screens, stream, tiles
from api.credentials import Authenticator
from api.gate import Gate
from api.remembered import Remembering
from api.web import create_web
from callbacks import register
from feed.hub import Backing, Hub, Hubs
from instance.services import parts_of
from settings import Settings

log = logging.getLogger(__name__)

POOL = 16
FEED_THREADS = 4
_IMPORTS, _SEQ = attrgetter("imports"), attrgetter("seq")
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def create_app(settings: Settings, *, alone: bool = True) -> Gate:
    """The ASGI application of one web process: gate → stream, or FastAPI with the API and Dash's pages.

    `alone`: no other process of the instance does what is to be done by itself.
    """
    services = parts_of(settings, POOL)
    executor = ThreadPoolExecutor(FEED_THREADS, "feed")
    redis = Redis.from_url(settings.redis_url, socket_connect_timeout=1, health_check_interval=5)
    hubs = Hubs(
        Backing(services.engine, redis, executor, services.positions, settings.city, settings.version)
    )
    streams = stream.Streams()
    web = create_web(services, hubs, _lifespan(services, hubs, streams, alone), settings.version)
    web.state.streams = streams
    web.state.tiles = tiles.TileMaker(services, settings.redis_url, lambda: _heard(hubs, "live", _IMPORTS))
    dash = screens.create_dash(web)
    base = ground.chosen(settings.basemap_url, settings.tianditu_key)
    files = assets.Assets(web, screens.STATIC)  # type: ignore[arg-type]
    screens.add_pages(web, dash, services, settings.version, base, files)
    field.add_page(web, services, settings.version)
    web.router.routes.extend(login.routes(services))
    register(dash, services, ThreadPoolExecutor(POOL, "callbacks"))
    authenticate = Authenticator(services.engine)

    async def still_valid(scope: Message) -> bool:
        found = await authenticate(scope)
        return found is not None and found.principal == scope["state"]["principal"]

    feed = stream.Feed(hubs, streams, services, still_valid)
    remembering = Remembering(authenticate, lambda: _heard(hubs, "system", _SEQ))
    router = _Router(files, feed, tiles.StraightTiles(files, web.state.tiles))
    return Gate(router, services, remembering, base.hosts if base else [])


def _heard(hubs: Hubs, realm: str, what: Callable[[Hub], int]) -> int | None:
    """How far this process has followed a realm; None where it may hear of a fact late."""
    hub = hubs.running(realm)
    return what(hub) if hub is not None and hub.listening else None


def _lifespan(services: Services, hubs: Hubs, streams: stream.Streams, alone: bool) -> Any:
    @asynccontextmanager
    async def lifespan(_web: FastAPI) -> AsyncIterator[None]:
        live, system = await hubs.of("live"), await hubs.of("system")
        system.heard = streams.withdraw_by
        chores = background.Chores(services, shared=alone)
        chores.start()
        log.info("serving; live is at %s", live.seq)
        try:
            yield
        finally:
            streams.close_all()
            await asyncio.to_thread(chores.stop)
            with suppress(Exception):
                await hubs.stop()

    return lifespan


class _Router:
    """The stream and the tiles go straight to their raw handlers; everything else to FastAPI."""

    def __init__(self, web: assets.Assets, feed: stream.Feed, straight: tiles.StraightTiles) -> None:
        self._web, self._feed, self._straight = web, feed, straight

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope.get("path") == stream.PATH and scope["type"] == "websocket":
            await stream.websocket(scope, receive, send, self._feed)
        elif scope.get("path") == stream.PATH and scope["type"] == "http":
            await stream.events(scope, receive, send, self._feed)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": stream.BAD_REQUEST})
        elif scope["type"] == "http" and tiles.is_tile(scope):
            await self._straight(scope, receive, send)
        else:
            await self._web(scope, receive, send)


def serve() -> Gate:
    """The factory for uvicorn; ZHIHUI_DATA names the instance's folder. Its chores have their own process."""
    return create_app(Settings.from_env(Path(os.environ["ZHIHUI_DATA"])), alone=False)
