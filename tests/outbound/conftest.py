"""Services over the test's own database, a city of two towns with manned desks, and a reader of its log."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, insert

from actions import accounts
from actions.services import Services
from core.permissions import SYSTEM
from db.tables_duty import contact
from outbound.reader import Reader
from outbound.sender import Sender
from tests import cast
from tests.parts import Clock, found_city, make_services


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def city(engine: Engine, redis_url: str, tmp_path: Path, clock: Clock) -> Services:
    """Somebody works at the city's desk, at that of town A and at the city management of the district; the
    first and the last have telephones."""
    services = make_services(engine, redis_url, tmp_path / "secret", clock)
    found_city(services)
    accounts.add_user(services, SYSTEM, "wang", "officer")
    accounts.add_user(services, SYSTEM, "chen", "officer", cast.TOWN_A)
    accounts.add_user(services, SYSTEM, "sun", "officer", "990101", dept="chengguan")
    with engine.begin() as conn:
        for office, phone in (("@", "0592-1"), ("chengguan@990101", "0592-2")):
            row = {"office": office, "role": "值班室", "phone": phone, "name": "", "note": ""}
            conn.execute(insert(contact).values(**row))
    return services


@pytest.fixture
def reader(city: Services) -> Reader:
    return Reader(city.engine, city.zone, city.now)


@pytest.fixture
def sender(city: Services) -> Sender:
    return Sender(city.engine, city.outbox, city.now)
