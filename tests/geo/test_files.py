import json
import struct
import zipfile

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.datum import UnknownDatum
from geo.files import Source, read
from geo.problems import FileRefused
from geo.shapes import check

SQUARE = [[118.0, 24.0], [118.1, 24.0], [118.1, 24.1], [118.0, 24.1], [118.0, 24.0]]
ALL = ("point", "line", "polygon")


def point(*coordinates):
    return {"type": "Point", "coordinates": list(coordinates)}


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [list(ring) for ring in rings]}


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.fixture
def file(tmp_path):
    """Write a document as GeoJSON."""

    def file(document, name="f.geojson", encoding="utf-8"):
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return file


@pytest.fixture
def collection(file):
    return lambda *features, **more: file({"type": "FeatureCollection", "features": list(features), **more})


def looked(path, families=ALL, city=None, **options):
    reading = read(Source(path, **options))
    check(reading, families, city)
    return reading


def found(reading):
    return [(problem.row, problem.code, problem.level) for problem in reading.problems]


def refusal(path, **options):
    with pytest.raises(FileRefused) as refused:
        read(Source(path, **options))
    (problem,) = refused.value.problems
    return problem


def test_rows_are_numbered_from_one_and_keep_their_properties(collection):
    path = collection(feature(point(118, 24), name="甲"), feature(point(119, 25), name="乙"))
    reading = looked(path)
    assert found(reading) == []
    assert dict(reading.frame["name"]) == {1: "甲", 2: "乙"}
    assert reading.frame.crs.to_epsg() == 4326


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"type": "FeatureCollection", "features": [', "json_broken"),
        ("[1, 2]", "not_geojson"),
        ('{"type": "Topology"}', "not_geojson"),
        ('{"type": "FeatureCollection"}', "features_missing"),
        ('{"type": "FeatureCollection", "features": []}', "layer_empty"),
        ("", "json_broken"),
        ("[" * 100_000, "json_broken"),
    ],
)
def test_what_is_no_geojson_is_refused_as_a_whole(file, text, code):
    assert refusal(file(text)).code == code


def test_broken_json_names_line_and_column(file):
    problem = refusal(file('{"type":\n "Feature",,}'))
    assert (problem.params["line"], problem.params["column"]) == (2, 12)


def test_a_missing_file_is_named(tmp_path):
    assert refusal(tmp_path / "none.geojson").params == {"path": str(tmp_path / "none.geojson")}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (None, "feature_broken"),
        ({"type": "feature"}, "feature_broken"),
        ({"type": "Feature", "properties": 7, "geometry": point(1, 2)}, "properties_broken"),
        (feature(None), "geometry_missing"),
        (feature("here"), "geometry_no_object"),
        (feature({"type": "Circle", "coordinates": [1, 2]}), "geometry_unknown_type"),
        (feature({"type": "LineString", "coordinates": [1, 2]}), "geometry_wrong_nesting"),
        (feature({"type": "LineString", "coordinates": [[1, 2]]}), "geometry_not_buildable"),
        (feature({"type": "Polygon"}), "geometry_wrong_nesting"),
        (feature(point("118", 24)), "geometry_no_position"),
        (feature(point(True, 24)), "geometry_no_position"),
        (feature(point()), "geometry_no_position"),
        (feature(point(None, 24)), "coordinate_not_finite"),
        (feature(point(float("nan"), 24)), "coordinate_not_finite"),
        (feature(point(118, float("inf"))), "coordinate_not_finite"),
        (feature(polygon([[1, 2], [3, 4], [1, 2]])), "ring_too_short"),
        (feature(polygon([])), "ring_too_short"),
        (feature({"type": "GeometryCollection", "geometries": [None]}), "geometry_unknown_type"),
        (feature({"type": "GeometryCollection", "geometries": []}), "geometry_missing"),
    ],
)
def test_a_broken_feature_is_named_by_its_row(collection, given, code):
    assert found(looked(collection(feature(point(118, 24)), given))) == [(2, code, "error")]


def test_a_bare_geometry_and_a_single_feature_are_one_row(file):
    assert len(looked(file(point(118, 24))).frame) == 1
    assert len(looked(file(feature(point(118, 24)))).frame) == 1


def test_an_open_ring_is_closed_and_told(collection):
    reading = looked(collection(feature(polygon(SQUARE[:-1]))))
    assert found(reading) == [(1, "ring_closed", "note")]
    assert reading.frame.geometry[1].equals(shapely.Polygon(SQUARE))


def test_heights_are_dropped_with_a_note(collection):
    reading = looked(collection(feature(point(118, 24, 9.5)), feature(point(118, 24))))
    assert found(reading) == [(None, "heights_dropped", "note")]
    assert not shapely.has_z(reading.frame.geometry.to_numpy()).any()


