"""The files that offices really send: old Shapefiles, tables with titles, archives, OpenStreetMap."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import osmium
import pytest
from osmium.osm.mutable import Node, Way

from geo import encodings
from geo.archives import MOST_FILES
from geo.extents import check_extent
from geo.files import Reading, Source, read
from geo.geojson import read_geojson
from geo.problems import FileRefused, Problem
from geo.values import is_missing

NAMES = ["思明区鼓浪屿街道", "湖里区厦港派出所"]
CITY = (118.0, 24.4, 118.2, 24.6)
#: A workbook's parts besides its sheet, as small as readers allow.
_OPEN = "http://schemas.openxmlformats.org"
_OFFICE = f"{_OPEN}/officeDocument/2006/relationships"
_MAIN = f"{_OPEN}/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _link(kind: str, target: str) -> str:
    link = f'<Relationship Id="r1" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_OPEN}/package/2006/relationships">{link}</Relationships>'


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="{part}" ContentType="{_KIND}.{kind}+xml"/>'


PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_OPEN}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{_override('/xl/workbook.xml', 'sheet.main')}{_override('/xl/worksheets/sheet1.xml', 'worksheet')}"
        "</Types>"
    ),
    "_rels/.rels": _link("officeDocument", "xl/workbook.xml"),
    "xl/_rels/workbook.xml.rels": _link("worksheet", "worksheets/sheet1.xml"),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="警务室" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>"
    ),
}


def book(path: Path, rows: list[list[Any]], merged: str = "") -> Path:
    """A workbook of one sheet, cells as inline text or numbers; `merged` such as A1:F1 A3:A4."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{chr(65 + i)}{number}"><v>{cell}</v></c>'
            if isinstance(cell, int | float)
            else f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
            for i, cell in enumerate(row)
            if cell is not None
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    spans = "".join(f'<mergeCell ref="{ref}"/>' for ref in merged.split())
    sheet = (
        f'<worksheet xmlns="{_MAIN}"><sheetData>'
        f"{''.join(lines)}</sheetData><mergeCells>{spans}</mergeCells></worksheet>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(name, content)
    return path


def frame(names: list[str] = NAMES) -> gpd.GeoDataFrame:
    points = gpd.points_from_xy([118.1 + 0.01 * i for i in range(len(names))], [24.5] * len(names))
    return gpd.GeoDataFrame({"name": names}, geometry=points, crs=4326)


def shapefile(folder: Path, encoding: str, names: list[str] = NAMES, said: str | None = None) -> Path:
    """In an encoding, with the .cpg that is `said`, or none."""
    folder.mkdir(exist_ok=True)
    path = folder / "网格.shp"
    frame(names).to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if said:
        path.with_suffix(".cpg").write_text(said)
    return path


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


def refusal(path: Path, **options: Any) -> Problem:
    with pytest.raises(FileRefused) as refused:
        read(Source(path, **options))
    (problem,) = refused.value.problems
    return problem


@pytest.mark.parametrize("encoding", ["GBK", "GB18030", "UTF-8"])
def test_a_shapefile_that_says_no_encoding_is_read_right(tmp_path: Path, encoding: str):
    reading = read(Source(shapefile(tmp_path, encoding)))
    assert list(reading.frame["name"]) == NAMES
    assert codes(reading) == ([] if encoding == "UTF-8" else ["encoding_found"])


def test_traditional_names_in_big5_are_told_from_gbk(tmp_path: Path):
    names = ["香港仔警署", "機場出入境管制站", "九龍城區議會"]
    reading = read(Source(shapefile(tmp_path, "BIG5", names)))
    assert (list(reading.frame["name"]), reading.encoding) == (names, "big5hkscs")


def test_a_code_page_that_lies_is_found_out(tmp_path: Path):
    reading = read(Source(shapefile(tmp_path, "GBK", said="UTF-8")))
    assert list(reading.frame["name"]) == NAMES
    assert codes(reading) == ["encoding_not_as_said", "encoding_found"]


def test_a_wrong_encoding_that_was_asked_for_names_row_and_column(tmp_path: Path):
    problem = refusal(shapefile(tmp_path, "GBK"), encoding="utf-8")
    assert (problem.code, problem.row, problem.field) == ("cell_not_in_encoding", 1, "name")


def test_an_undecidable_encoding_is_asked_for_with_what_each_would_read():
    with pytest.raises(FileRefused) as refused:
        encodings.decide(["亍丌".encode("gb18030")])
    (problem,) = refused.value.problems
    assert problem.code == "encoding_unsure"
    assert problem.params["candidates"] == "gb18030：亍丌；big5hkscs：堙堞"


@pytest.mark.parametrize("name", ["曾厝垵社区", "鼓浪屿", "翔安区马巷街道", "漳浦县"])
def test_a_single_name_with_a_rare_character_is_enough(name: str):
    assert encodings.decide([name.encode("gbk")]) == "gb18030"


@pytest.mark.parametrize("name", ["衞生署", "南區", "中西區"])
def test_a_single_traditional_name_is_enough(name: str):
    assert encodings.decide([name.encode("big5hkscs")]) == "big5hkscs"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_table_of_text_is_read_in_any_encoding(tmp_path: Path, encoding: str):
    path = tmp_path / "t.csv"
    path.write_bytes(
        "编码;名称;经度（°）;纬度（°）\nP1;鼓浪屿警务室;１１８.０６;２４.４５\n".encode(encoding)
    )
    reading = read(Source(path))
    assert reading.frame["名称"][1] == "鼓浪屿警务室"
    assert (reading.frame.geometry[1].x, reading.frame.geometry[1].y) == (118.06, 24.45)


def test_a_book_with_a_title_two_rows_of_header_and_merged_cells_is_a_table(tmp_path: Path):
    rows = [
        ["思明区警务室一览表", None, None, None, None, None],
        ["街道", "编号", "坐标", None, "人员", None],
        [None, None, "经度", "纬度", "民警", "辅警"],
        ["厦港街道", "０１", 118.08, 24.45, 1, 2],
        [None, "02", "118°05′24″", "24.46", 1, 2],
    ]
    reading = read(Source(book(tmp_path / "t.xlsx", rows, "A1:F1 A2:A3 B2:B3 C2:D2 E2:F2 A4:A5")))
    assert list(reading.columns) == ["街道", "编号", "经度", "纬度", "民警", "辅警"]
    assert list(reading.frame["街道"]) == ["厦港街道", "厦港街道"]
    assert reading.frame.geometry[2].x == pytest.approx(118.09)
    assert codes(reading) == ["header_found", "crs_assumed"]


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("坐标", "118.06,24.45"), ("位置坐标", "118.06，24.45"), ("WKT", "POINT (118.06 24.45)"),
        ("geom", "SRID=4326;POINT(118.06 24.45)"), ("经纬度", "[118.06, 24.45]"),
    ],
)  # fmt: skip
def test_a_place_in_one_cell_is_read(tmp_path: Path, header: str, cell: str):
    path = tmp_path / "t.csv"
    path.write_text(f'name,{header}\n甲,"{cell}"\n', encoding="utf-8")
    assert read(Source(path)).frame.geometry[1].coords[0] == (118.06, 24.45)


