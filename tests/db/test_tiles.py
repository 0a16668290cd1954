"""Tiles beside what geopandas cuts out of the same shapes, and names, classes and scopes in them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import Connection, Engine, delete, select

from actions.drawing import redraw, redraw_grids
from core.tiling import BUFFER, EXTENT, WORLD_M, Tile, pixel_m
from db import drawing, places_write, tiles
from db.cluster import Cluster
from db.engine import make_engine
from db.tables_places import grid, map_shape
from demo.city import City
from geo.drawing import mercator, thinned_coverage, visual_centres
from tests import mvt
from tests.conftest import Demo, own_database

ROAD_CLASSES = {"motorway", "trunk", "primary", "secondary", "tertiary", "residential", "lane"}


@pytest.fixture(scope="module")
def loaded(cluster: Cluster, demo: Demo) -> Iterator[Any]:
    """The small demo city, through the importers: (engine, city)."""
    with own_database(cluster, demo.url) as url:
        engine = make_engine(url)
        yield engine, demo.loaded.city
        engine.dispose()


@pytest.fixture(scope="module")
def city(loaded: tuple[Engine, City]) -> City:
    return loaded[1]


@pytest.fixture
def conn(loaded: tuple[Engine, City]) -> Iterator[Connection]:
    """What a test changes is rolled back."""
    with loaded[0].connect() as connection:
        yield connection


def tile_of(z: int, lon: float, lat: float) -> Tile:
    x, y = (lon + 180) / 360, (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return Tile(z, int(x * 2**z), int(y * 2**z))


def middle(z: int, city: City) -> Tile:
    west, south, east, north = city.bounds
    return tile_of(z, (west + east) / 2, (south + north) / 2)


def around(tile: Tile, steps: int = BUFFER) -> Any:
    """The box of a tile and its margin, in EPSG:3857."""
    return mvt.in_metres(shapely.box(-steps, -steps, EXTENT + steps, EXTENT + steps), tile)


def covering(z: int, city: City) -> list[Tile]:
    west, south, east, north = city.bounds
    first, last = tile_of(z, west, north), tile_of(z, east, south)
    return [Tile(z, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1)]


def get(conn: Connection, layer: str, tile: Tile, area: str = "") -> dict[str, list[mvt.Feature]]:
    return mvt.read(tiles.read_tile(conn, layer, tile, area))


def stored(city: City, kind: str) -> gpd.GeoDataFrame:
    """What was imported, by geopandas' own projection."""
    rows = city.layers[kind]
    frame = gpd.GeoDataFrame([f.props for f in rows], geometry=[f.geom for f in rows], crs=4326)
    return frame.to_crs(3857)


def test_grids_of_a_near_tile_are_the_clip_of_the_stored_ones(conn: Connection, city: City) -> None:
    tile = middle(14, city)
    expected = stored(city, "grids").clip(around(tile)).set_index("code")
    expected = expected[expected.area > (pixel_m(15) / 4) ** 2]
    found = {f.props["code"]: f for f in get(conn, "grids", tile)["grid"]}
    assert set(expected.index) <= set(found)
    assert len(found) - len(expected) <= 2, "slivers at the margin"
    assert len({f.props["tier"] for f in found.values()}) == 4
    step = WORLD_M / 2**tile.z / EXTENT
    for code, row in expected.iterrows():
        geom = mvt.in_metres(found[str(code)].geom, tile)
        assert geom.is_valid
        assert geom.symmetric_difference(row.geometry).area <= row.geometry.length * step, code
        assert (found[str(code)].props["name"], found[str(code)].props["tier"]) == (row["name"], row["tier"])


@pytest.mark.parametrize(("zoom", "tiers"), [(8, {0, 1}), (11, {0, 1}), (12, {0, 1, 2}), (14, {0, 1, 2, 3})])
def test_the_tiers_are_the_level_of_detail(conn: Connection, city: City, zoom: int, tiers: set[int]) -> None:
    drawn = [f for tile in covering(zoom - 1, city) for f in get(conn, "grids", tile).get("grid", [])]
    assert {f.props["tier"] for f in drawn} == tiers
    wanted = {f.props["code"] for f in city.layers["grids"] if f.props["tier"] in tiers}
    assert {f.props["code"] for f in drawn} == wanted


