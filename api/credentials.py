"""From a request's headers to whoever it stands for. SQL runs on threads of its own, never on the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import Engine

from core.clock import real_now
from core.permissions import Principal
from db.sessions import Limits, Session, find_sessions, find_token, touch

DESK_COOKIE = "zhihui_desk"
WALL_COOKIE = "zhihui_wall"
UNIT_COOKIE = "zhihui_unit"
FIELD = "/field"
WALLS_A_BROWSER = 4
"""One machine may drive several walls: the wall cookie holds the values of the last few, joined by dots."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_TOUCH_EVERY = timedelta(minutes=1)
_LONGEST_SECRET = 200

Scope = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a request stands for, and whether a cookie says so (then its Origin must be ours)."""

    principal: Principal
    by_cookie: bool


def headers(scope: Scope) -> dict[str, str]:
    """The request's headers by lower-case name; of a repeated one the last."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def query(scope: Scope) -> dict[str, str]:
    """The query's values by name; of a repeated one the last."""
    text = scope.get("query_string", b"").decode("latin-1")
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}


def cookies(scope: Scope) -> dict[str, str]:
    """The cookies by name, as they stand."""
    pairs = (part.partition("=") for part in headers(scope).get("cookie", "").split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def wall_of(path: str) -> str | None:
    """NAME of /wall/NAME."""
    prefix, _, name = path.strip("/").partition("/")
    return name if prefix == "wall" and name and "/" not in name else None


class Authenticator:
    """Finds whom a request stands for, in the database each time: a revocation counts at once."""

    def __init__(
        self,
        engine: Engine,
        now: Callable[[], datetime] = real_now,
        limits: Limits | None = None,
        threads: int = 4,
    ) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._now, self._limits = now, limits or Limits()
        self._pool = ThreadPoolExecutor(threads, "gate")

    async def __call__(self, scope: Scope) -> Found | None:
        """None when there is no credential, or none that is alive. Database errors pass through."""
        authorization = headers(scope).get("authorization")
        if authorization is not None:
            return await self._run(self._by_token, authorization)
        held = cookies(scope)
        single = [held[name] for name in (DESK_COOKIE, UNIT_COOKIE) if held.get(name)]
        values = [*single, *wall_cookies(held)]
        if not values:
            return None
        return await self._run(self._by_cookies, scope, values)

    async def _run(self, work: Callable[..., Found | None], *arguments: Any) -> Found | None:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)

    def _by_token(self, authorization: str) -> Found | None:
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() != "bearer" or len(secret) > _LONGEST_SECRET:
            return None
        with self._engine.connect() as conn:
            principal = find_token(conn, secret.strip())
        return None if principal is None else Found(principal, by_cookie=False)

    def _by_cookies(self, scope: Scope, values: list[str]) -> Found | None:
        now = self._now()
        with self._engine.connect() as conn:
            found = find_sessions(conn, values, now, self._limits)
            session = choose(found, wanted_wall(scope), unit=wants_unit(scope))
            if session is None:
                return None
            if scope.get("method", "GET") not in SAFE_METHODS and now - session.seen_at > _TOUCH_EVERY:
                touch(conn, session.hash, now)
        return Found(session.principal, by_cookie=True)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


def wall_cookies(held: dict[str, str]) -> list[str]:
    """The values in the wall cookie, oldest first."""
    return [value for value in held.get(WALL_COOKIE, "").split(".") if value][-WALLS_A_BROWSER:]


def wanted_wall(scope: Scope) -> str | None:
    """Which wall the request is for: /wall/NAME itself, or ?wall=NAME on what its page asks for."""
    return wall_of(scope["path"]) or query(scope).get("wall")


def wants_unit(scope: Scope) -> bool:
    """Whether the request is a unit's phone's: /field itself, or ?unit= on what its page asks for."""
    return scope["path"] == FIELD or "unit" in query(scope)


def choose(found: list[Session], wall: str | None, *, unit: bool = False) -> Session | None:
    """The session of the wall asked for, or of the phone; else the desk's; else, where no wall was named,
    any wall's or phone's."""
    desk = next((session for session in found if session.kind == "desk"), None)
    if unit:
        return next((session for session in found if session.kind == "unit"), desk)
    if wall is not None:
        named = (session for session in found if session.kind == "wall" and session.principal.name == wall)
        return next(named, desk)
    return desk or next(iter(found), None)
