"""The drills that ship happen on the ground of the demo city, at any size that is shown."""

from __future__ import annotations

from demo.city import City
from tests.demo.drills import strays


def test_the_shipped_drills_happen_in_the_small_city(city: City) -> None:
    assert strays(city) == []