@pytest.mark.parametrize("level", [10, 12, 14])
def test_neighbours_share_their_borders_however_much_is_left_out(city: City, level: int) -> None:
    whole = mercator([f.geom for f in city.layers["grids"] if f.props["tier"] == 3])
    thin = thinned_coverage(whole, level)
    assert shapely.coverage_is_valid(thin)
    assert shapely.get_num_coordinates(thin).sum() < shapely.get_num_coordinates(whole).sum()
    assert shapely.area(thin).sum() == pytest.approx(shapely.union_all(thin).area, rel=1e-9)
    moved = shapely.hausdorff_distance(whole, thin)
    assert np.quantile(moved, 0.99) < 4 * pixel_m(level)


def test_the_roads_of_a_near_tile_are_as_long_as_those_that_geopandas_cuts_out(
    conn: Connection, city: City
) -> None:
    tile = middle(15, city)
    expected = stored(city, "roads").clip(around(tile))
    drawn = get(conn, "base", tile)["road"]
    for kind, rows in expected.groupby("class"):
        lines = [mvt.in_metres(f.geom, tile) for f in drawn if f.props["class"] == kind]
        assert shapely.length(lines).sum() == pytest.approx(rows.length.sum(), rel=0.01)
    seen = expected[expected.length > 2 * pixel_m(16)]
    assert {f.props.get("name") for f in drawn} >= {n if isinstance(n, str) else None for n in seen["name"]}


@pytest.mark.parametrize(
    ("zoom", "left_out"),
    [
        (10, {"secondary", "tertiary", "residential", "lane"}),
        (11, {"tertiary", "residential", "lane"}),
        (13, {"residential", "lane"}),
        (14, set()),
    ],
)
def test_wide_views_leave_out_the_small_roads(
    conn: Connection, city: City, zoom: int, left_out: set[str]
) -> None:
    there = {f.props["class"] for f in city.layers["roads"]} & ROAD_CLASSES
    drawn = [f for tile in covering(zoom - 1, city) for f in get(conn, "base", tile).get("road", [])]
    assert {f.props["class"] for f in drawn} == there - left_out


def test_a_street_is_one_line_where_it_was_many_pieces(conn: Connection, city: City) -> None:
    pieces = Counter(f.props["name"] for f in city.layers["roads"] if f.props["name"])
    name, count = pieces.most_common(1)[0]
    tile = middle(10, city)
    assert count > 10
    lines = [f for f in get(conn, "base", middle(13, city))["road"] if f.props.get("name") == name]
    assert len(lines) < count / 2
    assert not [f for f in get(conn, "base", tile)["road"] if f.props.get("name")], "no names from afar"


def test_one_way_streets_say_so_and_run_along_their_lines(conn: Connection) -> None:
    east = {"name": "东街", "class": "tertiary", "oneway": True, "speed_kmh": None, "props": {}}
    both = {**east, "name": "西街", "oneway": False}
    here = [(118.1, 24.5), (118.101, 24.5), (118.102, 24.5)]
    rows = [{**east, "geom": shapely.LineString(part)} for part in (here[1:], here[:2])]
    places_write.replace_roads(
        conn, [*rows, {**both, "geom": shapely.LineString([here[0], (118.1, 24.501)])}]
    )
    redraw(conn, "roads")
    drawn = get(conn, "base", tile_of(16, *here[1]))["road"]
    (one,) = [f for f in drawn if f.props["name"] == "东街"]
    assert one.props["oneway"] is True
    xs = shapely.get_coordinates(one.geom)[:, 0]
    assert list(xs) == sorted(xs)
    assert all("oneway" not in f.props for f in drawn if f.props["name"] == "西街")


