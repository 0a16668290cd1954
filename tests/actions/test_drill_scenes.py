"""A drill on the map: its first incident, its height and its end, on one ground."""

from __future__ import annotations

import pytest

from actions import assignments
from actions.commands import DispatchCommand
from actions.dispatch import dispatch
from actions.drill_commands import InjectCommand, StopCommand
from actions.drill_injects import inject
from actions.drill_reports import read_report
from actions.drill_scenes import Scene, scenes
from actions.drills import stop
from actions.services import Services
from tests.actions.test_drill_reports import BY, opened
from tests.cast import LEADER
from tests.parts import Clock


def pictured(city: Services, ident: str) -> list[Scene]:
    return scenes(city, LEADER, ident, read_report(city, LEADER, ident))


def test_the_pictures_of_a_drill_show_what_went_on_then(city: Services, clock: Clock) -> None:
    ident, player = opened(city)
    assert pictured(city, ident) == [], "nothing was reported yet"
    made = inject(city, BY, ident, InjectCommand(number=1))["incident"]
    clock.pass_(minutes=1)
    sent = dispatch(city, player, made, DispatchCommand(units=("F1", "P1")))["assignments"]
    first, second = (one["id"] for one in sent)
    clock.pass_(minutes=1)
    assignments.advance(city, player, first, "arrive", None)
    assignments.advance(city, player, second, "release", None)
    stop(city, BY, ident, StopCommand())
    begin, peak, end = pictured(city, ident)
    assert [(one.name, one.incidents, one.there, one.coming) for one in (begin, peak, end)] == [
        ("begin", 1, 0, 0), ("peak", 1, 0, 2), ("end", 1, 1, 0),
    ]  # fmt: skip
    assert begin.around == peak.around == end.around, "on one ground"
    (fire,) = begin.marks
    assert (fire.level, fire.name, fire.there) == (2, "1", True)
    assert fire.at == pytest.approx((0, 0), abs=0.01), "what there is to show lies in the middle"
    assert [one.there for one in end.marks] == [True, True]
