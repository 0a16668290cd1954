"""What has been going on at the demo city's sites."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from actions import hazards, patrols, sensors
from actions.services import Services
from actions.unit_of_work import Call
from core.permissions import SYSTEM
from demo.readings import Readings, is_silent
from demo.rounds import begin
from instance.services import services as services_for
from settings import Settings
from tests.conftest import Demo

CALL = Call(SYSTEM)
GAUGES = [{"code": f"GZ{number:05d}", "limit": 3.5} for number in range(40)]


@pytest.fixture
def database_url(demo_url: str) -> str:
    return demo_url


@pytest.fixture
def parts(settings: Settings) -> Iterator[Services]:
    with services_for(settings) as made:
        yield made


def test_the_city_opens_with_rounds_walked_some_missed_a_festival_and_sensors_that_speak(
    parts: Services, demo: Demo
) -> None:
    city = demo.loaded.city
    begin(parts, SYSTEM, city.seed)
    told = patrols.rate(parts, CALL)
    assert 0.85 < told["rate"] < 1
    assert patrols.missed(parts, CALL)["count"] == told["due"] - told["done"]
    assert [period["name"] for period in patrols.periods(parts, CALL)] == ["海洋节安保（示例）"]
    heard = {one["code"] for one in sensors.list_sensors(parts, CALL, stale=False)}
    codes = {str(one.props["code"]) for one in city.layers["sensors"]}
    assert heard == {code for code in codes if not is_silent(code)}
    assert not any(one["alarm"] for one in sensors.list_sensors(parts, CALL))
    late = hazards.counts(parts, CALL)["overdue"]
    assert 0 < late < 0.2 * len(city.layers["hazards"])


def test_sensors_are_calm_but_for_one_that_climbs_now_and_then() -> None:
    readings = Readings(GAUGES, random.Random("x"))
    minutes = [readings.minute() for _ in range(400)]
    high = [sum(one["value"] >= 3.5 for one in minute) for minute in minutes]
    assert 0 < sum(count > 0 for count in high) < 100
    assert max(high) <= 2
    assert {len(minute) for minute in minutes} == {sum(not is_silent(one["code"]) for one in GAUGES)}
