"""Marks of the way of a fact through one web process: monotonic nanoseconds, the same clock for all here.

Hung on the product from outside, by the bench's own application alone (`bench.probe`): the product carries
no line of it, so it costs nothing where it is not asked for.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

from actions.unit_of_work import Transaction
from feed.announce import Announcer
from feed.hub import Hub

KEPT = 4096
Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Mark = dict[str, int]

Hook = Callable[[tuple[Any, ...]], None]

_request: ContextVar[Mark | None] = ContextVar("bench_request", default=None)
_PATCH = '{"seq":'


class Marks:
    """By seq: received, begun, locked, decided, committed, heard, folded, wall, last.

    `wall` is when the patch was handed to the socket of the (last) wall, `last` to that of the last reader.
    """

    def __init__(self) -> None:
        self._by_seq: dict[int, Mark] = {}

    def attach(self) -> None:
        """Hang the marks on the verbs, the announcer and the hub of this process."""
        _around(Transaction, "begin", lambda _: _note("begun"), lambda _: _note("locked"))
        _around(Transaction, "finish", lambda _: _note("decided"))
        _around(Announcer, "events", self._committed)
        _around(Hub, "_fold", self._fold_mark("heard"), self._fold_mark("folded"))

    def receive(self) -> None:
        """A request has come in; what its thread does until the commit belongs to it."""
        _request.set({"received": time.monotonic_ns()})

    def sender(self, send: Send, *, wall: bool) -> Send:
        """A WebSocket's `send` that notes when each patch was handed to the socket."""

        async def sending(message: Message) -> None:
            await send(message)
            text = message.get("text") or ""
            if text.startswith(_PATCH):
                mark = self._of(int(text[len(_PATCH) : text.index(",")]))
                mark["last"] = time.monotonic_ns()
                if wall:
                    mark["wall"] = mark["last"]

        return sending

    def as_json(self) -> dict[int, Mark]:
        return self._by_seq

    def _of(self, seq: int) -> Mark:
        if seq not in self._by_seq:
            self._by_seq[seq] = {}
            if len(self._by_seq) > KEPT:
                del self._by_seq[next(iter(self._by_seq))]
        return self._by_seq[seq]

    def _committed(self, arguments: tuple[Any, ...]) -> None:
        _, _realm, wires = arguments
        if wires and (request := _request.get()) is not None:
            self._of(wires[-1]["seq"]).update(request, committed=time.monotonic_ns())

    def _fold_mark(self, name: str) -> Hook:
        def mark(arguments: tuple[Any, ...]) -> None:
            hub, wire = arguments
            if hub.realm == "live":
                self._of(wire["seq"])[name] = time.monotonic_ns()

        return mark


def _note(name: str) -> None:
    if (request := _request.get()) is not None:
        request[name] = time.monotonic_ns()


def _around(owner: type, name: str, before: Hook, after: Hook | None = None) -> None:
    """Have a method call `before` (and `after`) with its arguments."""
    original = getattr(owner, name)

    @wraps(original)
    def around(*arguments: Any, **named: Any) -> Any:
        before(arguments)
        result = original(*arguments, **named)
        if after is not None:
            after(arguments)
        return result

    setattr(owner, name, around)
