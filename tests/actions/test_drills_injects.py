"""Injects come when they are due, once, with what they make; who controls may bring them by hand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest

from actions import assignments, dispatch, drill_injects, drills, incidents, units
from actions.commands import DispatchCommand
from actions.drill_commands import PauseCommand, RunCommand
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call, Transaction
from core.drill_script import Inject
from core.errors import Forbidden, OutsideCity
from core.errors_drills import InjectDone, InjectFutile, InjectUnknown, SeatUnknown
from core.permissions import SYSTEM
from tests.actions.test_closures import WEST, lay
from tests.cast import AT_SEA, IN_A, OFFICER, registrations, unit_body
from tests.drilling import (
    CONTROL,
    PLAYER,
    SCENE,
    by_hand,
    fire_report,
    inject,
    jump,
    message,
    of,
    opened,
    place,
    run,
    started,
)
from tests.parts import Clock, facts, fold, guards, head, kinds

BREAKDOWN = {"kind": "breakdown", "skill": "pump", **place(IN_A)}


def realm(ident: str) -> str:
    return drills.realm_of(ident)


def desk(ident: str) -> Call:
    return Call(OFFICER, realm=realm(ident))


def test_injects_come_when_they_are_due_with_the_incidents_they_make(city: Services, clock: Clock) -> None:
    ident = started(city)
    clock.pass_(seconds=59)
    run(city, ident)
    assert of(city, ident).delivered == {}
    clock.pass_(seconds=62)
    run(city, ident)
    acts = ("Incident", "Note", "Inject")
    told = [wire["kind"] for wire in facts(city, realm(ident)) if wire["kind"].startswith(acts)]
    assert told[-5:] == [
        "IncidentReported",
        "InjectDelivered",
        "NoteAdded",
        "IncidentAmended",
        "InjectDelivered",
    ]
    first = of(city, ident).delivered[1]
    (incident,) = fold(city, realm(ident)).incidents.values()
    assert (first.incident, first.made, first.by_hand) == (incident.id, incident.id, False)
    assert (incident.severity, incident.text, incident.channel) == (2, "仓库冒烟（演练）", "110")
    assert of(city, ident).delivered[2].incident == incident.id


def test_each_comes_once_however_many_deliver(city: Services, clock: Clock) -> None:
    ident = started(city, *(inject(n, at_min=1) for n in range(1, 9)))
    clock.pass_(seconds=61)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: run_due(city, realm(ident)), range(8)))
    run(city, ident)
    assert kinds(city, realm(ident)).count("InjectDelivered") == 8
    assert len(fold(city, realm(ident)).incidents) == 8
    assert [one.number for one in of(city, ident).outcomes] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_by_hand_and_by_themselves_at_once_each_comes_once(city: Services, clock: Clock) -> None:
    ident = started(city, *(inject(n, at_min=1) for n in range(1, 9)))
    clock.pass_(seconds=61)

    def hand(number: int) -> None:
        with suppress(InjectDone):
            by_hand(city, ident, number)

    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(hand, number) for number in (8, 7, 6, 5)]
        done += [pool.submit(run_due, city, realm(ident)) for _ in range(4)]
        for one in done:
            one.result()
    run(city, ident)
    told = kinds(city, realm(ident))
    assert told.count("InjectDelivered") == told.count("IncidentReported") == 8


def test_who_dies_between_the_act_and_its_fact_has_done_neither(city: Services, clock: Clock) -> None:
    ident = started(city, inject(1))
    clock.pass_(seconds=61)
    before = head(city, realm(ident))
    with city.engine.connect() as conn:
        tx = Transaction(city, conn, Call(SYSTEM, realm(ident)))
        tx.begin()
        row = drill_injects._claim(tx)
        assert row
        drill_injects._fire(tx, int(row.subject))
        tx.flush()
        assert tx.events[-1]["kind"] == "InjectDelivered"
    assert head(city, realm(ident)) == before
    run(city, ident)
    assert kinds(city, realm(ident)).count("IncidentReported") == 1
    assert kinds(city, realm(ident)).count("InjectDelivered") == 1


def test_nothing_comes_while_a_drill_is_paused_and_all_of_it_after_a_jump(
    city: Services, clock: Clock
) -> None:
    ident = started(city, inject(1), inject(2), inject(3))
    drills.pause(city, Call(CONTROL), ident, PauseCommand())
    clock.pass_(hours=1)
    run(city, ident)
    assert of(city, ident).delivered == {}
    jump(city, ident)
    assert list(of(city, ident).delivered) == [1], "to the next, and no further"
    jump(city, ident, 120)
    assert list(of(city, ident).delivered) == [1, 2, 3]
    assert of(city, ident).status == "paused"
    drills.resume(city, Call(CONTROL), ident, RunCommand())


def test_an_inject_waits_for_a_fact_and_comes_a_while_after_it(city: Services, clock: Clock) -> None:
    waiting = inject(2, message(), when={"inject": 1, "fact": "unit_arrived", "after_min": 2})
    late = inject(3, message(), when={"inject": 1, "fact": "incident_closed", "latest_min": 20})
    ident = started(city, inject(1), waiting, late)
    clock.pass_(minutes=1)
    run(city, ident)
    incident = of(city, ident).delivered[1].incident
    incidents.accept(city, desk(ident), incident)
    sent = dispatch.dispatch(city, desk(ident), incident, DispatchCommand(units=("F1",)))
    clock.pass_(minutes=3)
    assignments.advance(city, desk(ident), sent["assignments"][0]["id"], "arrive", None)
    run(city, ident)
    clock.pass_(seconds=115)
    run(city, ident)
    assert list(of(city, ident).delivered) == [1]
    clock.pass_(seconds=6)
    run(city, ident)
    assert list(of(city, ident).delivered) == [1, 2]
    assert of(city, ident).delivered[2].at - SCENE == timedelta(minutes=6, seconds=1)
    clock.pass_(minutes=20)
    run(city, ident)
    assert of(city, ident).delivered[3].at, "nobody closed it: it comes at the latest"


def test_roads_near_are_closed_in_the_drill_alone(city: Services, clock: Clock) -> None:
    roads = lay(city)
    closing = {"kind": "closure", "radius_m": 200, "reason": "积水", **place(WEST)}
    ident = started(city, inject(1, closing), inject(2, closing))
    clock.pass_(minutes=2)
    run(city, ident)
    board = fold(city, realm(ident))
    assert set(board.closures) == {roads["西段"], roads["绕行"]}
    assert set(of(city, ident).delivered[1].made.split(",")) == set(board.closures)
    assert of(city, ident).failed[2].reason == "inject_futile", "they are closed already"
    assert guards(city)["closures"] == {}


def test_the_nearest_free_crew_of_a_skill_breaks_down_in_the_drill_alone(
    city: Services, clock: Clock
) -> None:
    able = [(code, body.area, body.model_copy(update={"skills": ("pump",)}))
            for code, _, body in registrations("F1", "F2")]  # fmt: skip
    units.register(city, Call(SYSTEM), able)
    ident = started(city, *(inject(n, BREAKDOWN) for n in (1, 2, 3)))
    clock.pass_(minutes=3)
    run(city, ident)
    drill, rows = of(city, ident), guards(city, realm(ident))["units"]
    assert [one.made for one in drill.delivered.values()] == ["F1", "F2"]
    assert drill.failed[3].reason == "inject_futile"
    assert {code for code, one in rows.items() if one.status == "off_duty"} == {"F1", "F2", "OFF"}
    assert unit_body("F1").on_duty
    assert guards(city)["units"]["F1"].status == "available"


def test_what_cannot_be_done_is_told_as_failed_and_the_rest_goes_on(city: Services, clock: Clock) -> None:
    ident = started(city, inject(1, fire_report(AT_SEA)), inject(2))
    clock.pass_(minutes=2)
    run(city, ident)
    assert of(city, ident).failed[1].reason == "outside_city"
    assert list(of(city, ident).delivered) == [2]


def test_who_controls_brings_one_by_hand_once_and_one_that_was_never_written(city: Services) -> None:
    ident = started(city, inject(1), inject(2, message()))
    given = by_hand(city, ident, 2)
    assert (given["made"], of(city, ident).delivered[2].by_hand) == ("", True)
    new, after = Inject.model_validate(inject(50, fire_report())), head(city, realm(ident))
    made = by_hand(city, ident, 50, inject=new)
    assert of(city, ident).script.inject(50) == new
    told = facts(city, realm(ident), after)
    assert [wire["kind"] for wire in told if wire["kind"] != "PlanProposed"] == [
        "ScriptChanged", "IncidentReported", "InjectDelivered",
    ]  # fmt: skip
    assert {wire["actor"] for wire in told} == {CONTROL.name}
    assert made["incident"] in fold(city, realm(ident)).incidents
    with pytest.raises(InjectDone):
        by_hand(city, ident, 2)
    with pytest.raises(InjectUnknown):
        by_hand(city, ident, 77)
    with pytest.raises(SeatUnknown):
        by_hand(city, ident, 60, inject=Inject.model_validate(inject(60, target="nobody")))
    run(city, ident)
    assert kinds(city, realm(ident)).count("InjectDelivered") == 2


def test_refusals_of_one_by_hand_go_to_who_controls(city: Services) -> None:
    ((code, area, body),) = registrations("OFF")
    units.register(city, Call(SYSTEM), [(code, area, body.model_copy(update={"skills": ("pump",)}))])
    ident = started(city, inject(1, fire_report(AT_SEA)), inject(2, BREAKDOWN))
    with pytest.raises(OutsideCity):
        by_hand(city, ident, 1)
    with pytest.raises(InjectFutile):
        by_hand(city, ident, 2)
    assert of(city, ident).outcomes == ()


def test_players_and_drills_that_have_not_begun_bring_nothing(city: Services) -> None:
    ident = opened(city)
    with pytest.raises(Exception, match="drill_move_not_allowed"):
        by_hand(city, ident, 1)
    with pytest.raises(Forbidden):
        drill_injects.inject(city, Call(PLAYER), ident, drill_injects.InjectCommand(number=1))
