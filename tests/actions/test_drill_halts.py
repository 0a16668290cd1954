"""A drill that is paused or over: what may still be done in its realm, and by whom. The database agrees."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from actions import directing, drills, incidents, sensitivity
from actions.accounts import add_token
from actions.directing_commands import SceneCommand
from actions.drill_commands import MarkCommand, PauseCommand, RunCommand, StopCommand
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call
from actions.walls import set_wall, settings_of
from core.errors_drills import DrillOver, DrillStands
from core.permissions import SYSTEM, Principal
from db.waking import due_realms
from tests.drilling import CONTROL, PLAYER, by_hand, of, started
from tests.parts import Clock, head, report_command


def report_in(city: Services, ident: str, by: Principal) -> None:
    incidents.report(city, Call(by, drills.realm_of(ident)), report_command())


def stop(city: Services, ident: str) -> None:
    drills.stop(city, Call(CONTROL), ident, StopCommand(aborted=True, reason="实战警情"))


@pytest.mark.parametrize("by", [PLAYER, CONTROL, SYSTEM], ids=lambda by: by.id)
def test_in_a_drill_that_is_over_nobody_does_anything(city: Services, by: Principal) -> None:
    ident = started(city)
    report_in(city, ident, by)
    stop(city, ident)
    before = head(city, drills.realm_of(ident))
    with pytest.raises(DrillOver) as refused:
        report_in(city, ident, by)
    assert refused.value.params == {"name": "仓库火灾演练", "by": CONTROL.name}
    assert head(city, drills.realm_of(ident)) == before


def test_a_drill_that_is_over_is_still_judged(city: Services) -> None:
    ident = started(city)
    stop(city, ident)
    given = drills.mark(city, Call(CONTROL), ident, MarkCommand(about="ack", mark=4))
    assert given["status"] == "stopped"


def test_while_a_drill_is_paused_its_players_wait_and_its_controllers_do_not(city: Services) -> None:
    ident = started(city)
    drills.pause(city, Call(CONTROL), ident, PauseCommand())
    with pytest.raises(DrillStands):
        report_in(city, ident, PLAYER)
    by_hand(city, ident, 3)
    report_in(city, ident, CONTROL)
    drills.resume(city, Call(CONTROL), ident, RunCommand())
    report_in(city, ident, PLAYER)


def test_a_drill_that_is_over_keeps_no_wall_from_visitors(city: Services) -> None:
    add_token(city, SYSTEM, "wall", "main")
    ident = started(city)
    by_hand(city, ident, 1)
    call, incident = Call(CONTROL, drills.realm_of(ident)), of(city, ident).delivered[1].incident
    sensitivity.mark(city, call, incident, "涉密")
    wanted = SceneCommand.model_validate({"scene": "incident", "incident": incident})
    directing.send(city, call, "main", wanted)
    stop(city, ident)
    set_wall(city, SYSTEM, "main", {"visitors": True})
    assert settings_of(city, "main")["visitors"]


def test_the_database_takes_nothing_more_into_a_drill_that_is_over(city: Services) -> None:
    ident = started(city)
    realm = drills.realm_of(ident)
    copy = text(
        "INSERT INTO event SELECT realm, :seq, kind, version, :subject, area, occurred_at, recorded_at,"
        " actor, seat, cause, body, prev_hash, hash FROM event"
        " WHERE realm = :realm AND kind = 'DayStarted'"
    )
    stop(city, ident)
    with city.engine.connect() as conn:
        conn.execute(copy, {"realm": realm, "seq": 10_000, "subject": realm})
        with pytest.raises(IntegrityError, match="drill_is_over"):
            conn.execute(copy, {"realm": realm, "seq": 10_001, "subject": "x"})


def test_in_a_drill_that_is_over_nothing_falls_due_but_that_its_findings_are_told(
    city: Services, clock: Clock
) -> None:
    ident = started(city, rate=60.0)
    realm = drills.realm_of(ident)
    clock.pass_(minutes=1)
    with city.engine.connect() as conn:
        assert realm in due_realms(conn, clock())
    stop(city, ident)
    before = head(city, realm)
    run_due(city, realm)
    assert head(city, realm) == before
    with city.engine.connect() as conn:
        assert realm not in due_realms(conn, clock())
