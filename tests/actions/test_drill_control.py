"""Two who turn a drill at once: the second is told; whom a seat may be given to; what was marked, of when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions import drill_control, drills
from actions.accounts import add_user
from actions.drill_commands import MarkCommand, RateCommand, RunCommand, SeatCommand, StopCommand
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import Forbidden, InvalidInput
from core.errors_drills import DrillMoveNotAllowed, InjectDone, JumpPassed, RateTurned
from core.permissions import SYSTEM, Principal
from tests.cast import VIEWER
from tests.drilling import CONTROL, JUDGE, PLAYER, inject, message, of, opened, run, sit, started
from tests.parts import Clock

BY = Call(CONTROL)


def test_a_rate_chosen_before_the_start_is_the_one_that_it_runs_at(city: Services) -> None:
    ident = opened(city)
    drills.set_rate(city, BY, ident, RateCommand(rate=60))
    assert drills.start(city, BY, ident, RunCommand())["rate"] == 60.0


def test_whoever_sets_a_rate_without_having_seen_anothers_is_told(city: Services) -> None:
    ident = started(city)
    drill_control.set_rate(city, BY, ident, 10.0, seen=1.0)
    with pytest.raises(RateTurned) as told:
        drill_control.set_rate(city, BY, ident, 30.0, seen=1.0)
    assert told.value.params["speed"] == "10"
    assert of(city, ident).speed == 10.0


def test_a_jump_goes_to_a_place_so_that_a_second_one_goes_nowhere(city: Services, clock: Clock) -> None:
    ident = started(city, inject(1, at_min=20), inject(2, message(), at_min=30))
    drill_control.jump_to(city, BY, ident, number=1)
    with pytest.raises(JumpPassed) as told:
        drill_control.jump_to(city, BY, ident, number=1)
    assert told.value.params["minute"] == 20.0
    run(city, ident)
    with pytest.raises(InjectDone):
        drill_control.jump_to(city, BY, ident, number=1)
    drill_control.jump_to(city, BY, ident, minute=29)
    with pytest.raises(JumpPassed):
        drill_control.jump_to(city, BY, ident, minute=25)
    for nowhere in ({"number": 99}, {}):
        with pytest.raises(InvalidInput):
            drill_control.jump_to(city, BY, ident, **nowhere)
    with pytest.raises(Forbidden):
        drill_control.jump_to(city, Call(PLAYER), ident, minute=40)


def test_before_the_start_nothing_is_jumped(city: Services) -> None:
    with pytest.raises(DrillMoveNotAllowed):
        drill_control.jump_to(city, BY, opened(city), minute=5)


def test_a_seat_is_given_to_people_of_operations_by_who_controls(city: Services) -> None:
    for name, role in (("wang", "officer"), ("sec", "secadmin")):
        add_user(city, SYSTEM, name, role)
    ident = opened(city)
    assert drill_control.persons(city, CONTROL, ident) == ["wang"]
    with pytest.raises(Forbidden):
        drill_control.persons(city, VIEWER, ident)


def test_evaluators_read_their_marks_with_the_course_and_players_when_all_is_over(city: Services) -> None:
    ident = started(city, inject(1, at_min=0))
    run(city, ident)
    judge = _judge(city, ident)
    drills.mark(city, Call(judge), ident, MarkCommand(about="1", mark=2, text="慢"))
    found = drill_control.read_marks(city, judge, ident)
    (one,) = found.marks
    assert (one.about, one.mark, one.evaluator, found.may) == ("1", 2, judge.name, True)
    assert [moment.item.code for moment in found.course] == ["started", "inject", "mark"]
    drills.mark(city, Call(judge), ident, MarkCommand(about="1", mark=4, text="改", at_seq=one.at_seq))
    assert [one.mark for one in drill_control.read_marks(city, judge, ident).marks] == [4]

    sit(city, ident, "desk", PLAYER)
    with pytest.raises(Forbidden):
        drill_control.read_marks(city, PLAYER, ident)
    drills.stop(city, BY, ident, StopCommand())
    assert not drill_control.read_marks(city, PLAYER, ident).may


def _judge(city: Services, ident: str) -> Principal:
    """On the evaluator's seat, which is given by who controls, to an account."""
    add_user(city, SYSTEM, JUDGE.name, "officer")
    drills.take_seat(city, BY, ident, SeatCommand(seat="judge", person=JUDGE.name))
    (sits,) = [one for one in of(city, ident).seats if one.seat == "judge"]
    return replace(JUDGE, id=sits.person)
