from dataclasses import replace

import numpy as np
import pytest

from core.speeds import Pace, Paces, SpeedRule, SpeedTable, Spread, Turnout
from geo.eta import Eta, Timing
from geo.roadnet import STRAIGHT_KMH
from geo.roads import RoadGraph
from tests.geo.test_roads import at, metres, road, square

TABLE = SpeedTable(
    [SpeedRule("foot", "", 0, 24, 1.0, 3.6), SpeedRule("heavy", "lane", 7, 9, 0.5)],
    [
        Turnout("fire", "heavy", Spread(20, 80, 140), Spread(0, 10, 30), 0.5, 2.0),
        Turnout("volunteer", "foot", Spread(60, 180, 600), Spread(0, 30, 60), 0.8, 1.5),
    ],
)


def test_a_range_is_turnout_and_driving_time_from_the_station_and_from_the_street():
    timing = Timing(RoadGraph(), TABLE)
    assert timing.eta("fire", 100.0, at_home=True) == Eta(70.0, 180.0, 340.0)
    assert timing.eta("fire", 100.0, at_home=False) == Eta(50.0, 110.0, 230.0)
    assert timing.eta("unheard of", 100.0, at_home=True) == Eta(100.0, 100.0, 100.0)


def test_each_kind_comes_at_the_speed_of_its_vehicle_at_this_hour():
    graph = RoadGraph([road((0, 0), (10, 0))])
    spots = np.array([at(6, 0), at(6, 0), at(4, 0)])
    kinds, home = ("fire", "volunteer", "fire"), np.array([True, False, False])
    way = metres(at(5, 0), at(6, 0))
    noon = Timing(graph, TABLE, 12).etas(at(5, 0), spots, kinds, home)
    assert noon.drive == pytest.approx([way / 10, way / 1.0, way / 10], rel=1e-3)
    assert noon.seconds == pytest.approx([80 + way / 10, 30 + way, 10 + way / 10], rel=1e-3)
    assert noon.metres == pytest.approx([way] * 3, rel=1e-3)
    assert noon.by_road.all()
    rush = Timing(graph, TABLE, 8).etas(at(5, 0), spots, kinds, home)
    assert rush.drive == pytest.approx([way / 5, way / 1.0, way / 5], rel=1e-3)
    assert rush[1] == noon[1]


def test_an_empty_table_leaves_the_free_road():
    graph = RoadGraph(square())
    etas = Timing(graph).etas(at(0, 0), np.array([at(2, 2)]), ["fire"], np.array([True]))
    way = graph.route(at(2, 2), at(0, 0))
    assert etas[0] == Eta(*[pytest.approx(way.eta_s, abs=0.1)] * 3)


def test_without_roads_everybody_comes_as_the_crow_flies_at_the_speed_of_its_vehicle():
    etas = Timing(RoadGraph(), TABLE).etas(
        at(0, 0), np.array([at(3, 0)] * 2), ["fire", "volunteer"], np.array([1, 1])
    )
    straight = metres(at(0, 0), at(3, 0))
    assert etas.drive == pytest.approx([straight / (STRAIGHT_KMH / 3.6), straight / 1.0], rel=1e-3)
    assert not etas.by_road.any()


def test_other_speeds_change_the_way_that_is_fastest():
    straight, round_ = road((0, 0), (2, 0)), road((0, 0), (1, 0.5), (2, 0))
    graph = RoadGraph([straight, replace(round_, road_class="trunk")])
    slow = graph.paced(Paces((("lane", Pace(0.5)),)))
    assert graph.route(at(0, 0), at(2, 0)).distance_m < slow.route(at(0, 0), at(2, 0)).distance_m
    assert graph.paced(Paces()) is graph
    assert graph.paced(Paces((("lane", Pace(0.5)),))) is slow


def test_roads_closed_stay_closed_at_other_speeds():
    shut = RoadGraph(square()).without([[at(1, 0), at(2, 0)]])
    slow = shut.paced(Paces((), Pace(0.5)))
    assert slow.route(at(0, 0), at(2, 0)).eta_s == pytest.approx(
        2 * shut.route(at(0, 0), at(2, 0)).eta_s, rel=0.01
    )


def test_the_metres_of_all_are_those_of_their_ways():
    graph = RoadGraph(square(5))
    spots = np.array([at(x / 3, y / 3) for x in range(12) for y in range(0, 12, 3)])
    drives = graph.inbound(at(2.4, 1), spots)
    for number, spot in enumerate(spots.tolist()):
        way = graph.route(tuple(spot), at(2.4, 1))
        assert drives.metres[number] == pytest.approx(way.distance_m, abs=0.2)
        assert drives.seconds[number] == pytest.approx(way.eta_s, abs=0.1)
