"""The generated city: exact tiers, honest codes, known gaps, the same bytes from the same seed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely

from core.errors import InvalidInput
from demo.city import KINDS, City, make_city
from demo.names import chinese_number
from demo.write import write_city
from geo.kinds import BASEMAP_KINDS

LENGTH = {0: 6, 1: 9, 2: 12, 3: 15}


def tier(city: City, number: int) -> dict[str, shapely.Geometry]:
    return {f.props["code"]: f.geom for f in city.layers["grids"] if f.props["tier"] == number}


def vertices(geometry: shapely.Geometry) -> set[tuple[float, float]]:
    return set(map(tuple, shapely.get_coordinates(geometry)))


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_grids_of_one_tier_neither_overlap_nor_leave_gaps(city: City, number: int):
    shapes = np.array(list(tier(city, number).values()))
    assert shapely.coverage_is_valid(shapes)
    assert not shapely.coverage_invalid_edges(shapes)[0]
    assert shapely.is_valid(shapes).all()
    union = shapely.coverage_union_all(shapes)
    islands = [f for f in city.layers["basemap"] if f.props["class"] == "island"]
    assert len(shapely.get_parts(union)) == 1 + len(islands) >= 5
    assert shapely.get_num_interior_rings(shapely.get_parts(union)).sum() == 0


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_parent_is_exactly_the_union_of_its_children(city: City, number: int):
    children = tier(city, number + 1)
    for code, shape in tier(city, number).items():
        union = shapely.coverage_union_all([g for c, g in children.items() if c.startswith(code)])
        assert shapely.symmetric_difference(union, shape).area == 0.0
        assert shapely.equals(union, shape)
        assert vertices(union) == vertices(shape)


def test_every_tier_covers_the_same_ground(city: City):
    whole = [shapely.coverage_union_all(list(tier(city, n).values())) for n in range(4)]
    assert all(shapely.equals(whole[0], other) for other in whole[1:])


def test_coordinates_have_exactly_seven_decimals(city: City):
    for rows in city.layers.values():
        xy = shapely.get_coordinates([row.geom for row in rows])
        assert np.array_equal(xy, np.round(xy, 7))


def test_codes_are_hierarchical(city: City):
    codes = {f.props["code"] for f in city.layers["grids"]}
    for feature in city.layers["grids"]:
        code, parent, number = (feature.props[k] for k in ("code", "parent", "tier"))
        assert code.startswith("9901") and code.isdigit() and len(code) == LENGTH[number]
        if number:
            assert parent in codes and code.startswith(parent) and len(parent) == LENGTH[number - 1]
        else:
            assert parent is None


def test_a_base_grid_has_people_and_its_staff(city: City):
    base = [f.props for f in city.layers["grids"] if f.props["tier"] == 3]
    assert 270 <= len(base) <= 330
    assert all(p["managers"] == 1 and 2 <= p["assistants"] <= 5 for p in base)
    assert 300 <= np.median([p["households"] for p in base]) <= 500
    people = Counter()
    for f in city.layers["grids"]:
        people[f.props["tier"]] += f.props["population"]
    assert len(set(people.values())) == 1


def test_great_institutions_have_a_special_grid_over_base_grids(city: City):
    kinds = Counter(f.props["special"] for f in city.special)
    assert {"school", "market", "park", "hospital", "transport"} == set(kinds)
    names = {f.props["name"] for f in city.layers["keyplaces"]}
    base = shapely.STRtree(list(tier(city, 3).values()))
    for f in city.special:
        assert f.props["name"].removesuffix("专属网格") in names
        assert f.geom.is_valid and len(base.query(f.geom, predicate="overlaps")) != 1
    assert city.rows("grids") == (*city.layers["grids"], *city.special)


def test_each_community_has_a_post_except_exactly_the_known_ones(city: City):
    communities = set(tier(city, 2))
    covered = [f.props["area"] for f in city.layers["posts"] if f.props["type"] == "post"]
    assert len(covered) == len(set(covered))
    assert communities - set(covered) == set(city.missing_posts)
    assert 0 < len(city.missing_posts) <= 0.1 * len(communities)
    shapes = tier(city, 2)
    for f in city.layers["posts"]:
        if f.props["type"] == "post":
            assert shapely.contains(shapes[f.props["area"]], f.geom)


def test_each_town_has_a_police_station(city: City):
    stations = {f.props["area"] for f in city.layers["posts"] if f.props["type"] == "station"}
    assert stations == set(tier(city, 1))


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in {"roads", "basemap"}])
def test_codes_and_names_identify(city: City, kind: str):
    for field in ("code", "name"):
        values = [f.props[field] for f in city.layers[kind]]
        assert all(values) and len(values) == len(set(values)), field


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in {"roads", "basemap", "grids"}])
def test_everything_stands_in_the_city(city: City, kind: str):
    base = shapely.STRtree(list(tier(city, 3).values()))
    points = [f.geom for f in city.layers[kind]]
    found = base.query(points, predicate="intersects")[0]
    assert set(found.tolist()) == set(range(len(points)))


def test_base_map_has_its_kinds_and_classes_in_sound_shapes(city: City):
    rows = city.layers["basemap"]
    classes = {kind: {f.props["class"] for f in rows if f.props["kind"] == kind} for kind in BASEMAP_KINDS}
    assert {f.props["kind"] for f in rows} == set(BASEMAP_KINDS)
    assert classes["water"] == {"sea", "river", "lake"} and classes["green"] == {"hill", "forest", "park"}
    assert classes["name"] == {"island", "sea", "lake", "river"}
    assert classes["building"] >= {"hospital", "school", "government", "station", "mall", "stadium"}
    assert all(shapely.is_valid(f.geom) and not shapely.is_empty(f.geom) for f in rows)
    assert all(f.props["name"] for f in rows if f.props["kind"] in {"building", "name"})


def test_buildings_are_key_places_and_stand_clear_of_the_roads(city: City):
    buildings = [f for f in city.layers["basemap"] if f.props["kind"] == "building"]
    marks = {f.props["name"]: f.geom for f in city.layers["keyplaces"]}
    assert all(shapely.intersects(f.geom, marks[f.props["name"]]) for f in buildings)
    roads = shapely.STRtree([f.geom for f in city.layers["roads"]])
    assert not len(roads.query([f.geom for f in buildings], predicate="intersects")[0])


def test_sixty_units_of_ten_kinds_are_based_at_stations(city: City):
    units = city.layers["units"]
    assert len(units) == 60
    assert len({f.props["kind"] for f in units}) == 10
    homes = {f.geom.wkb for k in ("posts", "keyplaces") for f in city.layers[k]}
    assert all(f.geom.wkb in homes for f in units)


def test_the_same_seed_gives_the_same_bytes(city: City, tmp_path: Path):
    one, two = write_city(city, tmp_path / "one"), write_city(make_city(), tmp_path / "two")
    assert all(one[kind].read_bytes() == two[kind].read_bytes() for kind in KINDS)


def test_another_seed_gives_another_city_just_as_exact():
    other = make_city(seed=7)
    for number in range(4):
        assert shapely.coverage_is_valid(np.array(list(tier(other, number).values())))


def test_a_scale_out_of_range_is_refused():
    with pytest.raises(InvalidInput):
        make_city(scale=50)


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "一"), (10, "十"), (12, "十二"), (35, "三十五"), (102, "一百〇二"), (212, "二百一十二")],
)
def test_numbers_are_said_in_chinese(number: int, word: str):
    assert chinese_number(number) == word
