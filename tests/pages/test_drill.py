"""`/drills/ID` as each role sees it, of a drill that runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder
from sqlalchemy import Engine

from actions import drill_asking, drill_reading, drills
from actions.drill_commands import AskCommand, MarkCommand, PauseCommand, StopCommand
from actions.drill_control import read_marks
from actions.services import Services
from actions.unit_of_work import Call
from callbacks.drill import running
from callbacks.drill.forms import inject_of
from callbacks.registrar import Ask
from core.drill_checks import faults
from core.errors import InvalidInput
from core.permissions import Principal
from pages import messages
from pages.drill import forms, ids, marks, shell, views
from tests.cast import IN_A, TOWN_A
from tests.drilling import (
    CONTROL,
    PLAYER,
    by_hand,
    inject,
    jump,
    message,
    opened,
    place,
    run,
    script,
    sit,
    started,
)
from tests.pages.test_card import words
from tests.pages.test_ids import ids_in
from tests.parts import Clock, found_city, make_services

LANGS = messages.LANGUAGES
ASKED = [{"code": "ack1", "name": "受理", "measure": "ack", "limit_s": 120}]


@pytest.fixture(autouse=True)
def strict_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "strict", True)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def city(engine: Engine, redis_url: str, tmp_path: Path, clock: Clock) -> Services:
    services = make_services(engine, redis_url, tmp_path / "secret", clock)
    found_city(services)
    return services


def ask(city: Services, who: Principal, ident: str, lang: str = "zh-CN") -> Ask:
    return Ask(city, who, drills.realm_of(ident), lang)


def seen(city: Services, who: Principal, ident: str, lang: str = "zh-CN") -> dict[str, Any]:
    """What the page shows: part → what stands in it."""
    shown = running.show(ask(city, who, ident, lang), None, ident)
    names = (*running._PARTS, ids.JUMP, *shell.TABS)
    return dict(zip(names, shown, strict=True))


def marks_in(shown: Any, name: str) -> list[str]:
    """The values of an attribute, in their order."""
    found = json.dumps(shown, cls=PlotlyJSONEncoder)
    values: list[str] = []

    def look(part: Any) -> None:
        if isinstance(part, dict):
            values.extend([part[name]] if name in part else [])
            for inner in part.values():
                look(inner)
        elif isinstance(part, list):
            for inner in part:
                look(inner)

    look(json.loads(found))
    return values


@pytest.mark.parametrize("lang", LANGS)
def test_the_frame_stands_in_both_languages_with_every_id_once(lang: str) -> None:
    found = [one for one in ids_in(shell.layout(lang, "01ABC")) if isinstance(one, str)]
    assert len(found) == len(set(found))
    given = {"target": [{"value": "desk", "label": "值班席"}], "about": [], "class": [], "skill": []}
    for kind in forms.KINDS:
        assert forms.new_fields(lang, kind, 7, given)


@pytest.mark.parametrize("lang", LANGS)
def test_who_controls_sees_injects_with_counts_and_what_is_late_first(
    city: Services, clock: Clock, lang: str
) -> None:
    ident = started(
        city, inject(1, at_min=1, indicators=ASKED),
        inject(2, message(inject=1), when={"inject": 1, "fact": "unit_arrived", "latest_min": 50}),
        inject(3, message(), at_min=20), inject(4, message(), when={"inject": 3, "after_min": 5}),
    )  # fmt: skip
    jump(city, ident, 61)
    clock.pass_(minutes=5)
    shown = seen(city, CONTROL, ident, lang)
    assert marks_in(shown[ids.TURN], "data-do")[:2] == ["pause", "ask-stop"]
    assert marks_in(shown[ids.TURN], "data-number") == ["3"]
    assert [one.className for one in _rows(shown[ids.INJECTS])] == [
        "delivered", "waiting next", "waiting", "waiting",
    ]  # fmt: skip
    assert marks_in(shown[ids.INJECTS], "data-do") == ["new", "inject", "inject", "inject"]
    (line,) = shown[ids.EXPECTED][-1].children
    assert line.className == "late" and marks_in(line, "data-limit")
    assert shown[ids.JUMP] is False and {shown[name] for name in shell.TABS} == {"flex"}


def _rows(shown: list[Component]) -> list[Any]:
    table = shown[-1].children
    return list(table.children[1].children)


def test_a_player_sees_their_seat_and_what_came_to_it_and_nothing_of_the_script(city: Services) -> None:
    secret = "这句话只在脚本里"
    ident = started(
        city, inject(1, message("请报告进展"), at_min=1), inject(2, message(secret), at_min=30)
    )  # fmt: skip
    before = seen(city, PLAYER, ident)
    assert "入席" in words(before[ids.SEATS])
    sit(city, ident, "desk", PLAYER)
    jump(city, ident, 90)
    shown = seen(city, PLAYER, ident)
    assert "请报告进展" in words(shown[ids.INJECTS])
    assert secret not in json.dumps(shown, cls=PlotlyJSONEncoder, ensure_ascii=False)
    assert shown[ids.EXPECTED] == [] and shown[ids.JUMP] is True
    assert [shown[name] for name in shell.TABS] == [
        "flex" if name == "run" else "none" for name in shell.TABS
    ]
    assert marks_in(shown[ids.TURN], "data-do") == []
    assert marks_in(shown[ids.SEATS], "data-do") == ["leave", "take"], "their own, and the observer's"


def test_before_the_start_only_starting_its_rate_and_its_end_are_offered(city: Services) -> None:
    ident = opened(city)
    offered = marks_in(seen(city, CONTROL, ident)[ids.TURN], "data-do")
    assert offered == ["start", "ask-stop", *["rate"] * len(views.RATES)]


def test_that_somebody_asks_for_a_pause_stands_until_it_is_paused(city: Services) -> None:
    ident = started(city)
    drill_asking.ask(city, Call(PLAYER), ident, AskCommand(about="化工厂爆炸"))
    assert "化工厂爆炸" in words(seen(city, CONTROL, ident)[ids.HEAD])
    drills.pause(city, Call(CONTROL), ident, PauseCommand())
    assert "化工厂爆炸" not in words(seen(city, CONTROL, ident)[ids.HEAD])


def test_a_script_that_cannot_be_run_says_so_beside_the_start(city: Services) -> None:
    ident = opened(city, inject(1, target="nobody"))
    assert "drill-faulty" in marks_in(seen(city, CONTROL, ident)[ids.TURN], "className")


def test_what_failed_says_why_and_may_be_brought_again(city: Services) -> None:
    closure = {"kind": "closure", **place(), "radius_m": 50, "reason": "塌方"}
    ident = started(city, inject(1, closure, at_min=1))
    jump(city, ident, 90)
    (row,) = _rows(seen(city, CONTROL, ident)[ids.INJECTS])
    assert row.className == "failed" and marks_in(row, "data-do") == ["inject"]
    assert "注入没有对象" in words(row)


@pytest.mark.parametrize("lang", LANGS)
def test_an_aborted_drill_says_so_to_everybody_and_offers_nothing(city: Services, lang: str) -> None:
    ident = started(city)
    drills.stop(city, Call(CONTROL), ident, StopCommand(aborted=True, reason="真实警情"))
    for who in (CONTROL, PLAYER):
        shown = seen(city, who, ident, lang)
        assert "真实警情" in words(shown[ids.HEAD])
        assert [do for part in running._PARTS for do in marks_in(shown[part], "data-do")] == []


def test_a_drill_that_is_not_there_is_said_to_be_lost(city: Services) -> None:
    shown = seen(city, CONTROL, "0" * 26)
    assert "没有这场演练" in words(shown[ids.HEAD])


def test_the_buttons_turn_the_drill(city: Services) -> None:
    ident = opened(city)
    turn = ask(city, CONTROL, ident)
    for do, more in (("rate", {"rate": "10", "speed": 1}), ("start", {}), ("pause", {}), ("resume", {})):
        running.act(turn, {"do": do, **more}, None, ident)
    running.act(turn, {"do": "leave", "seat": "chief"}, None, ident)
    found = drill_reading.read_drill(city, CONTROL, ident)
    assert (found["status"], found["rate"]) == ("running", 10.0)
    assert [one["taken_by"] for one in found["seats"] if one["code"] == "chief"] == [""]


@pytest.mark.parametrize("kind", forms.KINDS)
def test_an_inject_of_the_moment_is_one_that_the_script_may_have(kind: str) -> None:
    given = {
        "text": "桥面积水", "target": "desk", "channel": "电话", "expected": "绕行",
        "place": f"{IN_A[0]}， {IN_A[1]}",
        "class": "21000", "severity": "3", "skill": "fire", "radius_m": 200, "about": "1",
        "address": "桥头",
    }  # fmt: skip
    asked = {name: given[name] for name in (*forms.FIELDS[kind], *forms.COMMON)}
    made = inject_of(kind, asked, script(), 12.0)
    assert (made.number, made.act.kind, made.at_min) == (5, kind, 12.0)
    whole = script().model_copy(update={"injects": (*script().injects, made)})
    assert faults(whole, {"21000"}, {"", TOWN_A}, {"fire"}, None) == []


def test_without_a_place_it_is_where_the_incident_is_that_it_is_about() -> None:
    given = {"text": "塌方", "target": "desk", "channel": "电话", "expected": "绕行", "radius_m": 100}
    made = inject_of("closure", {**given, "about": "1"}, script(), 1.0)
    assert (made.act.lon, made.act.lat) == IN_A  # type: ignore[union-attr]
    with pytest.raises(InvalidInput):
        inject_of("closure", given, script(), 1.0)


@pytest.mark.parametrize("lang", LANGS)
def test_a_mark_leads_to_the_replay_at_its_moment_and_ones_own_may_be_corrected(
    city: Services, lang: str
) -> None:
    ident = started(city)
    by_hand(city, ident, 1)
    run(city, ident)
    drills.mark(city, Call(CONTROL), ident, MarkCommand(about="1", mark=3, text="一般"))
    of = read_marks(city, CONTROL, ident)
    shown = marks.listed(lang, drills.realm_of(ident), of, CONTROL.name)
    assert f"/replay?realm=drill%3A{ident}" in marks_in(shown, "href")[0]
    assert marks_in(shown, "data-do") == ["correct"]
    assert marks_in(marks.listed(lang, "x", of, "somebody"), "data-do") == []
    assert {one["value"] for one in marks.subjects(of.script)} == {"ack", "1", "2", "3", "4"}
    course = marks.course(lang, city.zone, drills.realm_of(ident), of)
    assert marks_in(course, "data-about") == ["1", ""], "the inject, and before it the start"
    assert marks.moments(lang, city.zone, of.course, of.marks)
