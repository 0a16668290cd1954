"""The demo city as the tests know it: made once a session, at its small size."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from actions.accounts import ALL_VERBS, add_token
from core.permissions import SYSTEM
from demo.city import City, make_city
from instance.services import services as services_for
from instance.web import Web
from settings import Settings


@pytest.fixture(scope="session")
def city() -> City:
    return make_city()


@dataclass(frozen=True)
class Served:
    """A web process, and a token with all verbs."""

    url: str
    token: str
    settings: Settings
    web: Web


@pytest.fixture
def served(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Over the test's database."""
    with services_for(settings) as parts:
        token = add_token(parts, SYSTEM, "api", "simulator", verbs=[ALL_VERBS]).secret
    for name, value in {
        "ZHIHUI_DATABASE_URL": settings.database_url,
        "ZHIHUI_REDIS_URL": settings.redis_url,
        "ZHIHUI_SECRET_FILE": str(settings.secret_file),
    }.items():
        monkeypatch.setenv(name, value)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        web = Web(listener, settings.data)
        web.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield Served(url, token, settings, web)
        finally:
            web.stop()
