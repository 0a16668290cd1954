"""A wall turns, returns, stops and is locked by rules that know nothing but values."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

import core.events_walls as m
from core import walls
from core.board import Board, sees
from core.envelope import Draft
from core.errors_walls import NothingTurns, WallIsLocked
from core.features import feature
from core.fold import apply
from core.model import Incident
from core.permissions import Principal, Scope
from core.wall_model import PLAIN, Scene, Wall
from core.walls import Order
from tests.cast import LEADER, OFFICER, OFFICER_A, START, TOWN_A, event, reported, story

BARE = Wall("main", 0, "", since=START)
FIRE = Scene("incident", incident="I1")
ROUND = (PLAIN, Scene("kpis"), FIRE)
SECOND_LEADER = Principal("u9", "sun", "leader")
TOWN_LEADER = Principal("u8", "he", "leader", area=TOWN_A)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def told(wall: Wall, drafts: list[Draft]) -> Wall:
    """The wall after these facts, each at its own time."""
    board = Board("live", live=False)
    board.walls[wall.id] = wall
    for seq, draft in enumerate(drafts, start=wall.version + 1):
        apply(board, event(seq, draft.subject, draft.body, draft.occurred_at))
    return board.walls[wall.id]


def order(wall: Wall = BARE, by: Principal = LEADER, at: datetime = START) -> Order:
    return Order(wall, by, at)


def sent(scene: Scene, seconds: float | None = None, wall: Wall = BARE, *, pinned: bool = False) -> Wall:
    return told(wall, walls.send(order(wall), scene, seconds, pinned=pinned))


def rotating(hold_s: float = 600) -> Wall:
    return told(BARE, walls.rotate(order(), ROUND, 15, hold_s))


def later(wall: Wall, seconds: float) -> Wall:
    """What has fallen due by then has happened."""
    return told(wall, walls.fall_due(wall, after(seconds)))


def an_incident(ident: str = "I1", severity: int = 1, **more: object) -> Incident:
    board = Board("live", live=False)
    apply(board, story((ident, reported(ident, severity=severity)))[0])
    return replace(board.incidents[ident], **more)  # type: ignore[arg-type]


def test_a_scene_sent_for_a_time_returns_to_what_stood_before_the_first_of_them() -> None:
    wall = sent(Scene("kpis"))
    wall = sent(FIRE, 60, wall)
    wall = sent(Scene("coverage"), 60, wall)
    assert (wall.scene.kind, wall.before) == ("coverage", Scene("kpis"))
    assert later(wall, 59) == wall
    assert (later(wall, 60).scene, later(wall, 60).until) == (Scene("kpis"), None)


def test_a_rotation_turns_by_the_clock_and_never_catches_up_what_it_missed() -> None:
    wall = rotating()
    assert (wall.scene, walls.next_mark(wall)) == (ROUND[0], after(15))
    wall = later(wall, 15)
    assert (wall.scene, walls.next_mark(wall)) == (ROUND[1], after(30))
    wall = later(wall, 4000)
    assert (wall.scene, walls.next_mark(wall)) == (ROUND[2], after(4015))
    assert later(wall, 4015).scene == ROUND[0]


def test_a_scene_without_a_time_ends_the_rotation_and_one_with_a_time_interrupts_it() -> None:
    assert sent(FIRE, None, rotating()).rotation is None
    wall = sent(Scene("coverage"), 60, rotating())
    assert later(wall, 30) == wall
    back = later(wall, 60)
    assert (back.scene, walls.next_mark(back)) == (PLAIN, after(75))


@pytest.mark.parametrize("still", [m.ScenePinned(), m.WallBlanked()])
def test_a_wall_that_is_pinned_or_blank_does_not_turn_and_goes_on_afterwards(still: object) -> None:
    wall = rotating()
    held = told(wall, [walls.about(wall, still, START)])  # type: ignore[arg-type]
    assert walls.next_mark(held) is None
    assert walls.interrupt(held, an_incident(), None, START) == []
    off = m.SceneUnpinned() if isinstance(still, m.ScenePinned) else m.WallUnblanked()
    again = told(held, [walls.about(held, off, after(100))])
    assert walls.next_mark(again) == after(115)


def test_a_grave_incident_stops_a_rotation_until_its_time_is_over_or_somebody_asks() -> None:
    wall = rotating()
    stopped = told(wall, walls.interrupt(wall, an_incident(), None, after(5)))
    assert (stopped.scene, walls.next_mark(stopped)) == (FIRE, after(605))
    assert later(stopped, 605).scene == ROUND[0]
    asked = told(stopped, walls.resume(order(stopped, at=after(60))))
    assert (asked.scene, walls.next_mark(asked)) == (ROUND[0], after(75))


def test_the_graver_of_two_incidents_stays_and_the_newer_of_two_alike_is_shown() -> None:
    wall = rotating()
    first = an_incident("I1", 1)
    stopped = told(wall, walls.interrupt(wall, first, None, START))
    assert walls.interrupt(stopped, an_incident("I2", 2), first, after(9)) == []
    assert (
        told(stopped, walls.interrupt(stopped, an_incident("I3", 1), first, after(9))).scene.incident == "I3"
    )
    over = replace(first, status="closed")
    assert (
        told(stopped, walls.interrupt(stopped, an_incident("I2", 2), over, after(9))).scene.incident == "I2"
    )


def test_what_does_not_rotate_has_nothing_to_go_on_with() -> None:
    with pytest.raises(NothingTurns):
        walls.resume(order())
    assert walls.interrupt(BARE, an_incident(), None, START) == []


def test_a_locked_wall_obeys_its_holder_and_a_leader_above_alone() -> None:
    locked = told(BARE, walls.lock(order(by=OFFICER), 3600))
    assert order(locked, OFFICER)
    assert order(locked, LEADER)
    with pytest.raises(WallIsLocked) as refused:
        order(locked, replace(OFFICER, id="u2", name="li"))
    assert (refused.value.params["name"], refused.value.params["minutes"]) == ("wang", 60)
    assert order(locked, replace(OFFICER, id="u2"), after(3600))


def test_a_leader_locks_out_whoever_is_not_above() -> None:
    city = told(BARE, walls.lock(order(by=LEADER), 3600))
    for by in (SECOND_LEADER, TOWN_LEADER, OFFICER):
        with pytest.raises(WallIsLocked):
            order(city, by)
    town = told(replace(BARE, area=TOWN_A), walls.lock(order(replace(BARE, area=TOWN_A), TOWN_LEADER), 3600))
    assert order(town, LEADER)
    with pytest.raises(WallIsLocked):
        order(town, OFFICER_A)
    assert later(town, 3600).lock is None


def test_blanking_asks_no_lock_and_showing_again_does() -> None:
    locked = told(BARE, walls.lock(order(by=LEADER), 3600))
    hidden = told(locked, walls.blank(locked, START))
    assert hidden.blank
    assert walls.blank(hidden, START) == []
    with pytest.raises(WallIsLocked):
        walls.unblank(order(hidden, OFFICER))
    assert not told(hidden, walls.unblank(order(hidden, LEADER))).blank


def test_a_strip_goes_by_itself() -> None:
    wall = told(BARE, walls.say(order(), "今晚八点演练", 600))
    assert (wall.strip, later(wall, 599).strip, later(wall, 600).strip) == (
        "今晚八点演练",
        "今晚八点演练",
        "",
    )
    assert walls.say(order(), "", 600) == []


def test_what_is_withdrawn_is_gone_from_every_place_it_could_come_back_from() -> None:
    wall = rotating()
    wall = told(wall, walls.interrupt(wall, an_incident(), None, START))
    split = Scene("split", panes=(FIRE, Scene("kpis")))
    wall = sent(split, 60, wall)
    assert wall.incidents == {"I1"}
    clean = told(wall, walls.withdraw(wall, {"I1"}, "sensitive", after(1)))
    assert clean.incidents == frozenset()
    assert clean.scene == Scene("split", panes=(PLAIN, Scene("kpis")))
    assert "I1" not in str(feature(clean))
    assert walls.withdraw(clean, {"I1"}, "sensitive", after(2)) == []


def test_visitors_are_told_of_their_own_wall_alone_and_a_smaller_area_of_none_of_the_citys() -> None:
    assert sees(Scope(visitors="main"), BARE)
    assert not sees(Scope(visitors="other"), BARE)
    assert sees(Scope(), BARE)
    assert not sees(Scope(TOWN_A), BARE)
    assert sees(Scope(TOWN_A), replace(BARE, area=TOWN_A))
