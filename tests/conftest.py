"""A real PostgreSQL/PostGIS and a real Redis for the tests, thrown away afterwards.

Each worker process (pytest-xdist) has its own of both, started by the first test that asks. They live in
memory, trade durability for speed, and die with the worker even if it is killed. A database is a clone of
a template migrated once: about 40 ms a test.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import redis
from sqlalchemy import Engine, make_url

from db.cluster import OWNER, Cluster
from db.engine import make_engine
from db.migrate import upgrade
from feed.broker import Broker
from settings import Settings
from tests.browsing import browser  # noqa: F401  one Chromium a module, for every folder

if TYPE_CHECKING:
    from demo.load import Loaded

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - our folder in it has a random name
MEMORY = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="also what takes long: see the marker whole")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A browser on a machine that is busy with much else may miss its moment: such a test is tried once more,
    and the report counts it as run again. Files with slow tests come first: begun last, they would be
    waited for by a worker that has nothing left to do."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if not config.getoption("--whole"):
        items[:] = [item for item in items if not item.get_closest_marker("whole")]
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def memory_folder() -> Iterator[Path]:
    """A folder in memory that another user (postgres) can pass through; gone after the session."""
    for left in MEMORY.glob("zhihui-test-*"):  # of sessions that were killed
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"zhihui-test-{os.getpid()}-", dir=MEMORY))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster(memory_folder: Path) -> Iterator[Cluster]:
    """This worker's PostgreSQL; its own database is the migrated template and stays unused."""
    server = Cluster(memory_folder, fast=True)
    try:
        upgrade(server.start())
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def broker(memory_folder: Path) -> Iterator[Broker]:
    """This worker's Redis."""
    server = Broker(memory_folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def own_database(cluster: Cluster, like: str | None = None) -> Iterator[str]:
    """The address of a database that goes with the block: migrated and empty, or a copy of another to whose
    address `like` nobody is connected."""
    name, template = f"test_{next(_numbers)}", OWNER if like is None else make_url(like).database
    address = {"host": str(cluster.sockets), "user": OWNER, "dbname": "postgres"}
    with psycopg.connect(**address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield cluster.url.replace(f"@/{OWNER}?", f"@/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True)
class Demo:
    """The demo city at its small size, in a database to be copied: nobody connects to `url`."""

    url: str
    loaded: Loaded


@pytest.fixture(scope="session")
def demo(cluster: Cluster, broker: Broker, memory_folder: Path) -> Iterator[Demo]:
    """Made once a worker, for the importers take seconds. Imported here, for a test of one room need not
    wait until all the others are loaded."""
    from actions.realms import open_realm
    from core.permissions import SYSTEM
    from demo.load import load_city
    from tests.parts import own_services

    with own_database(cluster) as url:
        with own_services(url, broker.url, memory_folder / "secret") as services:
            open_realm(services, "live")
            loaded = load_city(services, SYSTEM)
        yield Demo(url, loaded)


@pytest.fixture
def demo_url(cluster: Cluster, demo: Demo) -> Iterator[str]:
    """An own copy of the demo city: a module that begins with it has this as its `database_url`."""
    with own_database(cluster, demo.url) as url:
        yield url


@pytest.fixture
def database_url(cluster: Cluster) -> Iterator[str]:
    """An own, migrated, empty database."""
    with own_database(cluster) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Ten connections to the test's database, the city's schema first."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def redis_url(broker: Broker) -> str:
    """The worker's Redis, emptied."""
    with redis.Redis.from_url(broker.url) as client:
        client.flushall()
    return broker.url


@pytest.fixture
def settings(tmp_path: Path, database_url: str, redis_url: str) -> Settings:
    """What `up` would hand to `create_app`, over the test's database and Redis."""
    secret = tmp_path / "secret"
    secret.write_text("00" * 32)
    environment = {
        "ZHIHUI_DATABASE_URL": database_url,
        "ZHIHUI_REDIS_URL": redis_url,
        "ZHIHUI_SECRET_FILE": str(secret),
    }
    return Settings.from_env(tmp_path, environment)
