"""The demo city at its full size: the figures it promises, and the same properties at any seed and scale."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.city import KINDS, City, make_city
from tests.demo.drills import strays


@pytest.fixture(scope="module")
def full() -> City:
    return make_city(scale=1.0)


def tiers(city: City) -> list[dict[str, shapely.Geometry]]:
    found: list[dict[str, shapely.Geometry]] = [{}, {}, {}, {}]
    for f in city.layers["grids"]:
        found[f.props["tier"]][f.props["code"]] = f.geom
    return found


def is_chinese(name: str) -> bool:
    return all("一" <= ch <= "鿿" or ch == "〇" for ch in name)


@pytest.mark.whole
def test_a_full_city_has_the_promised_numbers(full: City):
    counts = {kind: len(full.layers[kind]) for kind in KINDS}
    assert [len(t) for t in tiers(full)] == [6, 54, 555, 5700]
    assert Counter(f.props["type"] for f in full.layers["posts"])["station"] == 71
    assert (counts["stores"], counts["units"]) == (60, 400)
    assert (counts["shelters"], counts["hazards"], counts["cameras"]) == (741, 658, 4700)
    assert Counter(f.props["level"] for f in full.layers["broadcasts"]) == {
        "市": 1,
        "区": 6,
        "镇": 54,
        "村": 555,
    }
    assert len(full.missing_posts) == round(0.03 * 555)
    assert sum(f.props["population"] for f in full.layers["grids"] if f.props["tier"] == 3) > 4_000_000


@pytest.mark.whole
def test_a_full_city_has_some_fifteen_thousand_junctions(full: City):
    lines = [f.geom for f in full.layers["roads"]]
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, i)) for i in (0, -1)])
    degree = np.unique(ends, axis=0, return_counts=True)[1]
    assert 13_000 < (degree >= 3).sum() < 17_000


@pytest.mark.whole
def test_a_full_city_is_exact(full: City):
    for shapes in tiers(full):
        assert shapely.coverage_is_valid(np.array(list(shapes.values())))


@pytest.mark.whole
def test_the_shipped_drills_happen_in_the_full_city(full: City):
    assert strays(full) == []


@pytest.mark.whole
def test_areas_are_compact(full: City):
    def roundness(shapes: dict[str, shapely.Geometry]) -> np.ndarray:
        flat = shapely.transform(list(shapes.values()), lambda xy: xy * (np.cos(np.radians(24.5)), 1.0))
        largest = np.array([max(shapely.get_parts(shape), key=lambda p: p.area) for shape in flat])
        return 4 * np.pi * shapely.area(largest) / shapely.length(largest) ** 2

    for shapes, least, usual in zip(tiers(full), (0.2, 0.2, 0.2, 0.05), (0.35, 0.5, 0.6, 0.65), strict=True):
        assert roundness(shapes).min() > least and np.median(roundness(shapes)) > usual


@pytest.mark.whole
def test_names_are_chinese_and_no_street_name_is_given_in_two_places(full: City):
    for kind, rows in full.layers.items():
        if kind in {"roads", "basemap"}:
            assert all(is_chinese(f.props["name"]) for f in rows if f.props["name"])
    assert all(is_chinese(f.props["name"]) for f in full.layers["grids"] if f.props["tier"] < 3)
    streets: defaultdict[str, list[shapely.Geometry]] = defaultdict(list)
    for f in full.layers["roads"]:
        streets[f.props["name"]].append(f.geom)
    loose = [name for name, lines in streets.items() if not _one_piece(lines)]
    assert all(name[:2] in {"滨河", "滨海", "环岛", "环湖", "湖滨"} or name in _GREAT for name in loose)


_GREAT = {"望海大道", "南屏大道", "跨海大道"}
"""Great roads that begin again beyond a bay."""


def _one_piece(lines: list[shapely.Geometry]) -> bool:
    """Joined end to end, or all but: a bridge with a name of its own, or a crossing, may lie between."""
    return len(shapely.get_parts(shapely.union_all(shapely.buffer(lines, 0.0006)))) == 1 or _by_bridges(lines)


def _by_bridges(lines: list[shapely.Geometry]) -> bool:
    return len(shapely.get_parts(shapely.union_all(shapely.buffer(lines, 0.015)))) == 1


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([0.02, 0.05]))
def test_any_seed_gives_an_exact_city_with_bridges_and_a_post_in_almost_each_community(
    seed: int, scale: float
):
    city = make_city(seed=seed, scale=scale)
    shapes = tiers(city)
    assert all(shapely.coverage_is_valid(np.array(list(tier.values()))) for tier in shapes)
    covered = {f.props["area"] for f in city.layers["posts"] if f.props["type"] == "post"}
    assert set(shapes[2]) - covered == set(city.missing_posts)
    assert all(
        shapely.intersects(shapes[2][f.props["area"]], f.geom)
        for f in city.layers["posts"] if f.props["type"] == "post"
    )  # fmt: skip
    bridges = {f.props["name"] for f in city.layers["roads"] if f.props["name"].endswith("大桥")}
    assert "云屿大桥" in bridges and 3 <= len(bridges - {"云屿大桥", "望潮大桥"}) <= 8
