import numpy as np
import shapely

from geo.locating import locate

WEST, EAST = shapely.box(118.0, 24.0, 118.1, 24.1), shapely.box(118.1, 24.0, 118.2, 24.1)
METRE = 1 / 101_700  # degrees of longitude at 24° N


def index(*points, polygons=(WEST, EAST)):
    return locate(np.array(points, dtype=float).reshape(-1, 2), polygons).tolist()


def test_each_point_gets_the_polygon_it_lies_in():
    assert index((118.15, 24.05), (118.05, 24.05)) == [1, 0]


def test_a_point_on_the_common_border_gets_the_first():
    assert index((118.1, 24.05)) == [0]


def test_within_fifty_metres_the_nearest_counts_and_past_it_none():
    assert index((118.2 + 49 * METRE, 24.05), (118.2 + 52 * METRE, 24.05)) == [1, -1]


def test_without_polygons_or_points_nothing_is_found():
    assert index((118.05, 24.05), polygons=()) == [-1]
    assert index() == []
