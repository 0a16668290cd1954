"""A city's own limits and working time out of files: all or nothing, each mistake with its row."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import orjson

from actions.services import Services
from tests.actions.test_table_imports import book, bring, codes
from tests.parts import facts

LIMITS = ["类别", "区域", "紧急程度", "环节", "时限", "单位", "依据"]
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""09:00 in the city."""


def test_a_citys_own_limits_hold_from_the_next_clock_on(city: Services, tmp_path: Path) -> None:
    rows = [
        ["51010", "990101001", "", "处置", 2, "工作时", "云府〔2026〕2号"],
        ["", "", "一般", "派遣", 30, "分钟", ""],
    ]
    report = bring(city, "limits", book(tmp_path / "时限.xlsx", LIMITS, *rows), replace=True)
    assert report.ok and (report.counts.added, report.counts.changed, report.counts.removed) == (1, 1, 6)
    limits = city.reference.limits()
    here = limits.due("handle", MONDAY, class_code="51010", area="990101001002", emergency=False)
    assert (here.due_at.hour, here.working) == (3, True)
    elsewhere = limits.due("handle", MONDAY, class_code="51010", area="990101002", emergency=False)
    assert (elsewhere.due_at - MONDAY).days == 7
    assert limits.due("dispatch", MONDAY, emergency=False).total_s == 1800
    told = orjson.loads(facts(city)[-1]["body"])
    assert (told["places"], told["counts"]["written"]) == ("limits", 2)


def test_each_line_that_cannot_be_is_named_and_no_limit_changes(city: Services, tmp_path: Path) -> None:
    before = city.reference.limits().rules
    wrong = {
        "field_not_a_choice": [["51", "", "", "飞", 2, "工作时", ""]],
        "field_invalid": [["51", "", "", "处置", -2, "工作时", ""]],
        "field_missing": [["51", "", "", "处置", "", "工作时", ""]],
        "area_not_known": [["51", "东门", "", "处置", 2, "工作时", ""]],
    }
    for code, rows in wrong.items():
        assert codes(bring(city, "limits", book(tmp_path / f"{code}.xlsx", LIMITS, *rows))) == [(code, 1)]
    twice = [["51", "", "", "处置", 2, "工作时", ""], ["51", "", "", "handle", 3, "work_day", ""]]
    assert codes(bring(city, "limits", book(tmp_path / "twice.xlsx", LIMITS, *twice))) == [("line_twice", 2)]
    assert city.reference.limits().rules == before


def test_working_hours_and_the_years_notice_of_holidays_come_in_by_import(
    city: Services, tmp_path: Path
) -> None:
    hours = book(tmp_path / "h.xlsx", ["上班", "下班"], ["9:00", "12:00"], ["13：00", "18:00"])
    assert bring(city, "workhours", hours).counts.added == 2
    year = book(tmp_path / "d.xlsx", ["日期", "安排"], ["2027年2月9日", "放假"], ["2027-02-20", "上班"])
    assert bring(city, "workdays", year).counts.added == 2
    calendar = city.reference.limits().calendar
    assert (calendar.day_s, calendar.knows(2027)) == (8 * 3600, True)
    overlapping = book(tmp_path / "o.xlsx", ["上班", "下班"], ["09:00", "12:00"], ["11:00", "18:00"])
    assert codes(bring(city, "workhours", overlapping)) == [("hours_overlap", 2)]
    backwards = book(tmp_path / "b.xlsx", ["上班", "下班"], ["18:00", "09:00"])
    assert codes(bring(city, "workhours", backwards)) == [("field_invalid", 1)]


def test_crews_checks_and_units_limits_are_the_citys_own(city: Services, tmp_path: Path) -> None:
    checks = ["类别", "等级", "核对间隔", "宽限", "依据"]
    own = book(tmp_path / "c.xlsx", checks, ["21", 4, 15, 3, "消规〔2026〕1号"], ["", 2, 30, 5, ""])
    assert bring(city, "safetychecks", own, replace=True).ok
    clock = city.reference.rules().safety.clock("21000", 3, MONDAY)
    assert clock is not None and (clock.every_s, clock.grace_s) == (900, 180)
    wrong = book(tmp_path / "w.xlsx", checks, ["21", 5, 15, 3, ""])
    assert codes(bring(city, "safetychecks", wrong)) == [("field_invalid", 1)]
    for minutes, grace in ((0.001, 3), (15, 1e13), (15, 0)):
        slip = book(tmp_path / "s.xlsx", checks, ["21", 4, minutes, grace, ""])
        assert codes(bring(city, "safetychecks", slip)) == [("field_invalid", 1)]
    limits = book(tmp_path / "l.xlsx", ["类型", "环节", "时限秒数"], ["fire", "出动", 45], ["", "在场", 3600])
    assert bring(city, "unitlimits", limits, replace=True).ok
    assert city.reference.unit_limits() == [
        {"kind": "", "measure": "scene", "seconds": 3600.0},
        {"kind": "fire", "measure": "turnout", "seconds": 45.0},
    ]
