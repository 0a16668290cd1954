"""One client of a hub: a cursor into its ring. Transport is the caller's: it gives a `send` for messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import orjson

from core.permissions import Scope
from feed.hub import Hub

Send = Callable[[bytes, int | None], Awaitable[None]]
"""Takes a message and, for a patch, its position; returns when the transport has room for more."""


async def pump(hub: Hub, scope: Scope, after: int, send: Send, *, first: bool = False) -> None:
    """Send everything after a position, then what comes, for ever. Ends after `{"reset": N}`.

    A client that is `first` is served before the others: with hundreds of them it makes milliseconds.

    A slow client waits in `send` alone; when it comes back and its place has left the ring it gets one
    coalesced patch, or is reset.
    """
    hub.watch(scope)
    try:
        await _Client(hub, scope, after, send, first=first).run()
    finally:
        hub.unwatch(scope)


class _Client:
    def __init__(self, hub: Hub, scope: Scope, after: int, send: Send, *, first: bool) -> None:
        self._hub, self._scope, self._send, self._first = hub, scope, send, first
        self._cursor = after
        self._positions = -1
        self._told = hub.told(scope)
        self._beat = -1

    async def run(self) -> None:
        if self._cursor > self._hub.seq:  # known from another process, perhaps, that heard of it first
            await self._hub.look()
        while True:
            news = self._hub.news(first=self._first)
            if not await self._events():
                await self._send(orjson.dumps({"reset": self._hub.seq}), None)
                return
            await self._moves()
            await self._notices()
            if self._cursor == self._hub.seq and self._beat != self._hub.beat:
                self._beat = self._hub.beat
                await self._send(self._hub.heartbeat(self._scope), None)
            if self._cursor == self._hub.seq:
                await news.wait()

    async def _events(self) -> bool:
        """Send up to the head; False when only a fresh state helps."""
        if self._cursor > self._hub.seq:
            return False
        while self._cursor < self._hub.seq:
            if self._scope.visitors and self._cursor + 1 < self._hub.board.hidden_seq:
                return False  # frames of before tell of what was marked since
            frame = self._hub.frame(self._cursor + 1)
            if frame is None:
                seq, patch = self._hub.seq, self._hub.catch_up(self._scope, self._cursor)
                if patch is None:
                    return False
                await self._send(patch, seq)
                self._cursor = seq
                continue
            if payload := frame.payload(self._hub.board, self._scope):
                await self._send(payload, frame.seq)
            if frame.change.hides and self._scope.visitors:
                return False  # what was said of it before is told again without it
            self._cursor = frame.seq
        return True

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
        if told != self._told:
            self._told = told
            await self._send(orjson.dumps({"notices": told}), None)
