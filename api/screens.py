"""The pages: Dash on our own FastAPI, each page's address, and what a page is told in its head."""

from __future__ import annotations

import inspect
import logging
from pathlib import Path
from typing import Any

import orjson
from dash import Dash, page_container
from dash.backends import _fastapi
from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from actions import city, drill_reading, walls
from actions.services import Services
from api import answers
from api.assets import Assets
from api.credentials import wall_of
from api.ground import Ground
from api.problems import language
from core.drill import PREFIX
from core.permissions import Principal, may
from pages import register_pages
from pages.messages import catalogue

log = logging.getLogger(__name__)

STATIC = Path(__file__).resolve().parent.parent / "static"
_WITH_TABLES = ("cases", "places", "reports", "handover", "admin", "plans", "alerts", "drills")
"""Pages that have tables and forms of the large libraries."""
_OF_ONE = ("briefing",)
"""The same, of one thing alone: there is no such page without its name."""
_BY_NAME = ("/briefing/{ident}", "/cases/{ident}", "/drills/{drill}", "/plans/{code}", "/wall/{name}")
_PAGES = ("/desk", "/replay", "/walls", *_BY_NAME, *(f"/{page}" for page in _WITH_TABLES))

_INDEX = """<!DOCTYPE html>
<html>
<head>
{%metas%}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>
<link rel="icon" href="data:,">
{%css%}
<script id="boot" type="application/json">%BOOT%</script>
</head>
<body>
{%app_entry%}
<footer>
{%config%}
{%scripts%}
{%renderer%}
</footer>
</body>
</html>"""


def create_dash(web: FastAPI) -> Dash:
    """Dash on the given application. Its own socket is off, and it owns no address but its own."""
    _fastapi.FastAPIDashServer.websocket_capability = False
    screens = Dash(
        __name__,
        server=web,  # type: ignore[arg-type]
        use_pages=True,
        pages_folder="",
        assets_folder=str(STATIC),
        assets_url_path="/static",
        index_string=_INDEX,
        title="指挥 Zhihui",
        update_title="",
        suppress_callback_exceptions=True,
        serve_locally=True,
    )
    backend: Any = screens.backend
    backend._setup_catchall = lambda: None  # unknown addresses answer 404, not Dash's index
    screens.layout = page_container
    register_pages()
    return screens


def add_pages(
    web: FastAPI, screens: Dash, services: Services, version: str, ground: Ground | None, assets: Assets
) -> None:
    """The addresses of the pages."""

    def page(request: Request) -> Response:
        try:
            facts = _facts(request, services, version, ground)
            index = _index(screens, request, facts)
            name = facts["page"]
            return HTMLResponse(
                assets.page(index, tables=name in (*_WITH_TABLES, *_OF_ONE), chart=name == "plans")
            )
        except Exception:
            log.exception("page %s", request.url.path)
            return _Waiting()

    async def prepared() -> None:
        """Dash sets itself up (assets, the router of pages) before its own requests; ours come earlier."""
        backend: Any = screens.backend
        for hook in backend._before_request_funcs:
            done = hook()
            if inspect.isawaitable(done):
                await done

    def home() -> Response:
        return RedirectResponse("/desk", 303)

    web.router.routes = [route for route in web.router.routes if getattr(route, "path", None) != "/"]
    web.add_api_route("/", home, include_in_schema=False)
    for path in _PAGES:
        web.add_api_route(path, page, include_in_schema=False, dependencies=[Depends(prepared)])


class _Waiting(Response):
    """Instead of an error, which would stay on a wall: the page says that it waits, and asks again."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await answers.page(scope, send, 503, wall_of(scope["path"]) or "", "gate.waiting", refresh_s=5)


def _index(screens: Dash, request: Request, facts: dict[str, Any]) -> str:
    text = orjson.dumps(facts).decode().replace("<", "\\u003c")
    server: Any = _fastapi
    current = server.set_current_request(request)
    try:
        app: Any = screens
        index: str = app.index()
    finally:
        server.reset_current_request(current)
    return index.replace("%BOOT%", text)


def _facts(request: Request, services: Services, version: str, ground: Ground | None) -> dict[str, Any]:
    """What the page's scripts must know before they ask anything."""
    principal: Principal = request.scope["state"]["principal"]
    lang = language(request.query_params, {})
    wall = request.path_params.get("name")
    realm = _realm(request) or principal.realm or "live"
    return {
        "page": "wall" if wall else request.url.path.strip("/").partition("/")[0],
        "lang": lang,
        "realm": realm,
        "drill": drill_reading.standing(services, principal, realm),
        "version": version,
        "wall": wall,
        "screen": walls.settings_of(services, wall) if wall else None,
        "blank": walls.is_blank(services, realm, wall) if wall else False,
        "user": _user(principal),
        "city": city.about(services),
        "areas": city.parts(services, principal.area),
        "classes": _classes(services),
        "departments": _departments(services),
        "messages": catalogue(lang),
        "basemap": ground and ground.for_browser(lang),
        "zone": services.zone.key,
        "unit_limits": services.reference.unit_limits(),
    }


def _realm(request: Request) -> str | None:
    """That the page is asked for; the page of a drill is of that drill's."""
    drill = request.path_params.get("drill")
    return PREFIX + drill.lower() if drill else request.query_params.get("realm")


def _user(principal: Principal) -> dict[str, Any]:
    """`acts`: may move tasks of a response on, and command where it is theirs; `activates`: may begin one."""
    own = {name: getattr(principal, name) for name in ("name", "role", "seat", "area", "dept")}
    return {**own, "acts": may(principal, "task"), "activates": may(principal, "plan.activate")}


def _classes(services: Services) -> list[dict[str, Any]]:
    return [
        {"code": c.code, "name": c.name, "name_en": c.name_en, "glyph": c.glyph, "group": c.class_group}
        for c in services.reference.classes().values()
    ]


def _departments(services: Services) -> list[dict[str, Any]]:
    rows = services.reference.departments().values()
    return [{"code": one.code, "name": one.name, "name_en": one.name_en} for one in rows]
