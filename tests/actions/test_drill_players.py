"""Machines play the seats that nobody takes, through the verbs of people."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from actions import drill_players, drills, field, incidents
from actions.drill_commands import PauseCommand, RunCommand, StopCommand
from actions.drill_player_drive import drive
from actions.field import DutyCommand
from actions.services import Services
from actions.unit_of_work import Call
from core.drill_player import TRIES, Seen
from core.drill_script import Script
from core.permissions import SYSTEM
from db.tables import timer
from db.waking import PLAYERS
from tests.cast import IN_B
from tests.drilling import CONTROL, PLAYER, by_hand, fire_report, inject, script_doc, sit
from tests.parts import Clock, Follower, facts, fold
from tests.playing import begin, pass_time, play

SEATS = (
    {"code": "chief", "name": "总导调", "role": "controller"},
    {"code": "desk", "name": "值班席"},
    {"code": "town", "name": "西门街道", "office": "@990101002"},
)
FIRE = inject(1, at_min=1.0)


def script(*injects: dict[str, Any], **delays: float) -> Script:
    seats = [{**one, "delay_s": delays.get(str(one["code"]), 0.0)} for one in SEATS]
    return Script.model_validate(script_doc(*(injects or (FIRE,)), seats=seats, division="", minutes=15))


def kinds(city: Services, ident: str) -> Counter[str]:
    return Counter(one["kind"] for one in facts(city, drills.realm_of(ident)))


def test_a_report_is_brought_to_its_end_each_step_once(city: Services, clock: Clock) -> None:
    ident = begin(city, script())
    pass_time(city, clock, ident, 32, every_s=60)
    (incident,) = fold(city, drills.realm_of(ident)).incidents.values()
    assert incident.status == "closed"
    told = kinds(city, ident)
    for kind in (
        "IncidentAccepted",
        "IncidentHandled",
        "IncidentReplied",
        "IncidentVerified",
        "IncidentClosed",
    ):
        assert told[kind] == 1, kind
    sent = told["UnitDispatched"]
    assert sent >= 1
    for step in ("Acknowledged", "Enroute", "Arrived", "Released"):
        assert told[f"Assignment{step}"] == sent, step
    Follower(city, drills.realm_of(ident)).compare()


def test_who_acts_is_named_as_a_machine_and_crews_by_themselves(city: Services, clock: Clock) -> None:
    ident = begin(city, script())
    pass_time(city, clock, ident, 6, every_s=60)
    who = {one["kind"]: one["actor"] for one in facts(city, drills.realm_of(ident))}
    assert who["IncidentAccepted"] == "参演·值班席（模拟）"
    assert who["AssignmentArrived"] in {"消防一队", "消防二队", "巡防一队", "巡防二队", "急救一组"}


def test_a_second_run_of_a_script_is_the_same(city: Services, clock: Clock) -> None:
    def times(ident: str) -> list[tuple[str, float]]:
        wires = facts(city, drills.realm_of(ident))
        began = next(one["recorded_at"] for one in wires if one["kind"] == "DrillStarted")
        return [(one["kind"], (one["recorded_at"] - began).total_seconds()) for one in wires]

    first, second = begin(city, script()), begin(city, script())
    pass_time(city, clock, first, 8)
    drills.stop(city, Call(CONTROL), first, StopCommand())
    before = times(first)[:-1]
    drills.stop(city, Call(CONTROL), second, StopCommand())
    third = begin(city, script())
    pass_time(city, clock, third, 8)
    assert times(third) == before


def test_a_seat_that_somebody_takes_is_theirs_and_the_machines_again_when_they_leave(
    city: Services, clock: Clock
) -> None:
    ident = begin(city, script())
    sit(city, ident, "desk", PLAYER)
    pass_time(city, clock, ident, 3)
    assert kinds(city, ident)["IncidentAccepted"] == 0
    sit(city, ident, "desk", PLAYER, leave=True)
    pass_time(city, clock, ident, 1)
    assert kinds(city, ident)["IncidentAccepted"] == 1


def test_what_a_person_did_is_not_done_again(city: Services, clock: Clock) -> None:
    ident = begin(city, script())
    realm = drills.realm_of(ident)
    sit(city, ident, "desk", PLAYER)
    pass_time(city, clock, ident, 2)
    (incident,) = fold(city, realm).incidents
    incidents.accept(city, Call(PLAYER, realm=realm), incident)
    sit(city, ident, "desk", PLAYER, leave=True)
    pass_time(city, clock, ident, 2)
    told = kinds(city, ident)
    assert told["IncidentAccepted"] == 1
    assert told["UnitDispatched"] >= 1


def test_only_one_who_is_slow_is_late(city: Services, clock: Clock) -> None:
    """Two seats, two reports, an indicator each: ten minutes of delay show in one."""

    def told(number: int, seat: str, where: tuple[float, float]) -> dict[str, Any]:
        indicator = {"code": seat, "name": seat, "measure": "ack", "limit_s": 120}
        return inject(number, fire_report(where), target=seat, indicators=[indicator])

    both = told(1, "desk", (118.108, 24.488)), told(2, "town", IN_B)
    whole = play(city, clock, script(*both))
    late = play(city, clock, script(*both, town=600.0))
    assert whole.states() == {"desk": "met", "town": "met"}
    assert late.states() == {"desk": "met", "town": "late"}
    assert 400 < late.measured["town"].late_s < 600


def test_what_is_refused_is_given_up(city: Services, clock: Clock) -> None:
    """Nobody is on duty: nobody can be sent, however long one waits."""
    ident = begin(city, script())
    realm = drills.realm_of(ident)
    for code in fold(city, realm).units:
        field.set_duty(city, Call(SYSTEM, realm=realm), code, DutyCommand(on_duty=False))
    pass_time(city, clock, ident, 25, every_s=60)
    with city.engine.connect() as conn:
        body = conn.scalar(select(timer.c.body).where(timer.c.realm == realm, timer.c.kind == PLAYERS))
    assert body is not None
    assert [times for times, _ in body["tries"].values()] == [TRIES]
    assert kinds(city, ident)["UnitDispatched"] == 0


def test_what_comes_while_a_machine_looks_is_looked_at_next_time(
    city: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An inject comes by hand after the look has found nothing to do: it is not slept over."""
    ident = begin(city, script(inject(1, at_min=14.0)))
    realm = drills.realm_of(ident)
    before = len(facts(city, realm))

    def meanwhile(services: Services, seen: Seen) -> int:
        by_hand(city, ident, 1)
        return drive(services, seen)

    monkeypatch.setattr(drill_players, "drive", meanwhile)
    assert drill_players.run_due(city, realm) == 1
    with city.engine.connect() as conn:
        body = conn.scalar(select(timer.c.body).where(timer.c.realm == realm, timer.c.kind == PLAYERS))
    assert body is not None
    assert (body["seq"], len(facts(city, realm)) > before) == (before, True)


def test_nothing_is_played_while_it_is_paused_nor_after_the_end(city: Services, clock: Clock) -> None:
    ident = begin(city, script())
    realm = drills.realm_of(ident)
    pass_time(city, clock, ident, 1)
    drills.pause(city, Call(CONTROL), ident, PauseCommand())
    before = kinds(city, ident)
    pass_time(city, clock, ident, 3)
    assert kinds(city, ident) == before
    drills.resume(city, Call(CONTROL), ident, RunCommand())
    pass_time(city, clock, ident, 2)
    assert kinds(city, ident)["IncidentAccepted"] == 1
    drills.stop(city, Call(CONTROL), ident, StopCommand())
    over = kinds(city, ident)
    pass_time(city, clock, ident, 3)
    assert kinds(city, ident) == over
    assert drill_players.run_due(city, realm) == 0


def test_crews_are_seen_on_their_way(city: Services, clock: Clock) -> None:
    ident = begin(city, script())
    pass_time(city, clock, ident, 4)
    assert city.positions.latest(drills.realm_of(ident))
    assert not city.positions.latest("live")
