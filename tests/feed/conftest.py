"""A city and the hubs over it; tests are plain functions that run a coroutine."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from actions.services import Services
from tests.parts import found_city, make_services


@pytest.fixture
def city(engine: Engine, redis_url: str, tmp_path: Path) -> Services:
    services = make_services(engine, redis_url, tmp_path / "secret")
    found_city(services)
    return services
