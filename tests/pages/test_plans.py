"""A plan on its page: rows out of it are the plan again, faults stand in their rows, the chart is total."""

from __future__ import annotations

import re

import pytest

from core.errors_plans import PlanMisshapen
from core.plan_checks import faults
from core.plan_text import plan_of
from core.plans import Plan
from db.plans import shipped_plans
from pages import messages
from pages.messages import LANGUAGES, has
from pages.plans import flow, sections, views, words
from pages.plans.sections import SECTIONS
from pages.plans.versions import said
from pages.plans.words import City
from tests.core.test_plans import BODY, KNOWN, plan, task

CITY = City(
    "zh-CN", {"yingji": "应急管理局"}, {"2010101": ("防汛沙袋", "只")}, {"11000": "内涝"}, skills=("rescue",)
)
WHOLE = plan().model_dump(mode="json")
PLANS = {one.code: one for one in shipped_plans()}


@pytest.fixture(autouse=True)
def strict_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "strict", True)


def told(of: Plan) -> list[dict[str, object]]:
    return [{"pointer": one.pointer, "code": one.code, "params": one.params} for one in faults(of, KNOWN)]


@pytest.mark.parametrize("code", PLANS)
def test_rows_and_fields_of_a_shipped_plan_are_the_plan_again(code: str) -> None:
    body = PLANS[code].model_dump(mode="json")
    tables = {name: sections.rows(CITY, name, body, [], edit=True) for name in SECTIONS}
    fields = {name: body[name] for name in sections.FIELDS} | {
        "areas": "、".join(filter(None, body["areas"]))
    }
    assert plan_of(sections.plan_of_rows(tables, fields)) == PLANS[code]


def test_a_fault_stands_in_its_row_and_on_its_tab_with_its_remedy() -> None:
    found = told(plan(tasks=task(1, owner="haijun@city")))
    rows = sections.rows(CITY, "tasks", WHOLE, found, edit=False)
    assert [row["fault"] for row in rows] == ["", "责任单位：部门表里没有 haijun。请另选部门。", ""]
    assert [views.mark(found, tab) for tab in ("overview", "tasks")] == ["", "1"]
    assert words.place(CITY, found[0]["pointer"]) == "任务 第 2 条 责任单位"  # type: ignore[arg-type]


def test_what_a_new_row_lacks_is_told_in_the_readers_words() -> None:
    row = sections.fresh("tasks", [], [{"code": "first"}])
    tables = {name: sections.rows(CITY, name, WHOLE, [], edit=True) for name in SECTIONS}
    data = sections.plan_of_rows({**tables, "tasks": [*tables["tasks"], row]}, WHOLE | {"areas": ""})
    with pytest.raises(PlanMisshapen) as refused:
        plan_of(data)
    found = refused.value.params["faults"]
    assert {one["pointer"] for one in found} == {
        f"/tasks/3/{name}" for name in ("title", "title_en", "ack_min", "due_min")
    }
    assert {words.wrong(CITY, one) for one in found} == {"不能为空。请填写。", "没有填数字。请填写。"}


def test_every_fault_that_the_checks_know_has_its_words() -> None:
    source = (messages.FOLDER.parent / "core" / "plan_checks.py").read_text(encoding="utf-8")
    made = re.findall(r'Fault\(f?"[^"]*", (?:f"\{need\.kind\}_unknown"|"(\w+)")', source)
    codes = {one for one in made if one} | {"unit_unknown", "item_unknown"}
    assert len(codes) > 15
    assert [one for one in codes for lang in LANGUAGES if not has(lang, f"plans.fault.{one}")] == []


def test_a_draft_with_many_faults_is_drawn_and_told_whole() -> None:
    first = BODY["tasks"][0]
    tasks = [
        {**first, "code": f"t{n}", "owner": f"x{chr(97 + n)}@city", "after": [f"t{(n + 1) % 20}"]}
        for n in range(20)
    ]
    broken = plan(tasks=tasks)
    found = told(broken)
    assert len(found) > 20
    assert len(views.fault_list(CITY, found)[0].children[1].children) == len(found)
    assert sum("task" in one.get("classes", "") for one in flow.elements(CITY, broken)) == 20


@pytest.mark.parametrize("code", PLANS)
def test_the_chart_has_every_task_and_no_two_boxes_lie_on_each_other(code: str) -> None:
    boxes = [one for one in flow.elements(CITY, PLANS[code]) if one.get("classes") in ("task", "broadcast")]
    spots = {(one["position"]["x"], round(one["position"]["y"])) for one in boxes}
    assert len(spots) == len(boxes) == len(PLANS[code].tasks) + len(PLANS[code].broadcasts)


def test_values_are_compared_in_words() -> None:
    assert said(CITY, "owner", "yingji@county", BODY) == "应急管理局 · 区县"
    assert (
        said(CITY, "needs", [{"kind": "item", "what": "2010101", "number": 200}], BODY) == "防汛沙袋 200 只"
    )
    assert said(CITY, "after", ["meet"], BODY) == "会商研判"
    assert said(CITY, "due_min", 30.0, BODY) == "30"


def test_the_shipped_plans_kinds_and_skills_have_words_in_both_languages() -> None:
    kinds = {one.kind for one in PLANS.values()}
    skills = {
        need.what for one in PLANS.values() for t in one.tasks for need in t.needs if need.kind == "unit"
    }
    for lang in LANGUAGES:
        assert [one for one in kinds if not has(lang, f"plans.kind.{one}")] == []
        assert [one for one in skills if not has(lang, f"skill.{one}")] == []
