"""What stays covered is what a search of the whole city without those who are away would tell."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cover import Cover
from geo.roads import RoadGraph
from tests.geo.test_roads import at, square

STREETS = RoadGraph(square(5))
ONE_WAYS = RoadGraph(square(5, oneway=True))
SPOTS = st.tuples(st.floats(-0.5, 4.5), st.floats(-0.5, 4.5))
FLEETS = st.lists(SPOTS, min_size=1, max_size=8)


def points(spots):
    return np.array([at(x, y) for x, y in spots]).reshape(-1, 2)


@settings(max_examples=60)
@given(FLEETS, st.lists(SPOTS, min_size=1, max_size=8), st.data(), st.sampled_from((STREETS, ONE_WAYS)))
def test_without_some_units_it_is_as_if_they_had_never_been(units, places, data, roads):
    away = data.draw(st.lists(st.integers(0, len(units) - 1), unique=True))
    limit = data.draw(st.sampled_from((30.0, 90.0, 900.0)))
    stay = np.delete(points(units), away, axis=0)
    expected = roads.outward(stay, points(places), limit)
    np.testing.assert_allclose(Cover(roads, points(units), points(places), limit).seconds(away), expected)


def test_units_at_one_station_stand_in_for_each_other():
    fleet = points([(1, 1), (1, 1), (4, 4)])
    cover = Cover(STREETS, fleet, points([(0, 0), (1, 2)]), 900.0)
    np.testing.assert_array_equal(cover.seconds([0]), cover.seconds())
    assert (cover.seconds([0, 1]) > cover.seconds()).all()


def test_without_roads_nothing_is_covered():
    cover = Cover(RoadGraph(), points([(0, 0)]), points([(0, 0)]), 900.0)
    assert np.isinf(cover.seconds()).all()
    assert np.isinf(cover.seconds([0])).all()
