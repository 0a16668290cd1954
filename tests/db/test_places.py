from dataclasses import replace
from datetime import UTC, datetime

import pytest
import shapely
from sqlalchemy import select

from db import features, grids, places, places_write
from db.features import Wanted
from db.history import Counts, Revision
from db.tables_places import grid, place

WEST, EAST = "990101001001001", "990101001001002"
TOWN, COMMUNITY, DISTRICT = "990101001", "990101001001", "990101"


def box(west, south, east, north):
    return shapely.MultiPolygon([shapely.box(west, south, east, north)])


def a_grid(code, tier, name, parent, geom, **props):
    return {"code": code, "tier": tier, "name": name, "parent": parent, "geom": geom, "props": props}


CITY = [
    a_grid(DISTRICT, 0, "云溪区", None, box(118.0, 24.0, 118.2, 24.1)),
    a_grid(TOWN, 1, "临江街道", DISTRICT, box(118.0, 24.0, 118.2, 24.1)),
    a_grid(COMMUNITY, 2, "望海社区", TOWN, box(118.0, 24.0, 118.2, 24.1)),
    a_grid(WEST, 3, "第一网格", COMMUNITY, box(118.0, 24.0, 118.1, 24.1)),
    a_grid(EAST, 3, "第二网格", COMMUNITY, box(118.1, 24.0, 118.2, 24.1)),
]


def a_place(kind, code, lon, lat, area=None, **props):
    return {
        "kind": kind,
        "code": code,
        "name": code,
        "area": area,
        "geom": shapely.Point(lon, lat),
        "props": props,
    }


@pytest.fixture
def city(engine):
    with engine.begin() as conn:
        places_write.upsert_grids(conn, CITY)
        yield conn


def test_a_point_has_its_base_grid_its_community_and_a_readable_place(city):
    found = places.describe_point(city, 118.15, 24.05)
    assert found == places.PlaceOfPoint(EAST, COMMUNITY, "云溪区 临江街道 望海社区 第二网格")


def test_a_point_on_a_common_border_has_one_grid_the_lower_code(city):
    assert places.describe_point(city, 118.1, 24.05).grid == WEST


def test_a_point_just_off_the_shore_belongs_to_the_nearest_grid(city):
    forty_metres = 40 / 101_700
    assert places.describe_point(city, 118.2 + forty_metres, 24.05).grid == EAST


def test_a_point_past_the_tolerance_belongs_to_no_grid(city):
    sixty_metres = 60 / 101_700
    assert places.describe_point(city, 118.2 + sixty_metres, 24.05) == places.NOWHERE


def test_in_a_city_of_one_tier_the_grid_is_also_the_area(engine):
    with engine.begin() as conn:
        places_write.upsert_grids(conn, [a_grid("G-0001", 3, "Mission", None, box(0, 0, 1, 1))])
        found = places.describe_point(conn, 0.5, 0.5)
        assert found == places.PlaceOfPoint("G-0001", "G-0001", "Mission")
        assert places.area_names(conn) == {"G-0001": "Mission"}


def test_an_empty_city_has_no_bounds_no_roads_and_no_grid_for_a_point(engine):
    with engine.begin() as conn:
        assert places.city_bounds(conn) is None
        assert places.read_roads(conn) == []
        assert places.describe_point(conn, 118.0, 24.0) == places.NOWHERE
        assert places.read_base_grids(conn).codes == []


def test_bounds_are_those_of_all_grids(city):
    assert places.city_bounds(city) == (118.0, 24.0, 118.2, 24.1)


def test_area_names_stop_above_the_base_grids(city):
    assert set(places.area_names(city)) == {DISTRICT, TOWN, COMMUNITY}


def test_base_grids_come_with_their_community(city):
    base = places.read_base_grids(city)
    assert (base.codes, base.areas) == ([WEST, EAST], [COMMUNITY, COMMUNITY])
    assert base.geometries[0].area == pytest.approx(0.01)


