"""The workflow: a walk through the verbs by chance never reaches what must not be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import workflow
from core.clock import SHELVE_AFTER, near_at
from core.errors import (
    BackdatingNotAllowed,
    MoveNotAllowed,
    ReplyMissing,
    TimeInFuture,
    UnitBusy,
    UnitOffDuty,
    UnitsStillAssigned,
    VerificationMissing,
)
from core.model import Assignment
from tests.cast import START
from tests.core.room import RULES, Room

# --- single rules ----------------------------------------------------------------------------------------


@pytest.fixture
def room() -> Room:
    return Room()


def on_the_way(room: Room, *codes: str) -> tuple[str, list[Assignment]]:
    ident = room.report()
    room.dispatch(ident, list(codes))
    return ident, [room.board.links[a] for a in room.incident(ident).assignments]


def through(room: Room, ident: str, *verbs: str) -> None:
    for verb in verbs:
        room.act(ident, verb)


def test_closing_needs_a_verification(room: Room) -> None:
    ident = room.report()
    through(room, ident, "accept", "handle", "reply")
    with pytest.raises(VerificationMissing):
        room.act(ident, "close")


def test_closing_needs_a_reply(room: Room) -> None:
    ident = room.report()
    through(room, ident, "accept", "handle", "verify")
    assert workflow.next_step(room.incident(ident)) == "reply"
    with pytest.raises(ReplyMissing):
        room.act(ident, "close")
    through(room, ident, "reply", "close")
    assert room.incident(ident).status == "closed"


def test_closing_waits_for_the_last_unit(room: Room) -> None:
    ident, links = on_the_way(room, "F1")
    through(room, ident, "handle", "reply", "verify")
    with pytest.raises(UnitsStillAssigned) as refused:
        room.act(ident, "close")
    assert refused.value.params["units"] == ["F1"]
    room.advance(links[0].id, "release")
    room.act(ident, "close")


def test_a_reopened_incident_needs_reply_and_verification_again(room: Room) -> None:
    ident = room.report()
    through(room, ident, "accept", "handle", "reply", "verify", "close", "reopen")
    assert (room.incident(ident).status, room.incident(ident).replied_at) == ("accepted", None)
    with pytest.raises(MoveNotAllowed):
        room.act(ident, "close")


def test_dispatching_accepts_what_nobody_accepted(room: Room) -> None:
    ident, _ = on_the_way(room, "F1")
    assert room.incident(ident).accepted_at == START


def test_a_busy_unit_names_its_holder(room: Room) -> None:
    first, links = on_the_way(room, "F1")
    with pytest.raises(UnitBusy) as refused:
        room.dispatch(room.report(), ["P1", "F1"])
    number = room.incident(first).number
    assert refused.value.params == {
        "unit": "F1", "unit_name": "消防一队", "incident": first, "number": number, "assignment": links[0].id,
    }  # fmt: skip
    assert room.board.units["P1"].assignment is None


def test_a_unit_off_duty_is_not_sent(room: Room) -> None:
    with pytest.raises(UnitOffDuty):
        room.dispatch(room.report(), ["OFF"])


@pytest.mark.parametrize(
    ("ended", "after"),
    [("close", ["note", "attach", "rate", "archive"]), ("reject", ["note", "attach"])],
)
def test_nobody_is_sent_to_an_incident_that_has_ended(room: Room, ended: str, after: list[str]) -> None:
    ident = room.report()
    steps = ["accept", "handle", "reply", "verify", "close"] if ended == "close" else ["reject"]
    through(room, ident, *steps)
    with pytest.raises(MoveNotAllowed) as refused:
        room.dispatch(ident, ["F1"])
    assert refused.value.params["allowed"] == after


def test_an_ended_assignment_allows_nothing(room: Room) -> None:
    _, links = on_the_way(room, "F1", "P1")
    with pytest.raises(MoveNotAllowed) as refused:
        workflow.check_assignment_move(
            Assignment(**{**fields_of(links[0]), "ended_at": START, "status": "released"}), "ack"
        )
    assert refused.value.params["allowed"] == []


def fields_of(link: Assignment) -> dict[str, Any]:
    return {name: getattr(link, name) for name in Assignment.__slots__}


def test_an_occurrence_may_lie_a_minute_ahead_and_five_behind_without_a_special_right() -> None:
    now = START
    for seconds in (60, 0, -300):
        stated = now + timedelta(seconds=seconds)
        assert workflow.occurred(stated, now, may_backdate=False) == stated
    with pytest.raises(TimeInFuture):
        workflow.occurred(now + timedelta(seconds=61), now, may_backdate=True)
    with pytest.raises(BackdatingNotAllowed):
        workflow.occurred(now - timedelta(seconds=301), now, may_backdate=False)
    assert workflow.occurred(now - timedelta(days=9), now, may_backdate=True) == now - timedelta(days=9)
    assert workflow.occurred(None, now, may_backdate=False) == now


def test_emergencies_have_a_minute_and_ordinary_incidents_an_hour() -> None:
    due = RULES.limits.due
    assert due("dispatch", START, emergency=True).due_at == START + timedelta(seconds=60)
    assert due("dispatch", START, emergency=False).due_at == START + timedelta(hours=1)
    assert near_at(due("dispatch", START, emergency=True)) == START + timedelta(seconds=48)


def test_a_clock_crosses_each_line_once_and_never_backwards(room: Room) -> None:
    ident = room.report()
    clock = room.incident(ident).deadline
    assert clock

    def cross(near: bool) -> int:
        return room.cross(ident, clock, near=near)

    assert [cross(True), cross(True), cross(False), cross(False), cross(True)] == [1, 0, 1, 0, 0]


def test_a_clock_that_was_replaced_crosses_nothing(room: Room) -> None:
    ident = room.report()
    old = room.incident(ident).deadline
    assert old
    room.dispatch(ident, ["F1"])
    assert room.cross(ident, old, near=False) == 0


def test_only_a_day_after_its_last_end_an_incident_is_shelved(room: Room) -> None:
    ident = room.report()
    room.act(ident, "reject")
    room.now += timedelta(hours=20)
    through(room, ident, "reopen", "handle", "reply", "verify", "close")
    assert workflow.shelve(room.incident(ident), START + SHELVE_AFTER) == []
    assert len(workflow.shelve(room.incident(ident), room.now + SHELVE_AFTER)) == 1