def test_land_water_and_green_of_a_near_tile_are_the_clip_of_the_stored_ones(
    conn: Connection, city: City
) -> None:
    tile = middle(14, city)
    expected = stored(city, "basemap").clip(around(tile))
    drawn = get(conn, "base", tile)
    for kind in ("land", "water", "green"):
        areas = sum(mvt.in_metres(f.geom, tile).area for f in drawn.get(kind, []))
        assert areas == pytest.approx(expected[expected.kind == kind].area.sum(), rel=0.01)


def test_small_greens_are_left_out_of_wide_views(conn: Connection, city: City) -> None:
    greens = stored(city, "basemap").query("kind == 'green'")
    zoom = 10
    drawn = [f for tile in covering(zoom - 1, city) for f in get(conn, "base", tile).get("green", [])]
    large = greens[greens.area >= 20 * pixel_m(zoom) ** 2]
    assert 0 < len(large) <= len(drawn) < len(greens)


def test_each_name_stands_in_exactly_one_tile_inside_what_it_names(conn: Connection, city: City) -> None:
    zoom = 14
    points = [
        (f.props["class"], f.props["name"], mvt.in_metres(f.geom, tile))
        for tile in covering(zoom - 1, city)
        for f in get(conn, "base", tile).get("name", [])
    ]
    for tier, cls in ((0, "district"), (1, "town"), (2, "community")):
        named = [(name, point) for kind, name, point in points if kind == cls]
        areas = stored(city, "grids").query(f"tier == {tier}").set_index("name")
        assert sorted(name for name, _ in named) == sorted(areas.index)
        assert all(areas.geometry[name].contains(point) for name, point in named)
    ranks = [f.props["rank"] for f in get(conn, "base", middle(zoom - 1, city))["name"]]
    assert ranks == sorted(ranks)


def test_a_name_stands_in_the_widest_part_of_its_shape() -> None:
    arm = shapely.box(-100, -0.1, 0, 0.1)
    (centre,) = visual_centres(np.array([arm.union(shapely.box(0, -5, 10, 5))]))
    assert centre.distance(shapely.Point(5, 0)) < 1


def test_places_are_points_each_in_one_tile_with_what_is_known_of_them(conn: Connection, city: City) -> None:
    found = [f for tile in covering(13, city) for f in get(conn, "cameras", tile).get("cameras", [])]
    inside = [f for f in city.layers["cameras"] if shapely.box(*city.bounds).contains(f.geom)]
    assert {f.props["code"] for f in found} >= {f.props["code"] for f in inside}
    assert len(found) == len({f.props["code"] for f in found})
    assert {"code", "name", "area", "online", "class"} <= set(found[0].props)


def test_an_area_sees_its_own_grids_and_places_and_the_whole_base_map(conn: Connection, city: City) -> None:
    tile = middle(11, city)
    town = next(f.props["code"] for f in get(conn, "grids", tile)["grid"] if f.props["tier"] == 1)
    for layer in ("grid", "posts"):
        name = "grids" if layer == "grid" else layer
        whole = get(conn, name, tile)[layer]
        own = get(conn, name, tile, town)[layer]
        codes = [f.props["code" if layer == "grid" else "area"] for f in own]
        assert codes and all(code.startswith(town) for code in codes)
        assert len(own) < len(whole)
    assert tiles.read_tile(conn, "base", tile, town) == tiles.read_tile(conn, "base", tile)


def test_a_tile_where_nothing_lies_is_empty_and_another_layer_is_none(conn: Connection) -> None:
    assert tiles.read_tile(conn, "base", Tile(12, 0, 0)) == b""
    assert tiles.read_tile(conn, "cameras", Tile(12, 0, 0)) == b""
    with pytest.raises(KeyError):
        tiles.read_tile(conn, "nonsense", Tile(0, 0, 0))


