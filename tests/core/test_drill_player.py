"""Machines on a drill's seats: who acts for whom, when, and that nobody does the same for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core import drill_player as rules
from core.drill import Drill, Taken
from core.drill_player import Move, Player, Seen, Step
from core.drill_player_cases import of_incidents
from core.drill_script import Script
from core.model import Incident
from core.permissions import covers
from tests.cast import FIRE
from tests.core.strategies import examples
from tests.drilling import script_doc

BEGAN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SEATS = (
    {"code": "chief", "name": "总导调", "role": "controller"},
    {"code": "command", "name": "市指挥中心"},
    {"code": "fire", "name": "消防", "office": "xiaofang@"},
    {"code": "town", "name": "街道", "office": "@990101"},
    {"code": "community", "name": "社区", "office": "@990101"},
    {"code": "empty", "name": "空席", "office": "gongan@", "simulated": False},
)
STEPS = {name: Step(10.0, 0.0, None, 0.2) for name in ("accept", "merge", "dispatch", "report")}


def drill(*taken: str, **changed: object) -> Drill:
    script = Script.model_validate(script_doc(seats=SEATS, **changed))
    seats = tuple(Taken(one, "u1", "wang") for one in taken)
    return Drill(
        "drill:x", 1, script, "", "live", 1, False, BEGAN, BEGAN, "zhao", status="running",
        started_at=BEGAN, seats=seats,
    )  # fmt: skip


def incident(**changed: object) -> Incident:
    known = Incident(
        "I1", 1, "20260302-1", FIRE, "火情", "冒烟", 3, 118.1, 24.5, "", "990101001001", "", "", "110", None,
        None, "reported", BEGAN, BEGAN,
    )  # fmt: skip
    return replace(known, **changed)  # type: ignore[arg-type]


def code(player: Player | None) -> str | None:
    return player.code if player else None


def test_the_narrowest_seat_speaks_for_an_office() -> None:
    assert code(rules.player_of(drill(), "xiaofang@990101")) == "fire"
    assert code(rules.player_of(drill(), "@")) == "command"
    assert code(rules.player_of(drill(), "@990101001", "community")) == "community"


def test_an_office_without_a_seat_is_played_too() -> None:
    assert rules.player_of(drill(), "chengguan@") == Player("chengguan@", "", "chengguan@")


def test_a_seat_that_somebody_took_or_that_is_to_stay_empty_is_left_alone() -> None:
    assert rules.player_of(drill("fire"), "xiaofang@") is None
    assert rules.player_of(drill(), "gongan@") is None
    assert rules.desk_of(drill("command"), "990101001001", "command") is None


def test_machines_play_only_where_the_script_lets_them() -> None:
    assert rules.plays(drill())
    assert not rules.plays(replace(drill(), script=Script.model_validate(script_doc())))


def test_crews_of_a_field_drill_are_real_ones_but_in_a_rehearsal() -> None:
    assert rules.plays_crews(drill())
    assert not rules.plays_crews(drill(form="field"))
    assert rules.plays_crews(replace(drill(form="field"), rehearsal=True))


def test_who_plays_is_bound_to_the_drill_and_entitled_as_the_office() -> None:
    desk = rules.principal_of(drill(), Player("command", "市指挥中心", ""))
    fire = rules.principal_of(drill(), Player("fire", "消防", "xiaofang@"))
    assert (desk.role, desk.realm, fire.role) == ("leader", "drill:x", "officer")
    assert covers(fire, "xiaofang@990101")
    assert not covers(fire, "gongan@")


def test_times_are_the_same_in_every_run_and_a_slow_seat_is_later() -> None:
    player = Player("fire", "消防", "xiaofang@")
    first = Seen(drill(), BEGAN, STEPS).after("accept", BEGAN, player, 1)
    assert first == Seen(drill(), BEGAN + timedelta(hours=1), STEPS).after("accept", BEGAN, player, 1)
    assert timedelta(seconds=8) <= first - BEGAN <= timedelta(seconds=12)
    slow = replace(player, delay_s=600.0)
    assert Seen(drill(), BEGAN, STEPS).after("accept", BEGAN, slow, 1) == first + timedelta(seconds=600)


def verbs(seen: Seen) -> list[str]:
    return [one.verb for one in of_incidents(seen)]


def test_a_report_is_accepted_then_sent_to_and_one_that_repeats_it_is_merged() -> None:
    seen = Seen(drill(), BEGAN, STEPS, {"I1": incident()})
    assert verbs(seen) == ["accept", "dispatch"]
    assert verbs(replace(seen, twins={"I1": "I0"})) == ["merge"]


def test_what_another_system_plays_is_left_to_it() -> None:
    assert verbs(Seen(drill(), BEGAN, STEPS, {"I1": incident(source_id="sim-1")})) == []


MOVES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7200)), min_size=1, unique_by=lambda one: one[0])


@examples(100)
@given(MOVES, st.integers(20, 600))
def test_nobody_does_for_ever_what_is_refused(drawn: list[tuple[int, int]], every_s: int) -> None:
    """However often one looks: what stays undone is tried a few times, ever later, and then given up."""
    player = Player("command", "市指挥中心", "")
    moves = [Move(str(n), player, "accept", "I1", BEGAN + timedelta(seconds=s)) for n, s in drawn]
    tries: rules.Tries = {}
    done: list[tuple[str, datetime]] = []
    at = BEGAN
    while at < BEGAN + timedelta(hours=3):
        tries = rules.still(tries, moves)
        for move in rules.ready(moves, tries, at):
            assert move.due <= at
            done.append((move.key, at))
            tries = rules.tried(tries, move.key, at)
        at += timedelta(seconds=every_s)
    for move in moves:
        when = [at for key, at in done if key == move.key]
        assert len(when) == rules.TRIES
        assert all(later - one >= rules.AGAIN for one, later in pairwise(when))
    assert rules.next_look(moves, tries) is None


def test_one_looks_again_when_the_next_thing_is_to_be_done() -> None:
    player = Player("command", "市指挥中心", "")
    moves = [Move(str(n), player, "accept", "I1", BEGAN + timedelta(minutes=n)) for n in (3, 5)]
    assert rules.next_look(moves, {}) == BEGAN + timedelta(minutes=3)
    tries = rules.tried({}, "3", BEGAN + timedelta(minutes=3))
    assert rules.next_look(moves, tries) == BEGAN + timedelta(minutes=4)
    assert rules.still(tries, moves[1:]) == {}
