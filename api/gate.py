"""The outermost door: nothing but the login and the health check is reached without a session or token.

Raw ASGI, so that the stream passes at no cost. Puts the principal into `scope["state"]["principal"]` and
into `pages.session.current_principal`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from actions import access, import_jobs, pictures, walls
from actions.services import Services
from api import answers, imports
from api.answers import BodyLimit, Receive, Send, forbidden, page, page_language, redirect, refuse
from api.credentials import (
    DESK_COOKIE,
    FIELD,
    SAFE_METHODS,
    UNIT_COOKIE,
    WALL_COOKIE,
    WALLS_A_BROWSER,
    Found,
    Scope,
    cookies,
    headers,
    query,
    wall_cookies,
    wall_of,
)
from core.permissions import ADMIN_ROLES, Principal, may
from pages.messages import text
from pages.session import current_principal

App = Callable[[Scope, Receive, Send], Awaitable[None]]
Authenticate = Callable[[Scope], Awaitable[Found | None]]

OPEN_PATHS = frozenset({"/login", "/healthz"})
API_BODY_BYTES = 2**20
PAGE_BODY_BYTES = 8 * 2**20
LOGIN_BODY_BYTES = 64 * 2**10
CLOSED_REVOKED = 4401
"""WebSocket close code: the credential is dead; a wall goes blank, a desk goes to the login."""

_MACHINE_PATHS = ("/api/", "/_", "/static/", "/assets/", "/metrics", "/favicon.ico")
_OPERATION_PAGES = (
    "/desk",
    "/wall",
    "/drills",
    "/replay",
    "/plans",
    "/reports",
    "/places",
    "/cases",
    "/handover",
    "/walls",
    "/alerts",
    "/briefing",
)
_VISITORS_ASK = frozenset(
    f"/api/v1/{name}"
    for name in (
        "state", "state/hash", "stream", "city", "classes", "walls",
    )
)  # fmt: skip
_ANYWHERE: dict[str, Collection[str]] = {"realm": (), "lang": ()}
_VISITORS_FIGURES: dict[str, dict[str, Collection[str]]] = {
    "/api/v1/kpis": {"period": ("days30",), "by": ("day",)},
    "/api/v1/measures/posts_reach": {"tier": ("1",)},
    "/api/v1/measures/arrival_median": {"tier": ("1",)},
}
"""Figures of the scenes, as wide as those ask for them: narrower ones would tell of single incidents. What
may be asked of each, and with which values; () = any."""
_VISITORS_UNDER = (
    "/wall/",
    "/static/",
    "/assets/",
    "/_",
    *(f"/api/v1/{name}/" for name in ("layers", "walls", "plans", "linkages")),
)
_VEILED_ASK = frozenset(f"/api/v1/{name}" for name in ("state", "state/hash", "stream", "city", "classes"))
_VEILED_UNDER = ("/wall/", "/static/", "/assets/", "/_", "/api/v1/layers/", "/api/v1/walls")
_ATTACHED_TO = ("/api/v1/incidents/", "/api/v1/patrols/visits/")
_UNAVAILABLE = (DBAPIError, PoolTimeout)
_COOKIE_AGE_S = 400 * 86400
"""The longest that browsers keep a cookie; a wall runs for weeks, a phone is not asked every day."""

log = logging.getLogger(__name__)


class Gate:
    """Wraps the whole application. `images`: origins of a base map from outside, if there is one."""

    def __init__(
        self, app: App, services: Services, authenticate: Authenticate, images: Sequence[str] = ()
    ) -> None:
        self._app, self._services = app, services
        self.authenticate = authenticate
        self._headers = answers.security_headers(images)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, answers.with_headers(send, self._headers))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        wall = wall_of(scope["path"])
        secret = None if wall is None else query(scope).get("token")
        try:
            if wall is not None and secret and scope["method"] == "GET":
                await self._open_wall(scope, send, wall, secret)
                return
            if scope["path"] == FIELD and scope["method"] == "GET" and "token" in query(scope):
                await self._open_phone(scope, send, query(scope)["token"])
                return
            found = None if scope["path"] in OPEN_PATHS else await self.authenticate(scope)
        except _UNAVAILABLE as error:
            log.warning("cannot tell who asks, the database is away: %s", type(error).__name__)
            await _unavailable(scope, send)
            return
        if scope["path"] in OPEN_PATHS:
            await self._open(scope, receive, send)
        elif found is None:
            await _unknown(scope, send)
        else:
            await self._known(scope, receive, send, found)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Without a session. A login from another site's page is refused, one without an Origin is not."""
        if "origin" in headers(scope) and scope["method"] not in SAFE_METHODS and not same_origin(scope):
            await refuse(scope, send, "origin_refused")
            return
        await BodyLimit(scope, receive, send, LOGIN_BODY_BYTES).run(self._app)

    async def _known(self, scope: Scope, receive: Receive, send: Send, found: Found) -> None:
        if found.by_cookie and scope["method"] not in SAFE_METHODS and not same_origin(scope):
            await refuse(scope, send, "origin_refused")
        elif await self._not_shown(scope, found.principal):
            await refuse(scope, send, "forbidden")
        elif _page_forbidden(scope["path"], found.principal):
            await forbidden(scope, send)
        else:
            _introduce(scope, found.principal)
            await BodyLimit(scope, receive, send, _limit(scope, found.principal)).run(self._app)

    async def _not_shown(self, scope: Scope, principal: Principal) -> bool:
        """Whether a wall asks for what those before it may not see, or what belongs to a hidden picture."""
        if principal.visitors and not _for_visitors(scope):
            return True
        if principal.kind != "wall" or _behind_veil(scope):
            return False
        realm = query(scope).get("realm") or principal.realm or "live"
        return await asyncio.to_thread(walls.is_blank, self._services, realm, principal.name)

    async def _open_wall(self, scope: Scope, send: Send, name: str, secret: str) -> None:
        """Exchange the token for a cookie and ask again without it, so that it stays in no history."""
        cookie = await asyncio.to_thread(access.open_wall, self._services, name, secret)
        if cookie is None:
            await _unknown(scope, send)
            return
        values = [*wall_cookies(cookies(scope)), cookie][-WALLS_A_BROWSER:]
        rest = {key: value for key, value in query(scope).items() if key != "token"}
        where = quote(scope["path"]) + ("?" + urlencode(rest) if rest else "")
        header = set_cookie(scope, WALL_COOKIE, ".".join(values), max_age=_COOKIE_AGE_S)
        await redirect(send, where, [header])

    async def _open_phone(self, scope: Scope, send: Send, secret: str) -> None:
        """The same for a unit's phone."""
        cookie = await asyncio.to_thread(access.open_phone, self._services, secret)
        if cookie is None:
            await page(scope, send, 403, text(page_language(scope), "field.title"), "gate.unit_unknown")
            return
        rest = {key: value for key, value in query(scope).items() if key != "token"}
        header = set_cookie(scope, UNIT_COOKIE, cookie, max_age=_COOKIE_AGE_S)
        await redirect(send, FIELD + ("?" + urlencode(rest) if rest else ""), [header])

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            found = await self.authenticate(scope)
        except _UNAVAILABLE:
            await send({"type": "websocket.close", "code": 1013})
            return
        if found is None:
            await _dismiss(scope, receive, send)
        elif found.by_cookie and not same_origin(scope):
            await send({"type": "websocket.close", "code": 1008})
        else:
            _introduce(scope, found.principal)
            await self._app(scope, receive, send)


