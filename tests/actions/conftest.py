"""Services over the test's own database, a city of two towns, and a clock turned by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from actions.imports import ImportReport
from actions.services import Services
from tests.boundaries import bring_grids
from tests.parts import Clock, found_city, make_services


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(engine: Engine, redis_url: str, tmp_path: Path, clock: Clock) -> Services:
    return make_services(engine, redis_url, tmp_path / "secret", clock)


@pytest.fixture
def city(services: Services) -> Services:
    """The services of a city that has grids, units and an open realm `live`."""
    found_city(services)
    return services


@pytest.fixture
def bring(city: Services, tmp_path: Path) -> Callable[..., ImportReport]:
    """Brings grids of these shapes in, as a file."""
    return partial(bring_grids, city, tmp_path)
