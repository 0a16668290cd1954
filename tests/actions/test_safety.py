"""Crews at work are asked whether they are well, each once a round, by the realm's clock."""

from __future__ import annotations

import pytest

from actions import assignments, safety
from actions.queries import incident_card
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call
from core.errors import Forbidden, MoveNotAllowed
from core.model import CrewCheck
from core.permissions import Principal
from outbound.reader import Reader
from tests.cast import LITTER, OFFICER
from tests.outbound.desk import notices, read
from tests.parts import Clock, Follower, fold, head, kinds, report, send

DESK = Call(OFFICER)


def at_work(city: Services, *units: str) -> tuple[str, list[str]]:
    """An incident with these crews on scene, and their assignments."""
    ident = report(city)
    bound = send(city, ident, *units)
    for one in bound:
        assignments.advance(city, DESK, one, "arrive")
    return ident, bound


def run(city: Services) -> None:
    while run_due(city, "live"):
        pass


def clock_of(city: Services, assignment: str) -> CrewCheck:
    found = fold(city).links[assignment].check
    assert found is not None
    return found


def crews(city: Services, after: int) -> list[str]:
    """The facts about crews' checks."""
    return [kind for kind in kinds(city, after=after) if "Check" in kind]


def test_a_crew_on_scene_is_asked_every_twenty_minutes_and_its_answer_begins_the_next_round(
    city: Services, clock: Clock
) -> None:
    _, (one,) = at_work(city, "F1")
    seq = head(city)
    clock.pass_(minutes=20)
    run(city)
    assert clock_of(city, one).state == "due"
    answer = safety.check(city, DESK, one, "全员平安")
    assert answer["check_due_at"] == clock_of(city, one).due_at
    clock.pass_(minutes=19)
    run(city)
    assert clock_of(city, one).state == "running"
    clock.pass_(minutes=1)
    run(city)
    assert crews(city, seq) == ["SafetyCheckDue", "CrewChecked", "SafetyCheckDue"]
    Follower(city).compare()


def test_two_rounds_that_fall_due_together_ask_once(city: Services, clock: Clock) -> None:
    _, (one,) = at_work(city, "F1")
    clock.pass_(seconds=1)
    safety.check(city, DESK, one, None)
    seq = head(city)
    clock.pass_(minutes=20)
    run(city)
    assert crews(city, seq) == ["SafetyCheckDue"]


def test_a_missed_check_alarms_the_office_and_the_one_above_until_every_crew_has_answered(
    city: Services, clock: Clock
) -> None:
    reader = Reader(city.engine, city.zone, city.now)
    _, bound = at_work(city, "F1", "F2")
    read(reader)
    clock.pass_(minutes=25)
    run(city)
    read(reader)
    told = [n for n in notices(city) if n.fact == "SafetyCheckMissed"]
    assert {n.said["unit_name"] for n in told} == {"消防一队", "消防二队"}
    assert all(n.alarm and n.settled_at is None for n in told)
    for at, one in enumerate(bound):
        safety.check(city, DESK, one, None)
        read(reader)
        open_ = [n for n in notices(city) if n.fact == "SafetyCheckMissed" and n.settled_at is None]
        assert bool(open_) == (at == 0)


def test_a_crew_that_was_released_is_asked_no_more(city: Services, clock: Clock) -> None:
    _, (one,) = at_work(city, "F1")
    assignments.advance(city, DESK, one, "release")
    seq = head(city)
    clock.pass_(minutes=60)
    run(city)
    assert crews(city, seq) == []


def test_where_nobody_is_asked_a_crew_may_still_be_checked_while_it_is_on_scene(city: Services) -> None:
    ident = report(city, severity=4, **{"class": LITTER})
    (one,) = send(city, ident, "P1")
    with pytest.raises(MoveNotAllowed):
        safety.check(city, DESK, one, None)
    assignments.advance(city, DESK, one, "arrive")
    assert "check" not in incident_card(city, OFFICER, "live", ident).assignment_verbs[one]
    assert safety.check(city, DESK, one, None)["check_due_at"] is None


def test_a_unit_answers_for_itself_alone(city: Services) -> None:
    _, (one, other) = at_work(city, "F1", "F2")
    phone = Call(Principal("F1", "消防一队", "unit", kind="unit"))
    safety.check(city, phone, one, None)
    with pytest.raises(Forbidden):
        safety.check(city, phone, other, None)
