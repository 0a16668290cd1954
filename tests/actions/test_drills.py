"""A drill is a world of its own, run by its controllers: begun from the city as it was, by a clock of its
own, paused where it stood when its server died."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from actions import accounts, closures, drill_reading, drills, incidents, reading
from actions.closures import CloseCommand
from actions.drill_commands import (
    MarkCommand,
    OpenCommand,
    PauseCommand,
    RateCommand,
    RunCommand,
    ScriptCommand,
    StopCommand,
)
from actions.drill_opening import open_drill
from actions.rebuild import rebuild
from actions.services import Services
from actions.unit_of_work import Call
from core.drill_script import Inject
from core.errors import Forbidden, InvalidInput, NotFound, Refusal, StaleVersion
from core.errors_drills import DrillMoveNotAllowed, InjectDone, ScriptFaulty, ScriptUnknown
from core.permissions import SYSTEM, Principal
from db import log
from tests.actions.test_closures import lay
from tests.cast import LEADER, OFFICER, TOWN_A, TOWN_B
from tests.drilling import (
    CONTROL,
    JUDGE,
    PLAYER,
    SCENE,
    by_hand,
    inject,
    jump,
    message,
    of,
    opened,
    run,
    script,
    script_doc,
    sit,
    started,
)
from tests.parts import Clock, Follower, facts, fold, guards, head, kinds, report, send, stores_with

BY = Call(CONTROL)
SECOND = Principal("u8", "sun", "leader", seat="desk-8")


def realm(ident: str) -> str:
    return drills.realm_of(ident)


def clock_of(city: Services, ident: str) -> Any:
    with city.engine.connect() as conn:
        return log.read_clock(conn, realm(ident))


# --- setting up -----------------------------------------------------------------------------------------


def test_a_drill_begins_from_a_copy_of_the_city_in_which_everybody_on_duty_is_free(city: Services) -> None:
    stores_with(city, 40.0)
    roads = lay(city)
    closures.close(city, Call(OFFICER), roads["西段"], CloseCommand(reason="塌陷"))
    send(city, report(city), "F1")
    before = head(city)
    ident = opened(city)
    board, live = fold(city, realm(ident), live=False), fold(city, live=False)
    assert {one.id: one.status for one in board.units.values()} == {
        **dict.fromkeys(("F1", "F2", "P1", "P2", "M1"), "available"), "OFF": "off_duty",
    }  # fmt: skip
    assert live.units["F1"].status == "dispatched"
    assert set(board.closures) == {roads["西段"]}
    assert [one.quantity for one in board.lots.values()] == [40.0]
    assert board.incidents == {}
    assert (of(city, ident).source, of(city, ident).source_seq) == ("live", before)
    assert head(city) == before, "live has not heard of it"


def test_a_drill_may_begin_from_the_city_as_it_was(city: Services, clock: Clock) -> None:
    clock.pass_(minutes=10)
    before = clock.at
    clock.pass_(minutes=10)
    roads = lay(city)
    closures.close(city, Call(OFFICER), roads["西段"], CloseCommand(reason="塌陷"))
    command = OpenCommand(script=script(), at=before)
    given = open_drill(city, BY, command)
    assert fold(city, given["realm"]).closures == {}
    with pytest.raises(InvalidInput):
        open_drill(city, BY, OpenCommand(script=script(), at=clock.at + timedelta(hours=1)))


def test_its_clock_stands_at_the_scene_and_its_opener_sits_on_the_controllers_seat(
    city: Services, clock: Clock
) -> None:
    ident = opened(city)
    clock.pass_(hours=3)
    assert clock_of(city, ident).now(clock.at) == SCENE
    drill = of(city, ident)
    assert [(one.seat, one.name) for one in drill.seats] == [("chief", LEADER.name)]
    assert drill.status == "prepared"


def test_the_same_request_opens_one_drill(city: Services) -> None:
    call = Call(CONTROL, key="k1", request_hash="x")
    command = OpenCommand(script=script())
    assert open_drill(city, call, command) == open_drill(city, call, command)
    assert len(drill_reading.list_drills(city, CONTROL)) == 1


def test_a_drill_is_opened_by_a_script_that_ships_or_that_another_drill_had(city: Services) -> None:
    code = drill_reading.list_scripts(city, CONTROL)[0]["code"]
    given = open_drill(city, BY, OpenCommand(script_code=code))
    assert given["faults"], "the cast's city has none of its departments' plans"
    again = open_drill(city, BY, OpenCommand(script_code=given["realm"], rehearsal=True))
    assert of(city, again["drill"]).script == of(city, given["drill"]).script
    assert of(city, again["drill"]).rehearsal
    with pytest.raises(ScriptUnknown):
        open_drill(city, BY, OpenCommand(script_code="nonesuch"))


def test_only_who_may_run_drills_opens_one_and_a_town_its_own(city: Services) -> None:
    with pytest.raises(Forbidden):
        open_drill(city, Call(OFFICER), OpenCommand(script=script()))
    town = Principal("u9", "he", "leader", area=TOWN_B)
    with pytest.raises(InvalidInput):
        open_drill(city, Call(town), OpenCommand(script=script(division=TOWN_A)))
    with pytest.raises(Forbidden):
        open_drill(city, BY, OpenCommand(script=script(), source="system"))
    with pytest.raises(InvalidInput):
        open_drill(city, BY, OpenCommand(script=script(), source="elsewhere"))


# --- running --------------------------------------------------------------------------------------------


def test_a_faulty_script_is_kept_and_does_not_start(city: Services) -> None:
    ident = opened(city, inject(1, target="nobody"))
    with pytest.raises(ScriptFaulty) as refused:
        drills.start(city, BY, ident, RunCommand())
    assert [one["pointer"] for one in refused.value.params["faults"]] == ["/injects/0/target"]
    mended = drills.change_script(city, BY, ident, ScriptCommand(script=script()))
    assert mended["faults"] == []
    assert drills.start(city, BY, ident, RunCommand())["status"] == "running"


def test_the_clock_runs_pauses_and_hastens_with_the_facts_that_tell_so(city: Services, clock: Clock) -> None:
    ident = started(city, rate=10.0)
    clock.pass_(seconds=30)
    drills.pause(city, BY, ident, PauseCommand())
    clock.pass_(hours=1)
    assert clock_of(city, ident).now(clock.at) == SCENE + timedelta(minutes=5)
    drills.set_rate(city, BY, ident, RateCommand(rate=60.0))
    assert clock_of(city, ident).rate == 0.0, "of a drill that is paused, for when it goes on"
    assert drills.resume(city, BY, ident, RunCommand())["rate"] == 60.0
    clock.pass_(seconds=1)
    drills.set_rate(city, BY, ident, RateCommand(rate=1.0))
    clock.pass_(seconds=60)
    assert clock_of(city, ident).now(clock.at) == SCENE + timedelta(minutes=7)
    drills.stop(city, BY, ident, StopCommand(aborted=True, reason="真实火警"))
    clock.pass_(hours=1)
    assert clock_of(city, ident).now(clock.at) == SCENE + timedelta(minutes=7)
    told = [(wire["kind"], wire["recorded_at"] - SCENE) for wire in facts(city, realm(ident))
            if wire["kind"].startswith("Drill") or wire["kind"] == "RateSet"]  # fmt: skip
    assert told == [
        ("DrillOpened", timedelta()), ("DrillStarted", timedelta()),
        ("DrillPaused", timedelta(minutes=5)), ("RateSet", timedelta(minutes=5)),
        ("DrillResumed", timedelta(minutes=5)), ("RateSet", timedelta(minutes=6)),
        ("DrillStopped", timedelta(minutes=7)),
    ]  # fmt: skip


@pytest.mark.parametrize("rate", [0.5, 61.0, float("nan")])
def test_a_rate_is_1_to_60(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        RateCommand(rate=rate)


def test_of_two_controllers_who_pause_at_once_one_is_told_who_did(city: Services) -> None:
    ident = started(city)

    def pause(by: Principal) -> Refusal | None:
        try:
            drills.pause(city, Call(by), ident, PauseCommand())
        except Refusal as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(2) as pool:
        refused = [one for one in pool.map(pause, (LEADER, SECOND)) if one]
    assert [type(one) for one in refused] == [DrillMoveNotAllowed]
    assert refused[0].params["by"] in (LEADER.name, SECOND.name)
    assert kinds(city, realm(ident)).count("DrillPaused") == 1


def test_who_acts_upon_what_has_changed_since_is_told_what_it_is_now(city: Services) -> None:
    ident = started(city)
    seen = of(city, ident).version
    drills.set_rate(city, BY, ident, RateCommand(rate=5.0))
    with pytest.raises(StaleVersion) as refused:
        drills.pause(city, Call(SECOND, if_match=seen), ident, PauseCommand())
    assert refused.value.params["newer"]["properties"]["rate"] == 5.0


def test_players_turn_nothing(city: Services) -> None:
    ident = started(city)
    sit(city, ident, "desk", PLAYER)
    for turn in (
        lambda: drills.pause(city, Call(PLAYER), ident, PauseCommand()),
        lambda: drills.stop(city, Call(PLAYER), ident, StopCommand()),
        lambda: drills.change_script(city, Call(PLAYER), ident, ScriptCommand(script=script())),
    ):
        with pytest.raises(Forbidden):
            turn()
    with pytest.raises(NotFound):
        drills.realm_of("live")


# --- who knows what -------------------------------------------------------------------------------------


def test_players_are_told_what_has_come_to_them_and_nothing_of_what_will(city: Services) -> None:
    ident = started(city, inject(1, message("电话：要求汇报"), at_min=1), inject(2))
    sit(city, ident, "desk", PLAYER)
    jump(city, ident, 61)
    seen = drill_reading.read_drill(city, PLAYER, ident)
    assert [one["text"] for one in seen["messages"]] == ["电话：要求汇报"]
    assert not {"script", "injects", "next", "indicators"} & set(seen)
    assert "情况 2" not in str(seen)
    page = reading.events(city, PLAYER, realm(ident), 0, 1000)
    assert "情况 2" not in str(page.seen)
    assert page.last == head(city, realm(ident))
    assert "DrillOpened" in {one["kind"] for one in reading.events(city, CONTROL, realm(ident), 0, 9).seen}


def test_who_controls_sees_what_is_next_what_came_and_what_is_late(city: Services, clock: Clock) -> None:
    ident = started(city)
    jump(city, ident, 61)
    seen = drill_reading.read_drill(city, CONTROL, ident)
    assert [(one["number"], one["state"]) for one in seen["injects"]] == [
        (1, "delivered"), (2, "waiting"), (3, "waiting"), (4, "waiting"),
    ]  # fmt: skip
    assert seen["next"] == 2
    assert [(one["code"], one["state"]) for one in seen["indicators"]] == [("ack1", "open")]
    clock.pass_(minutes=3)
    (late,) = drill_reading.read_drill(city, CONTROL, ident)["indicators"]
    assert (late["state"], late["at"], late["late_s"]) == ("late", None, 60)


def test_evaluators_mark_and_others_do_not(city: Services) -> None:
    ident = started(city)
    with pytest.raises(Forbidden):
        drills.mark(city, Call(JUDGE), ident, MarkCommand(about="1", mark=4))
    accounts.add_user(city, SYSTEM, "qian", "officer")
    sit(city, ident, "judge", CONTROL, person="qian")
    (taken,) = [one for one in of(city, ident).seats if one.seat == "judge"]
    drills.mark(
        city, Call(replace(JUDGE, id=taken.person)), ident, MarkCommand(about="ack", mark=4, text="及时")
    )
    with pytest.raises(NotFound):
        sit(city, ident, "desk", CONTROL, person="nobody")
    with pytest.raises(InvalidInput):
        drills.mark(city, BY, ident, MarkCommand(about="99", mark=4))
    with pytest.raises(InvalidInput):
        drills.mark(city, BY, ident, MarkCommand(about="ack", mark=4, at_seq=10_000))
    assert of(city, ident).marks == 1


# --- when the server was away -----------------------------------------------------------------------------


def test_a_drill_that_ran_at_60_when_its_server_died_stands_where_it_stood(
    city: Services, clock: Clock
) -> None:
    ident = started(city, rate=60.0)
    clock.pass_(seconds=2.5)
    run(city, ident)
    drills.beat(city)
    clock.pass_(seconds=0.5)  # it dies here, and is away for a while
    before = kinds(city, realm(ident))
    clock.pass_(minutes=5)
    assert drills.pause_interrupted(city, clock.at) == [realm(ident)]
    run(city, ident)
    drill = of(city, ident)
    assert (drill.status, drill.why) == ("paused", "restart")
    assert clock_of(city, ident).now(clock.at) == SCENE + timedelta(minutes=2.5)
    told = facts(city, realm(ident))
    assert [wire["kind"] for wire in told][len(before) :] == ["DrillPaused"]
    assert told[-1]["recorded_at"] == SCENE + timedelta(minutes=2.5)
    assert drills.pause_interrupted(city, clock.at) == []
    drills.resume(city, BY, ident, RunCommand())
    clock.pass_(seconds=30)
    run(city, ident)
    assert sorted(of(city, ident).delivered) == [1, 2, 3, 4]
    assert kinds(city, realm(ident)).count("InjectDelivered") == 4


def test_a_drill_that_was_started_since_the_server_came_runs_on(city: Services, clock: Clock) -> None:
    came = clock.at
    ident = started(city)
    clock.pass_(seconds=1)
    assert drills.pause_interrupted(city, came) == []
    assert of(city, ident).status == "running"


def test_a_drill_that_died_before_anybody_saw_to_it_stands_at_its_last_fact(
    city: Services, clock: Clock
) -> None:
    ident = started(city, rate=60.0)
    clock.pass_(minutes=5)
    drills.pause_interrupted(city, clock.at)
    assert clock_of(city, ident).now(clock.at) == SCENE


# --- the guard row ----------------------------------------------------------------------------------------


def test_the_guard_row_is_the_fold_and_comes_back_from_the_log(city: Services) -> None:
    ident = started(city)
    follower = Follower(city, realm(ident))
    jump(city, ident, 300)
    sit(city, ident, "desk", PLAYER)
    by_hand(city, ident, 9, inject=Inject.model_validate(inject(9, message())))
    follower.compare()
    before, rows = of(city, ident), guards(city, realm(ident))
    assert fold(city, realm(ident)).drill == before
    rebuild(city, realm(ident))
    assert of(city, ident) == before
    assert guards(city, realm(ident)) == rows


def test_several_drills_and_live_run_at_once(city: Services, clock: Clock) -> None:
    one, two = started(city, rate=60.0), started(city, inject(1))
    clock.pass_(seconds=2)
    run(city, one)
    run(city, two)
    live = report(city)
    assert (len(of(city, one).delivered), len(of(city, two).delivered)) == (2, 0)
    with pytest.raises(NotFound):
        incidents.accept(city, Call(OFFICER, realm=realm(one)), live)


def test_a_script_may_change_while_it_runs_but_for_what_was_delivered(city: Services, clock: Clock) -> None:
    ident = started(city)
    jump(city, ident, 61)
    with pytest.raises(InjectDone):
        drills.change_script(city, BY, ident, ScriptCommand(script=script(inject(2), inject(3))))
    later = [*script_doc()["injects"][:1], inject(2, message(), at_min=10), inject(5, message(), at_min=1)]
    drills.change_script(city, BY, ident, ScriptCommand(script=script(*later)))
    run(city, ident)
    assert sorted(of(city, ident).delivered) == [1, 5], "what is new and was due came at once"
    jump(city, ident, 120)
    assert sorted(of(city, ident).delivered) == [1, 5], "the timer of before says nothing"
    jump(city, ident)
    assert sorted(of(city, ident).delivered) == [1, 2, 5]
