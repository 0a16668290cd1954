"""A city's own top speeds out of a file: the filter of positions goes by them at once."""

from __future__ import annotations

from pathlib import Path

from actions.services import Services
from tests.actions.test_table_imports import book, bring, codes

COLUMNS = ["力量类型", "最高时速", "依据"]


def test_a_citys_own_limits_take_the_place_of_the_shipped_ones(city: Services, tmp_path: Path) -> None:
    assert city.reference.top_speeds()["fire"] == 130.0
    rows = [["fire", 90, "支队规定"], ["", 150, ""]]
    report = bring(city, "positionlimits", book(tmp_path / "限速.xlsx", COLUMNS, *rows), replace=True)
    assert report.ok and report.written == 2
    assert city.reference.top_speeds() == {"fire": 90.0, "": 150.0}


def test_a_kind_twice_and_an_impossible_speed_are_named_and_nothing_changes(
    city: Services, tmp_path: Path
) -> None:
    before = city.reference.top_speeds()
    twice = book(tmp_path / "twice.xlsx", COLUMNS, ["fire", 90, ""], ["fire", 95, ""])
    assert codes(bring(city, "positionlimits", twice)) == [("line_twice", 2)]
    wrong = book(tmp_path / "wrong.xlsx", COLUMNS, ["fire", -5, ""])
    assert codes(bring(city, "positionlimits", wrong)) == [("field_invalid", 1)]
    assert city.reference.top_speeds() == before