def test_writing_the_same_code_again_is_its_next_version(city):
    places_write.upsert_grids(city, [a_grid(WEST, 3, "新名", COMMUNITY, box(118.0, 24.0, 118.1, 24.1))])
    rows = dict(city.execute(select(grid.c.code, grid.c.version)).all())
    assert (rows[WEST], rows[EAST]) == (2, 1)


def test_layer_items_are_geojson_within_the_box_and_the_area(city):
    rows = [
        a_place("posts", "P1", 118.05, 24.05, COMMUNITY, type="post"),
        a_place("posts", "P2", 118.15, 24.05, "990102001001"),
        a_place("cameras", "C1", 118.05, 24.05),
    ]
    places_write.upsert_places(city, rows)
    assert [item["id"] for item in features.read_features(city, "posts")] == ["P1", "P2"]
    west = features.read_features(city, "posts", Wanted(bbox=(118.0, 24.0, 118.1, 24.1)))
    assert west == [
        {
            "type": "Feature",
            "id": "P1",
            "geometry": {"type": "Point", "coordinates": [118.05, 24.05]},
            "properties": {"code": "P1", "name": "P1", "area": COMMUNITY, "version": 1, "type": "post"},
        }
    ]
    assert [item["id"] for item in features.read_features(city, "posts", Wanted(area="990102"))] == ["P2"]
    assert [item["id"] for item in features.read_features(city, "grids", limit=2)] == [DISTRICT, TOWN]
    assert features.extent(city, "posts") == features.Extent(2, (118.05, 24.05, 118.15, 24.05))
    assert features.extent(city, "roads") == features.Extent(0, None)
    with pytest.raises(KeyError):
        features.read_features(city, "nonsense")


def test_roads_are_replaced_whole_and_read_back_for_the_graph(city):
    line = shapely.LineString([(118.0, 24.0), (118.1, 24.0)])
    a_road = {
        "name": "海滨路",
        "class": "primary",
        "oneway": True,
        "speed_kmh": None,
        "geom": line,
        "props": {},
    }
    places_write.replace_roads(city, [a_road, a_road], Revision(1))
    places_write.replace_roads(city, [a_road], Revision(2))
    (row,) = places.read_roads(city)
    assert (row.road_class, row.oneway, row.speed_kmh, row.wkb) == ("primary", True, None, line.wkb)
    assert features.read_features(city, "roads")[0]["properties"]["name"] == "海滨路"


def test_a_base_map_import_replaces_only_its_own_kinds(city):
    def shape(kind):
        return {"kind": kind, "class": None, "name": None, "geom": shapely.box(0, 0, 1, 1)}

    places_write.replace_basemap(city, [shape("land"), shape("water")])
    places_write.replace_basemap(city, [shape("water"), shape("water")])
    kinds = [item["properties"]["kind"] for item in features.read_features(city, "basemap")]
    assert sorted(kinds) == ["land", "water", "water"]


def test_props_stay_as_they_were_written(city):
    places_write.upsert_places(city, [a_place("stores", "S1", 118.05, 24.05, address='望海路 "1" 号')])
    assert city.execute(select(place.c.props)).scalar_one() == {"address": '望海路 "1" 号'}


def test_a_grid_that_repeats_its_community_is_said_once():
    assert (
        places.place_words(["云港区", "莲园街道", "榕店社区", "榕店社区第07网格"])
        == "云港区 莲园街道 榕店社区 第07网格"
    )
    assert places.place_words([]) == ""


def test_what_is_as_it_was_is_not_written_again(city):
    rows = [a_place("posts", f"P{n}", 118.05, 24.05, type="post") for n in range(3)]
    assert places_write.upsert_places(city, rows, Revision(1)) == Counts(added=3)
    moved = [rows[0], a_place("posts", "P1", 118.06, 24.05, type="post"), rows[2] | {"name": "新名"}]
    noise = rows[0] | {"geom": shapely.Point(118.05 + 1e-12, 24.05)}
    assert places_write.upsert_places(city, [noise, *moved[1:]], Revision(2)) == Counts(
        changed=2, unchanged=1
    )
    versions = dict(city.execute(select(place.c.code, place.c.version)).all())
    assert versions == {"P0": 1, "P1": 2, "P2": 2}


