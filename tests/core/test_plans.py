"""Plans: read, checked, compared, proposed; what cannot run is told before anybody relies on it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors_plans import PlanMisshapen, PlanUnreadable
from core.plan_chart import chart
from core.plan_checks import Known, demanded, faults, shared
from core.plan_text import differences, plan_of, read_plan, to_yaml
from core.plans import Plan, office_of, proposed

KNOWN = Known({"yingji", "xiaofang"}, {"2010101"}, {"rescue"}, {"11000", "12000"})

BODY: dict[str, Any] = {
    "code": "ponding", "name": "城市内涝应急预案", "name_en": "Waterlogging", "kind": "waterlogging",
    "summary": "暴雨引发的城市内涝",
    "stages": [
        {"level": 4, "when": "积水 20 厘米", "commander": "@town"},
        {"level": 2, "when": "多处积水 50 厘米", "commander": "yingji@city"},
    ],
    "triggers": [
        {"level": 4, "severity": 4, "classes": ["11"]},
        {"level": 2, "severity": 2, "classes": ["11"], "warnings": ["暴雨"]},
    ],
    "phases": [
        {"code": "first", "name": "先期处置", "name_en": "First response"},
        {"code": "drain", "name": "排涝", "name_en": "Drainage"},
    ],
    "tasks": [
        {"code": "meet", "phase": "first", "title": "会商研判", "title_en": "Consultation",
         "owner": "yingji@city", "ack_min": 5, "due_min": 30},
        {"code": "pump", "phase": "drain", "title": "强排积水", "title_en": "Pump", "owner": "@town",
         "ack_min": 5, "due_min": 120, "after": ["meet"],
         "needs": [{"kind": "item", "what": "2010101", "number": 200}]},
        {"code": "save", "phase": "drain", "title": "转移被困人员", "title_en": "Rescue",
         "owner": "xiaofang@city", "ack_min": 2, "due_min": 60, "from_level": 2, "after": ["meet"],
         "needs": [{"kind": "unit", "what": "rescue", "number": 2},
                   {"kind": "item", "what": "2010101", "number": 100}]},
    ],
    "sources": ["国家防汛抗旱应急预案"],
}  # fmt: skip


def plan(**changed: Any) -> Plan:
    return plan_of({**BODY, **changed})


def task(number: int, **changed: Any) -> list[dict[str, Any]]:
    tasks = [dict(one) for one in BODY["tasks"]]
    tasks[number] |= changed
    return tasks


def told(**changed: Any) -> set[tuple[str, str]]:
    return {(one.pointer, one.code) for one in faults(plan(**changed), KNOWN)}


def test_a_sound_plan_has_no_faults() -> None:
    assert told() == set()


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"tasks": task(0, after=["pump"])}, ("/tasks", "cycle")),
        ({"tasks": task(0, after=["pump"])}, ("/tasks/0/after", "waits_for_later_phase")),
        ({"tasks": task(1, after=["save"])}, ("/tasks/1/after", "waits_for_graver_level")),
        ({"tasks": task(1, after=["gone"])}, ("/tasks/1/after", "task_unknown")),
        ({"tasks": task(1, phase="gone")}, ("/tasks/1/phase", "phase_unknown")),
        ({"tasks": task(1, code="meet")}, ("/tasks/1/code", "code_twice")),
        ({"tasks": task(2, from_level=1)}, ("/tasks/2/from_level", "never_reached")),
        ({"tasks": task(1, due_min=1)}, ("/tasks/1/due_min", "due_before_ack")),
        ({"tasks": task(0, owner="haijun@city")}, ("/tasks/0/owner", "department_unknown")),
        ({"tasks": task(2, needs=[{"kind": "item", "what": "9", "number": 1}])},
         ("/tasks/2/needs/0", "item_unknown")),
        ({"tasks": task(2, needs=[{"kind": "unit", "what": "flying", "number": 1}])},
         ("/tasks/2/needs/0", "unit_unknown")),
        ({"tasks": BODY["tasks"][:1]}, ("/phases/1", "phase_empty")),
        ({"tasks": []}, ("/tasks", "no_task")),
        ({"stages": []}, ("/stages", "no_stage")),
        ({"stages": [*BODY["stages"], BODY["stages"][0]]}, ("/stages", "stage_twice")),
        ({"triggers": [{"level": 1, "severity": 1, "classes": ["11"]}]},
         ("/triggers/0/level", "no_such_stage")),
        ({"triggers": [{"level": 4, "severity": 1}]}, ("/triggers/0", "trigger_empty")),
        ({"triggers": [{"level": 4, "severity": 1, "classes": ["99"]}]},
         ("/triggers/0/classes", "class_unknown")),
        ({"sources": []}, ("/sources", "no_source")),
    ],
)  # fmt: skip
def test_what_cannot_run_is_told_with_its_place(changed: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault in told(**changed)


def test_a_task_without_an_owner_is_no_plan() -> None:
    with pytest.raises(PlanMisshapen) as refused:
        plan(tasks=task(1, owner=""))
    assert refused.value.params["pointer"] == "/tasks/1/owner"


def test_yaml_and_back_is_the_same_plan() -> None:
    assert read_plan(to_yaml(plan())) == plan()


def test_json_is_read_too() -> None:
    assert read_plan(plan().model_dump_json()) == plan()


@pytest.mark.parametrize(
    "text", ["tasks: [", "a: &a [1]\nb: *a", "\t- x", "[" * 5000, "!!python/object:x {}"]
)
def test_what_is_no_plan_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises((PlanUnreadable, PlanMisshapen)):
        read_plan(text)


@given(st.text(max_size=300))
def test_any_text_is_a_plan_or_a_refusal(text: str) -> None:
    with pytest.raises((PlanUnreadable, PlanMisshapen)):
        read_plan(text)


def test_raising_the_response_adds_what_the_graver_level_asks_for() -> None:
    one = plan()
    assert [task.code for task in one.tasks_at(4)] == ["meet", "pump"]
    assert [task.code for task in one.tasks_at(2)] == ["meet", "pump", "save"]
    assert [task.code for task in one.raised(4, 2)] == ["save"]
    assert [(need.what, need.number) for need in demanded(one.tasks)] == [("2010101", 300), ("rescue", 2)]


@pytest.mark.parametrize(
    ("owner", "office"),
    [
        ("yingji@city", "yingji@"), ("yingji@county", "yingji@990101"), ("@town", "@990101001"),
        ("@community", "@990101001002"),
    ],
)  # fmt: skip
def test_owners_are_offices_of_the_place(owner: str, office: str) -> None:
    assert office_of(owner, "990101001002007") == office


def test_where_the_place_is_not_known_so_finely_the_desk_above_owns() -> None:
    assert office_of("@community", "990101") == "@990101"
    assert office_of("xiaofang@town", "") == "xiaofang@"
    assert office_of("xiaofang@county", "G-0001") == "xiaofang@"


def test_the_gravest_matching_level_is_proposed() -> None:
    def levels(**what: Any) -> list[int]:
        return [level for _, level in proposed([plan()], **{"area": "990101001", "warning": "", **what})]

    assert levels(class_code="11000", severity=3) == [4]
    assert levels(class_code="11000", severity=1) == [2]
    assert levels(class_code="21000", severity=1) == []
    assert levels(class_code="21000", severity=2, warning="暴雨红色预警") == [2]


def test_versions_are_compared_part_by_part() -> None:
    now = plan(summary="另有说明", tasks=[*task(1, due_min=90)[:2]])
    assert [(one.section, one.key, one.how, one.fields) for one in differences(plan(), now)] == [
        ("summary", "", "changed", {"summary": ("暴雨引发的城市内涝", "另有说明")}),
        ("tasks", "save", "removed", {}),
        ("tasks", "pump", "changed", {"due_min": (120.0, 90.0)}),
    ]


def test_how_much_two_plans_share_is_told() -> None:
    assert shared(plan(), plan()) == 1.0
    assert shared(plan(), plan(tasks=task(0, title="另一件事")[:2])) == 0.5


def test_a_misshapen_file_names_the_line_of_each_fault() -> None:
    text = to_yaml(plan()).replace("ack_min: 2", "ack_min: soon").replace("summary:", "sumary:")
    with pytest.raises(PlanMisshapen) as refused:
        read_plan(text)
    lines = text.splitlines()
    told_ = {one["pointer"]: (one["code"], lines[one["line"] - 1]) for one in refused.value.params["faults"]}
    assert told_["/tasks/2/ack_min"][0] == "float_parsing"
    assert "soon" in told_["/tasks/2/ack_min"][1]
    assert "sumary" in told_["/sumary"][1]
    assert told_["/summary"][0] == "missing"


def test_a_chart_leads_from_left_to_right_and_marks_what_leads_back() -> None:
    drawn = chart(plan())
    column = {box.code: box.column for box in drawn.boxes if box.kind == "task"}
    assert column["meet"] < column["pump"]
    assert not any(edge.wrong for edge in drawn.edges)
    back = chart(plan(tasks=task(0, after=["pump"])))
    assert [edge.source for edge in back.edges if edge.wrong] == ["task:pump"]


def test_an_edge_past_a_column_has_a_bend_in_it() -> None:
    phases = [*BODY["phases"], {"code": "end", "name": "恢复", "name_en": "Recovery"}]
    late = {**BODY["tasks"][0], "code": "review", "phase": "end", "after": ["meet"]}
    drawn = chart(plan(phases=phases, tasks=[*BODY["tasks"], late]))
    [bend] = [box for box in drawn.boxes if box.kind == "bend"]
    ways = [(edge.source, edge.target) for edge in drawn.edges if bend.id in (edge.source, edge.target)]
    assert ways == [("task:meet", bend.id), (bend.id, "task:review")]
    assert bend.column == 1


def test_a_high_column_is_spread_as_far_as_the_order_of_tasks_allows() -> None:
    many = [{**BODY["tasks"][0], "code": f"t{n}"} for n in range(10)]
    drawn = chart(plan(tasks=[*many, {**BODY["tasks"][1], "after": ["t0"]}]), most=4)
    columns = [box.column for box in drawn.boxes if box.kind == "task"]
    assert [columns.count(at) for at in sorted(set(columns))] == [4, 4, 2, 1]
    assert not any(edge.wrong for edge in drawn.edges)