def test_the_wrong_type_of_geometry_says_what_is_wanted(collection):
    reading = looked(collection(feature(point(118, 24))), ("polygon",))
    assert found(reading) == [(1, "geometry_type", "error")]
    assert reading.problems[0].params == {"found": "Point", "wanted": "polygon"}


def test_a_multi_point_of_one_is_a_point_and_of_two_is_refused(collection):
    one = {"type": "MultiPoint", "coordinates": [[118, 24]]}
    two = {"type": "MultiPoint", "coordinates": [[118, 24], [119, 24]]}
    reading = looked(collection(feature(one), feature(two)), ("point",))
    assert found(reading) == [(2, "several_points", "error")]
    assert looked(collection(feature(one)), ("point",)).frame.geometry[1] == shapely.Point(118, 24)


def test_latitude_first_is_seen_where_it_cannot_be_latitude(collection):
    assert found(looked(collection(feature(point(24.5, 118.1))))) == [(1, "coordinates_swapped", "error")]


def test_latitude_first_is_suspected_where_only_the_swapped_point_is_in_the_city(collection):
    rome = (12.3, 41.7, 12.7, 42.1)
    path = collection(feature(point(41.9, 12.5)), feature(point(12.5, 41.9)), feature(point(20.0, 30.0)))
    assert found(looked(path, city=rome)) == [(1, "coordinates_swapped", "error")]


def test_metres_without_a_name_are_refused_with_the_zones_that_would_fit(collection):
    problem = refusal(collection(feature(point(609_000, 2_709_000))), city=(118.0, 24.4, 118.2, 24.6))
    assert problem.code == "metres_without_crs"
    assert problem.params["guesses"].startswith("EPSG:4548 CGCS2000 / 3-degree Gauss-Kruger CM 117E")
    assert "EPSG:2384 Xian 1980" in problem.params["guesses"]


def test_metres_with_northing_first_are_seen(collection):
    problem = refusal(collection(feature(point(2_709_000, 39_609_000))), city=(118.0, 24.4, 118.2, 24.6))
    assert problem.params["example"] == "EPSG:4527"
    assert problem.params["guesses"].endswith("(X/Y)")


def test_a_bow_tie_is_refused_and_a_needle_is_repaired(collection):
    bow = [[118.0, 24.0], [118.1, 24.1], [118.1, 24.0], [118.0, 24.1], [118.0, 24.0]]
    needle = [*SQUARE[:3], [118.1, 24.2], [118.1, 24.1], *SQUARE[3:]]
    reading = looked(collection(feature(polygon(bow)), feature(polygon(needle))))
    assert found(reading) == [(1, "polygon_invalid", "error"), (2, "polygon_repaired", "note")]
    assert reading.frame.geometry[2].is_valid
    assert reading.frame.geometry[2].area == pytest.approx(0.01)


def test_a_city_in_gcj02_is_moved_back(collection):
    reading = looked(collection(feature(point(118.09437708, 24.47715323))), datum="gcj02")
    assert shapely.get_coordinates(reading.frame.geometry)[0] == pytest.approx((118.0894, 24.4798), abs=1e-8)


def test_a_named_epsg_overrides_the_file(collection):
    reading = looked(collection(feature(point(500_000, 2_700_000))), datum="EPSG:4548")
    assert reading.frame.geometry[1].x == pytest.approx(117.0)
    assert 24.3 < reading.frame.geometry[1].y < 24.5


def test_the_crs_member_of_old_files_is_obeyed(collection):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}
    reading = looked(collection(feature(point(500_000, 2_700_000)), crs=crs))
    assert found(reading) == [(None, "crs_converted", "note")]
    assert reading.frame.geometry[1].x == pytest.approx(117.0)


def test_degrees_in_a_file_that_claims_metres_are_refused(collection):
    crs = {"type": "name", "properties": {"name": "EPSG:4548"}}
    assert refusal(collection(feature(point(118, 24)), crs=crs)).code == "degrees_in_projected"


def test_an_unknown_crs_or_datum_is_named(collection):
    for name in ("Xian 1066", "Mars 2000"):  # one is not in the registry, the other is on another planet
        crs = {"type": "name", "properties": {"name": name}}
        assert refusal(collection(feature(point(118, 24)), crs=crs)).code == "unknown_crs"
    with pytest.raises(UnknownDatum):
        read(Source(collection(feature(point(118, 24))), datum="mars"))


