"""A city's own run cards, supplies and weights out of files: all or nothing, each mistake with its row."""

from __future__ import annotations

from pathlib import Path

from actions.services import Services
from core.runcards import card_for
from tests.actions.test_table_imports import book, bring, codes

CARDS = ["类别", "等级", "编成", "力量类型", "技能", "数量", "可抽调", "依据"]
SUPPLIES = ["类别", "等级", "物资", "数量", "时限"]


def test_a_citys_own_cards_take_the_place_of_the_shipped_ones(city: Services, tmp_path: Path) -> None:
    cards = book(
        tmp_path / "编成.xlsx", CARDS,
        ["21", "Ⅱ", "水罐车", "fire，micro_fire", "", 3, "Ⅳ级", "云府〔2026〕5号"],
        ["21", "Ⅱ", "救护车", "medical", "als", 1, "", ""],
    )  # fmt: skip
    assert bring(city, "runcards", cards, replace=True).written == 2
    first, second = card_for(city.reference.run_cards().slots, "21000", 2)
    assert (first.slot, first.kinds, first.number, first.takes) == ("水罐车", ("fire", "micro_fire"), 3, 4)
    assert (second.slot, second.skills, second.takes) == ("救护车", ("als",), 0)
    supplies = book(tmp_path / "物资.xlsx", SUPPLIES, ["21", 2, "2040201", 8, 30])
    assert bring(city, "runsupplies", supplies, replace=True).written == 1
    (only,) = city.reference.run_cards().supplies
    assert (only.item, only.quantity, only.within_min) == ("2040201", 8, 30)
    weights = book(tmp_path / "权重.xlsx", ["名称", "数值"], ["cover_weight", 0], ["kind_fire", 0.5])
    assert bring(city, "advicerules", weights).counts.changed == 2
    given = city.reference.run_cards().weights
    assert (given.cover_weight, given.of_kind("fire"), given.of_kind("medical")) == (0, 0.5, 1)


def test_each_line_that_cannot_be_is_named_and_no_card_changes(city: Services, tmp_path: Path) -> None:
    before = city.reference.run_cards()
    good = ["21", "Ⅱ", "水罐车", "fire", "", 3, "", ""]
    wrong = {
        "field_missing": ["21", "Ⅱ", "", "fire", "", 3, "", ""],
        "field_invalid": ["21", "Ⅱ", "云梯", "ladder", "", 1, "", ""],
        "line_twice": good,
    }
    for code, row in wrong.items():
        file = book(tmp_path / f"{code}.xlsx", CARDS, good, row)
        assert codes(bring(city, "runcards", file)) == [(code, 2)]
    supplies = book(tmp_path / "物资.xlsx", SUPPLIES, ["21", 2, "7777777", 8, 30])
    assert codes(bring(city, "runsupplies", supplies)) == [("field_invalid", 1)]
    weights = book(tmp_path / "权重.xlsx", ["名称", "数值"], ["luck", 1])
    assert codes(bring(city, "advicerules", weights)) == [("field_not_a_choice", 1)]
    assert city.reference.run_cards() == before
