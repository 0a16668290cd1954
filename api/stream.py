"""The feed to screens and systems, as raw ASGI: WebSocket for screens, SSE for others.

No framework stands between the hub and the socket: measured, the endpoints of one cost half as much again
a delivery and a tail of 100 ms. Authentication is the gate's; here the connection is bound to its scope, and
`Streams` closes it when its credential is withdrawn.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from actions import access, walls
from actions.services import Services
from api.problems import language, problem
from core.envelope import Event
from core.errors import RealmUnknown
from core.events_system import ends, sees_otherwise
from core.permissions import Principal, Scope, may, may_enter
from feed.hub import Hub, Hubs, wall_of
from feed.stream import Send as Told
from feed.stream import pump

log = logging.getLogger(__name__)

AsgiScope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

BAD_REQUEST, WITHDRAWN, RESET, CHANGED = 4400, 4401, 4409, 4410
_FAREWELLS = {WITHDRAWN: '{"bye":"revoked"}', CHANGED: '{"reset":0,"forget":true}'}
PATH = "/api/v1/stream"
DISPLAY_MOST = 4096
_IDLE_CLOSE_S = 30.0
"""A client that takes nothing for this long is let go; it comes back by itself."""
_FAREWELL_S = 2.0
_LOOK_S, _LOOKS_A_KEEP_ALIVE = 10.0, 30


class _Outgoing:
    """Sends to one client, and knows since when the message on its way has waited for room.

    `_watch` looks now and then: a timeout for each message was a sixth of what sending costs.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._since: float | None = None

    async def __call__(self, message: dict[str, Any]) -> None:
        self._since = time.monotonic()
        await self._send(message)
        self._since = None

    @property
    def stuck(self) -> bool:
        return self._since is not None and time.monotonic() - self._since > _IDLE_CLOSE_S


@dataclass(eq=False)
class _Connection:
    principal: Principal
    task: asyncio.Future[None]
    """Cancelled when the connection has to end."""
    outgoing: _Outgoing | None = None


@dataclass
class Streams:
    """The open connections of this process."""

    open: set[_Connection] = field(default_factory=set)

    def withdraw_by(self, event: Event) -> None:
        """Close every stream that this fact of the system realm ends: a revoked token, a logout …; one whose
        wall may see other things now comes back at once, with nothing of what it held."""
        for connection in list(self.open):
            if ends(event.body, connection.principal):
                connection.task.cancel(WITHDRAWN_BY)
            elif sees_otherwise(event.body, connection.principal):
                connection.task.cancel(CHANGED_BY)

    @contextmanager
    def holding(self, principal: Principal) -> Iterator[asyncio.Future[None]]:
        """For a connection that is not made of tasks: what it gets is done when it has to end."""
        connection = _Connection(principal, asyncio.get_running_loop().create_future())
        self.open.add(connection)
        try:
            yield connection.task
        finally:
            self.open.discard(connection)

    def close_all(self) -> None:
        for connection in list(self.open):
            connection.task.cancel()


WITHDRAWN_BY, CHANGED_BY = "withdrawn", "changed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks of the stream."""

    realm: str
    after: int
    lang: str
    veiled: bool
    """Whether what it holds is that of a hidden wall."""

    @classmethod
    def of(cls, scope: AsgiScope, principal: Principal) -> Asked:
        query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope.get("headers", [])}
        after = query.get("after") or headers.get("last-event-id") or "0"
        if not (after.isascii() and after.isdigit() and len(after) < 19):
            raise ValueError(after)
        realm = query.get("realm") or principal.realm or "live"
        return cls(realm, int(after), language(query, headers), "veiled" in query)


@dataclass(frozen=True, slots=True)
class Feed:
    """What the stream's handlers stand on."""

    hubs: Hubs
    streams: Streams
    services: Services
    still_valid: Callable[[AsgiScope], Awaitable[bool]]
    """Asks again whether a request's credential is alive, and stands for whom it stood for."""


async def websocket(scope: AsgiScope, receive: Receive, send: Send, feed: Feed) -> None:
    """`/api/v1/stream` for screens. The gate has put the principal into the scope's state."""
    principal: Principal = scope["state"]["principal"]
    await receive()  # websocket.connect
    hub, asked = await _hub_of(scope, principal, feed.hubs)
    if hub is None or asked is None:
        await send({"type": "websocket.close", "code": BAD_REQUEST})
        return
    await send({"type": "websocket.accept"})

    outgoing = _Outgoing(send)

    async def deliver(message: bytes, _seq: int | None) -> None:
        await outgoing({"type": "websocket.send", "text": message.decode()})

    sending = asyncio.create_task(_pumping(hub, principal, asked, deliver))
    hearing = asyncio.create_task(_hear(receive, principal, feed.services))
    code = await _until_one_ends(scope, feed, _Connection(principal, sending, outgoing), hearing)
    with suppress(Exception):  # it may be gone, or take nothing: then it is not waited for
        async with asyncio.timeout(_FAREWELL_S):
            if code in _FAREWELLS:
                await send({"type": "websocket.send", "text": _FAREWELLS[code]})
            await send({"type": "websocket.close", "code": code})