def test_a_layer_can_be_read_as_any_import_left_it(city):
    def names(version):
        found = features.read_features(city, "posts", Wanted(version=version))
        return [(item["id"], item["properties"]["name"], item["properties"]["version"]) for item in found]

    first, second = a_place("posts", "P1", 118.05, 24.05), a_place("posts", "P2", 118.06, 24.05)
    other = a_place("cameras", "C1", 118.05, 24.05)
    places_write.upsert_places(city, [first, second], Revision(1))
    places_write.upsert_places(city, [other], Revision(1))
    places_write.upsert_places(city, [first | {"name": "新名"}], Revision(2))
    assert places_write.upsert_places(city, [first], Revision(3, replace=True)) == Counts(
        changed=1, removed=1
    )
    places_write.upsert_places(city, [second], Revision(4))
    assert names(0) == []
    assert names(1) == [("P1", "P1", 1), ("P2", "P2", 1)]
    assert names(2) == [("P1", "新名", 2), ("P2", "P2", 1)]
    assert names(3) == [("P1", "P1", 3)]
    assert names(4) == [("P1", "P1", 3), ("P2", "P2", 1)]
    assert features.extent(city, "cameras").count == 1


def test_roads_that_an_import_repeats_keep_their_ids_and_the_others_can_be_read_later(city):
    def a_road(name):
        line = shapely.LineString([(118.0, 24.0), (118.1, 24.0)])
        own = {"class": "primary", "oneway": True, "speed_kmh": None, "geom": line, "props": {}}
        return {"name": name, **own}

    def names(version):
        found = features.read_features(city, "roads", Wanted(version=version))
        return [item["properties"]["name"] for item in found]

    places_write.replace_roads(city, [a_road("甲"), a_road("乙"), a_road("乙")], Revision(1))
    held = {row.id for row in places.read_roads(city)}
    new, gone = places_write.replace_roads(city, [a_road("丙"), a_road("乙"), a_road("甲")], Revision(2))
    assert (new, gone) == ([0], 1)
    assert len({row.id for row in places.read_roads(city)} & held) == 2
    assert (sorted(names(1)), sorted(names(2))) == (["乙", "乙", "甲"], ["丙", "乙", "甲"])


def test_pages_filters_and_single_features_are_asked_of_the_database(city):
    rows = [a_place("cameras", f"C{n}", 118.0 + n / 100, 24.05, online=n % 2 == 0) for n in range(6)]
    places_write.upsert_places(city, rows)

    def ids(limit=None, **wanted):
        return [item["id"] for item in features.read_features(city, "cameras", Wanted(**wanted), limit)]

    assert ids(limit=2, after="C1") == ["C2", "C3"]
    assert ids(equal={"online": "true"}) == ["C0", "C2", "C4"]
    assert ids(equal={"name": "C3"}) == ids(ident="C3") == ["C3"]
    assert features.extent(city, "cameras", Wanted(equal={"online": "true"}, after="C2")).count == 3


def test_grids_are_read_as_they_held_at_a_time(city):
    def names(day):
        at = datetime(2026, 1, day, tzinfo=UTC)
        return [item["properties"]["name"] for item in features.read_features(city, "grids", Wanted(at=at))]

    assert not features.grids_have_versions(city)
    grids.keep_beginning(city, datetime(2026, 1, 1, tzinfo=UTC))
    assert features.grids_have_versions(city)
    west = grids.current(city)[WEST]
    renamed, gone = replace(west, name="新名"), grids.current(city)[EAST]
    grids.add_version(
        city, 1, datetime(2026, 1, 10, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC), "import", 1, 1
    )
    grids.add_changes(city, 1, [renamed], [gone])
    assert names(9)[-2:] == ["第一网格", "第二网格"]
    assert names(10)[-1] == "新名"
    assert features.date_of_grids(city, 1) == datetime(2026, 1, 10, tzinfo=UTC)
    assert features.date_of_grids(city, 7) is None
