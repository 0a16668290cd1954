"""A response: no task is forgotten, nobody commands nothing, and its end leaves nothing behind."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.events_linkage as m
from core import linkage
from core.board import Board
from core.envelope import Draft
from core.errors import MoveNotAllowed
from core.errors_plans import LevelUnchanged, NoSuchStage, NotCommander, NotYourTask, ResponseRunning
from core.features import feature
from core.fold import apply
from core.hearing import Hearing
from core.linkage import Running
from core.linkage_model import TASK_OPEN, WAITING, Linkage, Task
from core.permissions import Principal
from core.plans import LEVELS, Plan
from core.serial import dump_board, load_board
from db.plans import shipped_plans
from tests.cast import AREA_A
from tests.core.room import DEPARTMENT, LEADER, RULES, TOWN, Room
from tests.core.test_plans import plan, task

FIRE = Principal("u7", "xiao", "officer", dept="xiaofang", seat="desk-7")


class Response(Room):
    """A room in which a plan answers an incident."""

    def __init__(self, of: Plan | None = None, level: int = 2) -> None:
        super().__init__()
        self.plan = of or plan()
        self.incident = self.report(AREA_A)
        self.respond(lambda h: linkage.activate(
            h, self.board.incidents[self.incident], self.plan, 1, level, "陈", self.new_id))  # fmt: skip

    def new_id(self) -> str:
        self.made += 1
        return f"L{self.made:03d}"

    def respond(self, decide: Any, by: Principal = LEADER) -> list[Draft]:
        self.by = by
        drafts: list[Draft] = decide(Hearing(RULES, by, self.now))
        self.write(drafts)
        return drafts

    @property
    def linkage(self) -> Linkage:
        return next(iter(self.board.linkages.values()))

    @property
    def running(self) -> Running:
        return Running(self.linkage, dict(self.board.tasks))

    def task(self, code: str) -> Task:
        return next(one for one in self.board.tasks.values() if one.code == code)

    def statuses(self) -> dict[str, str]:
        return {one.code: one.status for one in self.board.tasks.values()}

    def do(self, verb: Any, code: str, *more: Any, by: Principal = LEADER) -> list[Draft]:
        return self.respond(lambda h: verb(h, self.running, self.task(code).id, *more), by)


def test_activation_calls_everybody_in_one_fact_and_the_first_tasks_begin() -> None:
    room = Response()
    assert room.statuses() == {"meet": "assigned", "pump": "waiting", "save": "waiting"}
    assert room.linkage.commander == "yingji@"
    assert room.linkage.offices == ("yingji@", "@990101001", "xiaofang@")
    assert room.board.incidents[room.incident].linkage == room.linkage.id
    assert room.task("meet").clock is not None


def test_a_milder_level_asks_for_less() -> None:
    assert set(Response(level=4).statuses()) == {"meet", "pump"}


def test_an_incident_is_answered_by_one_plan_at_a_time() -> None:
    room = Response()
    with pytest.raises(ResponseRunning):
        room.respond(lambda h: linkage.activate(
            h, room.board.incidents[room.incident], plan(), 1, 4, "李", room.new_id))  # fmt: skip


def test_a_level_that_the_plan_does_not_have_is_refused() -> None:
    with pytest.raises(NoSuchStage):
        Response(level=1)


def test_what_is_done_lets_the_next_begin() -> None:
    room = Response()
    room.do(linkage.acknowledge, "meet")
    clock = room.task("meet").clock
    assert clock is not None
    assert (clock.step, clock.due_at) == ("task_done", room.now + timedelta(minutes=30))
    room.do(linkage.finish, "meet", "已会商")
    assert room.statuses() == {"meet": "done", "pump": "assigned", "save": "assigned"}
    room.do(linkage.acknowledge, "save", by=FIRE)
    room.do(linkage.start, "save", by=FIRE)
    room.do(linkage.finish, "save", "转移 12 人", by=FIRE)
    assert room.task("save").text == "转移 12 人"


def test_only_the_owner_or_the_commander_moves_a_task() -> None:
    room = Response()
    with pytest.raises(NotYourTask):
        room.do(linkage.acknowledge, "meet", by=TOWN)
    with pytest.raises(MoveNotAllowed):
        room.do(linkage.finish, "pump", "早了", by=TOWN)
    with pytest.raises(NotCommander):
        room.respond(lambda h: linkage.end(h, room.running, "结束"), by=DEPARTMENT)


def test_a_task_that_is_cancelled_holds_up_nobody() -> None:
    room = Response()
    room.respond(lambda h: linkage.cancel(h, room.running, [room.task("meet").id], "不需要"))
    assert room.statuses() == {"meet": "cancelled", "pump": "assigned", "save": "assigned"}


def test_another_owner_acknowledges_anew() -> None:
    room = Response()
    room.do(linkage.acknowledge, "meet")
    room.do(linkage.change, "meet", "xiaofang@", None, "换单位")
    assert room.task("meet").status == "assigned"
    assert room.task("meet").owner == "xiaofang@"
    room.do(linkage.acknowledge, "meet", by=FIRE)


def test_another_time_leaves_the_clock_of_the_acknowledgement_that_is_awaited() -> None:
    room = Response()
    before = room.task("meet").clock
    room.now += timedelta(minutes=2)
    room.do(linkage.change, "meet", None, 3600.0, "放宽")
    assert (room.task("meet").clock, room.task("meet").due_s) == (before, 3600.0)


def test_raising_adds_tasks_and_lowering_takes_away_what_was_its_alone() -> None:
    room = Response(level=4)
    room.do(linkage.finish, "meet", "已会商")
    room.respond(lambda h: linkage.change_level(h, room.running, room.plan, 2, "扩大", room.new_id))
    assert room.statuses() == {"meet": "done", "pump": "assigned", "save": "assigned"}
    room.respond(lambda h: linkage.change_level(h, room.running, room.plan, 4, "缓解", room.new_id))
    assert room.statuses() == {"meet": "done", "pump": "assigned", "save": "cancelled"}
    with pytest.raises(LevelUnchanged):
        room.respond(lambda h: linkage.change_level(h, room.running, room.plan, 4, "同级", room.new_id))


def test_the_end_leaves_nothing_on_the_board() -> None:
    room = Response()
    room.respond(lambda h: linkage.end(h, room.running, "险情解除"))
    assert not room.board.linkages
    assert not room.board.tasks
    assert room.board.incidents[room.incident].linkage == ""


def test_a_missed_clock_is_told_once_and_marks_the_task() -> None:
    room = Response()
    room.now += timedelta(minutes=6)
    for expected in (["TaskNeared", "TaskMissed"], []):
        drafts = linkage.fall_due(room.linkage, room.task("meet"), room.now)
        assert [draft.body.kind for draft in drafts] == expected
        room.write(drafts)
    assert room.task("meet").late


def test_a_task_that_nobody_acknowledges_is_missed_as_a_whole_too() -> None:
    room = Response()
    task = room.task("meet")
    room.now += timedelta(minutes=6)
    room.write(linkage.fall_due(room.linkage, task, room.now))
    at = linkage.next_mark(room.task("meet"))
    assert at == room.task("meet").assigned_at + timedelta(seconds=task.due_s)
    room.now = at
    (draft,) = linkage.fall_due(room.linkage, room.task("meet"), room.now)
    assert draft.body.step == "task_done"
    room.write([draft])
    assert (room.task("meet").clock.step, room.task("meet").clock.state) == ("task_done", "over")
    assert linkage.next_mark(room.task("meet")) is None
    assert linkage.fall_due(room.linkage, room.task("meet"), room.now) == []


def test_the_commander_is_never_nobody() -> None:
    room = Response()
    room.respond(lambda h: linkage.hand_over(h, room.running, "@990101", "周", "换班"))
    assert (room.linkage.commander, room.linkage.commander_name) == ("@990101", "周")
    assert {one.commander for one in room.board.tasks.values()} == {"@990101"}
    with pytest.raises(ValueError, match="office"):
        m.CommandHandedOver(office="", name="", reason="")


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans whose tasks wait for each other in any way without a circle."""
    count = draw(st.integers(1, 8))
    base = task(0)[0]
    tasks = [
        {**base, "code": f"t{n}", "phase": "first", "owner": draw(st.sampled_from(["yingji@city", "@town"])),
         "from_level": 4, "after": [f"t{before}" for before in range(n) if draw(st.booleans())]}
        for n in range(count)
    ]  # fmt: skip
    return plan(tasks=tasks)