def _pumping(hub: Hub, principal: Principal, asked: Asked, deliver: Told) -> Coroutine[Any, Any, None]:
    scope, wall = Scope.of(principal), wall_of(principal)
    hears_live = may_enter(principal, "live")
    veiled = asked.veiled and bool(wall)
    return pump(hub, scope, asked.after, deliver, wall=wall, veiled=veiled, hears_live=hears_live)


async def _until_one_ends(
    scope: AsgiScope, feed: Feed, connection: _Connection, hearing: asyncio.Task[None]
) -> int:
    """Wait for the end of a connection; the close code it deserves."""
    sending = connection.task
    feed.streams.open.add(connection)
    watching = asyncio.create_task(_watch(scope, feed, connection))
    try:
        await asyncio.wait({sending, hearing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        feed.streams.open.discard(connection)
        hearing.cancel()
        watching.cancel()
    if not sending.done():
        sending.cancel()
    try:
        await sending
    except asyncio.CancelledError as cancelled:
        reasons = {WITHDRAWN_BY: WITHDRAWN, CHANGED_BY: CHANGED}
        return next((code for why, code in reasons.items() if why in cancelled.args), 1000)
    except Exception as error:
        log.info("stream of %s ended: %r", connection.principal.name, error)
        return 1011
    return RESET


async def _watch(scope: AsgiScope, feed: Feed, connection: _Connection) -> None:
    """Once more after the connection is known to be open, for a revocation may have come between; then now
    and then: a client that takes nothing is let go, and a desk that watches is not logged out as idle."""
    if not await feed.still_valid(scope):
        connection.task.cancel(WITHDRAWN_BY)
    for look in itertools.count(1):
        await asyncio.sleep(_LOOK_S)
        if connection.outgoing is not None and connection.outgoing.stuck:
            log.info("stream of %s ended: nothing is taken", connection.principal.name)
            connection.task.cancel()
        if connection.principal.kind == "user" and look % _LOOKS_A_KEEP_ALIVE == 0:
            with suppress(Exception):
                await asyncio.to_thread(access.watches, feed.services, connection.principal)


async def _hub_of(scope: AsgiScope, principal: Principal, hubs: Hubs) -> tuple[Hub | None, Asked | None]:
    try:
        asked = Asked.of(scope, principal)
        if not (may(principal, "read") and may_enter(principal, asked.realm)):
            return None, None
        return await hubs.of(asked.realm), asked
    except (ValueError, RealmUnknown):
        return None, None


async def _hear(receive: Receive, principal: Principal, services: Services) -> None:
    """What a client says: a wall what it displays; everything else is left unread."""
    while True:
        message = await receive()
        if message["type"] == "websocket.disconnect":
            return
        said = message.get("text") or ""
        if principal.kind == "wall" and len(said) <= DISPLAY_MOST:
            await _note_display(said, principal, services)


async def _note_display(said: str, principal: Principal, services: Services) -> None:
    try:
        display = orjson.loads(said)["display"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return
    if isinstance(display, dict):
        with suppress(Exception):
            await asyncio.to_thread(walls.note_display, services, principal.name, display)


async def events(scope: AsgiScope, receive: Receive, send: Send, feed: Feed) -> None:
    """The same patches as SSE, `id:` = position; for systems without WebSocket."""
    principal: Principal = scope["state"]["principal"]
    hub, asked = await _hub_of(scope, principal, feed.hubs)
    if hub is None or asked is None:
        await _refuse(scope, send, principal)
        return
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})

    outgoing = _Outgoing(send)

    async def deliver(message: bytes, seq: int | None) -> None:
        ident = f"id: {seq}\n".encode() if seq is not None else b""
        body = ident + b"data: " + message + b"\n\n"
        await outgoing({"type": "http.response.body", "body": body, "more_body": True})

    sending = asyncio.create_task(_pumping(hub, principal, asked, deliver))
    hearing = asyncio.create_task(_until_disconnect(receive))
    await _until_one_ends(scope, feed, _Connection(principal, sending, outgoing), hearing)
    with suppress(Exception):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(scope: AsgiScope, send: Send, principal: Principal) -> None:
    query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
    headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope.get("headers", [])}
    code, params = _why_not(scope, principal)
    status, body = problem(code, language(query, headers), params)
    head = [(b"content-type", b"application/problem+json")]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


def _why_not(scope: AsgiScope, principal: Principal) -> tuple[str, dict[str, Any]]:
    """A bad position, no right, or no such realm."""
    try:
        realm = Asked.of(scope, principal).realm
    except ValueError as error:
        return "invalid_input", {"pointer": "after", "detail": str(error)[:40]}
    if not (may(principal, "read") and may_enter(principal, realm)):
        return "forbidden", {"verb": "read", "role": principal.role}
    return "realm_unknown", {"realm": realm}
