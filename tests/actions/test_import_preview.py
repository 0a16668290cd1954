"""What the page shows of a file before anything is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from actions.import_preview import preview
from actions.imports import ImportOptions, UnknownKind, import_file
from actions.services import Services
from core.errors import Forbidden
from core.permissions import SYSTEM, Principal
from tests.parts import found_city, own_services


@pytest.fixture
def services(database_url: str, redis_url: str, tmp_path: Path):
    with own_services(database_url, redis_url, tmp_path / "secret") as parts:
        found_city(parts)
        yield parts


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "摄像机.csv"
    rows = "".join(f"C{i},望海路{i}号,118.0{i},24.05,一\n" for i in range(5))
    path.write_bytes(f"设备编码,名称,经度,纬度,类别\n{rows}".encode("gbk"))
    return path


def test_columns_have_samples_and_a_suggested_field(services: Services, table: Path):
    seen = preview(services, SYSTEM, "cameras", table, limit=2)
    assert (seen.rows, seen.encoding, seen.crs) == (5, "gb18030", None)
    assert seen.columns[1].name == "名称"
    assert seen.columns[1].samples == ("望海路0号", "望海路1号", "望海路2号")
    assert seen.mapping == {"code": "设备编码", "name": "名称", "class": "类别"}
    assert [f["properties"] for f in seen.features["features"]] == [
        {"row": 1, "title": "望海路0号", "mark": "preview"},
        {"row": 2, "title": "望海路1号", "mark": "preview"},
    ]
    json.dumps(seen.features)


def test_a_field_that_is_chosen_goes_before_the_suggestion(services: Services, table: Path):
    seen = preview(services, SYSTEM, "cameras", table, ImportOptions(fields={"name": "设备编码"}))
    assert seen.mapping == {"name": "设备编码", "class": "类别"}
    assert seen.features["features"][0]["properties"]["title"] == "C0"


def test_nothing_is_written_and_a_dry_run_says_what_the_real_one_says(services: Services, table: Path):
    tried = import_file(services, SYSTEM, "cameras", table, ImportOptions(dry_run=True))
    assert (tried.read, tried.written, tried.counts.added) == (5, 0, 5)
    done = import_file(services, SYSTEM, "cameras", table)
    assert (done.written, done.problems) == (5, tried.problems)


def test_what_cannot_be_read_is_a_problem_of_the_preview(services: Services, tmp_path: Path):
    (tmp_path / "f.csv").write_text("name\n甲\n", encoding="utf-8")
    assert [p.code for p in preview(services, SYSTEM, "posts", tmp_path / "f.csv").problems] == [
        "geometry_missing_all"
    ]
    (tmp_path / "g.csv").write_text("name,lon,lat\n甲,118,24\n", encoding="utf-8")
    odd = preview(services, SYSTEM, "posts", tmp_path / "g.csv", ImportOptions(datum="mars"))
    assert [p.code for p in odd.problems] == ["unknown_datum"]


def test_who_may_not_import_may_not_look_and_an_unknown_kind_is_named(services: Services, table: Path):
    with pytest.raises(Forbidden):
        preview(services, Principal("w", "w", "wall"), "cameras", table)
    with pytest.raises(UnknownKind):
        preview(services, SYSTEM, "houses", table)


def test_progress_tells_each_phase_in_order(services: Services, table: Path):
    told: list[tuple[str, int, int]] = []
    import_file(services, SYSTEM, "cameras", table, None, lambda *step: told.append(step))
    assert [phase for phase, _, _ in told] == sorted(
        (p for p, _, _ in told), key=["read", "check", "write"].index
    )
    assert told[-1] == ("write", 5, 5)
