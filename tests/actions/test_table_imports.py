"""Own lists of departments and duties out of files: all or nothing, each mistake with its row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio

from actions import accounts
from actions.import_preview import preview
from actions.imports import ImportOptions, ImportReport, import_file
from actions.services import Services
from core.permissions import SYSTEM
from pages.messages import LANGUAGES, has

HEAD_OF_DUTIES = ["责任部门", "类别代码", "区域", "依据"]


def book(path: Path, *rows: list[Any]) -> Path:
    head, *below = rows
    pyogrio.write_dataframe(pd.DataFrame(below, columns=head), path, driver="XLSX")
    return path


def bring(services: Services, kind: str, path: Path, *, replace: bool = False) -> ImportReport:
    return import_file(services, SYSTEM, kind, path, ImportOptions(replace=replace))


def codes(report: ImportReport) -> list[tuple[str, int | None]]:
    for lang in LANGUAGES:
        assert all(has(lang, f"{s}.{p.code}") for p in report.problems for s in ("error", "remedy"))
    return [(problem.code, problem.row) for problem in report.problems]


def test_a_citys_own_duties_take_the_place_of_the_shipped_ones(city: Services, tmp_path: Path) -> None:
    rows = [["住房和城乡建设局", "51030", "990101001", "云府〔2026〕1号"], ["chengguan", "51", "", ""]]
    path = book(tmp_path / "权责清单.xlsx", HEAD_OF_DUTIES, *rows)
    report = bring(city, "duties", path, replace=True)
    assert report.ok and report.written == 2 and report.counts.removed > 80
    duties = city.reference.duties()
    assert duties.responsible("51030", "990101001001") == ("zhujian", "chengguan")
    assert duties.responsible("51030", "990101002") == ("chengguan",)
    assert not duties.covers("xiaofang", "21000", "")
    again = bring(city, "duties", path, replace=True)
    assert again.counts.unchanged == 2 and again.version == 0


def test_each_line_that_cannot_be_is_named_and_nothing_is_written(city: Services, tmp_path: Path) -> None:
    before = city.reference.duties().duties
    unknown = book(tmp_path / "a.xlsx", HEAD_OF_DUTIES, ["城管", "51010", "", ""], ["gongan", "41", "", ""])
    assert codes(bring(city, "duties", unknown)) == [("dept_not_known", 1)]
    nowhere = book(tmp_path / "b.xlsx", HEAD_OF_DUTIES, ["gongan", "41", "东门", ""])
    assert codes(bring(city, "duties", nowhere)) == [("area_not_known", 1)]
    twice = book(tmp_path / "c.xlsx", HEAD_OF_DUTIES, ["gongan", "41", "", ""], ["公安局", "41", "", ""])
    assert codes(bring(city, "duties", twice)) == [("line_twice", 2)]
    empty = book(tmp_path / "d.xlsx", HEAD_OF_DUTIES, ["gongan", "", "", ""])
    assert codes(bring(city, "duties", empty)) == [("field_missing", 1)]
    assert city.reference.duties().duties == before


def test_a_department_that_somebody_works_for_does_not_go(city: Services, tmp_path: Path) -> None:
    accounts.add_user(city, SYSTEM, "sun", "officer", dept="haishi")
    bring(city, "duties", book(tmp_path / "d.xlsx", HEAD_OF_DUTIES, ["gongan", "41", "", ""]), replace=True)
    path = book(
        tmp_path / "部门.xlsx", ["部门代码", "部门名称"], ["gongan", "市公安局"], ["jingfa", "经济发展局"]
    )
    refused = bring(city, "departments", path, replace=True)
    assert codes(refused) == [("department_in_use", None)]
    accounts.change_user(city, SYSTEM, "sun", dept="")
    report = bring(city, "departments", path, replace=True)
    assert (report.counts.added, report.counts.changed, report.counts.removed) == (1, 1, 32)
    assert [one.name for one in city.reference.departments().values()] == ["市公安局", "经济发展局"]


def test_a_list_can_be_looked_into_before_it_is_imported(city: Services, tmp_path: Path) -> None:
    path = tmp_path / "部门.csv"
    path.write_bytes("部门代码,部门名称\nhaiyang,海洋局\n".encode("gb18030"))
    seen = preview(city, SYSTEM, "departments", path, ImportOptions(encoding="gb18030"))
    assert seen.mapping == {"code": "部门代码", "name": "部门名称"} and seen.rows == 1
    assert seen.features["features"] == []
