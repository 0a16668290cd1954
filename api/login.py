"""The login: a plain form without Dash or scripts, Chinese first. Errors are sentences beside the form."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from html import escape
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from actions import access
from actions.services import Services
from api.answers import page_language
from api.credentials import DESK_COOKIE, UNIT_COOKIE, cookies
from api.gate import principal_of, set_cookie
from core.errors import Refusal
from core.permissions import ADMIN_ROLES
from pages.messages import text

_WAITING = 32
"""Logins that may wait for a thread; hashing is meant to be slow, so more are sent away."""
_FIELD = 200


def routes(services: Services) -> list[Route]:
    """GET and POST /login, POST /logout."""
    desk = _Desk(services)
    return [
        Route("/login", show, methods=["GET"]),
        Route("/login", desk.log_in, methods=["POST"]),
        Route("/logout", desk.log_out, methods=["POST"]),
    ]


def local_path(asked: str) -> str | None:
    """The address to go on to, if it is a path of ours: nothing that a browser would read as a host."""
    plain = all(" " < char != "\\" for char in asked)
    if not plain or not asked.startswith("/") or asked.startswith("//") or asked.startswith("/login"):
        return None
    return asked


async def show(request: Request) -> Response:
    """The empty form."""
    return _form(_lang(request), local_path(request.query_params.get("next", "")) or "")


class _Desk:
    """Hashing runs on two threads of its own: a flood of logins slows down logins only."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._pool = ThreadPoolExecutor(2, "login")
        self._waiting = 0

    async def log_in(self, request: Request) -> Response:
        """A cookie and on to `next`, or the form again with the reason."""
        lang = _lang(request)
        given = _fields(await request.body())
        onward = local_path(given.get("next", "")) or ""
        name = given.get("name", "").strip()
        if self._waiting >= _WAITING:
            return _form(lang, onward, name, text(lang, "login.busy"), 503)
        try:
            login = await self._check(name, given.get("password", ""), given.get("seat", "").strip())
        except Refusal as refusal:
            return _form(lang, onward, name, text(lang, f"error.{refusal.code}", **refusal.params), 403)
        answer = RedirectResponse(onward or home(login.role), 303)
        answer.raw_headers.append(set_cookie(dict(request.scope), DESK_COOKIE, login.cookie))
        return answer

    async def _check(self, name: str, password: str, seat: str) -> access.Login:
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(
                self._pool, access.login, self._services, name, password, seat[:20]
            )
        finally:
            self._waiting -= 1

    async def log_out(self, request: Request) -> Response:
        """End the session; its streams close."""
        principal = principal_of(dict(request.scope))
        phone = principal is not None and principal.kind == "unit"
        cookie = UNIT_COOKIE if phone else DESK_COOKIE
        if principal is not None and phone:
            held = cookies(dict(request.scope)).get(UNIT_COOKIE, "")
            await asyncio.to_thread(access.leave_phone, self._services, principal, held)
        elif principal is not None:
            await asyncio.to_thread(access.logout, self._services, principal)
        lang = request.query_params.get("lang")
        answer = RedirectResponse("/login" + (f"?{urlencode({'lang': lang})}" if lang else ""), 303)
        answer.raw_headers.append(set_cookie(dict(request.scope), cookie, "", max_age=0))
        return answer


def home(role: str) -> str:
    """Where a role begins its work."""
    if role == "grid":
        return "/field"
    return "/admin" if role in ADMIN_ROLES else "/desk"


def _lang(request: Request) -> str:
    return page_language(dict(request.scope))


def _fields(body: bytes) -> dict[str, str]:
    """A form's fields, each cut to a sane length; {} for what is no form."""
    try:
        pairs = parse_qs(body.decode(), max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[-1][: 10 * _FIELD] for name, values in pairs.items()}


def _form(lang: str, onward: str, name: str = "", error: str = "", status: int = 200) -> Response:
    other = "en" if lang == "zh-CN" else "zh-CN"
    fill = {
        "lang": lang,
        "title": text(lang, "login.title"),
        "name_label": text(lang, "login.name"),
        "password_label": text(lang, "login.password"),
        "seat_label": text(lang, "login.seat"),
        "submit": text(lang, "login.submit"),
        "name": name[:_FIELD],
        "next": onward,
        "other": text(other, "login.language"),
        "other_link": "/login?" + urlencode({"lang": other} | ({"next": onward} if onward else {})),
        "action": "/login?" + urlencode({"lang": lang}),
    }
    alert = f'<p role="alert">{escape(error)}</p>' if error else ""
    page = _PAGE.format(alert=alert, **{key: escape(value) for key, value in fill.items()})
    return HTMLResponse(page, status)


_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<style>
html,body{{height:100%;margin:0;background:#0B1320;color:#E8EEF6}}
body{{display:grid;place-content:center;
font:18px "Source Han Sans SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif}}
form{{box-sizing:border-box;width:min(384px,100vw);padding:32px;
background:#111C2E;border:1px solid #22344F;border-radius:6px}}
h1{{font-size:28px;font-weight:500;margin:0 0 24px}}
label{{display:block;margin:0 0 16px;font-size:15px;color:#A3B5C9}}
input{{box-sizing:border-box;width:100%;margin-top:6px;padding:10px;font:inherit;font-size:18px;
color:#E8EEF6;background:#17263C;border:1px solid #22344F;border-radius:4px}}
input:focus,button:focus,a:focus{{outline:2px solid #4FB3BF;outline-offset:1px}}
button{{width:100%;margin-top:8px;padding:12px;font:inherit;color:#0B1320;background:#4FB3BF;
border:0;border-radius:4px;cursor:pointer}}
p{{margin:0 0 20px;padding:10px 12px;font-size:15px;background:#17263C;border-left:3px solid #A3B5C9}}
a{{display:block;margin-top:20px;font-size:15px;text-align:right;color:#A3B5C9}}
</style></head>
<body><form method="post" action="{action}">
<h1>{title}</h1>{alert}
<label>{name_label}<input name="name" value="{name}" required autofocus autocomplete="username"></label>
<label>{password_label}
<input name="password" type="password" required autocomplete="current-password"></label>
<label>{seat_label}<input name="seat" maxlength="20" autocomplete="off"></label>
<input type="hidden" name="next" value="{next}">
<button>{submit}</button>
<a href="{other_link}">{other}</a>
</form></body></html>"""
