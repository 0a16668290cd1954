"""Scripts and styles as browsers get them fastest: ours in one piece each, all packed, kept for good.

Dash names every file of `static/` in the page, and reads and copies each again for every request. A page of
seventy files waits for seventy answers of one Python process before it draws; so our own scripts are sent as
one, libraries that a page does not use are not named in it, and what was sent once is kept here, packed.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.answers import Receive, Send
from api.credentials import Scope, headers

App = Callable[[Scope, Receive, Send], Awaitable[None]]
_PATHS = ("/static/", "/_dash-component-suites/")
_KEPT_BYTES = 64 * 2**20
_PACKING = 6
_FOR_GOOD = b"public, max-age=31536000, immutable"
"""Addresses carry a mark of the content (`?m=`, or Dash's fingerprint): other content, another address."""
_PACKED_TYPES = ("javascript", "css", "json", "svg")
_TABLES_ALONE = ("/dash_mantine_components/", "/dash_ag_grid/")
"""Libraries of forms and tables, some 3 MB of script: only pages that have any name them."""
_CHART_ALONE = ("/dash_cytoscape/",)
"""Half a megabyte that draws flow charts."""
_NOWHERE = ("/dash_table/",)
_TAG = re.compile(
    r'<script src="(?P<script>[^"]+)"></script>\n?|<link rel="stylesheet" href="(?P<style>[^"]+)">\n?'
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """All our files of one kind, in the order of their names."""

    path: str
    body: bytes
    media_type: str

    @property
    def address(self) -> str:
        return f"{self.path}?m={hashlib.sha256(self.body).hexdigest()[:16]}"


def _piece(folder: Path, kind: str, media_type: str) -> _Piece:
    files = sorted((folder / kind).rglob(f"*.{kind}"))
    body = b"\n".join(file.read_bytes() for file in files)
    return _Piece(f"/static/zhihui.{kind}", body, media_type)


class Assets:
    """Ours in one piece, and everything under _PATHS from memory."""

    def __init__(self, app: App, folder: Path) -> None:
        self._app = app
        self._pieces = {
            "script": _piece(folder, "js", "text/javascript; charset=utf-8"),
            "style": _piece(folder, "css", "text/css; charset=utf-8"),
        }
        self._kept: dict[tuple[str, bytes], _Kept] = {}
        self._room = _KEPT_BYTES
        for piece in self._pieces.values():
            self._kept[piece.path, piece.address.partition("?")[2].encode()] = _Kept.of(
                piece.body, piece.media_type
            )

    def page(self, index: str, *, tables: bool, chart: bool) -> str:
        """The page as Dash writes it, with ours in one piece; `tables`: whether it has tables and forms,
        `chart`: whether it has a flow chart."""
        unused = (*_NOWHERE, *(() if tables else _TABLES_ALONE), *(() if chart else _CHART_ALONE))
        named: set[str] = set()

        def instead(tag: re.Match[str]) -> str:
            kind, address = next((k, v) for k, v in tag.groupdict().items() if v)
            if any(part in address for part in unused):
                return ""
            if not address.startswith("/static/"):
                return tag.group()
            if kind in named:
                return ""
            named.add(kind)
            return tag.group().replace(address, self._pieces[kind].address)

        return _TAG.sub(instead, index)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(_PATHS):
            await self._app(scope, receive, send)
            return
        key = (scope["path"], scope.get("query_string", b""))
        kept = self._kept.get(key)
        if kept is None:
            kept = await self._asked(scope, receive, send)
            if kept is None:
                return
            if kept.size <= self._room:
                self._kept[key], self._room = kept, self._room - kept.size
        await kept.send(send, packed="gzip" in headers(scope).get("accept-encoding", ""))

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> _Kept | None:
        """What Dash answers; None where that is no whole file with a mark, and has been sent on as it is."""
        messages: list[dict[str, Any]] = []

        async def hear(message: dict[str, Any]) -> None:
            messages.append(message)

        await self._app(scope, receive, hear)
        head = {name.lower(): value for name, value in messages[0].get("headers", ())}
        marked = scope.get("query_string") or head.get(b"cache-control", b"").startswith(b"public")
        if messages[0]["status"] == 200 and marked:
            body = b"".join(message.get("body", b"") for message in messages[1:])
            return _Kept.of(body, head.get(b"content-type", b"").decode())
        for message in messages:
            await send(message)
        return None


@dataclass(frozen=True, slots=True)
class _Kept:
    body: bytes
    packed: bytes | None
    media_type: str

    @classmethod
    def of(cls, body: bytes, media_type: str) -> _Kept:
        small = any(part in media_type for part in _PACKED_TYPES)
        return cls(body, gzip.compress(body, _PACKING, mtime=0) if small else None, media_type)

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed or b"")

    async def send(self, send: Send, *, packed: bool) -> None:
        body = self.packed if packed and self.packed is not None else self.body
        head = [
            (b"content-type", self.media_type.encode()), (b"content-length", str(len(body)).encode()),
            (b"cache-control", _FOR_GOOD), (b"vary", b"Accept-Encoding"),
        ]  # fmt: skip
        if body is self.packed:
            head.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})