@settings(max_examples=60, deadline=None)
@given(plans(), st.data())
def test_no_task_waits_for_nobody_and_each_that_runs_has_a_clock(of: Plan, data: st.DataObject) -> None:
    room = Response(of)
    for _ in range(12):
        open_ones = [one for one in room.board.tasks.values() if one.status in TASK_OPEN]
        for one in open_ones:
            waits_for = [room.board.tasks[ident] for ident in one.after]
            assert (one.status == WAITING) == any(before.status in TASK_OPEN for before in waits_for)
            assert (one.clock is None) == (one.status == WAITING)
        if not open_ones:
            break
        one = data.draw(st.sampled_from(open_ones))
        verb = data.draw(st.sampled_from([v for v in linkage.allowed(one) if v != "change"]))
        if verb == "cancel":
            room.respond(lambda h, i=one.id: linkage.cancel(h, room.running, [i], "x"))
        elif verb == "done":
            room.do(linkage.finish, one.code, "x")
        else:
            room.do({"ack": linkage.acknowledge, "start": linkage.start}[verb], one.code)
    room.respond(lambda h: linkage.end(h, room.running, "结束"))
    assert not room.board.tasks
    assert room.board.tasks == room.guard.tasks


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_facts_of_a_response_in_any_order_give_a_board(dice: random.Random) -> None:
    room = Response()
    room.do(linkage.acknowledge, "meet")
    room.do(linkage.finish, "meet", "已会商")
    room.do(linkage.change, "pump", "xiaofang@", 60.0, "换单位")
    room.respond(lambda h: linkage.change_level(h, room.running, room.plan, 4, "缓解", room.new_id))
    room.respond(lambda h: linkage.hand_over(h, room.running, "@990101", "周", "换班"))
    room.respond(lambda h: linkage.end(h, room.running, "结束"))
    told = list(room.told)
    dice.shuffle(told)
    board = Board("live")
    for seq, event in enumerate(told, 1):
        apply(board, replace(event, seq=seq))
        assert load_board(dump_board(board)).tasks == board.tasks


@pytest.mark.parametrize("shipped", shipped_plans(), ids=lambda one: one.code)
@pytest.mark.parametrize("level", LEVELS)
def test_a_shipped_plan_is_done_to_its_last_task_at_every_level(shipped: Plan, level: int) -> None:
    room = Response(shipped, level)
    while ready := [one for one in room.board.tasks.values() if one.status == "assigned"]:
        for one in ready:
            room.do(linkage.finish, one.code, "已完成")
    assert set(room.statuses().values()) == {"done"}
    assert len(room.board.tasks) == len(shipped.tasks_at(level))


def test_an_english_screen_has_the_plans_english_name() -> None:
    response = Response()
    told = feature(response.linkage)["properties"]
    assert (told["plan_name"], told["plan_name_en"]) == (response.plan.name, response.plan.name_en)
