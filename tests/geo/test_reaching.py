"""Distances as the crow flies."""

import numpy as np

from geo.reaching import nearest, within

POINTS = np.array([[118.10, 24.48], [118.11, 24.48], [118.10, 24.49]])
"""The second lies 1,013 m east of the first, the third 1,113 m north."""


def test_the_nearest_centre_is_told_in_metres():
    found = nearest(POINTS, POINTS[:1])
    assert np.allclose(found, [0, 1013, 1112], atol=2)


def test_each_centre_has_the_points_within_its_own_radius():
    found = within(POINTS, POINTS[:2], np.array([1050.0, 500.0]))
    assert [sorted(one) for one in found] == [[0, 1], [1]]


def test_without_centres_everything_is_infinitely_far_and_nothing_within():
    nobody = np.empty((0, 2))
    assert np.isinf(nearest(POINTS, nobody)).all()
    assert within(POINTS, nobody, np.empty(0)) == []
    assert [len(one) for one in within(nobody, POINTS, np.ones(3))] == [0, 0, 0]
