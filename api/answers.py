"""Small answers in raw ASGI: redirects, problems, plain pages, security headers, the size limit of bodies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from html import escape
from typing import Any

from api.credentials import Scope, headers, query
from api.problems import MEDIA_TYPE, language, problem
from pages.messages import text

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

_DRAIN_BYTES = 16 * 2**20
"""So much of a refused body is read and thrown away, so that the sender lives to read the answer."""


def lang_of(scope: Scope) -> str:
    return language(query(scope), headers(scope))


async def respond(
    send: Send,
    status: int,
    body: bytes,
    media_type: str = "text/html; charset=utf-8",
    more: Sequence[Header] = (),
) -> None:
    """One whole response."""
    head = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode()), *more]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})


async def redirect(send: Send, where: str, more: Sequence[Header] = ()) -> None:
    """303: ask again there, by GET."""
    await respond(send, 303, b"", more=[(b"location", where.encode("latin-1")), *more])


async def refuse(scope: Scope, send: Send, code: str, **params: Any) -> None:
    """A problem in the asker's language."""
    status, body = problem(code, lang_of(scope), params)
    more = [(b"www-authenticate", b"Bearer")] if status == 401 else []
    await respond(send, status, body, MEDIA_TYPE, more)


async def page(
    scope: Scope, send: Send, status: int, title: str, key: str, refresh_s: int | None = None
) -> None:
    """A dark page with a title and one small sentence: what a wall or desk shows instead of an error."""
    again = f'<meta http-equiv="refresh" content="{refresh_s}">' if refresh_s else ""
    await _plain(scope, send, status, title, key, again=again)


async def forbidden(scope: Scope, send: Send) -> None:
    """A page that the role may not open, and the way out."""
    lang = page_language(scope)
    button = f"<button>{text(lang, 'desk.log_out')}</button>"
    leave = f'<form method="post" action="/logout?lang={lang}">{button}</form>'
    await _plain(scope, send, 403, text(lang, "error.forbidden.title"), "gate.forbidden", leave=leave)


def page_language(scope: Scope) -> str:
    """Pages are Chinese unless their address says otherwise, whatever the browser prefers."""
    return language(query(scope), {})


async def _plain(
    scope: Scope, send: Send, status: int, title: str, key: str, again: str = "", leave: str = ""
) -> None:
    lang = page_language(scope)
    words = {"title": escape(title), "sentence": escape(text(lang, key))}
    await respond(send, status, _PAGE.format(lang=lang, again=again, leave=leave, **words).encode())


_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">{again}<title>{title}</title>
<style>html,body{{height:100%;margin:0;background:#0B1320;color:#A3B5C9}}
body{{display:grid;place-content:center;text-align:center;
font:15px "Source Han Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}}
h1{{font-size:28px;font-weight:500;color:#E8EEF6;margin:0 0 12px}}p{{margin:0}}
button{{margin-top:24px;padding:8px 24px;background:#17263C;color:#E8EEF6;border:1px solid #22344F;
border-radius:4px;font:inherit;cursor:pointer}}</style></head>
<body><h1>{title}</h1><p>{sentence}</p>{leave}</body></html>"""


# --- headers on every answer -----------------------------------------------------------------------------


def security_headers(images: Sequence[str] = ()) -> list[Header]:
    """Nothing from any other host but the base map's pictures (`images`: origins); inline is Dash's way.

    Referrer-Policy is same-origin and not no-referrer: under the latter browsers send `Origin: null` with
    our own forms, and they would be refused.
    """
    policy = {
        "default-src": "'self'",
        # Dash writes inline scripts; beside them, forbidding eval would keep out no intruder, only
        # browser drivers that evaluate their conditions in our pages.
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": " ".join(["'self'", "data:", "blob:", *images]),
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    text_ = "; ".join(f"{name} {value}" for name, value in policy.items())
    return [
        (b"content-security-policy", text_.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), microphone=(), payment=()"),
    ]


def with_headers(send: Send, more: Sequence[Header]) -> Send:
    """A `send` that adds headers, and keeps answers out of caches unless they decide it themselves."""

    async def sending(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            present = list(message.get("headers", ()))
            message = {**message, "headers": [*present, *more, *_no_store(present)]}
        await send(message)

    return sending


def _no_store(present: Sequence[Header]) -> list[Header]:
    held = {name.lower(): value for name, value in present}
    own = b"cache-control" in held or b"etag" in held
    return [] if own else [(b"cache-control", b"no-store")]


# --- the size of bodies ----------------------------------------------------------------------------------


class BodyLimit:
    """Counts a request's body; past the limit the app hears a disconnect and the asker gets 413."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._limit, self._read = limit, 0
        self._started = self._exceeded = self._ended = False

    def declared_too_large(self) -> bool:
        declared = headers(self._scope).get("content-length", "0")
        return declared.isdigit() and int(declared) > self._limit

    async def receive(self) -> dict[str, Any]:
        if self._exceeded:
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            self._ended = not message.get("more_body", False)
            self._exceeded = self._read > self._limit
        return {"type": "http.disconnect"} if self._exceeded else message

    async def send(self, message: dict[str, Any]) -> None:
        if self._exceeded and not self._started:
            return
        self._started = True
        await self._send(message)

    async def run(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        """The app within the limit. Its failure after the limit was passed is the limit's doing."""
        if self.declared_too_large():
            await self.refuse()
            return
        try:
            await app(self._scope, self.receive, self.send)
        except Exception:
            if not self._exceeded:
                raise
        if self._exceeded and not self._started:
            await self.refuse()

    async def refuse(self) -> None:
        """Throw the rest away, then 413."""
        while not self._ended and self._read < _DRAIN_BYTES:
            message = await self._receive()
            self._read += len(message.get("body", b""))
            self._ended = message["type"] != "http.request" or not message.get("more_body", False)
        await refuse(self._scope, self._send, "body_too_large", limit=self._limit)
