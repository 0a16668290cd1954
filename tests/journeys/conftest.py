"""The whole product in a real browser: a web process over the demo city, officers, a wall, and the log."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Engine, text

from actions.accounts import ALL_VERBS, add_token, add_user, revoke_token
from actions.background import Chores
from core.permissions import SYSTEM
from db.cluster import Cluster
from db.engine import make_engine
from feed.broker import Broker
from instance.services import services as services_for
from instance.web import Web
from settings import Settings
from tests.browsing import until
from tests.conftest import Demo, own_database

DESK = {"width": 1920, "height": 1080}
FIRE, MISSING = "21000", "43000"


@dataclass
class Product:
    """One web process over the demo city. `foreign` are the requests of its pages to any other host."""

    url: str
    settings: Settings
    web: Web
    token: str
    wall_token: str
    passwords: dict[str, str]
    engine: Engine
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def api(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=20)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """A verb through the API; its answer."""
        with self.api as api:
            answer = api.post(path, json=body)
        assert answer.status_code in (200, 201), answer.text
        given: dict[str, Any] = answer.json()
        return given

    def report(self, lon: float = 118.1, lat: float = 24.515, **changed: Any) -> str:
        """A new incident's id. Its card asks for a patrol and a grid member, of which the city has enough."""
        body = {"class": MISSING, "severity": 1, "text": "楼道冒烟", "channel": "110"}
        given = self.post("/incidents", **{**body, "location": {"lon": lon, "lat": lat}, **changed})
        return str(given["id"])

    def free_unit(self) -> str:
        with self.api as api:
            units = api.get("/units").json()["items"]
        return str(next(unit["id"] for unit in units if unit["status"] == "available"))

    def sql(self, query: str, **values: Any) -> Any:
        """One value, straight from the tables."""
        with self.engine.connect() as conn:
            return conn.scalar(text(query), values)

    def revoke(self, token: str) -> None:
        with services_for(self.settings) as parts:
            revoke_token(parts, SYSTEM, token)


@dataclass(frozen=True)
class Peopled:
    """The demo city with people and tokens, in a database to be copied."""

    url: str
    token: str
    wall_token: str
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def peopled(
    demo: Demo, cluster: Cluster, broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Peopled]:
    """Made once a worker: passwords are slow to hash."""
    data = tmp_path_factory.mktemp("peopled")
    with own_database(cluster, demo.url) as url:
        with services_for(Settings.from_env(data, _environment(data, url, broker.url))) as parts:
            people = [add_user(parts, SYSTEM, name, role) for name, role in PEOPLE.items()]
            api = add_token(parts, SYSTEM, "api", "tests", verbs=[ALL_VERBS])
            wall = add_token(parts, SYSTEM, "wall", "main")
        yield Peopled(url, api.secret, wall.secret, {person.name: person.password for person in people})


@pytest.fixture(scope="module")
def product(
    peopled: Peopled, cluster: Cluster, broker: Broker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    data = tmp_path_factory.mktemp("instance")
    with own_database(cluster, peopled.url) as url, pytest.MonkeyPatch.context() as patch:
        environment = _environment(data, url, broker.url)
        for name, value in environment.items():
            patch.setenv(name, value)
        settings = Settings.from_env(data, environment)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            web = Web(listener, data)
            web.start()
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            engine = make_engine(url)
            try:
                with _chores(settings):
                    yield Product(
                        address,
                        settings,
                        web,
                        peopled.token,
                        peopled.wall_token,
                        dict(peopled.passwords),
                        engine,
                    )
            finally:
                engine.dispose()
                web.stop()


@contextmanager
def _chores(settings: Settings) -> Iterator[None]:
    """What an instance does by itself, here in the process of the tests."""
    with services_for(settings) as parts:
        chores = Chores(parts, tracing=False)
        chores.start()
        try:
            yield
        finally:
            chores.stop()


def _environment(data: Path, database_url: str, redis_url: str) -> dict[str, str]:
    secret = data / "secret"
    secret.write_text("00" * 32)
    return {
        "ZHIHUI_DATABASE_URL": database_url,
        "ZHIHUI_REDIS_URL": redis_url,
        "ZHIHUI_SECRET_FILE": str(secret),
    }


PEOPLE = {"wang": "officer", "li": "officer", "lin": "viewer", "wu": "engineer"}


def watched(product: Product, page: Page) -> Page:
    """Note whatever the page asks of others, and its own faults."""
    host = urlsplit(product.url).netloc

    def asked(request: Any) -> None:
        if urlsplit(request.url).netloc not in (host, "") and not request.url.startswith(("data:", "blob:")):
            product.foreign.append(request.url)

    page.on("request", asked)
    page.on("pageerror", lambda error: product.errors.append(str(error)))
    return page


def sign_in(product: Product, page: Page, name: str, path: str, there: str) -> Page:
    """Log a person in at `path`, watched, and wait until `there` is true of the page."""
    watched(product, page).goto(f"{product.url}/login?next={path}")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", product.passwords[name])
    page.press("input[name=password]", "Enter")
    until(page, there)
    return page


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Separate browsers, as separate seats are."""
    opened: list[BrowserContext] = []

    def one(**options: Any) -> BrowserContext:
        opened.append(browser.new_context(viewport=DESK, **options))
        return opened[-1]

    yield one
    for context in opened:
        context.close()


Seat = Callable[[str], Page]


@pytest.fixture
def desk(product: Product, contexts: Callable[..., BrowserContext]) -> Seat:
    """Logs a person in at a desk of their own and waits for the picture."""

    def seated(name: str = "wang") -> Page:
        return sign_in(product, contexts().new_page(), name, "/desk", LIVE)

    return seated


@pytest.fixture
def wall(product: Product, contexts: Callable[..., BrowserContext]) -> Callable[[], Page]:
    """The wall, at its first visit."""

    def hung() -> Page:
        page = watched(product, contexts().new_page())
        page.goto(f"{product.url}/wall/main?token={product.wall_token}")
        until(page, LIVE)
        return page

    return hung


LIVE = "window.zhihui && zhihui.connected && zhihui.map && zhihui.features('units').length > 0"


def pin(page: Page, ident: str) -> tuple[float, float]:
    """Where an incident's pin is on the screen."""
    until(page, "id => zhihui.marks.incidents.has(id)", ident)
    x, y = page.evaluate(
        """id => {
            const at = zhihui.map.latLngToContainerPoint(zhihui.marks.incidents.get(id).getLatLng());
            const box = document.getElementById('map').getBoundingClientRect();
            return [box.x + at.x, box.y + at.y];
        }""",
        ident,
    )
    return x, y


def caught_up(page: Page, product: Product) -> None:
    """Wait until the screen has the head of the log."""
    head = product.sql("SELECT head FROM city.realm WHERE id = 'live'")
    until(page, "head => zhihui.seq >= head", head)
