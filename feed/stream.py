"""One client of a hub: a cursor into its ring. Transport is the caller's: it gives a `send` for messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import orjson

from core.permissions import Scope
from feed.hub import Hub

Send = Callable[[bytes, int | None], Awaitable[None]]
"""Takes a message and, for a patch, its position; returns when the transport has room for more."""


async def pump(
    hub: Hub, scope: Scope, after: int, send: Send, *, wall: str = "", veiled: bool = False,
    hears_live: bool = True,
) -> None:  # fmt: skip
    """Send everything after a position, then what comes, for ever. Ends after `{"reset": N}`.

    A `wall` is served before the others: with hundreds of them it makes milliseconds. While it is hidden
    (保密) it is told nothing but that; `{"state": …}` takes the place of all it holds, and gives it back.
    `veiled`: what it holds now is that of a hidden wall.

    Who watches a drill and `hears_live` is told as well what is grave there, whole whenever that changes.

    A slow client waits in `send` alone; when it comes back and its place has left the ring it gets one
    coalesced patch, or is reset.
    """
    held = replace(scope, veiled=wall if veiled else "")
    client = _Client(hub, held, after, send, wall)
    client.beside = hub.beside if hears_live else None
    try:
        await client.run()
    finally:
        client.leave()


class _Client:
    def __init__(self, hub: Hub, scope: Scope, after: int, send: Send, wall: str) -> None:
        self._hub, self._scope, self._send, self._wall = hub, scope, send, wall
        hub.watch(scope)
        self._cursor = after
        self._positions = -1
        self._told = hub.told(scope)
        self._beat = -1
        self.beside: Hub | None = None
        self._graves: tuple[Scope, int] | None = None
        self._graves_told = b""

    async def run(self) -> None:
        if self._cursor > self._hub.seq:  # known from another process, perhaps, that heard of it first
            await self._hub.look()
        while True:
            news = self._hub.news(first=bool(self._wall))
            if not await self._events():
                await self._send(orjson.dumps({"reset": self._hub.seq}), None)
                return
            await self._moves()
            await self._notices()
            await self._live()
            if self._cursor == self._hub.seq and self._beat != self._hub.beat:
                self._beat = self._hub.beat
                await self._send(self._hub.heartbeat(self._scope), None)
            if self._cursor == self._hub.seq:
                await news.wait()

    def leave(self) -> None:
        self._hub.unwatch(self._scope)

    async def _veil(self) -> bool:
        """Once the wall is hidden, or no longer: all that it may show now, in place of what it holds."""
        now = self._hub.as_hung(self._scope, self._wall)
        if now == self._scope:
            return False
        self._hub.watch(now)
        self._hub.unwatch(self._scope)
        self._scope, self._cursor, self._positions = now, self._hub.seq, -1
        await self._send(b'{"state":%b}' % self._hub.state(now), None)
        return True

    async def _events(self) -> bool:
        """Send up to the head; False when only a fresh state helps."""
        while True:
            if await self._veil():
                continue
            if self._cursor >= self._hub.seq:
                return self._cursor == self._hub.seq
            if not await self._next():
                return False

    async def _next(self) -> bool:
        """Send what comes after the cursor; False when that is not known any more, or not to be told."""
        if self._scope.visitors and self._cursor + 1 < self._hub.board.hidden_seq:
            return False  # frames of before tell of what was marked since
        frame = self._hub.frame(self._cursor + 1)
        if frame is None:
            seq, patch = self._hub.seq, self._hub.catch_up(self._scope, self._cursor)
            if patch is None:
                return False
            await self._send(patch, seq)
            self._cursor = seq
            return True
        if payload := frame.payload(self._hub.board, self._scope):
            await self._send(payload, frame.seq)
        self._cursor = frame.seq
        return not (frame.change.hides and self._scope.visitors)  # what was said before is told again

    async def _moves(self) -> None:
        frame = self._hub.position_frame
        if frame == self._positions:
            return
        rows = self._hub.positions_since(self._scope, self._positions)
        self._positions = frame
        if rows:
            await self._send(rows, None)

    async def _notices(self) -> None:
        """A hint: what the office is told has changed, and is to be asked for."""
        told = self._hub.told(self._scope)
        if told != self._told and not self._scope.veiled:
            self._told = told
            await self._send(orjson.dumps({"notices": told}), None)

    async def _live(self) -> None:
        if self.beside is None or self._graves == (self._scope, self.beside.graves_seq):
            return
        if self._hub.as_hung(self._scope, self._wall) != self._scope:
            return  # hidden since the last look
        self._graves = self._scope, self.beside.graves_seq
        graves = self.beside.graves(self._scope)
        if graves != self._graves_told:
            self._graves_told = graves
            await self._send(graves, None)
