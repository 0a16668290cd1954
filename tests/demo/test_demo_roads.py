"""The generated road network: joined end to end, every junction reachable from every other."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from demo.city import City, make_city
from demo.roads import SPEED_KMH


def ends(city: City) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Node numbers a, b and the one-way flags."""
    lines = [f.geom for f in city.layers["roads"]]
    xy = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, i)) for i in (0, -1)])
    _, number = np.unique(xy, axis=0, return_inverse=True)
    a, b = np.split(number.ravel(), 2)
    return a, b, np.array([f.props["oneway"] for f in city.layers["roads"]])


def test_every_junction_reaches_every_other(city: City):
    a, b, oneway = ends(city)
    rows, cols = np.concatenate([a, b[~oneway]]), np.concatenate([b, a[~oneway]])
    size = int(max(a.max(), b.max())) + 1
    graph = coo_matrix((np.ones(len(rows)), (rows, cols)), shape=(size, size))
    assert connected_components(graph, connection="strong")[0] == 1
    assert oneway.sum() > 10


def test_roads_meet_only_at_their_ends(city: City):
    lines = np.array([f.geom for f in city.layers["roads"] if "大桥" not in f.props["name"]])
    left, right = shapely.STRtree(lines).query(lines, predicate="intersects")
    once = left < right
    meeting = shapely.get_coordinates(shapely.intersection(lines[left[once]], lines[right[once]]))
    corners = shapely.get_coordinates([shapely.get_point(lines, i) for i in (0, -1)])
    known = {(round(x * 1e7), round(y * 1e7)) for x, y in corners}
    assert {(round(x * 1e7), round(y * 1e7)) for x, y in meeting} <= known


def test_junctions_are_crossings_not_mere_bends(city: City):
    a, b, _ = ends(city)
    degree = Counter(np.concatenate([a, b]).tolist())
    bends = sum(1 for d in degree.values() if d == 2)
    assert bends < 0.15 * len(degree)


def test_every_class_has_its_speed_and_every_road_a_chinese_name(city: City):
    for f in city.layers["roads"]:
        assert f.props["speed_kmh"] == SPEED_KMH[f.props["class"]]
        assert len(f.props["name"]) >= 2 and all("一" <= ch <= "鿿" for ch in f.props["name"])
    assert {f.props["class"] for f in city.layers["roads"]} >= {"motorway", "trunk", "primary", "residential"}


@pytest.mark.parametrize("seed", [1, 3, 12])
def test_no_town_of_even_the_smallest_city_is_cut_off(seed: int):
    city = make_city(seed=seed, scale=0.02)
    roads = shapely.STRtree([f.geom for f in city.layers["roads"]])
    towns = [f.geom for f in city.layers["grids"] if f.props["tier"] == 1]
    served = Counter(roads.query(towns, predicate="intersects")[0].tolist())
    assert len(towns) == 6 and all(served[i] > 10 for i in range(6))


def test_the_river_is_bridged_and_so_is_the_strait(city: City):
    river = next(f.geom for f in city.layers["basemap"] if f.props["class"] == "river")
    sea = next(f.geom for f in city.layers["basemap"] if f.props["class"] == "sea")
    roads = [f for f in city.layers["roads"] if not shapely.is_empty(f.geom)]
    over_river = {f.props["name"] for f in roads if shapely.intersects(river, f.geom)}
    over_sea = {f.props["name"] for f in roads if shapely.intersection(sea, f.geom).length > 0.001}
    assert all(name.endswith("大桥") for name in over_river | over_sea)
    assert {"云屿大桥", "望潮大桥"} <= over_sea
    assert 3 <= len((over_river | over_sea) - {"云屿大桥", "望潮大桥"}) <= 8
