"""The demo city's past: two months of incidents through the importer, ended, and no news to anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from actions import kpi
from actions.kpi_view import Asked
from actions.services import Services
from core.permissions import SYSTEM
from db.tables import incident
from demo.past import DAYS, LEAST_A_DAY, live_through, make_past
from instance.services import services
from settings import Settings
from tests.conftest import Demo
from tests.parts import Follower


@pytest.fixture
def parts(settings: Settings, demo_url: str) -> Iterator[Services]:
    with services(replace(settings, database_url=demo_url)) as made:
        yield made


def test_two_months_are_lived_through_and_are_over(parts: Services, demo: Demo) -> None:
    report = live_through(parts, SYSTEM, demo.loaded.city)
    assert report.ok
    assert 0.8 * DAYS < report.written < 2 * DAYS * LEAST_A_DAY
    with parts.engine.connect() as conn:
        shelved = select(func.count()).where(incident.c.shelved, incident.c.wakes_at.is_(None))
        assert conn.scalar(shelved) == report.written
    board = Follower(parts).board
    assert (board.counters.of("").open, board.counters.of("").closed_today, list(board.ticker)) == (0, 0, [])


def test_reports_have_something_true_to_tell_of_it(parts: Services, demo: Demo) -> None:
    live_through(parts, SYSTEM, demo.loaded.city)
    found = kpi.read_report(parts, SYSTEM, Asked("live", kpi.period_of(parts, "live", None, None), by="area"))
    total = found.total
    assert len(total.intervals) == 8
    assert 0.7 < (total.rate("on_time_rate") or 0.0) < 1.0
    assert 0.7 < (total.rate("satisfaction") or 0.0) < 1.0
    assert set(total.levels) > {"town", "county"}


def test_the_same_city_has_the_same_past(parts: Services, demo: Demo) -> None:
    first, again = (list(make_past(parts, demo.loaded.city)) for _ in range(2))
    assert [one.props["text"] for one in first] == [one.props["text"] for one in again]
    assert {one.props["occurred_at"] for one in first} == {one.props["occurred_at"] for one in again}
