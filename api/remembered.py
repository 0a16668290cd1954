"""Whose credential was looked up lately, so that a screen full of tiles asks the database for it once.

For tiles alone: whatever acts, or shows more than the map, has its credential looked up each time. What is
remembered holds for one position of the realm `system`, where every revocation, logout, change of an account
and login is a fact: this process follows it, so any of them empties the memory the moment it is heard.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from api.credentials import Found, Scope
from api.tiles import is_tile

_BELIEVED_S = 10.0
"""A session that grows too old, which is no fact, is noticed after this."""
_MOST = 2048
_CREDENTIALS = (b"authorization", b"cookie")
Authenticate = Callable[[Scope], Awaitable[Found | None]]


@dataclass(frozen=True, slots=True)
class _Known:
    heard: int
    until: float
    found: Found


class Remembering:
    """`authenticate`, asked less often. `heard` is the position of the realm `system` in this process, None
    while it may hear of a fact late: then nothing is remembered."""

    def __init__(self, authenticate: Authenticate, heard: Callable[[], int | None]) -> None:
        self._authenticate, self._heard = authenticate, heard
        self._known: dict[bytes, _Known] = {}

    async def __call__(self, scope: Scope) -> Found | None:
        heard = self._heard()
        if heard is None or scope["type"] != "http" or not is_tile(scope):
            return await self._authenticate(scope)
        key = _key(scope)
        known = self._known.get(key)
        if known is not None and known.heard == heard and time.monotonic() < known.until:
            return known.found
        found = await self._authenticate(scope)
        if found is not None:
            self._keep(key, _Known(heard, time.monotonic() + _BELIEVED_S, found))
        return found

    def _keep(self, key: bytes, known: _Known) -> None:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = known


def _key(scope: Scope) -> bytes:
    """All that decides whom a request stands for; hashed, so that no secret lies about."""
    parts = [(name.lower(), value) for name, value in scope["headers"] if name.lower() in _CREDENTIALS]
    return hashlib.sha256(repr((parts, scope.get("query_string"))).encode()).digest()