def test_in_a_city_of_one_tier_its_grids_are_drawn_and_named_in_all_views(engine: Engine) -> None:
    geom = shapely.MultiPolygon([shapely.box(118.1, 24.4, 118.2, 24.5)])
    square = {"tier": 3, "parent": None, "geom": geom, "props": {}}
    with engine.begin() as conn:
        places_write.upsert_grids(conn, [{**square, "code": "G-0001", "name": "Mission"}])
        redraw(conn, "grids")
        for z in (8, 9):
            tile = tile_of(z, 118.15, 24.45)
            (grid,) = get(conn, "grids", tile)["grid"]
            assert grid.props == {"code": "G-0001", "name": "Mission", "tier": 3}
            (name,) = get(conn, "base", tile)["name"]
            assert (name.props["class"], name.props["name"]) == ("district", "Mission")


def kept(conn: Connection) -> Counter[Any]:
    columns = ("level", "layer", "code", "rank", "props")
    query = select(*(map_shape.c[name] for name in columns), map_shape.c.geom.ST_AsText())
    return Counter(map(str, conn.execute(query.where(map_shape.c.layer.in_(["grid", "area", "name"])))))


def test_grids_that_changed_are_drawn_as_if_all_were_drawn_anew(conn: Connection) -> None:
    by_code = {one.code: one for one in drawing.grids(conn)}
    first, gone, renamed, *_ = (one for one in by_code.values() if one.kind == "3")
    larger = shapely.union(first.geom, gone.geom)
    town = next(one for one in by_code.values() if one.kind == "1")
    rows = [
        {"code": one.code, "tier": int(one.kind), "name": name, "parent": None, "geom": geom, "props": {}}
        for one, name, geom in (
            (first, first.name, shapely.MultiPolygon(shapely.get_parts(larger).tolist())),
            (renamed, "新名", renamed.geom),
            (town, "新镇", town.geom),
        )
    ]
    places_write.upsert_grids(conn, rows)
    conn.execute(delete(grid).where(grid.c.code == gone.code))
    now = {one.code: one for one in drawing.grids(conn)}
    before = kept(conn)
    changed = [first, gone, renamed, town]
    redraw_grids(conn, changed, [now[one.code] for one in changed if one.code in now])
    after = kept(conn)
    assert 20 < (before - after).total() < before.total() / 4
    redraw(conn, "grids")
    assert kept(conn) == after


def test_a_crowd_of_places_is_sent_as_counts_that_add_up(conn: Connection, city: City) -> None:
    cameras = city.layers["cameras"]
    found = get(conn, "cameras", Tile(0, 0, 0))["cameras"]
    assert sum(f.props.get("count", 1) for f in found) == len(cameras)
    assert len(found) < len(cameras)


def test_whether_places_are_counted_is_the_same_in_all_tiles_of_a_view(conn: Connection, city: City) -> None:
    cameras = city.layers["cameras"]
    for z in (8, 10):
        assert len(cameras) < tiles.crowd(z)
        drawn = [f for tile in covering(z, city) for f in get(conn, "cameras", tile).get("cameras", [])]
        assert sorted(f.props["code"] for f in drawn) == sorted(f.props["code"] for f in cameras)


@pytest.mark.parametrize("tier", [0, 1, 2, 3])
def test_every_tier_can_be_painted_in_every_view(conn: Connection, city: City, tier: int) -> None:
    codes = {f.props["code"] for f in city.layers["grids"] if f.props["tier"] == tier}
    for zoom in (9, 12, 15):
        of_tiles = (get(conn, f"areas{tier}", tile).get("area", []) for tile in covering(zoom - 1, city))
        drawn = [feature for features in of_tiles for feature in features]
        assert {f.props["code"] for f in drawn} == codes
        assert all(set(f.props) == {"code"} for f in drawn)


def test_areas_to_be_painted_are_those_of_the_asker(conn: Connection, city: City) -> None:
    town = next(f.props["code"] for f in city.layers["grids"] if f.props["tier"] == 1)
    drawn = [f for tile in covering(11, city) for f in get(conn, "areas2", tile, town).get("area", [])]
    assert drawn
    assert all(f.props["code"].startswith(town) for f in drawn)