def test_gbk_is_found_and_a_wrong_name_for_it_is_refused(file):
    path = file(feature(point(118, 24), name="鼓浪屿"), encoding="gb18030")
    assert found(looked(path)) == [(None, "encoding_found", "note")]
    assert refusal(path, encoding="utf-8").code == "wrong_encoding"
    assert refusal(path, encoding="klingon").code == "unknown_encoding"
    assert looked(path, encoding="gb18030").frame["name"][1] == "鼓浪屿"


def test_a_byte_order_mark_does_no_harm(file):
    assert len(looked(file(feature(point(118, 24)), encoding="utf-8-sig")).frame) == 1


def test_fields_are_renamed_and_a_missing_source_is_named(collection):
    path = collection(feature(point(118, 24), 名字="甲"))
    assert looked(path, fields={"name": "名字"}).frame["name"][1] == "甲"
    problem = refusal(path, fields={"name": "title"})
    assert (problem.code, problem.params["fields"]) == ("field_unknown", "title")
    assert "名字" in problem.params["columns"]


def test_a_property_called_geometry_does_not_hide_the_geometry(collection):
    given = {"type": "Feature", "properties": {"geometry": "a word"}, "geometry": point(118, 24)}
    reading = looked(collection(given))
    assert reading.frame.geometry[1] == shapely.Point(118, 24)


@pytest.mark.parametrize("ending", ["gpkg", "shp", "fgb"])
def test_other_formats_are_read_by_gdal(tmp_path, ending):
    frame = gpd.GeoDataFrame(
        {"name": ["甲", "乙"]}, geometry=gpd.points_from_xy([118, 119], [24, 25]), crs=4490
    )
    path = tmp_path / f"f.{ending}"
    frame.to_file(path, encoding="utf-8")
    reading = looked(path)
    assert sorted(reading.frame["name"]) == ["乙", "甲"]
    assert [problem.level for problem in reading.problems] == ["note"]


def test_a_table_gets_points_from_its_columns(file):
    path = file("code,经度,纬度\nP1,118.1,24.5\nP2,,24.5\n", name="f.csv")
    reading = looked(path)
    assert found(reading) == [(None, "crs_assumed", "note"), (2, "geometry_missing", "error")]
    assert reading.frame.geometry[1] == shapely.Point(118.1, 24.5)


def test_a_table_without_coordinates_is_refused(file):
    assert refusal(file("code,name\nP1,x\n", name="f.csv")).code == "geometry_missing_all"


def test_not_a_number_in_a_geopackage_is_named(tmp_path):
    line = shapely.from_wkb(struct.pack("<BII4d", 1, 2, 2, 118.0, 24.0, np.nan, 24.1))
    frame = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[line], crs=4326)
    frame.to_file(tmp_path / "f.gpkg")
    assert found(looked(tmp_path / "f.gpkg")) == [(1, "coordinate_not_finite", "error")]


@pytest.mark.parametrize("name", ["f.gpkg", "f.shp", "f.xyz"])
def test_garbage_is_refused_not_crashed_on(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(bytes(range(256)) * 40)
    assert refusal(path).code == "file_unreadable"


@pytest.mark.parametrize("name", ["a.kml", "a.gpkg", "a.vrt", "a.unknown"])
def test_a_file_that_names_another_file_of_the_machine_does_not_fetch_it(file, name):
    other = file("code,lon,lat\nA,118.1,24.5\n", "other.csv")
    source = f"<SrcDataSource>{other}</SrcDataSource><LayerSRS>EPSG:4326</LayerSRS>"
    place = '<GeometryField encoding="PointFromColumns" x="lon" y="lat"/>'
    layer = f'<OGRVRTLayer name="other">{source}<GeometryType>wkbPoint</GeometryType>{place}</OGRVRTLayer>'
    with pytest.raises(FileRefused) as refused:
        read(Source(file(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>", name)))
    assert refused.value.problems[0].code == "file_unreadable"


def test_a_damaged_archive_is_refused_wherever_the_damage_is(tmp_path):
    whole = tmp_path / "whole.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("警务室.csv", "code,lon,lat\n" + "A,118.1,24.5\n" * 20)
    content, path = whole.read_bytes(), tmp_path / "a.zip"
    for at in range(len(content)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        try:
            read(Source(path))
        except FileRefused:
            continue


@pytest.mark.parametrize("encoding", ["hex", "rot13", "undefined", "a\0b", "klingon"])
def test_what_is_no_encoding_of_text_is_refused(file, encoding):
    path = file("code,lon,lat\nA,118.1,24.5\n", "a.csv")
    with pytest.raises(FileRefused) as refused:
        read(Source(path, encoding=encoding))
    assert refused.value.problems[0].code == "unknown_encoding"
