"""A drill on its board: what its facts make of it, who turns it, and what falls due when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.events_drills as e
from core.board import Board, sees
from core.drill import Drill, change_script, check, controls, due_at, knows_script, marks, pick, take_seat
from core.envelope import Body, Event
from core.errors import Forbidden
from core.errors_drills import DrillMoveNotAllowed, InjectDone, InjectUnknown, SeatOccupied, SeatUnknown
from core.features import feature
from core.fold import apply
from core.permissions import Principal, Scope
from core.serial import drill_of, dump, dump_board, load_board
from tests.cast import LEADER, OFFICER, START, TOWN_A, TOWN_B, VIEWER
from tests.core.strategies import examples
from tests.drilling import inject, message, script

REALM = "drill:01jcw0000000000000000000aa"
OTHER_LEADER = Principal("u9", "he", "leader", area=TOWN_B)


OPENED = e.DrillOpened(
    name="演练", script=script(), script_code="", source="live", source_seq=7, rehearsal=False
)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def told(*bodies: tuple[float, Body], **changed: Any) -> Board:
    """The board after the drill was opened and these facts came, each at its minute."""
    opened = OPENED.model_copy(update={"script": script(**changed)})
    board = Board(REALM)
    for seq, (minute, body) in enumerate([(0.0, opened), *bodies], start=1):
        apply(board, Event(REALM, seq, 1, REALM, TOWN_A, at(minute), at(minute), "zhao", "", None, body))
    return board


def drill(*bodies: tuple[float, Body], **changed: Any) -> Drill:
    found = told(*bodies, **changed).drill
    assert found
    return found


def came(number: int, incident: str = "", made: str = "") -> e.InjectDelivered:
    return e.InjectDelivered(number=number, by_hand=False, made=made or incident, incident=incident)


STARTED = (0.0, e.DrillStarted(rate=2.0))


def test_a_drill_runs_and_stands_and_its_rate_is_that_of_its_clock() -> None:
    assert (drill().status, drill().rate) == ("prepared", 0.0)
    running = drill(STARTED)
    assert (running.status, running.rate, running.started_at) == ("running", 2.0, START)
    paused = drill(STARTED, (3, e.DrillPaused(why="hand")))
    assert (paused.status, paused.rate, paused.speed, paused.why) == ("paused", 0.0, 2.0, "hand")
    again = drill(STARTED, (3, e.DrillPaused(why="hand")), (3, e.DrillResumed(rate=60.0)))
    assert (again.status, again.rate, again.why) == ("running", 60.0, "")
    over = drill(STARTED, (9, e.DrillStopped(aborted=True, reason="来真的了")))
    assert (over.status, over.aborted, over.why, over.stopped_at) == ("stopped", True, "来真的了", at(9))


def test_who_brought_a_drill_to_a_standstill_is_named_to_whom_it_stops() -> None:
    with pytest.raises(DrillMoveNotAllowed) as refused:
        check(drill(STARTED, (3, e.DrillPaused(why="hand"))), "pause")
    assert refused.value.params["drill_status"] == "paused"
    assert refused.value.params["by"] == "zhao"
    assert {"resume", "stop"} <= set(refused.value.params["moves"])


def test_what_was_delivered_stays_delivered_and_what_failed_may_come_after_all() -> None:
    failed = e.InjectFailed(number=2, by_hand=False, reason="not_found")
    one = drill(STARTED, (1, came(1, "I1")), (2, failed), (3, came(1, "I9")))
    assert {number: kept.incident for number, kept in one.delivered.items()} == {1: "I1"}
    assert {number: kept.reason for number, kept in one.failed.items()} == {2: "not_found"}
    assert [inject.number for inject in one.waiting()] == [3, 4]
    assert drill(STARTED, (2, failed), (3, came(2, "I1"))).failed == {}
    assert pick(one, 2).number == 2
    with pytest.raises(InjectDone):
        pick(one, 1)
    with pytest.raises(InjectUnknown):
        pick(one, 77)


def test_a_drills_board_comes_back_from_a_snapshot_and_its_row_as_it_was() -> None:
    board = told(STARTED, (1, came(1, "I1")), (2, e.SeatTaken(seat="desk", person="u1", name="wang")))
    assert load_board(dump_board(board)).drill == board.drill
    assert board.drill
    assert drill_of(orjson.loads(dump(board.drill))) == board.drill


def test_everybody_in_its_realm_sees_that_it_is_a_drill_and_nobody_what_is_to_come() -> None:
    one = drill(STARTED, (1, e.SeatTaken(seat="desk", person="u1", name="wang")))
    assert all(sees(Scope(area=area), one) for area in ("", TOWN_A, TOWN_B))
    properties = feature(one)["properties"]
    assert (properties["status"], properties["rate"], properties["name"]) == ("running", 2.0, "仓库火灾演练")
    assert {seat["code"]: seat["taken_by"] for seat in properties["seats"]}["desk"] == "wang"
    assert "火势扩大" not in str(properties)
    assert "injects" not in properties


TOLD: list[Body] = [
    STARTED[1], e.DrillPaused(why="restart"), e.DrillResumed(rate=60.0), e.RateSet(rate=5.0),
    e.DrillJumped(seconds=60), e.ScriptChanged(script=script(inject(1))), came(1, "I1"), came(2),
    e.InjectFailed(number=1, by_hand=True, reason="x"), e.SeatTaken(seat="desk", person="u1", name="wang"),
    e.SeatTaken(seat="desk", person="", name=""), e.DrillStopped(aborted=False, reason=""),
    e.DrillRated(about="1", mark=4, text="", at_seq=1, evaluator="qian"),
]  # fmt: skip


def facts_of(bodies: list[Body]) -> list[Event]:
    return [
        Event(REALM, seq, 1, REALM, TOWN_A, at(seq), at(seq), "zhao", "", None, body)
        for seq, body in enumerate(bodies, start=1)
    ]


@examples(100)
@given(st.lists(st.sampled_from([OPENED, *TOLD]), max_size=20), st.data())
def test_any_order_of_facts_gives_a_drill_wherever_the_log_is_cut(
    bodies: list[Body], data: st.DataObject
) -> None:
    log, whole = facts_of(bodies), Board(REALM)
    for event in log:
        change = apply(whole, event)
        assert set(change.touched) <= {("drills", REALM)}
    cut = data.draw(st.integers(0, len(log)))
    parts = Board(REALM)
    for event in log[:cut]:
        apply(parts, event)
    parts = load_board(dump_board(parts))
    for event in log[cut:]:
        apply(parts, event)
    assert parts.drill == whole.drill
    assert (whole.drill is None) == (OPENED not in bodies)


# --- who ------------------------------------------------------------------------------------------------


def test_a_leader_controls_until_they_play_and_whoever_sits_on_the_seat_does_anyhow() -> None:
    seats = [
        (0.0, e.SeatTaken(seat="chief", person=OFFICER.id, name="wang")),
        (0.0, e.SeatTaken(seat="guest", person=LEADER.id, name="zhao")),
    ]
    assert controls(drill(), LEADER)
    assert not controls(drill(), OFFICER)
    assert not controls(drill(), OTHER_LEADER), "of another town"
    assert controls(drill(*seats), OFFICER)
    assert not controls(drill(*seats), LEADER), "who looks on as an observer is not to know what comes"
    assert not knows_script(drill(*seats), LEADER)
    assert knows_script(drill(*seats, STARTED, (9, e.DrillStopped(aborted=False, reason=""))), LEADER)


def test_an_evaluator_knows_the_script_and_does_not_turn_the_drill() -> None:
    one = drill((0.0, e.SeatTaken(seat="judge", person=OFFICER.id, name="wang")))
    assert knows_script(one, OFFICER)
    assert not controls(one, OFFICER)


def test_players_sit_down_and_get_up_alone_and_no_further() -> None:
    taken = e.SeatTaken(seat="desk", person=OFFICER.id, name="wang")
    assert take_seat(drill(), OFFICER, "desk", OFFICER.id, "wang") == [taken]
    assert take_seat(drill((0.0, taken)), OFFICER, "desk", OFFICER.id, "wang") == []
    assert take_seat(drill((0.0, taken)), OFFICER, "desk", "", "") == [
        e.SeatTaken(seat="desk", person="", name="")
    ]
    with pytest.raises(SeatOccupied):
        take_seat(drill((0.0, taken)), VIEWER, "desk", VIEWER.id, "lin")
    with pytest.raises(Forbidden):
        take_seat(drill((0.0, taken)), VIEWER, "desk", "", "")
    with pytest.raises(Forbidden):
        take_seat(drill(), OFFICER, "chief", OFFICER.id, "wang")
    with pytest.raises(SeatUnknown):
        take_seat(drill(), OFFICER, "throne", OFFICER.id, "wang")
    for reader in (replace(OFFICER, kind="api"), replace(VIEWER, kind="wall")):
        with pytest.raises(Forbidden):
            take_seat(drill(), reader, "desk", reader.id, reader.name)
    assert take_seat(drill((0.0, taken)), LEADER, "desk", VIEWER.id, "lin"), "who controls puts another there"


# --- the script while it runs ---------------------------------------------------------------------------


def test_what_was_delivered_stays_in_the_script_and_the_rest_may_change() -> None:
    one = drill(STARTED, (1, came(1, "I1")))
    later = script(*(inject(n, message()) if n > 1 else one.script.injects[0] for n in (1, 2, 3, 4)))
    assert change_script(one, later) == [e.ScriptChanged(script=later)]
    assert change_script(one, one.script) == []
    with pytest.raises(InjectDone):
        change_script(one, script(inject(2), inject(3)))


# --- when -----------------------------------------------------------------------------------------------


WAITING = (
    inject(1),
    inject(2, message(), when={"inject": 1, "after_min": 5}),
    inject(3, message(), when={"inject": 1, "fact": "unit_arrived", "after_min": 2, "latest_min": 30}),
    inject(4, message(), when={"inject": 1, "fact": "incident_closed"}),
)


def test_nothing_is_due_before_the_start_nor_after_the_end() -> None:
    assert marks(drill()) == {}
    assert marks(drill(STARTED, (2, e.DrillStopped(aborted=False, reason="")))) == {}


def test_injects_are_due_by_the_minute_or_after_another() -> None:
    injects = script(*WAITING).injects
    before = drill(STARTED, injects=list(WAITING))
    assert marks(before) == {1: at(1), 3: at(30)}
    after = drill(STARTED, (1, came(1, "I1")), injects=list(WAITING))
    assert marks(after) == {2: at(6), 3: at(1), 4: at(1)}
    assert due_at(after, injects[1], None) == at(6)


def test_an_inject_that_waits_for_a_fact_comes_after_it_or_at_the_latest() -> None:
    third, fourth = script(*WAITING).injects[2:]
    one = drill(STARTED, (1, came(1, "I1")), injects=list(WAITING))
    assert due_at(one, third, None) == at(30)
    assert due_at(one, third, at(8)) == at(10)
    assert due_at(one, third, at(29)) == at(30)
    assert due_at(one, fourth, None) is None
    assert due_at(one, fourth, at(40)) == at(40)


def test_what_waits_for_an_inject_that_failed_waits_for_the_latest_alone() -> None:
    failed = e.InjectFailed(number=1, by_hand=False, reason="outside_city")
    one = drill(STARTED, (1, failed), injects=list(WAITING))
    assert marks(one) == {3: at(30)}
