"""The real application on a real uvicorn, one for all tests of this folder, over a city of two towns."""

from __future__ import annotations

import secrets
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import select

from actions.accounts import ALL_VERBS, add_token
from actions.services import Services
from app import create_app
from core.board import Board
from core.permissions import SYSTEM
from db.cluster import Cluster
from db.engine import make_engine
from db.tables import answer
from feed.broker import Broker
from instance.web import WEBSOCKETS
from settings import Settings
from tests.cast import FIRE, IN_A, TOWN_A
from tests.conftest import own_database
from tests.parts import eventually, fold, found_city, head, make_services

NO_TLS = ssl.create_default_context()
"""Made once: a client of its own for each request would read all the world's certificates each time."""


@dataclass(frozen=True)
class Server:
    """Its address, the services behind it, and tokens: `api` may everything, `town` sees town A alone."""

    url: str
    services: Services
    api: str
    town: str
    viewer: str

    @property
    def stream(self) -> str:
        return self.url.replace("http", "ws") + "/api/v1/stream"

    def client(self, token: str | None = None, **headers: str) -> httpx.Client:
        auth = {"authorization": f"Bearer {token or self.api}"}
        told = {**auth, **headers}
        return httpx.Client(base_url=self.url + "/api/v1", headers=told, timeout=20, verify=NO_TLS)

    def post(self, path: str, body: Any = None, token: str | None = None, **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        with self.client(token) as client:
            return client.post(path, json={} if body is None else body, headers=sent)

    def get(self, path: str, token: str | None = None, **query: Any) -> httpx.Response:
        with self.client(token) as client:
            return client.get(path, params=query)

    def token(self, kind: str = "api", **more: Any) -> str:
        """A fresh token's secret."""
        more = {"verbs": [ALL_VERBS], **more} if kind == "api" else more
        return add_token(self.services, SYSTEM, kind, f"t{secrets.token_hex(4)}", **more).secret

    @property
    def head(self) -> int:
        return head(self.services)

    @property
    def board(self) -> Board:
        return fold(self.services)

    def answers_kept(self) -> int:
        with self.services.engine.connect() as conn:
            return len(conn.execute(select(answer.c.key)).all())


def a_report(**changed: Any) -> dict[str, Any]:
    """The body of a report in town A."""
    where = {"lon": IN_A[0], "lat": IN_A[1]}
    return {"class": FIRE, "text": "楼道冒烟", "channel": "110", "location": where, **changed}


def reported(server: Server, **changed: Any) -> str:
    given = server.post("/incidents", a_report(**changed))
    assert given.status_code == 201, given.text
    return str(given.json()["id"])


def is_problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json", response.text[:300]
    told: dict[str, Any] = response.json()
    assert (response.status_code, told["code"], told["status"]) == (status, code, status), told
    for part in ("title", "detail", "remedy"):
        assert told[part], part
        assert "error." not in told[part]
        assert "{" not in told[part]
    return told


def now() -> str:
    return datetime.now(UTC).isoformat()


@pytest.fixture(scope="session")
def server(cluster: Cluster, broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("api")
    with own_database(cluster) as database_url:
        yield from serving(database_url, broker.url, folder)


def serving(database_url: str, redis_url: str, folder: Path) -> Iterator[Server]:
    """A city, its application and its tokens."""
    engine = make_engine(database_url)
    services = make_services(engine, redis_url, folder / "secret")
    found_city(services)
    environment = {
        "ZHIHUI_DATABASE_URL": database_url,
        "ZHIHUI_REDIS_URL": redis_url,
        "ZHIHUI_SECRET_FILE": str(folder / "secret"),
    }
    application = create_app(Settings.from_env(folder, environment))
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application, lifespan="on", ws=WEBSOCKETS, ws_per_message_deflate=False, log_level="warning",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    eventually(lambda: running.started, 30)
    tokens = [
        add_token(services, SYSTEM, "api", "all", verbs=[ALL_VERBS]),
        add_token(services, SYSTEM, "api", "town", verbs=[ALL_VERBS], area=TOWN_A),
        add_token(services, SYSTEM, "api", "viewer", verbs=["read"]),
    ]
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    yield Server(url, services, *[token.secret for token in tokens])
    running.should_exit = True
    thread.join(15)
    engine.dispose()
