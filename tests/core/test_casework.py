"""Who answers for an incident and until when, on the odd ways that incidents take."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

import core.events as e
import core.events_cases as c
import core.events_grids as g
from core import casework, workflow
from core.board import Board
from core.envelope import Draft
from core.errors_cases import FlowBroken, SameOffice, SupervisionOpen
from core.flow import Workflow
from core.fold import apply
from core.model import ENDED, first_due
from core.permissions import SYSTEM
from core.serial import dump, load_incident
from core.waking import fall_due, wakes_at
from tests.cast import AREA_A, AREA_B, GRID_A, GRID_B, TOWN_A, TOWN_B, due, reported, story
from tests.core.room import DEPARTMENT, LEADER, OFFICER, RULES, Room

CHENGGUAN = "chengguan@990101"


@pytest.fixture
def room() -> Room:
    return Room()


def owned_by(room: Room, owner: str) -> str:
    """A new incident of town A."""
    ident = room.report()
    room.write([Draft(reported(ident, owner=owner, due=due(at=room.now)), ident, AREA_A, room.now)])
    return ident


def transferred(room: Room, ident: str) -> None:
    incident, h = room.incident(ident), room.hearing(LEADER)
    room.write(casework.transfer(h, incident, CHENGGUAN, "属城管职责"))


def test_the_citys_own_incident_stays_the_citys_wherever_it_turns_out_to_lie(room: Room) -> None:
    ident = owned_by(room, "@")
    room.act(ident, "relocate")
    assert room.incident(ident).owner == "@"
    moved = g.IncidentReassigned(area=AREA_A, keeper=GRID_A, place="新网格")
    room.write([Draft(moved, ident, AREA_A, room.now)])
    assert room.incident(ident).owner == "@"


def test_the_desk_of_another_ground_is_neither_its_own_helper_nor_raised_by_the_old_one(room: Room) -> None:
    ident = owned_by(room, f"@{GRID_A}")
    asked = c.HelpAsked(offices=(f"@{GRID_B}",), reason=None, off_list=False)
    rise = due("rise", 7200, at=room.now)
    raised = c.IncidentEscalated(to=f"@{AREA_A}", by_itself=True, reason=None, due=rise)
    room.write([Draft(body, ident, AREA_A, room.now) for body in (asked, raised)])
    room.act(ident, "relocate")
    incident = room.incident(ident)
    assert (incident.owner, incident.helpers, incident.raised) == (f"@{GRID_B}", (), "")
    assert incident.area == AREA_B
    assert incident.offices == (f"@{GRID_B}",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"@{TOWN_A}", f"@{TOWN_B}"),
        (f"chengguan@{TOWN_A}", f"chengguan@{TOWN_B}"),
        (f"@{GRID_A}", f"@{GRID_B}"),
        ("@990101", "@990101"),
        (CHENGGUAN, CHENGGUAN),
    ],
)
def test_an_office_whose_area_holds_the_place_no_more_gives_it_to_the_same_office_there(
    room: Room, before: str, after: str
) -> None:
    ident = owned_by(room, before)
    (told, *_) = casework.follow(room.incident(ident), AREA_B, GRID_B, room.now) or [None]
    room.act(ident, "relocate")
    incident = room.incident(ident)
    assert (incident.owner, incident.former) == (after, ()), "nobody returns it to where it does not lie"
    assert (told is None) == (after == before)


def test_what_was_rejected_and_is_reopened_is_accepted_then(room: Room) -> None:
    ident = room.report()
    room.act(ident, "reject")
    room.time_passes(2)
    room.act(ident, "reopen", LEADER)
    incident = room.incident(ident)
    assert (incident.status, incident.accepted_at) == ("accepted", room.now)


def test_a_unit_that_leaves_does_not_take_the_departments_time_away(room: Room) -> None:
    ident = room.report()
    room.dispatch(ident, ["F1"])
    transferred(room, ident)
    before = room.incident(ident).deadline
    room.advance(room.incident(ident).assignments[0], "release")
    assert before is not None
    assert before.step == "handle"
    assert room.incident(ident).deadline == before


@pytest.mark.parametrize("verb", ["escalate", "return"])
def test_what_is_attended_gets_no_clock_that_a_dispatch_no_longer_stops(room: Room, verb: str) -> None:
    ident = owned_by(room, f"@{GRID_A}")
    room.act(ident, "accept")
    room.dispatch(ident, ["F1"])
    room.advance(room.incident(ident).assignments[0], "arrive")
    if verb == "escalate":
        moved = replace(room.incident(ident), owner=f"@{AREA_A}")
        room.write(casework.escalate(room.hearing(), moved, "力量不足"))
    else:
        room.act(ident, "return")
    clock = room.incident(ident).deadline
    assert clock is not None
    assert clock.step == "handle"


def test_what_was_asked_about_one_step_is_not_granted_to_the_next(room: Room) -> None:
    ident = room.report()
    room.act(ident, "accept")
    transferred(room, ident)
    room.act(ident, "extend", DEPARTMENT)
    assert room.incident(ident).request is not None
    room.act(ident, "handle", DEPARTMENT)
    assert room.incident(ident).request is None


def test_what_one_owner_asked_for_is_not_granted_to_another(room: Room) -> None:
    ident = room.report()
    room.act(ident, "accept")
    transferred(room, ident)
    room.act(ident, "pause", DEPARTMENT)
    room.write(casework.transfer(room.hearing(), room.incident(ident), "@", "城市直接办理"))
    assert room.incident(ident).request is None


def test_nobody_whistles_to_the_owner_or_to_themselves(room: Room) -> None:
    ident = owned_by(room, f"@{AREA_A}")
    for office in (f"@{AREA_A}", "@"):
        with pytest.raises(SameOffice):
            casework.whistle(room.hearing(OFFICER), room.incident(ident), [("W1", office)], "速来", None)


def test_a_table_may_start_a_clock_with_the_acceptance(room: Room) -> None:
    ident = room.report()
    clock = due("handle", 7200, at=room.now)
    room.write([Draft(e.IncidentAccepted(owner="@", due=clock), ident, AREA_A, room.now)])
    found = room.incident(ident).deadline
    assert found is not None
    assert (found.step, found.due_at) == ("handle", clock.due_at)


@pytest.mark.parametrize("verb", ["dispatch", "handle", "verify", "reopen", "unmerge"])
def test_a_table_that_leaves_an_open_incident_without_a_clock_is_refused(verb: str) -> None:
    moves = [replace(one, starts="") if one.verb == verb else one for one in RULES.flow.moves.values()]
    with pytest.raises(FlowBroken):
        Workflow(moves)


def test_an_incident_that_an_old_log_brings_back_belongs_to_the_desk_of_its_grid() -> None:
    board = Board("live")
    for event in story(("I1", reported())):
        apply(board, event)
    old = orjson.loads(dump(replace(board.incidents["I1"], status="closed", shelved=True)))
    for unknown in ("owner", "former", "helpers", "whistles", "supervisions", "reported_by"):
        del old[unknown]
    assert load_incident(orjson.dumps(old)).owner == f"@{GRID_A}"


def test_a_clock_that_is_near_is_told_before_one_that_merely_ends_sooner(room: Room) -> None:
    ident = room.report()
    room.act(ident, "whistle")
    incident = room.incident(ident)
    assert incident.deadline is not None
    sooner = incident.whistles[0].clock
    assert sooner is not None
    late = replace(incident.deadline, due_at=sooner.due_at.replace(year=2027), state="near")
    assert first_due(replace(incident, deadline=late)) == late


def test_a_chain_of_merges_comes_apart_at_any_link(room: Room) -> None:
    first, second, third = room.report(), room.report(), room.report()
    for one, into in ((first, second), (second, third)):
        h = room.hearing()
        room.write(workflow.merge(h, room.incident(one), room.incident(into)))
    for verb in ("accept", "handle", "reply", "verify", "close"):
        room.act(third, verb)
    for one in (second, first):
        room.act(one, "unmerge")
        assert room.incident(one).status == "reported"
        assert room.incident(one).deadline is not None
    assert room.incident(second).merged == ()
    assert room.incident(third).merged == ()


@pytest.mark.parametrize("verb", ["merge", "reject"])
def test_an_open_supervision_is_answered_before_any_end(room: Room, verb: str) -> None:
    room.report()
    ident = room.report()
    room.act(ident, "supervise", LEADER)
    with pytest.raises(SupervisionOpen):
        room.act(ident, verb)
    room.act(ident, "answer")
    room.act(ident, verb)
    assert room.incident(ident).status in ENDED


def test_a_timer_that_comes_much_later_than_due_says_each_thing_once(room: Room) -> None:
    ident = owned_by(room, f"@{GRID_A}")
    room.now += timedelta(days=3)
    for _ in range(2):
        room.write(fall_due(room.hearing(SYSTEM), room.incident(ident)))
    incident = room.incident(ident)
    assert incident.deadline is not None
    assert (incident.deadline.state, incident.escalations) == ("over", 1)
    assert incident.raised == f"@{AREA_A}"
    woken = wakes_at(incident)
    assert woken is not None
    assert woken > room.now


def test_a_transfer_while_over_begins_anew_and_is_raised_from_the_new_owner(room: Room) -> None:
    ident = owned_by(room, f"@{GRID_A}")
    room.act(ident, "accept")
    room.time_passes(0.1)
    assert room.incident(ident).raised != "" or room.incident(ident).owner == "@"
    transferred(room, ident)
    incident = room.incident(ident)
    assert incident.deadline is not None
    assert (incident.deadline.state, incident.raised, incident.rise) == ("running", "", None)
    assert incident.missed
    room.time_passes(4.1)
    assert room.incident(ident).raised == "@"


def test_a_clock_that_was_paused_extended_and_resumed_fires_each_line_once(room: Room) -> None:
    ident = room.report()
    room.act(ident, "accept")
    transferred(room, ident)
    room.act(ident, "pause", LEADER)
    room.time_passes(50)
    assert not room.incident(ident).missed
    room.act(ident, "resume")
    room.act(ident, "extend", LEADER)
    room.time_passes(4010)
    incident = room.incident(ident)
    assert incident.deadline is not None
    assert incident.deadline.state == "over"
    seq = room.board.seq
    room.time_passes(500)
    assert room.board.seq == seq
