"""A drill's script: what cannot be run is told with its place; files come back as they went; plans make
scripts; what ships is complete."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from core import drill_columns as columns
from core.drill_book import read_book, to_book
from core.drill_checks import faults
from core.drill_draft import Place, Wording, draft
from core.drill_script import Script, dump
from core.drill_text import read_script, to_json
from core.errors import InvalidInput
from core.errors_drill_script import ScriptMisshapen, ScriptUnreadable
from core.plan_text import plan_of, read_plan
from core.plans import Plan
from demo.units import KINDS
from pages.messages import LANGUAGES, has, text

DATA = Path(__file__).resolve().parents[2] / "db" / "data"
SHIPPED = sorted(path.stem for path in (DATA / "drills").glob("*.json"))
PLANS = sorted(path.stem for path in (DATA / "plans").glob("*.yaml"))
OFFICES = {"xiaofang", "990101"}

PLAN = plan_of({
    "code": "fire", "name": "火灾预案", "name_en": "Fire", "kind": "fire", "summary": "火灾",
    "stages": [{"level": 4, "when": "起火", "commander": "xiaofang@city"}],
    "triggers": [{"level": 4, "severity": 4, "classes": ["21"]}],
    "phases": [{"code": "first", "name": "先期", "name_en": "First"}],
    "tasks": [{"code": "look", "phase": "first", "title": "侦察", "title_en": "Size up",
               "owner": "xiaofang@city", "ack_min": 2, "due_min": 10}],
    "sources": ["示例"],
})  # fmt: skip


def inject(number: int, **changed: Any) -> dict[str, Any]:
    """A report at minute `number`."""
    act = {"kind": "report", "class": "21000", "severity": 3, "text": "着火", "lon": 118.1, "lat": 24.5}
    return {
        "number": number, "at_min": number, "synopsis": "起火", "channel": "119", "target": "desk",
        "act": act, "expected": "受理", **changed,
    }  # fmt: skip


def about(number: int, **changed: Any) -> dict[str, Any]:
    """A message about the incident of inject 1."""
    return inject(number, act={"kind": "message", "inject": 1, "text": "火大了"}, **changed)


def timed(measure: str, limit_s: float = 60, **more: Any) -> dict[str, Any]:
    return {"indicators": [{"code": "timed", "name": "计时", "measure": measure, "limit_s": limit_s, **more}]}


SEATS: list[dict[str, Any]] = [
    {"code": "head", "name": "导调", "role": "controller"},
    {"code": "judge", "name": "评估", "role": "evaluator"},
    {"code": "desk", "name": "值班席", "office": "xiaofang@990101"},
]
BODY: dict[str, Any] = {
    "name": "火灾演练", "content": "single", "form": "tabletop", "plan": "fire", "hazard": "21000",
    "division": "990101", "scenario": "起火", "minutes": 60, "seats": SEATS, "sources": ["示例"],
    "objectives": [{"code": "quick", "name": "快"}],
    "injects": [
        inject(1, evaluator="judge", objective="quick", **timed("ack")),
        about(2, at_min=None, when={"inject": 1, "fact": "unit_arrived", "after_min": 5, "latest_min": 20}),
    ],
}  # fmt: skip


def script(**changed: Any) -> Script:
    return Script.model_validate({**BODY, **changed})


def then(*injects: Mapping[str, Any]) -> dict[str, Any]:
    """Injects after the first two."""
    return {"injects": [*BODY["injects"], *injects]}


def told(plan: Plan | None = PLAN, **changed: Any) -> set[tuple[str, str]]:
    found = faults(script(**changed), {"21000"}, OFFICES, {"rescue"}, plan)
    return {(one.pointer, one.code) for one in found}


def test_a_sound_script_has_no_faults() -> None:
    assert told() == set()


FAULTY: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"division": "990199"}, ("/division", "division_unknown")),
    ({"hazard": "99999"}, ("/hazard", "class_unknown")),
    ({"injects": []}, ("/injects", "no_inject")),
    ({"sources": []}, ("/sources", "no_source")),
    ({"seats": SEATS[1:]}, ("/seats", "no_controller")),
    ({"seats": SEATS[:2]}, ("/seats", "no_player")),
    ({"seats": SEATS[:2]}, ("/injects/0/target", "seat_unknown")),
    ({"seats": [*SEATS, {"code": "sea", "name": "海军", "office": "haijun@"}]},
     ("/seats/3/office", "office_unknown")),
    ({"seats": [*SEATS, SEATS[2]]}, ("/seats/3/code", "code_twice")),
    (then(inject(2)), ("/injects/2/number", "number_twice")),
    (then(inject(3, **timed("ack"))), ("/injects/2/indicators/0/code", "code_twice")),
    (then(inject(3, target="judge")), ("/injects/2/target", "target_not_player")),
    (then(inject(3, evaluator="desk")), ("/injects/2/evaluator", "not_evaluator")),
    (then(inject(3, evaluator="gone")), ("/injects/2/evaluator", "seat_unknown")),
    (then(inject(3, objective="slow")), ("/injects/2/objective", "objective_unknown")),
    (then(inject(3, act={**inject(3)["act"], "class": "9"})), ("/injects/2/act/class", "class_unknown")),
    (then(inject(3, act={"kind": "breakdown", "skill": "flying", "lon": 118, "lat": 24})),
     ("/injects/2/act/skill", "skill_unknown")),
    (then(inject(3, act={"kind": "supplement", "inject": 9, "text": "更大"})),
     ("/injects/2/act/inject", "inject_unknown")),
    (then(inject(3, act={"kind": "supplement", "inject": 2, "text": "更大"})),
     ("/injects/2/act/inject", "makes_no_incident")),
    (then(inject(3, when={"inject": 1})), ("/injects/2/when", "time_twice")),
    (then(inject(3, at_min=None)), ("/injects/2/at_min", "time_missing")),
    (then(inject(3, at_min=None, when={"inject": 9})), ("/injects/2/when/inject", "inject_unknown")),
    (then(inject(3, act={"kind": "message", "text": "天晴"}),
          inject(4, at_min=None, when={"inject": 3, "fact": "task_done"})),
     ("/injects/3/when/fact", "about_no_incident")),
    (then(inject(3, at_min=None, when={"inject": 3})), ("/injects", "cycle")),
    (then(inject(3, at_min=None, when={"inject": 4}), inject(4, at_min=None, when={"inject": 3})),
     ("/injects", "cycle")),
    (then(inject(3, at_min=61)), ("/injects/2/at_min", "beyond_end")),
    (then(inject(3, at_min=None, when={"inject": 2, "after_min": 55})),
     ("/injects/2/when/after_min", "beyond_end")),
    (then(inject(3, at_min=None, when={"inject": 1, "latest_min": 61})),
     ("/injects/2/when/latest_min", "beyond_end")),
    (then(inject(3, at_min=None, when={"inject": 2, "after_min": 5, "latest_min": 10})),
     ("/injects/2/when/latest_min", "latest_too_early")),
    (then(about(3, at_min=0.5)), ("/injects/2/at_min", "before_its_incident")),
    (then(about(3, **timed("order", 3600))), ("/injects/2/indicators/0/limit_s", "limit_beyond_end")),
    (then(about(3, **timed("ack"))), ("/injects/2/indicators/0/measure", "measure_unfit")),
    (then(inject(3, act={"kind": "message", "text": "天晴"}, **timed("arrival"))),
     ("/injects/2/indicators/0/measure", "about_no_incident")),
    (then(about(3, **timed("task"))), ("/injects/2/indicators/0/task", "task_missing")),
    (then(about(3, **timed("task", task="fly"))), ("/injects/2/indicators/0/task", "task_unknown")),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "fault"), FAULTY)
def test_what_cannot_be_run_is_told_with_its_place(changed: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault in told(**changed)


def test_a_plan_that_is_not_in_force_is_told() -> None:
    assert told(plan=None) == {("/plan", "plan_unknown")}


def test_every_fault_has_its_sentence_in_both_languages() -> None:
    found = [
        one for changed, _ in FAULTY
        for one in faults(script(**changed), {"21000"}, OFFICES, {"rescue"}, None)
    ]  # fmt: skip
    assert {one.code for one in found} > {code for _, (_, code) in FAULTY}
    for one in found:
        assert all(has(lang, one.key) and "{" not in text(lang, one.key, **one.params) for lang in LANGUAGES)


def test_an_inject_is_about_the_incident_of_the_one_it_names() -> None:
    made = script()
    assert [made.incident_of(number) for number in (1, 2, 3)] == [1, 1, None]


# --- files ------------------------------------------------------------------------------------------------

words = st.text("云屿演练 abc\n=<&'\"0", min_size=1, max_size=30).filter(lambda one: one.strip() != "")
codes = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
rounded = st.floats(0, 1000).map(lambda one: round(one, 3))
positive = st.floats(0.01, 50).map(lambda one: round(one, 3))
degrees = st.floats(-89, 89).map(lambda one: round(one, 7))
numbers = st.integers(1, 999)
maybe = st.none() | numbers
place = {"lon": degrees, "lat": degrees}
acts = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("report"), "class": codes, "severity": st.integers(1, 4), "text": words, **place},
        optional={"address": words},
    ),
    st.fixed_dictionaries(
        {"kind": st.just("supplement"), "inject": numbers, "text": words},
        optional={"severity": st.integers(1, 4)},
    ),
    st.fixed_dictionaries(
        {"kind": st.just("closure"), "inject": maybe, "radius_m": positive, "reason": words, **place}
    ),
    st.fixed_dictionaries({"kind": st.just("breakdown"), "inject": maybe, "skill": codes, **place}),
    st.fixed_dictionaries({"kind": st.just("message"), "inject": maybe, "text": words}),
)
indicators = st.fixed_dictionaries(
    {
        "code": codes,
        "name": words,
        "limit_s": positive,
        "measure": st.sampled_from(["ack", "task", "report"]),
    },
    optional={"task": codes, "report": st.sampled_from(["initial", "final"]), "weight": positive},
)
whens = st.fixed_dictionaries(
    {"inject": numbers},
    optional={
        "fact": st.sampled_from(["task_done", "report_sent"]), "after_min": rounded, "latest_min": rounded,
    },
)  # fmt: skip
injects = st.fixed_dictionaries(
    {"number": numbers, "synopsis": words, "channel": words, "target": codes, "act": acts, "expected": words},
    optional={"at_min": rounded, "when": whens, "evaluator": codes, "objective": codes,
              "indicators": st.lists(indicators, max_size=3)},
)  # fmt: skip
seats = st.fixed_dictionaries(
    {"code": codes, "name": words},
    optional={
        "office": codes,
        "role": st.sampled_from(["controller", "observer"]),
        "simulated": st.booleans(),
        "delay_s": positive,
    },
)
scripts = st.fixed_dictionaries(
    {"name": words, "content": st.sampled_from(["single", "comprehensive"]), "minutes": positive,
     "form": st.sampled_from(["tabletop", "field"]), "scenario": words, "seats": st.lists(seats, max_size=4),
     "injects": st.lists(injects, max_size=4, unique_by=lambda one: one["number"])},
    optional={"division": st.sampled_from(["990101", "0901"]), "plan": codes, "hazard": codes,
              "scenario_at": st.sampled_from(["00:00", "09:00", "23:59"]),
              "objectives": st.lists(st.fixed_dictionaries({"code": codes, "name": words}), max_size=2),
              "sources": st.lists(words.map(str.strip), max_size=2)},
).map(Script.model_validate)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(scripts)
def test_a_script_comes_back_from_json_and_from_a_workbook_as_it_went(made: Script) -> None:
    assert read_script(to_json(made)) == made
    assert read_book(to_book(made)) == made


@pytest.mark.parametrize("bad", ["", "{", "[" * 100_000, '{"name": NaN'])
def test_what_is_no_json_is_refused_with_its_line(bad: str) -> None:
    with pytest.raises(ScriptUnreadable):
        read_script(bad)


def test_a_field_of_a_text_that_is_wrong_is_told_with_its_line() -> None:
    body = dump(script())
    body["injects"][0]["act"]["severity"] = 7
    lines = json.dumps(body, ensure_ascii=False, indent="\t")
    with pytest.raises(ScriptMisshapen) as refused:
        read_script(lines)
    fault = refused.value.params["faults"][0]
    assert fault["pointer"] == "/injects/0/act/severity"
    assert '"severity": 7' in lines.splitlines()[fault["line"] - 1]


def test_an_unpacked_workbook_may_not_be_endless_and_must_be_one() -> None:
    with pytest.raises(ScriptUnreadable):
        read_book(b"PK no workbook")


def changed_book(sheet: str, row: int, heading: str, value: object) -> bytes:
    """The workbook of the sample with one cell (row from 1) written over."""
    book = CalamineWorkbook.from_filelike(BytesIO(to_book(script())))
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as made:
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python()
            if name == sheet:
                rows[row - 1][rows[0].index(heading)] = value  # type: ignore[call-overload]
            page = made.add_worksheet(name)
            for n, cells in enumerate(rows):
                page.write_row(n, 0, cells)
    return file.getvalue()


@pytest.mark.parametrize(
    ("sheet", "row", "heading", "value", "code", "column"),
    [
        (columns.INJECTS, 2, "级别", 7, "less_than_equal", "级别"),
        (columns.INJECTS, 2, "经度", "", "missing", "经度"),
        (columns.INJECTS, 2, "方式", "打电话", "word_unknown", "方式"),
        (columns.INJECTS, 2, "方式", "", "union_tag_not_found", "方式"),
        (columns.INJECTS, 3, "地址", "某路", "extra_forbidden", "地址"),
        (columns.INJECTS, 3, "待注入序号", "", "missing", "待注入序号"),
        (columns.INJECTS, 1, "渠道", "途径", "heading_unknown", "途径"),
        (columns.SEATS, 2, "编码", "大写", "string_pattern_mismatch", "编码"),
        (columns.INDICATORS, 2, "注入序号", 8, "inject_unknown", "注入序号"),
        (columns.INDICATORS, 2, "时限（秒）", "快", "float_parsing", "时限（秒）"),
        (columns.OVERVIEW, 2, "项目", "名字", "item_not_known", "项目"),
        (columns.OVERVIEW, 11, "内容", -1, "greater_than", "内容"),
    ],
)
def test_what_is_wrong_in_a_workbook_is_told_with_sheet_row_column_and_remedy(
    sheet: str, row: int, heading: str, value: object, code: str, column: str
) -> None:
    with pytest.raises(ScriptMisshapen) as refused:
        read_book(changed_book(sheet, row, heading, value))
    found = [one for one in refused.value.params["faults"] if one["code"] == code]
    assert [(one["sheet"], one["row"], one["column"]) for one in found] == [(sheet, row, column)]
    assert all("{" not in text(lang, f"drills.fault.{code}", **found[0]["params"]) for lang in LANGUAGES)


def test_a_workbook_without_a_sheet_names_it() -> None:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet(columns.SEATS)
    with pytest.raises(ScriptMisshapen) as refused:
        read_book(file.getvalue())
    missing = {one["sheet"] for one in refused.value.params["faults"] if one["code"] == "sheet_missing"}
    assert missing == {columns.OVERVIEW, columns.INJECTS, columns.INDICATORS}


# --- from a plan ------------------------------------------------------------------------------------------


@cache
def listed(name: str, column: str) -> frozenset[str]:
    with (DATA / f"{name}.csv").open(encoding="utf-8") as file:
        return frozenset(row[column] for row in csv.DictReader(file))


@cache
def plan(code: str) -> Plan:
    return read_plan((DATA / "plans" / f"{code}.yaml").read_text(encoding="utf-8"))


HERE = Place(118.09, 24.51, "990101002003001", "景涧街道")


def generated(code: str, level: int, lang: str = "zh-CN") -> Script:
    wording = Wording(lambda key, **params: text(lang, key, **params), str, lang == "en")
    return draft(plan(code), level, HERE, listed("classes", "code"), wording)


@pytest.mark.parametrize("code", PLANS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_script_generated_from_a_plan_passes_the_checks(code: str, lang: str) -> None:
    offices = listed("departments", "code") | {"990101", "990101002", "990101002003"}
    for stage in plan(code).stages:
        made = generated(code, stage.level, lang)
        assert faults(made, listed("classes", "code"), offices, (), plan(code)) == []
        assert read_book(to_book(made)) == made


def test_a_generated_script_has_an_inject_for_every_phase_and_task_with_the_limits_of_the_plan() -> None:
    made, of = generated("highrise_fire", 2), plan("highrise_fire")
    tasks = of.tasks_at(2)
    limits = {
        one.task: one.limit_s
        for inject in made.injects
        for one in inject.indicators
        if one.measure == "order"
    }
    assert limits.pop("") == 600 + 60 * max(task.ack_min for task in tasks)
    assert limits == {task.code: 60 * task.ack_min for task in tasks}
    assert len(made.injects) == 1 + len(of.phases) + len(tasks)
    assert {one.code for one in made.objectives} == {phase.code for phase in of.phases}


def test_a_plan_without_that_level_or_without_a_class_makes_no_script() -> None:
    wording = Wording(lambda key, **_: key, str)
    with pytest.raises(InvalidInput):
        draft(PLAN, 1, HERE, {"21000"}, wording)
    with pytest.raises(InvalidInput):
        draft(PLAN, 4, HERE, {"31000"}, wording)


# --- what ships -------------------------------------------------------------------------------------------


@cache
def shipped(code: str) -> Script:
    return read_script((DATA / "drills" / f"{code}.json").read_text(encoding="utf-8"))


def test_three_drills_ship() -> None:
    assert SHIPPED == ["hazchem", "highrise_fire", "typhoon"]


@pytest.mark.parametrize("code", SHIPPED)
def test_a_shipped_drill_is_complete(code: str) -> None:
    made = shipped(code)
    offices = listed("departments", "code") | {"990101", "990102", "990103"}
    skills = {skill for kind in KINDS for skills in kind.skills for skill in skills.split(",")}
    assert faults(made, listed("classes", "code"), offices, skills, plan(made.plan)) == []
    assert len([one for one in made.injects if one.indicators]) >= 25
    assert all(one.evaluator and one.objective for one in made.injects)
    assert {one.code for one in made.objectives} == {one.objective for one in made.injects}
    assert {seat.code for seat in made.seats if seat.role == "player"} == {one.target for one in made.injects}
    assert "（u）" in made.sources[-1]
