"""The workflow: a walk through the verbs by chance never reaches what must not be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import core.events as e
from core import workflow
from core.board import Board
from core.clock import SHELVE_AFTER, due, near_at
from core.envelope import Draft, Event
from core.errors import (
    BackdatingNotAllowed,
    MoveNotAllowed,
    Refusal,
    ReplyMissing,
    TimeInFuture,
    UnitBusy,
    UnitOffDuty,
    UnitsStillAssigned,
    VerificationMissing,
)
from core.fold import apply
from core.model import ENDED, OPEN, Assignment, Incident, Unit
from core.serial import dump
from core.workflow import ASSIGNMENT_MOVES, MOVES, Order
from tests.cast import AREA_A, AREA_B, IN_A, IN_B, START, UNITS, reported, unit_body
from tests.cast import due as cast_due


def order(unit: Unit, assignment: str) -> Order:
    return Order(assignment, unit, 60.0, 500.0, (IN_A, IN_B))


class Room:
    """A board and the verbs on it, as `actions` would call them; every fact goes through the fold."""

    def __init__(self) -> None:
        self.board, self.guard = Board("live"), Board("live", live=False)
        self.now, self.made = START, 0
        for code in UNITS:
            self.write([Draft(unit_body(code), code, UNITS[code][2], self.now)])

    def write(self, drafts: list[Draft]) -> None:
        for d in drafts:
            args = (d.area, d.occurred_at, self.now, "wang", "desk-1", None, d.body)
            event = Event("live", self.board.seq + 1, d.body.VERSION, d.subject, *args)
            apply(self.board, event)
            apply(self.guard, event)

    def report(self, area: str = AREA_A) -> str:
        self.made += 1
        ident = f"I{self.made}"
        clock = cast_due(at=self.now)
        self.write([Draft(reported(ident, area, due=clock), ident, area, self.now)])
        return ident

    def incident(self, ident: str) -> Incident:
        return self.guard.incidents[ident]

    def dispatch(self, ident: str, codes: list[str]) -> None:
        orders = []
        for code in codes:
            self.made += 1
            orders.append(order(self.board.units[code], f"A{self.made}"))
        holders = {i.id: i.number for i in self.board.incidents.values()}
        self.write(workflow.dispatch(self.incident(ident), orders, holders, None, self.now, emergency=True))

    def act(self, ident: str, verb: str) -> None:
        incident = self.incident(ident)
        moved = e.IncidentRelocated(
            lon=IN_B[0], lat=IN_B[1], address=None, area=AREA_B, grid=AREA_B + "001", place="西门"
        )
        restored = dump(incident) if incident.shelved else None
        verbs: dict[str, Any] = {
            "accept": lambda: workflow.accept(incident, self.now),
            "reject": lambda: workflow.reject(incident, "重复", self.now),
            "amend": lambda: workflow.amend(incident, e.IncidentAmended(severity=1), self.now),
            "relocate": lambda: workflow.relocate(incident, moved, self.now),
            "note": lambda: workflow.note(incident, "备注", self.now),
            "reply": lambda: workflow.reply(incident, "已处理", self.now),
            "handle": lambda: workflow.handle(incident, None, self.now, emergency=True),
            "verify": lambda: workflow.verify(incident, None, self.now),
            "close": lambda: workflow.close(incident, self.now),
            "reopen": lambda: workflow.reopen(incident, "复燃", restored, self.now, emergency=True),
            "dispatch": lambda: self.dispatch(ident, ["F1"]) or [],
        }
        self.write(verbs[verb]())

    def advance(self, ident: str, verb: str) -> None:
        link = self.board.links[ident]
        incident = self.incident(link.incident)
        self.write(workflow.advance(link, incident, verb, "原因", self.now, emergency=True))


class Walk(RuleBasedStateMachine):
    """Verbs by chance on a few incidents and units."""

    def __init__(self) -> None:
        super().__init__()
        self.room = Room()

    @property
    def incidents(self) -> list[str]:
        return sorted(self.room.guard.incidents)

    def attempt(self, act: Any, allowed: bool) -> None:
        """A refusal leaves the board as it was; MoveNotAllowed says what is allowed, and that is true."""
        before = (self.room.board.seq, dict(self.room.guard.incidents), dict(self.room.board.units))
        try:
            act()
        except (MoveNotAllowed, VerificationMissing) as refusal:
            assert not allowed
            assert set(refusal.params["allowed"]) <= set(MOVES) | set(ASSIGNMENT_MOVES)
        except Refusal:
            pass
        else:
            assert allowed
            return
        assert (self.room.board.seq, self.room.guard.incidents, self.room.board.units) == before

    @precondition(lambda self: len(self.incidents) < 4)
    @rule(area=st.sampled_from([AREA_A, AREA_B]))
    def report(self, area: str) -> None:
        self.room.report(area)

    @precondition(lambda self: self.incidents)
    @rule(data=st.data(), verb=st.sampled_from(sorted(MOVES)))
    def act(self, data: Any, verb: str) -> None:
        ident = data.draw(st.sampled_from(self.incidents))
        incident = self.room.incident(ident)
        self.attempt(lambda: self.room.act(ident, verb), verb in workflow.allowed_verbs(incident))

    @precondition(lambda self: self.incidents)
    @rule(data=st.data(), codes=st.lists(st.sampled_from(sorted(UNITS)), min_size=1, max_size=3, unique=True))
    def dispatch(self, data: Any, codes: list[str]) -> None:
        ident = data.draw(st.sampled_from(self.incidents))
        allowed = "dispatch" in workflow.allowed_verbs(self.room.incident(ident))
        busy = [c for c in codes if self.room.board.units[c].assignment or c == "OFF"]
        self.attempt(lambda: self.room.dispatch(ident, codes), allowed and not busy)

    @precondition(lambda self: self.room.board.links)
    @rule(data=st.data(), verb=st.sampled_from(sorted(ASSIGNMENT_MOVES)))
    def advance(self, data: Any, verb: str) -> None:
        ident = data.draw(st.sampled_from(sorted(self.room.board.links)))
        link = self.room.board.links[ident]
        allowed = verb in workflow.allowed_assignment_verbs(link)
        self.attempt(lambda: self.room.advance(ident, verb), allowed)

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.room.now += timedelta(hours=hours)
        for incident in list(self.room.board.incidents.values()):
            if clock := incident.deadline:
                for near in (True, False):
                    at = near_at_of(clock) if near else clock.due_at
                    if at <= self.room.now:
                        fresh = self.room.incident(incident.id)
                        drafts = workflow.cross(fresh, clock.step, clock.due_at, near=near, at=self.room.now)
                        self.room.write(drafts)
            self.room.write(workflow.shelve(self.room.incident(incident.id), self.room.now))

    @invariant()
    def every_end_is_earned(self) -> None:
        for incident in self.room.guard.incidents.values():
            if incident.status == "closed":
                assert incident.replied_at
                assert incident.verified_at
                assert not incident.units
            assert (incident.closed_at is not None) == (incident.status in ENDED)
            assert incident.status in OPEN | ENDED
            assert incident.deadline is None or incident.status not in ENDED

    @invariant()
    def a_unit_is_bound_once_and_both_sides_know(self) -> None:
        links = self.room.board.links
        assert len({link.unit for link in links.values()}) == len(links)
        for link in links.values():
            unit = self.room.board.units[link.unit]
            assert (unit.assignment, unit.incident, unit.status) == (link.id, link.incident, link.status)
            assert link.id in self.room.incident(link.incident).assignments
        bound = [a for i in self.room.guard.incidents.values() for a in i.assignments]
        assert sorted(bound) == sorted(links)
        free = [u for u in self.room.board.units.values() if u.assignment is None]
        assert all(u.status == ("available" if u.on_duty else "off_duty") for u in free)

    @invariant()
    def an_incident_with_units_does_not_wait(self) -> None:
        for incident in self.room.guard.incidents.values():
            if incident.units:
                assert incident.status not in ("reported", "accepted", "closed", "rejected")

    @invariant()
    def the_next_step_may_be_done(self) -> None:
        for incident in self.room.guard.incidents.values():
            step = workflow.next_step(incident)
            if step in MOVES:
                assert step in workflow.allowed_verbs(incident)


def near_at_of(clock: Any) -> Any:
    return near_at(e.Due(step=clock.step, due_at=clock.due_at, total_s=clock.total_s))


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


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


@pytest.mark.parametrize("ended", ["close", "reject"])
def test_nobody_is_sent_to_an_incident_that_has_ended(room: Room, ended: str) -> None:
    ident = room.report()
    steps = ["accept", "handle", "reply", "verify", "close"] if ended == "close" else ["reject"]
    through(room, ident, *steps)
    with pytest.raises(MoveNotAllowed) as refused:
        room.dispatch(ident, ["F1"])
    assert refused.value.params["allowed"] == ["note", "reopen"]


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
    assert due("dispatch", START, emergency=True).due_at == START + timedelta(seconds=60)
    assert due("dispatch", START, emergency=False).due_at == START + timedelta(hours=1)
    assert near_at(due("dispatch", START, emergency=True)) == START + timedelta(seconds=48)


def test_a_clock_crosses_each_line_once_and_never_backwards(room: Room) -> None:
    ident = room.report()
    clock = room.incident(ident).deadline
    assert clock

    def cross(near: bool) -> int:
        found = workflow.cross(room.incident(ident), clock.step, clock.due_at, near=near, at=room.now)
        room.write(found)
        return len(found)

    assert [cross(True), cross(True), cross(False), cross(False), cross(True)] == [1, 0, 1, 0, 0]


def test_a_clock_that_was_replaced_crosses_nothing(room: Room) -> None:
    ident = room.report()
    old = room.incident(ident).deadline
    assert old
    room.dispatch(ident, ["F1"])
    assert workflow.cross(room.incident(ident), old.step, old.due_at, near=False, at=room.now) == []


def test_only_a_day_after_its_last_end_an_incident_is_shelved(room: Room) -> None:
    ident = room.report()
    room.act(ident, "reject")
    room.now += timedelta(hours=20)
    through(room, ident, "reopen", "handle", "reply", "verify", "close")
    assert workflow.shelve(room.incident(ident), START + SHELVE_AFTER) == []
    assert len(workflow.shelve(room.incident(ident), room.now + SHELVE_AFTER)) == 1
