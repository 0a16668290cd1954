import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from core.places import RoadRow
from geo.roadnet import ACCESS_KMH, DEGREE_M, STRAIGHT_KMH
from geo.roads import RoadGraph

STEP = 0.002  # degrees between crossings
BASE = (118.1, 24.5)


def at(x, y):
    return BASE[0] + x * STEP, BASE[1] + y * STEP


def road(*points, oneway=False, speed=36.0, number=1):
    """A road through grid points; 36 km/h makes 10 m a second."""
    line = shapely.LineString([at(*point) for point in points])
    return RoadRow(number, "lane", oneway, speed, line.wkb)


def metres(a, b):
    mean = math.radians((a[1] + b[1]) / 2)
    return math.hypot((a[0] - b[0]) * math.cos(mean), a[1] - b[1]) * DEGREE_M


def square(size=3, oneway=False):
    """Streets of a chessboard, each one row across or up."""
    across = [road(*[(x, y) for x in range(size)], oneway=oneway) for y in range(size)]
    return across + [road(*[(x, y) for y in range(size)]) for x in range(size)]


def test_streets_join_where_they_share_an_interior_point():
    graph = RoadGraph(square())
    assert graph.size == (9, 24)
    assert graph.left.pieces == 0


def test_the_fastest_way_follows_the_streets():
    route = RoadGraph(square()).route(at(0, 0), at(2, 2))
    expected = metres(at(0, 0), at(2, 0)) + metres(at(2, 0), at(2, 2))
    assert route.by_road
    assert route.distance_m == pytest.approx(expected, rel=1e-4)
    assert route.eta_s == pytest.approx(expected / 10, rel=1e-3)
    assert route.coords[0] == pytest.approx(at(0, 0))
    assert route.coords[-1] == pytest.approx(at(2, 2))


def test_the_line_of_a_route_is_as_long_as_it_says():
    route = RoadGraph(square()).route(at(0.3, 0.01), at(1.6, 1.99))
    drawn = sum(metres(a, b) for a, b in itertools.pairwise(route.coords))
    assert drawn == pytest.approx(route.distance_m, rel=1e-3)


def test_the_place_along_a_street_counts():
    graph = RoadGraph([road((0, 0), (10, 0))])
    near, far = graph.nearest(at(4, 0), [("far", *at(9, 0)), ("near", *at(5, 0))])
    assert [near.id, far.id] == ["near", "far"]
    assert near.eta_s == pytest.approx(metres(at(4, 0), at(5, 0)) / 10, rel=1e-2)


def test_a_one_way_street_is_driven_along_its_line_only():
    ring = [road((0, 0), (3, 0), oneway=True), road((3, 0), (3, 1), (0, 1), (0, 0), oneway=True)]
    graph = RoadGraph(ring)
    short = graph.route(at(1, 0), at(2, 0))
    long = graph.route(at(2, 0), at(1, 0))
    assert short.distance_m == pytest.approx(metres(at(1, 0), at(2, 0)), rel=1e-3)
    whole = 2 * metres(at(0, 0), at(3, 0)) + 2 * metres(at(0, 0), at(0, 1))
    assert long.distance_m == pytest.approx(whole - short.distance_m, rel=1e-3)


def test_a_dead_end_without_return_is_left_out_and_reported():
    graph = RoadGraph([*square(), road((2, 2), (5, 2), oneway=True)])
    assert graph.left.pieces == 1
    assert graph.left.length_m == pytest.approx(metres(at(2, 2), at(5, 2)), rel=1e-6)


def test_a_two_way_street_given_in_both_directions_is_one_street():
    there, back = road((0, 0), (1, 0), (2, 0)), road((2, 0), (1, 0), (0, 0))
    assert RoadGraph([there, back]).size == (2, 2)


def test_the_faster_of_two_parallel_streets_is_taken():
    slow, fast = road((0, 0), (2, 0), speed=18.0), road((0, 0), (1, 0.1), (2, 0), speed=72.0)
    route = RoadGraph([slow, fast]).route(at(0, 0), at(2, 0))
    assert route.eta_s == pytest.approx(metres(at(0, 0), at(2, 0)) / 20, rel=0.02)


def test_a_ring_road_is_entered_from_its_nearer_side():
    ring = road((1, 0), (1, 1), (2, 1), (2, 0), (1, 0))
    graph = RoadGraph([road((0, 0), (1, 0)), ring])
    expected = metres(at(0, 0), at(1, 0)) + metres(at(1, 0), at(1.5, 0))
    assert graph.route(at(0, 0), at(1.5, 0)).distance_m == pytest.approx(expected, rel=1e-3)


