"""Following a realm's log: Redis for speed, the log itself for truth.

Subscribed first, then loaded. A published message whose events follow the head is taken at once; on a gap,
on every (re)subscription and every second the log is read after the head. So a lost message costs at most a
second, and a dead Redis only slows things down.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from db.log import Wire

log = logging.getLogger(__name__)

POLL_S = 1.0
PAGE = 1000
PATIENCE_S = 0.02
"""Verbs that commit one after the other may be announced the other way round: gaps may stand open so long."""
EARLY = 200
DEAF_S = 4.0
"""A Redis that has not even answered a ping for so long hangs: it is left, and called again."""


class Tail:
    """Hands every event of one realm to `on_event`, once and in order, on the event loop."""

    def __init__(
        self,
        redis: Redis,
        channel: str,
        read_after: Callable[[int], list[Wire]],
        executor: Executor,
        on_event: Callable[[Wire], None],
    ) -> None:
        self._redis, self._channel = redis, channel
        self._read_after, self._executor = read_after, executor
        self._on_event = on_event
        self.head = 0
        self._hash = ""
        self.subscribed = False
        self._loaded = False
        self._looked_at = float("-inf")
        self._others: dict[str, Callable[[bytes], None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._repairing = asyncio.Lock()
        self._early: dict[int, list[Wire]] = {}
        self._filling: asyncio.Task[None] | None = None

    def also(self, channel: str, on_message: Callable[[bytes], None]) -> None:
        """Hear another channel on the same subscription; before `start`."""
        self._others[channel] = on_message

    async def start(self, load: Callable[[], Awaitable[tuple[int, str]]], patience_s: float = 0.5) -> None:
        """Subscribe, then load (it returns the head it loaded, and its hash), then follow for ever."""
        self._tasks.append(asyncio.create_task(self._listen()))
        await self._await_subscription(patience_s)
        self.head, self._hash = await load()
        self._loaded = True
        await self._repair()
        self._tasks.append(asyncio.create_task(self._poll()))

    async def _await_subscription(self, patience_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while not self.subscribed:
                    await asyncio.sleep(0.005)

    async def stop(self) -> None:
        tasks = [*self._tasks, *([self._filling] if self._filling else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def take(self, wires: list[Wire]) -> bool:
        """Fold what follows the head; False when something between is missing, or it is another log's.

        What follows is known by its chain, not by its number alone: another city may publish on the same
        channel of the same Redis.
        """
        for wire in wires:
            if wire["seq"] <= self.head:
                continue
            if wire["seq"] != self.head + 1 or wire["prev_hash"] != self._hash:
                return False
            self._on_event(wire)
            self.head, self._hash = wire["seq"], wire["hash"]
        return True

    @property
    def blind_s(self) -> float:
        """Seconds since the log was last read to its end: more than a few, and nobody knows what is in it."""
        return time.monotonic() - self._looked_at

    async def look(self) -> None:
        """Read the log now: somebody knows of a position that has not been heard of here."""
        with suppress(SQLAlchemyError):
            await self._repair()

    async def _repair(self) -> None:
        async with self._repairing:
            loop = asyncio.get_running_loop()
            while wires := await loop.run_in_executor(self._executor, self._read_after, self.head):
                self.take(wires)
                if len(wires) < PAGE:
                    break
            self._looked_at = time.monotonic()

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            try:
                await self._repair()
            except Exception as error:
                log.warning("cannot read the log of %s: %s", self._channel, error)

    async def _listen(self) -> None:
        while True:
            try:
                await self._subscription()
            except (RedisError, OSError) as error:
                log.warning("redis is gone, following by polling: %s", error)
            except Exception:
                log.exception("a message on %s was not understood", self._channel)
            finally:
                self.subscribed = False
            await asyncio.sleep(POLL_S / 2)

    async def _subscription(self) -> None:
        async with self._redis.pubsub() as pubsub:
            async with asyncio.timeout(DEAF_S):
                await pubsub.subscribe(self._channel, *self._others)
            heard_at = time.monotonic()
            while time.monotonic() - heard_at < DEAF_S:
                message = await pubsub.get_message(timeout=POLL_S)
                if message is None:
                    await pubsub.ping()
                    continue
                heard_at = time.monotonic()
                if message["channel"]:
                    await self._heard(message)
            raise TimeoutError("redis does not answer")

    async def _heard(self, message: dict[str, Any]) -> None:
        channel = message["channel"].decode()
        if message["type"] == "subscribe" and channel == self._channel:
            self.subscribed = True
            if self._loaded:
                await self._repair()
        elif message["type"] == "message" and channel in self._others:
            self._others[channel](message["data"])
        elif message["type"] == "message" and self._loaded:
            await self._take(orjson.loads(message["data"])["events"])

    async def _take(self, wires: list[Wire]) -> None:
        """A published message; before the board is loaded it is left: loading finds it in the log."""
        if wires[0]["seq"] > self.head + 1 and len(self._early) < EARLY:
            self._early[wires[0]["seq"]] = wires
            if self._filling is None or self._filling.done():
                self._filling = asyncio.create_task(self._fill())
            return
        taken = self.take(wires)
        while taken and (following := self._early.pop(self.head + 1, None)):
            taken = self.take(following)
        if not taken:
            await self._repair()

    async def _fill(self) -> None:
        """Read from the log what was announced early, if what lies before it was not told meanwhile."""
        await asyncio.sleep(PATIENCE_S)
        early, self._early = self._early, {}
        if any(seq > self.head for seq in early):
            await self.look()
