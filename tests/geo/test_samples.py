"""Every file of the sample, through the importer: what becomes of it and why stands in samples.csv."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial import cKDTree

from actions.imports import ImportOptions, ImportReport, import_file
from actions.realms import open_realm
from actions.services import Services
from core.permissions import SYSTEM
from geo.datum import to_wgs84
from geo.files import Source, read
from geo.roadnet import DEGREE_M
from tests.parts import own_services

SAMPLE = Path(__file__).resolve().parents[2].parent / "shared" / "sample"
TABLE = Path(__file__).with_name("samples.csv")
#: Notes that nearly every file gets: columns we have no use for, codes it does not have.
USUAL = {"columns_ignored", "codes_made", "names_made"}
#: Texts of licences and sources, and what is read by other doors (alerts).
NO_DATA = ("SOURCE.txt", "LICENSE", "cap/")

pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here")


def table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def services(database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Services]:
    """A city without anything: each file is tried alone, as the first that it gets."""
    with own_services(database_url, redis_url, tmp_path / "secret") as parts:
        open_realm(parts, "live")
        yield parts


def tried(services: Services, line: dict[str, str]) -> ImportReport:
    pairs = dict(pair.split("=") for pair in line["options"].split())
    layer = pairs.pop("layer", None)
    options = ImportOptions(layer=layer, fields=pairs, dry_run=True)
    return import_file(services, SYSTEM, line["kind"], SAMPLE / line["file"], options)


def told(report: ImportReport, line: dict[str, str]) -> dict[str, str]:
    """The line as it would be written today."""
    codes = {problem.code for problem in report.problems if problem.code != "more_alike"}
    wanted = set(line["codes"].split())
    written = {"read": str(report.read), "written": str(report.counts.written)}
    return {**line, **written, "codes": " ".join(sorted(codes - (USUAL - wanted)))}


def test_every_file_of_the_sample_is_in_the_table():
    listed = {line["file"] for line in table()}
    files = {str(path.relative_to(SAMPLE)) for path in SAMPLE.rglob("*") if path.is_file()}
    assert {name for name in files - listed if not name.endswith(NO_DATA[:2]) and "cap/" not in name} == set()
    assert listed <= files


def test_what_becomes_of_each_file_is_what_the_table_says(services: Services):
    lines = table()
    today = [told(tried(services, line), line) for line in lines]
    differ = [now for now, line in zip(today, lines, strict=True) if now != line]
    assert not differ, "\n".join(str(line) for line in differ)
    assert all(line["why"] for line in lines)


def hongkong() -> list[Path]:
    return sorted((SAMPLE / "hongkong_facilities").glob("*.geojson"))


def test_our_hong_kong_grid_agrees_with_the_survey_s_own_degrees_to_two_metres():
    """Each record of the 25 layers has its place twice: as degrees, and in the grid of 1980 (EPSG:2326).

    3,196 of 3,464 agree, half of them to 4 cm. The others hold two different places, up to 30 km apart, as
    somebody corrected one and not the other: each has a record beside it that agrees, so it is not the grid.
    """
    given = np.concatenate([_twice(path) for path in hongkong()])
    lon, lat = to_wgs84(given[:, 2], given[:, 3], "EPSG:2326")
    apart = np.hypot((lon - given[:, 0]) * np.cos(np.radians(lat)), lat - given[:, 1]) * DEGREE_M
    agree = apart < 2.0
    assert (len(hongkong()), len(given), int(agree.sum())) == (25, 3464, 3196)
    assert float(np.median(apart)) < 0.05
    beside = cKDTree(given[agree, 2:]).query(given[~agree, 2:])[0]
    assert float(beside.max()) < 2500


def _twice(path: Path) -> Any:
    """Lon, lat, easting, northing of each record with one place."""
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    rows = [
        (
            *feature["geometry"]["coordinates"][:2],
            feature["properties"]["Easting"],
            feature["properties"]["Northing"],
        )
        for feature in features
        if feature["geometry"]["type"] == "Point"
    ]
    return np.array(rows, dtype=float)


def test_hong_kong_keeps_its_chinese_names_and_addresses():
    reading = read(Source(SAMPLE / "hongkong_facilities" / "Control_Points.geojson"))
    assert reading.frame["設施名稱"][1].startswith("機場出入境管制站")
    assert {"Facility Name", "設施名稱", "地址"} <= set(reading.columns)
