"""What the pages know of the city before they ask."""

from __future__ import annotations

from sqlalchemy import text

from actions.city import parts
from actions.services import Services
from tests.cast import AREA_A, TOWN_A, TOWN_B


def test_the_parts_of_a_city_are_its_two_widest_tiers(city: Services) -> None:
    assert [part["code"] for part in parts(city, "")] == [TOWN_A, AREA_A, TOWN_B, TOWN_B + "001"]
    assert [part["code"] for part in parts(city, TOWN_A)] == [AREA_A, AREA_A + "001"]


def test_an_area_whose_code_is_no_division_has_no_parts(city: Services) -> None:
    """G-10 only looks as if it lay in G-1."""
    with city.engine.begin() as conn:
        for new, old in (("G-1", TOWN_A), ("G-10", TOWN_B)):
            conn.execute(text("UPDATE grid SET code = :new WHERE code = :old"), {"new": new, "old": old})
    assert parts(city, "G-1") == []