def test_the_way_to_the_road_is_slow():
    graph = RoadGraph([road((0, 0), (10, 0))])
    reach = graph.nearest(at(5, 0), [("u", *at(5, 0.1))])[0]
    off = metres(at(5, 0), at(5, 0.1))
    assert reach.by_road
    assert reach.eta_s == pytest.approx(off / (ACCESS_KMH / 3.6), rel=1e-2)


@pytest.mark.parametrize("rows", [[], [road((0, 0), (1, 0))]])
def test_far_from_any_road_the_straight_line_is_given_and_flagged(rows):
    graph = RoadGraph(rows)
    reach = graph.nearest(at(50, 50), [("u", *at(60, 50))])[0]
    straight = metres(at(50, 50), at(60, 50))
    assert not reach.by_road
    assert reach.distance_m == pytest.approx(straight, rel=1e-3)
    assert reach.eta_s == pytest.approx(straight / (STRAIGHT_KMH / 3.6), rel=1e-3)
    assert graph.route(at(60, 50), at(50, 50)).coords == (at(60, 50), at(50, 50))


def test_a_unit_far_from_the_roads_is_ranked_among_those_on_them():
    graph = RoadGraph([road((0, 0), (20, 0))])
    units = [("field", *at(5, 9)), ("road", *at(6, 0)), ("end", *at(20, 0))]
    found = graph.nearest(at(5, 0), units)
    assert [(reach.id, reach.by_road) for reach in found] == [("road", True), ("field", False), ("end", True)]


def test_nobody_to_ask_gives_an_empty_list():
    assert RoadGraph(square()).nearest(at(0, 0), []) == []


def test_equally_fast_units_keep_their_order():
    graph = RoadGraph(square())
    found = graph.nearest(at(1, 1), [("b", *at(0, 1)), ("a", *at(0, 1))])
    assert [reach.id for reach in found] == ["b", "a"]


#: Ends of streets on a circle: no street passes through the end of another, so that brute force is right.
CIRCLE = [(round(5 * math.cos(i), 3), round(5 * math.sin(i), 3)) for i in range(7)]
cell = st.sampled_from(CIRCLE)
street = st.tuples(cell, cell, st.booleans(), st.sampled_from([18.0, 36.0, 72.0]))


@settings(max_examples=100, deadline=None)
@given(st.lists(street, min_size=4, max_size=24), st.lists(cell, min_size=1, max_size=6), cell)
def test_ranking_agrees_with_floyd_warshall(streets, units, incident):
    rows = [
        road(a, b, oneway=oneway, speed=speed, number=i)
        for i, (a, b, oneway, speed) in enumerate(streets)
        if a != b
    ]
    graph = RoadGraph(rows)
    if graph.empty:
        return
    nodes, seconds = floyd_warshall(rows)
    part = strong_part(nodes, seconds, graph.size[0])
    if part is None or incident not in part:
        return
    named = [(str(i), *at(*unit)) for i, unit in enumerate(units) if unit in part]
    found = graph.nearest(at(*incident), named, k=20)
    for reach in found:
        expected = seconds[units[int(reach.id)], incident]
        assert reach.eta_s == pytest.approx(expected, rel=2e-3, abs=0.2)
    assert [reach.eta_s for reach in found] == sorted(reach.eta_s for reach in found)


def floyd_warshall(rows):
    """Seconds between all ends of roads; roads join at their ends only."""
    ends = {row.id: shapely.from_wkb(row.wkb).coords for row in rows}
    back = {at(x, y): (x, y) for x, y in CIRCLE}
    nodes = sorted({back[tuple(point)] for coords in ends.values() for point in coords})
    seconds = {(a, b): 0.0 if a == b else math.inf for a in nodes for b in nodes}
    for row in rows:
        a, b = (back[tuple(point)] for point in ends[row.id])
        cost = metres(at(*a), at(*b)) / (row.speed_kmh / 3.6)
        seconds[a, b] = min(seconds[a, b], cost)
        if not row.oneway:
            seconds[b, a] = min(seconds[b, a], cost)
    for via, a, b in itertools.product(nodes, repeat=3):
        seconds[a, b] = min(seconds[a, b], seconds[a, via] + seconds[via, b])
    return nodes, seconds


def strong_part(nodes, seconds, size):
    """The one strongly connected part of this size; None when several could be meant."""
    parts = {
        frozenset(b for b in nodes if seconds[a, b] < math.inf and seconds[b, a] < math.inf) for a in nodes
    }
    biggest = [part for part in parts if len(part) == size]
    return biggest[0] if len(biggest) == 1 and size > 1 else None


