"""`/drills` and a script on its page: rows out of a script are the script again, faults stand in their rows,
the time line is total."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from dash.development.base_component import Component

from core.drill_text import script_of
from core.errors_drill_script import ScriptMisshapen
from db.drills import shipped_scripts
from pages import messages
from pages.drills import faults, script_form, script_rows, script_words, shell, timeline
from pages.drills import script as view
from pages.drills.script_rows import Row, inject_of, rows_of
from pages.drills.script_words import City
from tests.drilling import inject, message, script

CITY = City("zh-CN", {"21000": "火灾"}, {"rescue": "救援"}, {"typhoon": "台风"}, {"track": "报路径"})
SCRIPTS = shipped_scripts()


@pytest.fixture(autouse=True)
def strict_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "strict", True)


def parts(of: Any) -> Iterator[Any]:
    """Every component of a tree that has an id."""
    for one in of if isinstance(of, list) else [of]:
        if isinstance(one, Component):
            inner: Any = one
            yield from (found for found in (one, *inner._traverse()) if hasattr(found, "id"))


def fields_of(of: Any) -> dict[str, Any]:
    return {name: getattr(of, name) for name in script_rows.FIELDS}


@pytest.mark.parametrize("code", SCRIPTS)
def test_rows_and_fields_of_a_shipped_script_are_the_script_again(code: str) -> None:
    of = SCRIPTS[code]
    rows = rows_of(CITY, of, [], frozenset())
    assert script_of(script_rows.script_of(rows, fields_of(of), of.division)) == of


@pytest.mark.parametrize("code", SCRIPTS)
def test_the_form_of_an_inject_that_nobody_wrote_in_says_the_inject(code: str) -> None:
    for row in rows_of(CITY, SCRIPTS[code], [], frozenset())["injects"]:
        shown = list(parts(script_form.form(CITY, inject_of(row), [1, 2], edit=True)))
        written = {one.id["name"]: one.value for one in shown if _type(one) == "drillscript-part"}
        (listed,) = [one.rowData for one in shown if _type(one) == "drillscript-measured"]
        assert script_form.same(inject_of(row), script_form.inject_of(inject_of(row), written, listed))


def _type(one: Any) -> str:
    return str(one.id["type"]) if isinstance(one.id, dict) else ""


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_a_script_and_the_lists_are_shown_in_both_languages(lang: str) -> None:
    shell.layout(lang)
    wrong = [{"pointer": "/injects/2/indicators/0/task", "code": "task_unknown", "params": {"task": "x"}}]
    shown = view.Shown(SCRIPTS["typhoon"], wrong, frozenset({1}), True, "drill:x")
    assert view.view(City(lang), shown)


def test_a_fault_stands_in_its_row_with_its_remedy() -> None:
    told = {"pointer": "/injects/1/when/inject", "code": "inject_unknown", "params": {"number": 9}}
    rows = rows_of(CITY, script(), [told], frozenset({1}))["injects"]
    assert [row["fault"] for row in rows] == ["", "条件 所据注入：没有第 9 号注入。请改成有的序号。", "", ""]
    assert [row["done"] for row in rows] == [True, False, False, False]
    assert faults.place("zh-CN", told) == "情景注入 第 2 条 条件 所据注入"


def test_a_minute_that_is_written_takes_the_place_of_a_condition() -> None:
    (row,) = rows_of(CITY, script(inject(1, when={"inject": 1, "after_min": 3})), [], frozenset())["injects"]
    assert row["when"] == "1 号之后 3 分"
    now = inject_of({**row, "at_min": 7})
    assert (now["at_min"], now["when"]) == (7, None)


def test_an_inject_is_moved_by_its_minute_or_by_what_it_waits() -> None:
    assert script_rows.later({"at_min": 3}, -5)["at_min"] == 0
    assert script_rows.later({"when": {"inject": 1, "after_min": 3}}, 2)["when"]["after_min"] == 5


def test_what_a_new_row_lacks_is_told_when_it_is_saved() -> None:
    rows: dict[str, list[Row]] = rows_of(CITY, script(), [], frozenset())
    fresh = script_rows.fresh(CITY, "injects", rows)
    assert (fresh["number"], fresh["target"], fresh["at_min"]) == (5, "desk", 4)
    rows["injects"].append(fresh)
    with pytest.raises(ScriptMisshapen) as refused:
        script_of(script_rows.script_of(rows, fields_of(script()), ""))
    found = {one["pointer"] for one in refused.value.params["faults"]}
    assert found == {"/injects/4/synopsis", "/injects/4/expected", "/injects/4/act/text"}


def test_another_kind_of_act_keeps_what_both_have() -> None:
    was = inject(1, message("请报告", inject=2))
    now = script_form.inject_of(was, {"how": "at", "kind": "supplement", "at_min": 4}, [])
    assert now["act"] == {"kind": "supplement", "inject": 2, "text": "请报告"}
    assert set(script_words.KINDS["closure"]) == {"inject", "lon", "lat", "radius_m", "reason"}


def test_what_waits_stands_behind_what_it_waits_for() -> None:
    chain = (
        inject(1, at_min=10.0), inject(2, message(), when={"inject": 1, "after_min": 5}),
        inject(3, message(), when={"inject": 2, "fact": "unit_arrived", "after_min": 1, "latest_min": 40}),
    )  # fmt: skip
    spots = timeline.spots(rows_of(CITY, script(*chain), [], frozenset())["injects"])
    assert [(one.minute, one.since, one.latest) for one in spots] == [
        (10, None, None),
        (15, 10, None),
        (16, 15, 40),
    ]


def test_a_circle_of_conditions_and_rows_that_are_no_script_are_drawn_too() -> None:
    ring = (inject(1, when={"inject": 2}), inject(2, when={"inject": 1}), inject(3, at_min=5.0))
    rows = rows_of(CITY, script(*ring), [], frozenset())
    rows["injects"].append(script_rows.inject_row(CITY, {"act": {}}, "9"))
    assert [one.minute for one in timeline.spots(rows["injects"])] == [None, None, 5, None]
    assert timeline.line(CITY, rows["injects"], rows["seats"], 0, "later")


def test_boxes_of_a_lane_do_not_cover_one_another() -> None:
    for of in SCRIPTS.values():
        spots = timeline.spots(rows_of(CITY, of, [], frozenset())["injects"])
        for lane in {one.lane for one in spots}:
            placed = [one for one in spots if one.lane == lane]
            tracks = timeline.stacked(placed, of.minutes)
            taken = sorted((tracks[one.key], one.minute or 0) for one in placed)
            near = [
                (one, other)
                for one, other in pairwise(taken)
                if one[0] == other[0] and other[1] - one[1] < of.minutes * timeline.ROOM - 1e-9
            ]
            assert near == []