def _limit(scope: Scope, principal: Principal) -> int:
    """How large a body may be: files only from those who may import them."""
    path = scope["path"]
    if path == imports.UPLOADS and may(principal, "import"):
        return import_jobs.FILE_BYTES
    if path.startswith(_ATTACHED_TO) and path.endswith("/attach"):
        return pictures.MOST_SENT if may(principal, "attach") else API_BODY_BYTES
    return API_BODY_BYTES if path.startswith("/api/") else PAGE_BODY_BYTES


def _introduce(scope: Scope, principal: Principal) -> None:
    scope.setdefault("state", {})["principal"] = principal
    current_principal.set(principal)


def same_origin(scope: Scope) -> bool:
    """Whether the Origin header names this host; a missing one does not."""
    given = headers(scope)
    origin, host = urlsplit(given.get("origin", "")), given.get("host", "")
    return origin.scheme in ("http", "https") and bool(host) and origin.netloc.lower() == host.lower()


def set_cookie(scope: Scope, name: str, value: str, *, max_age: int | None = None) -> tuple[bytes, bytes]:
    """A Set-Cookie header: unseen by scripts, not sent with other sites' posts; Secure on https."""
    age = "" if max_age is None else f"; Max-Age={max_age}"
    secure = "; Secure" if scope.get("scheme") in ("https", "wss") else ""
    return b"set-cookie", f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}".encode()