def test_nobody_drives_through_a_closed_road():
    graph = RoadGraph(square())
    shut = graph.without([[at(1, 0), at(2, 0)]])
    round_ = metres(at(0.5, 0), at(2, 0)) + metres(at(0, 0), at(0, 1.5))
    assert shut.route(at(0.5, 0), at(2, 0.5)).distance_m == pytest.approx(round_, rel=1e-3)
    assert graph.without([]) is graph
    assert graph.route(at(0, 0), at(2, 0)).distance_m == pytest.approx(metres(at(0, 0), at(2, 0)), rel=1e-3)


def test_what_lies_on_a_closed_road_is_still_reached_from_either_end():
    shut = RoadGraph(square()).without([[at(1, 0), at(2, 0)]])
    assert shut.route(at(0, 0), at(1.5, 0)).distance_m == pytest.approx(
        metres(at(0, 0), at(1.5, 0)), rel=1e-3
    )
    assert shut.route(at(1.5, 0), at(2, 1)).by_road


def test_the_end_of_a_closed_road_is_not_reached_through_it():
    shut = RoadGraph(square()).without([[at(1, 0), at(2, 0)]])
    round_ = metres(at(0, 0), at(2, 0)) + 2 * metres(at(0, 0), at(0, 1))
    assert shut.route(at(0, 0), at(2, 0)).distance_m == pytest.approx(round_, rel=1e-3)
    assert shut.route(at(2, 0), at(0, 0)).distance_m == pytest.approx(round_, rel=1e-3)


def test_streets_that_cross_a_closed_road_stay_open():
    shut = RoadGraph(square()).without([[at(0, 1), at(2, 1)]])
    across = shut.route(at(1, 0.2), at(1, 1.8))
    assert across.distance_m == pytest.approx(metres(at(1, 0.2), at(1, 1.8)), rel=1e-3)


def test_where_two_roads_join_the_same_crossings_closing_one_leaves_the_other():
    slow, fast = road((0, 0), (2, 0), speed=18.0), road((0, 0), (1, 0.1), (2, 0), speed=72.0)
    shut = RoadGraph([slow, fast, road((2, 0), (3, 0))]).without([[at(0, 0), at(1, 0.1), at(2, 0)]])
    expected = metres(at(0, 0), at(2, 0)) / 5 + metres(at(2, 0), at(3, 0)) / 10
    assert shut.route(at(0, 0), at(3, 0)).eta_s == pytest.approx(expected, rel=0.01)


def outward(graph, sources, targets, limit=3600.0):
    return graph.outward(np.array(sources), np.array(targets), limit).tolist()


def test_reach_is_driven_from_the_post_along_one_ways():
    ring = [road((0, 0), (3, 0), oneway=True), road((3, 0), (3, 1), (0, 1), (0, 0), oneway=True)]
    graph = RoadGraph(ring)
    there, back = outward(graph, [at(1, 0)], [at(2, 0), at(0.5, 0)])
    assert there == pytest.approx(metres(at(1, 0), at(2, 0)) / 10, rel=1e-3)
    assert back == pytest.approx(graph.route(at(1, 0), at(0.5, 0)).eta_s, rel=1e-3)


def test_of_several_posts_the_first_to_arrive_counts_and_the_limit_ends_it():
    graph = RoadGraph([road((0, 0), (10, 0))])
    near, far = outward(graph, [at(0, 0), at(6, 0)], [at(5, 0), at(2.9, 0)], limit=55)
    assert near == pytest.approx(metres(at(5, 0), at(6, 0)) / 10, rel=1e-3)
    assert far == math.inf


def test_where_no_road_is_near_nothing_is_reached():
    graph = RoadGraph([road((0, 0), (10, 0))])
    assert outward(graph, [at(0, 0)], [at(5, 20)]) == [math.inf]
    assert outward(graph, [at(5, 20)], [at(0, 0)]) == [math.inf]
    assert outward(RoadGraph(), [at(0, 0)], [at(0, 0)]) == [math.inf]
    assert outward(graph, np.zeros((0, 2)), [at(0, 0)]) == [math.inf]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(street, min_size=4, max_size=20), st.lists(cell, min_size=1, max_size=3), cell, st.integers(0, 3)
)
def test_reach_agrees_with_routes_also_with_closures(streets, posts, target, shut):
    rows = [road(a, b, oneway=o, speed=v, number=i) for i, (a, b, o, v) in enumerate(streets) if a != b]
    graph = RoadGraph(rows).without([shapely.from_wkb(row.wkb).coords for row in rows[:shut]])
    if graph.empty:
        return
    ways = [graph.route(at(*post), at(*target)) for post in posts]
    expected = min((way.eta_s for way in ways if way.by_road), default=math.inf)
    [found] = outward(graph, [at(*post) for post in posts], [at(*target)])
    assert found == pytest.approx(expected, abs=0.1) or (found == math.inf and expected > 3600)
