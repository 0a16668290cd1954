"""Real crews in a drill: marked in live, not sent meanwhile, called back in one act, free at its end."""

from __future__ import annotations

import pytest

from actions import crews, drill_crews, drill_reading, drills
from actions.advice import advise
from actions.drill_commands import CrewsCommand, StopCommand
from actions.field import DutyCommand, set_duty
from actions.rebuild import rebuild
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import Forbidden, InvalidInput, UnitBusy, UnitOffDuty
from core.errors_drills import DrillMoveNotAllowed, UnitInDrill, UnitNotInDrill
from core.model import Unit
from tests.cast import LEADER, OFFICER
from tests.drilling import CONTROL, of, opened, started
from tests.parts import Follower, fold, kinds, report, send

LIVE = Call(LEADER)


def lend(city: Services, ident: str, *units: str) -> None:
    drill_crews.lend(city, LIVE, ident, CrewsCommand(units=units))


def unit(city: Services, ident: str, realm: str = "live") -> Unit:
    return fold(city, realm).units[ident]


def stop(city: Services, ident: str) -> None:
    drills.stop(city, Call(CONTROL), ident, StopCommand())


def test_a_crew_in_a_drill_is_shown_so_and_not_sent_until_it_is_called_back(city: Services) -> None:
    ident, incident = started(city, form="field"), report(city)
    lend(city, ident, "F1")
    shown = unit(city, "F1")
    assert (shown.status, shown.drill_name) == ("in_drill", "仓库火灾演练")
    with pytest.raises(UnitInDrill) as refused:
        send(city, incident, "F1")
    assert refused.value.params["drill"] == "仓库火灾演练"
    drill_crews.recall(city, Call(OFFICER), "F1")
    assert unit(city, "F1").status == "available"
    send(city, incident, "F1")
    assert of(city, ident).recalled == (shown.name,)
    Follower(city).compare()
    Follower(city, drills.realm_of(ident)).compare()
    rebuild(city, "live")
    Follower(city).compare()


def test_nobody_is_advised_to_send_a_crew_that_is_in_a_drill(city: Services) -> None:
    ident, incident = started(city, form="field"), report(city)
    lend(city, ident, "F1")
    offered = {row["unit"] for row in advise(city, OFFICER, "live", incident)["units"]}
    assert "F1" not in offered


def test_the_copy_of_a_crew_in_its_drill_is_free(city: Services) -> None:
    first = started(city, form="field")
    lend(city, first, "F1")
    second = opened(city)
    assert {unit(city, "F1", drills.realm_of(one)).status for one in (first, second)} == {"available"}


def test_all_are_free_again_when_the_drill_ends(city: Services) -> None:
    ident, other = started(city, form="field"), started(city, form="field")
    lend(city, ident, "F1", "F2", "F1")
    assert kinds(city).count("CrewLent") == 2, "nobody twice"
    lend(city, other, "P1")
    stop(city, ident)
    assert [unit(city, one).status for one in ("F1", "F2", "P1")] == ["available", "available", "in_drill"]
    assert crews.release(city, drills.realm_of(ident)) == 0
    assert kinds(city).count("CrewReturned") == 2


def test_what_the_server_left_undone_when_it_died_is_done_when_it_comes_back(
    city: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = started(city, form="field")
    lend(city, ident, "F1")
    with monkeypatch.context() as dying:
        dying.setattr(crews, "release", lambda *_: 0)
        stop(city, ident)
    assert unit(city, "F1").status == "in_drill"
    crews.release_ended(city)
    assert unit(city, "F1").status == "available"


def test_who_goes_off_duty_is_in_no_drill_any_more(city: Services) -> None:
    ident = started(city, form="field")
    lend(city, ident, "F1")
    for on_duty in (False, True):
        set_duty(city, Call(OFFICER), "F1", DutyCommand(on_duty=on_duty))
    assert (unit(city, "F1").status, unit(city, "F1").drill) == ("available", "")


def test_only_a_leader_of_live_lends_free_crews_to_a_drill_in_the_field_that_is_not_over(
    city: Services,
) -> None:
    ident, table = started(city, form="field"), started(city)
    send(city, report(city), "F1")
    command = CrewsCommand(units=("F2",))
    with pytest.raises(Forbidden):
        drill_crews.lend(city, Call(OFFICER), ident, command)
    with pytest.raises(InvalidInput):
        lend(city, table, "F2")
    with pytest.raises(UnitBusy):
        lend(city, ident, "F2", "F1")
    with pytest.raises(UnitOffDuty):
        lend(city, ident, "OFF")
    with pytest.raises(UnitNotInDrill):
        drill_crews.recall(city, Call(OFFICER), "F2")
    assert unit(city, "F2").status == "available"
    stop(city, ident)
    with pytest.raises(DrillMoveNotAllowed):
        lend(city, ident, "F2")


def test_whoever_controls_reads_which_crews_take_part(city: Services) -> None:
    ident = started(city, form="field")
    lend(city, ident, "F1")
    told = drill_reading.read_drill(city, CONTROL, ident)
    assert [one["id"] for one in told["crews"]] == ["F1"]
