"""A script is edited while others look on: nobody writes over what they have not seen."""

from __future__ import annotations

import pytest

from actions import drills
from actions.drill_commands import ScriptCommand, StopCommand
from actions.drill_editing import open_script, save_script, saved_by, standing
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import Forbidden, StaleVersion
from core.errors_drills import InjectDone
from tests.cast import LEADER
from tests.drilling import CONTROL, INJECTS, PLAYER, inject, jump, opened, script, sit, started

OTHER = LEADER


def moved(minute: float) -> list[dict[str, object]]:
    return [*INJECTS[:3], inject(4, dict(INJECTS[3]["act"]), at_min=minute)]


def test_a_script_is_saved_over_what_was_seen(city: Services) -> None:
    ident = opened(city)
    seen = open_script(city, CONTROL, ident)
    save_script(city, Call(CONTROL), ident, script(*moved(9)), (seen.mark, seen.version))
    now = open_script(city, CONTROL, ident)
    assert (now.script.injects[3].at_min, now.edits, now.mark == seen.mark) == (9, True, False)
    assert saved_by(city, CONTROL, ident) == CONTROL.name


def test_that_somebody_sat_down_is_no_conflict_and_another_script_is(city: Services) -> None:
    ident = opened(city)
    seen = open_script(city, CONTROL, ident)
    sit(city, ident, "desk", PLAYER)
    save_script(city, Call(CONTROL), ident, script(*moved(9)), (seen.mark, seen.version))
    with pytest.raises(StaleVersion):
        save_script(city, Call(OTHER), ident, script(*moved(12)), (seen.mark, seen.version))
    save_script(city, Call(OTHER), ident, script(*moved(12)), None)
    assert open_script(city, CONTROL, ident).script.injects[3].at_min == 12


def test_who_plays_reads_no_script_before_the_end_and_changes_none(city: Services) -> None:
    ident = opened(city)
    sit(city, ident, "desk", PLAYER)
    with pytest.raises(Forbidden):
        open_script(city, PLAYER, ident)
    with pytest.raises(Forbidden):
        save_script(city, Call(PLAYER), ident, script(*moved(9)), None)
    assert standing(city, PLAYER, ident) == {"mark": "", "edits": False}
    drills.stop(city, Call(CONTROL), ident, StopCommand())
    assert standing(city, PLAYER, ident)["mark"]
    assert not open_script(city, PLAYER, ident).edits


def test_what_was_delivered_is_told_and_stays(city: Services) -> None:
    ident = started(city)
    jump(city, ident, 150)
    seen = open_script(city, CONTROL, ident)
    assert seen.done == {1, 2}
    changed = script(inject(1, at_min=0.5), *INJECTS[1:])
    with pytest.raises(InjectDone):
        drills.change_script(city, Call(CONTROL), ident, ScriptCommand(script=changed))
