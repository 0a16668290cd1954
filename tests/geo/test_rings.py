"""Rings of a hazard area: true to their metres wherever the city lies, one area, the right way round."""

from __future__ import annotations

import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import rings

EARTH = pyproj.Geod(ellps="WGS84")
CENTRES = st.tuples(st.floats(74, 134), st.floats(18, 53))
RADII = st.floats(10, 50_000)


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(EARTH.inv(*one, *other)[2])


@given(centre=CENTRES, radius=RADII)
@settings(max_examples=60, deadline=None)
def test_a_circle_is_as_wide_as_it_says_all_around(centre: tuple[float, float], radius: float) -> None:
    ring = rings.circle(centre, radius)
    assert rings.fault(ring) is None
    assert shapely.LinearRing(ring).is_ccw
    assert all(metres(centre, corner) == pytest.approx(radius, abs=0.2) for corner in ring)
    assert rings.area_m2(ring) == pytest.approx(3.141593 * radius**2, rel=0.02)


@given(centre=CENTRES, radius=st.floats(200, 50_000), towards=st.floats(0, 360), opening=st.floats(5, 359))
@settings(max_examples=60, deadline=None)
def test_a_sector_is_the_part_of_its_circle_that_lies_downwind(
    centre: tuple[float, float], radius: float, towards: float, opening: float
) -> None:
    ring = rings.sector(centre, radius, towards, opening)
    whole = rings.circle(centre, radius)
    assert rings.fault(ring) is None
    assert shapely.LinearRing(ring).is_ccw
    assert rings.area_m2(ring) == pytest.approx(rings.area_m2(whole) * opening / 360, rel=0.02)
    tip = EARTH.fwd(*centre, towards, radius / 2)[:2]
    assert shapely.Polygon(ring).contains(shapely.Point(tip))
    if opening < 180:
        behind = EARTH.fwd(*centre, towards + 180, radius / 2)[:2]
        assert not shapely.Polygon(ring).contains(shapely.Point(behind))


def test_a_sector_of_all_directions_is_the_circle() -> None:
    assert rings.sector((118.1, 24.5), 500, 90, 360) == rings.circle((118.1, 24.5), 500)


@pytest.mark.parametrize(("radius", "opening"), [(10, 359.9), (100, 359.99), (50_000, 359.999999)])
def test_a_sector_whose_gap_is_thinner_than_its_digits_is_the_circle(radius: float, opening: float) -> None:
    ring = rings.sector((113.0, 23.0), radius, 90, opening)
    assert ring == rings.circle((113.0, 23.0), radius)


def test_a_ring_that_crosses_itself_or_stays_open_says_what_is_wrong() -> None:
    bow = ((118.1, 24.5), (118.2, 24.6), (118.2, 24.5), (118.1, 24.6), (118.1, 24.5))
    assert "Self-intersection" in str(rings.fault(bow))
    assert rings.fault(rings.circle((118.1, 24.5), 500)[:-1]) == "not closed"