def test_a_coordinate_that_is_no_number_is_named(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text("name,lon,lat\n甲,118.06,24.45\n乙,在桥头,24.45\n", encoding="utf-8")
    assert [(p.code, p.row, p.field) for p in read(Source(path)).problems if p.level == "error"] == [
        ("coordinate_unreadable", 2, "lon")
    ]


def test_a_column_that_names_a_web_map_is_told_and_not_shifted(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text("name,高德经度,高德纬度\n甲,118.06,24.45\n", encoding="utf-8")
    reading = read(Source(path))
    assert codes(reading) == ["datum_in_name", "crs_assumed"]
    assert reading.frame.geometry[1].x == 118.06


def test_a_zip_of_one_shapefile_in_a_folder_is_that_shapefile(tmp_path: Path):
    shapefile(tmp_path / "数据", "GBK")
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        for part in (tmp_path / "数据").iterdir():
            archive.write(part, f"数据/{part.name}")
        archive.writestr("__MACOSX/数据/._网格.shp", b"")
    assert list(read(Source(tmp_path / "f.zip")).frame["name"]) == NAMES


def test_a_zip_of_two_asks_which_and_reads_that(tmp_path: Path):
    for name in ("a", "b"):
        frame([name]).to_file(tmp_path / f"{name}.gpkg")
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        for name in ("a", "b"):
            archive.write(tmp_path / f"{name}.gpkg", f"{name}.gpkg")
    problem = refusal(tmp_path / "f.zip")
    assert (problem.code, problem.params["layers"]) == ("layer_needed", "a.gpkg, b.gpkg")
    assert list(read(Source(tmp_path / "f.zip", layer="b.gpkg")).frame["name"]) == ["b"]
    assert refusal(tmp_path / "f.zip", layer="c").code == "layer_unknown"


def test_an_archive_without_maps_and_one_that_is_none_are_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.writestr("说明.docx", b"x")
    assert refusal(tmp_path / "f.zip").code == "archive_empty"
    (tmp_path / "g.zip").write_bytes(b"PK but no more")
    assert refusal(tmp_path / "g.zip").code == "file_unreadable"


KML = """<?xml version="1.0" encoding="{said}"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>鼓浪屿码头</name>
<Point><coordinates>118.06,24.45,0</coordinates></Point></Placemark></Document></kml>"""


@pytest.mark.parametrize(("said", "encoding"), [("UTF-8", "utf-8"), ("gb2312", "gbk"), ("UTF-8", "gbk")])
def test_kml_is_read_in_the_encoding_it_is_in_not_the_one_it_says(tmp_path: Path, said: str, encoding: str):
    (tmp_path / "f.kml").write_bytes(KML.format(said=said).encode(encoding))
    assert list(read(Source(tmp_path / "f.kml")).frame["Name"]) == ["鼓浪屿码头"]


def test_a_kmz_is_the_kml_inside(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "f.kmz", "w") as archive:
        archive.writestr("doc.kml", KML.format(said="UTF-8"))
        archive.writestr("files/icon.png", b"x")
    assert read(Source(tmp_path / "f.kmz")).frame.geometry[1].x == 118.06


@pytest.mark.parametrize("ending", ["tab", "mif"])
def test_mapinfo_tables_in_gbk_are_read(tmp_path: Path, ending: str):
    raw = frame([name.encode("gbk").decode("latin-1") for name in NAMES])
    raw.to_file(tmp_path / f"f.{ending}", driver="MapInfo File", ENCODING="ISO-8859-1")
    for part in tmp_path.glob("f.*"):
        part.write_bytes(
            part.read_bytes().replace(b"ISO8859_1", b"Neutral").replace(b"WindowsLatin1", b"Neutral")
        )
    assert list(read(Source(tmp_path / f"f.{ending}")).frame["name"]) == NAMES


OLD_54 = (
    'PROJCS["Krasovsky_1940_Transverse_Mercator",GEOGCS["GCS_Krasovsky_1940",DATUM["D_Krasovsky_1940",'
    'SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],'
    'UNIT["Meter",1.0]]'
)


def test_the_ellipsoid_of_1940_without_a_datum_is_refused_with_what_it_may_be(tmp_path: Path):
    metres = frame().to_crs(2436)
    metres.set_crs(None, allow_override=True).to_file(tmp_path / "f.shp", encoding="utf-8")
    (tmp_path / "f.prj").write_text(OLD_54)
    problem = refusal(tmp_path / "f.shp", city=CITY)
    assert problem.code == "crs_unnamed"
    assert "EPSG:2436 Beijing 1954" in problem.params["guesses"]
    reading = read(Source(tmp_path / "f.shp", datum="EPSG:2436"))
    assert codes(reading) == ["datum_approximate"]
    assert reading.frame.geometry[1].x == pytest.approx(118.1, abs=0.002)


def test_a_missing_prj_with_metres_names_the_zones_of_the_city(tmp_path: Path):
    metres = frame().to_crs(4548)
    metres.set_crs(None, allow_override=True).to_file(tmp_path / "f.shp", encoding="utf-8")
    problem = refusal(tmp_path / "f.shp", city=CITY)
    assert problem.code == "metres_without_crs"
    assert "EPSG:4548 CGCS2000 / 3-degree Gauss-Kruger CM 117E" in problem.params["guesses"]
    reading = read(Source(tmp_path / "f.shp", datum="EPSG:4548"))
    assert reading.frame.geometry[1].x == pytest.approx(118.1, abs=1e-6)


@pytest.fixture(params=["pbf", "osm"])
def extract(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A crossroads, a footway, a lake and a village, as OpenStreetMap has them."""
    path = tmp_path / ("f.osm.pbf" if request.param == "pbf" else "f.osm")
    places = {1: (118.08, 24.45), 2: (118.09, 24.45), 3: (118.09, 24.46), 4: (118.08, 24.46)}
    ways = {
        10: ([1, 2], {"highway": "primary_link", "oneway": "-1", "maxspeed": "40 mph", "name": "演武路"}),
        11: ([2, 3], {"highway": "residential", "maxspeed": "CN:urban", "junction": "roundabout"}),
        12: ([3, 4], {"highway": "footway"}),
        13: ([1, 2, 3, 4, 1], {"natural": "water", "name": "筼筜湖"}),
    }
    with osmium.SimpleWriter(str(path)) as writer:
        for number, place in places.items():
            tags = {"place": "village", "name": "曾厝垵"} if number == 4 else {}
            writer.add_node(Node(id=number, version=1, location=place, tags=tags))
        for number, (nodes, tags) in ways.items():
            writer.add_way(Way(id=number, version=1, nodes=nodes, tags=tags))
    return path


def test_roads_of_openstreetmap_have_our_classes_directions_and_speeds(extract: Path):
    reading = read(Source(extract, kind="roads"))
    found = reading.frame.sort_values("class")[["name", "class", "oneway", "speed_kmh"]]
    assert [tuple(None if is_missing(x) else x for x in row) for row in found.itertuples(index=False)] == [
        ("演武路", "primary", -1, 64.4),
        (None, "residential", 1, None),
    ]
    assert [(p.code, p.params["count"]) for p in reading.problems] == [("osm_left_out", 1)]


def test_the_base_map_of_openstreetmap_has_our_kinds(extract: Path):
    reading = read(Source(extract, kind="basemap"))
    found = {(row["kind"], row["class"], row["name"]) for _, row in reading.frame.iterrows()}
    assert found == {("water", "lake", "筼筜湖"), ("name", "village", "曾厝垵")}


def test_other_kinds_choose_a_layer_of_openstreetmap(extract: Path):
    assert refusal(extract, kind="keyplaces").code == "layer_needed"
    assert len(read(Source(extract, kind="keyplaces", layer="points")).frame) == 1


@pytest.mark.parametrize("corner", ["XFD1048576", "J1048577", "AMJ20000"])
def test_a_stray_cell_far_outside_the_table_is_refused_before_it_costs_all_memory(
    tmp_path: Path, corner: str
) -> None:
    path = book(tmp_path / "t.xlsx", [["编码", "经度", "纬度"], ["A", 118.1, 24.5]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    stray = f'<row><c r="{corner}"><v>1</v></c></row></sheetData>'
    parts[sheet] = parts[sheet].replace("</sheetData>", stray)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(FileRefused) as refused:
        read(Source(path))
    assert refused.value.problems[0].code == "sheet_too_wide"


_ODF = "urn:oasis:names:tc:opendocument:xmlns"
CELL = '<table:table-cell office:value-type="string"><text:p>编码</text:p></table:table-cell>'
GAP = '<table:table-cell table:number-columns-repeated="{}"/>'


def ods(path: Path, *rows: tuple[int, str]) -> Path:
    """Rows with how often each is repeated."""
    told = "".join(
        f'<table:table-row table:number-rows-repeated="{n}">{row}</table:table-row>' for n, row in rows
    )
    content = (
        f'<office:document-content xmlns:office="{_ODF}:office:1.0" xmlns:table="{_ODF}:table:1.0" '
        f'xmlns:text="{_ODF}:text:1.0"><office:body><office:spreadsheet><table:table>{told}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return path


def xlsb(path: Path, row: int, column: int) -> Path:
    """A first cell and one elsewhere, as records of a sheet."""
    cells = b"".join(
        bytes([0, 4]) + at[0].to_bytes(4, "little") + bytes([1, 8]) + at[1].to_bytes(4, "little") + bytes(4)
        for at in ((0, 0), (row, column))
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.bin", bytes([0x81, 1, 0]) + cells)
    return path


def test_a_stray_cell_is_met_in_other_workbooks_too(tmp_path: Path) -> None:
    far = ods(tmp_path / "t.ods", (1, CELL), (1_000_000, GAP.format(16_000)), (1, GAP.format(100) + CELL))
    for path in (far, xlsb(tmp_path / "t.xlsb", 1_000_000, 100)):
        with pytest.raises(FileRefused) as refused:
            read(Source(path))
        (problem,) = refused.value.problems
        assert (problem.code, problem.params["rows"] > 1_000_000, problem.params["columns"]) == (
            "sheet_too_wide", True, 101,
        )  # fmt: skip


def test_the_empty_end_of_a_sheet_is_no_stray_cell(tmp_path: Path) -> None:
    check_extent(ods(tmp_path / "t.ods", (20, CELL + GAP.format(16_000)), (1_048_556, GAP.format(16_384))))
    check_extent(xlsb(tmp_path / "t.xlsb", 9, 9))


def test_an_archive_of_too_many_files_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(MOST_FILES + 1):
            archive.writestr(f"{number}.txt", b"")
    with pytest.raises(FileRefused) as refused:
        read(Source(path))
    assert [problem.code for problem in refused.value.problems] == ["archive_too_many_files"]


def test_a_geojson_with_one_sign_of_two_bytes_is_utf8_as_json_is(tmp_path):
    path = tmp_path / "a.geojson"
    place = {
        "type": "Feature",
        "properties": {"name": "Ω"},
        "geometry": {"type": "Point", "coordinates": [0, 0]},
    }
    path.write_text(json.dumps(place, ensure_ascii=False), encoding="utf-8")
    reading = read_geojson(path)
    assert (reading.encoding, reading.properties[0]["name"]) == ("utf-8", "Ω")