async def _unknown(scope: Scope, send: Send) -> None:
    """Nobody we know: a wall stays black, a program gets a problem, a person is shown the login."""
    wall = wall_of(scope["path"])
    if wall is not None:
        await page(scope, send, 403, wall, "gate.wall_unknown")
    elif scope["path"].startswith(_MACHINE_PATHS) or scope["method"] not in ("GET", "HEAD"):
        await refuse(scope, send, "unauthorized")
    else:
        asked = quote(scope["path"]) + ("?" + query_text if (query_text := _query_text(scope)) else "")
        known = {"next": asked} | {key: value for key, value in query(scope).items() if key == "lang"}
        await redirect(send, "/login?" + urlencode(known))


def _query_text(scope: Scope) -> str:
    return str(scope.get("query_string", b"").decode("latin-1"))


async def _unavailable(scope: Scope, send: Send) -> None:
    """The database is away: pages try again by themselves, programs are told to."""
    if scope["path"].startswith(_MACHINE_PATHS) or scope["method"] not in ("GET", "HEAD"):
        await refuse(scope, send, "unavailable")
    else:
        await page(scope, send, 503, wall_of(scope["path"]) or "", "gate.waiting", refresh_s=5)


def _for_visitors(scope: Scope) -> bool:
    """What a wall asks for that visitors stand before: its picture, each part of which leaves out what is
    sensitive; nothing else, so that what is added some day does not tell it."""
    path = scope["path"]
    if path in _VISITORS_FIGURES:
        wide = _VISITORS_FIGURES[path] | _ANYWHERE
        return all(name in wide and value in (wide[name] or value) for name, value in query(scope).items())
    return path in _VISITORS_ASK or path.startswith(_VISITORS_UNDER)


def _behind_veil(scope: Scope) -> bool:
    """What a wall may ask for while its picture is hidden: itself, the ground, and a state that tells of the
    veil alone."""
    path = scope["path"]
    return (path in _VEILED_ASK and "at" not in query(scope)) or path.startswith(_VEILED_UNDER)


def _page_forbidden(path: str, principal: Principal) -> bool:
    """Pages of operations need the right to read; the administrators' page needs an administrator."""
    first = "/" + path.strip("/").partition("/")[0]
    if first == FIELD:
        return not may(principal, "field")
    if first in _OPERATION_PAGES:
        return not may(principal, "read")
    return first == "/admin" and principal.role not in ADMIN_ROLES


async def _dismiss(scope: Scope, receive: Receive, send: Send) -> None:
    """A browser with a dead cookie is told so, for a refused handshake looks to it like an outage."""
    held = cookies(scope)
    if not (DESK_COOKIE in held or WALL_COOKIE in held) or not same_origin(scope):
        await send({"type": "websocket.close", "code": 1008})
        return
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": orjson.dumps({"bye": "revoked"}).decode()})
    await send({"type": "websocket.close", "code": CLOSED_REVOKED})


def principal_of(scope: dict[str, Any]) -> Principal | None:
    """Whom the gate let in; for raw ASGI handlers."""
    principal: Principal | None = scope.get("state", {}).get("principal")
    return principal
