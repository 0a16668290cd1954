"""Roads as files have them: loose ends joined within the tolerance, bridges left alone, islands told."""

from __future__ import annotations

import pytest
import shapely

from core.places import RoadRow
from geo.roadends import TOLERANCE_M, join, unjoined_crossings
from geo.roadnet import DEGREE_M, build
from geo.roads import RoadGraph
from tests.geo.test_roads import at, metres, road, square

M = 1 / DEGREE_M
"""Degrees of latitude in a metre."""


def line(*points):
    return shapely.LineString(points)


def graph_of(lines):
    return RoadGraph([RoadRow(i, "lane", False, 36.0, one.wkb) for i, one in enumerate(lines)])


def test_two_ends_that_nearly_touch_become_one_point():
    east = (118.101, 24.5 + 0.6 * M)
    lines = [line((118.1, 24.5), (118.101, 24.5)), line(east, (118.102, 24.5))]
    joined = join(lines)
    assert joined.count == 1
    assert graph_of(lines).size[0] == 2
    assert graph_of(joined.lines).size == (3, 4)


def test_an_end_that_nearly_touches_the_middle_of_a_road_gets_a_crossing_there():
    through = line((118.1, 24.5), (118.102, 24.5))
    side = line((118.101, 24.5 + 0.8 * M), (118.101, 24.501))
    joined = join([through, side])
    assert joined.count == 1
    assert len(joined.lines[0].coords) == 3
    assert graph_of(joined.lines).size == (4, 6)


def test_ends_farther_apart_than_the_tolerance_stay_apart():
    gap = (TOLERANCE_M + 0.2) * M
    lines = [line((118.1, 24.5), (118.1, 24.501)), line((118.1, 24.501 + gap), (118.1, 24.502))]
    joined = join(lines)
    assert joined.count == 0
    assert all(a is b for a, b in zip(joined.lines, lines, strict=True))


def test_what_is_joined_already_is_left_as_it_is():
    lines = [shapely.from_wkb(row.wkb) for row in square()]
    assert join(lines).count == 0
    assert unjoined_crossings(lines).tolist() == []


def test_a_very_short_road_is_not_joined_with_itself_away():
    lines = [line((118.1, 24.5), (118.1, 24.5 + 0.5 * M)), line((118.1, 24.5 + 0.9 * M), (118.1, 24.501))]
    assert all(one.length > 0 for one in join(lines).lines)


def test_roads_that_cross_without_a_common_point_stay_apart_and_are_told():
    bridge, below = line(at(-1, 0), at(1, 0)), line(at(0, -1), at(0, 1))
    assert unjoined_crossings([bridge, below, below.reverse()]).tolist() == [pytest.approx(at(0, 0))]
    assert graph_of([bridge, below]).size[0] == 2  # the larger of the two, by nobody's choice


def test_islands_are_told_longest_first_with_a_place_on_them():
    far = [road((20, 0), (22, 0)), road((20, 1), (20.5, 1)), road((20.5, 1), (21, 1))]
    oneway = road((2, 2), (5, 2), oneway=True)
    network = build([*square(), *far, oneway])
    islands = network.left.islands
    assert [island.pieces for island in islands] == [1, 1, 2]
    lengths = [metres(at(2, 2), at(5, 2)), metres(at(20, 0), at(22, 0)), metres(at(20, 1), at(21, 1))]
    assert [island.length_m for island in islands] == [pytest.approx(length, rel=1e-4) for length in lengths]
    assert network.left.junctions == 1 + 2 + 3
    assert islands[0].lat == pytest.approx(at(2, 2)[1])


def ladder(x, steps):
    """A street of so many crossings, twice, with rungs between."""
    rails = [road(*[(x + i, y) for i in range(steps)]) for y in (0, 1)]
    return [*rails, *(road((x + i, 0), (x + i, 1)) for i in range(steps))]


def test_a_large_part_apart_is_kept_and_a_small_one_is_not():
    network = build([*ladder(0, 80), *ladder(200, 55), *ladder(400, 45)])
    assert network.parts == (160, 110)
    assert [island.pieces for island in network.left.islands] == [45 + 2 * 44]


def test_within_a_part_apart_one_drives_and_to_it_one_does_not():
    graph = RoadGraph([*ladder(0, 80), *ladder(200, 55)])
    assert graph.route(at(210, 0), at(220, 0)).by_road
    assert not graph.route(at(70, 0), at(210, 0)).by_road
    found = graph.nearest(at(210, 0), [("near", *at(220, 0)), ("over", *at(79, 0))])
    assert [(one.id, one.by_road) for one in found] == [("near", True), ("over", False)]
