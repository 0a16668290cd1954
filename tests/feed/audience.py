"""Hubs as a web process has them, and clients that remember what they were sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import orjson
from redis.asyncio import Redis

from actions import assignments
from actions.services import Services
from actions.unit_of_work import Call
from core.permissions import Scope
from feed.hub import Backing, Hub
from feed.positions import Positions
from feed.stream import pump
from tests.cast import IN_A, IN_B, OFFICER
from tests.parts import report, send
from tests.screen import Screen

T = TypeVar("T")


@asynccontextmanager
async def hub_of(
    services: Services, redis_url: str, realm: str = "live", positions: Positions | None = None
) -> AsyncIterator[Hub]:
    """A started hub. With positions of its own it stands for another process than the services'."""
    redis = Redis.from_url(redis_url, socket_connect_timeout=1, health_check_interval=5)
    executor = ThreadPoolExecutor(4)
    latest = services.positions if positions is None else positions
    hub = Hub(realm, Backing(services.engine, redis, executor, latest, "test", "v1"))
    await hub.start()
    try:
        yield hub
    finally:
        await hub.stop()
        await redis.aclose()
        executor.shutdown(cancel_futures=True)


class Client:
    """Draws what it is sent, and checks that nothing comes twice or out of order."""

    def __init__(self, hub: Hub, area: str = "", after: int = 0) -> None:
        self.hub, self.scope, self.after = hub, Scope(area), after
        self.screen = Screen()
        self.messages: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> Client:
        self._task = asyncio.create_task(pump(self.hub, self.scope, self.after, self._take))
        return self

    async def _take(self, message: bytes, seq: int | None) -> None:
        await self.gate.wait()
        said = orjson.loads(message)
        self.messages.append(said)
        self.times.append(time.monotonic())
        if seq is not None:
            assert said["seq"] == seq > self.screen.seq, "twice, or out of order"
            self.screen.apply(said)

    def of_kind(self, kind: str) -> list[Any]:
        return [message[kind] for message in self.messages if kind in message]

    @property
    def ended(self) -> bool:
        return self._task is not None and self._task.done()

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task


@asynccontextmanager
async def watching(*clients: Client) -> AsyncIterator[None]:
    for client in clients:
        client.start()
    try:
        yield
    finally:
        for client in clients:
            await client.stop()


async def until(condition: Callable[[], T], within_s: float = 10.0) -> T:
    """Asks again and again while the loop runs; the value once it is true."""
    deadline = time.monotonic() + within_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.01)


async def doing(work: Callable[..., T], *arguments: Any, **more: Any) -> T:
    """A verb, off the event loop, as the application calls it."""
    return await asyncio.to_thread(work, *arguments, **more)


def whole(hub: Hub, area: str = "") -> Screen:
    """What the state shows to somebody who comes now."""
    screen = Screen()
    screen.apply(orjson.loads(hub.state(Scope(area))))
    return screen


def agrees(client: Client, area: str = "") -> bool:
    """Whether a client draws what the state shows."""
    fresh = whole(client.hub, area)
    return client.screen.features == fresh.features and client.screen.hash() == fresh.hash()


async def busy_minute(city: Services, rounds: int = 5) -> None:
    """A few incidents, dispatched and released."""
    for n in range(rounds):
        ident = await doing(report, city, IN_A if n % 2 else IN_B)
        for assignment in await doing(send, city, ident, "F1", "P2"):
            await doing(assignments.advance, city, Call(OFFICER), assignment, "release")
