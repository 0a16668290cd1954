"""The end of a response lets go of what it sent itself, and of nothing that somebody did by hand."""

from __future__ import annotations

from actions import assignments, linkage, stock, warnings
from actions.linkage_commands import EndCommand, LevelCommand
from actions.services import Services
from actions.stock import MoveCommand
from actions.unit_of_work import Call
from actions.warnings import UpdateCommand
from tests.actions.means import PARTS, click, furnish, in_force
from tests.cast import LEADER, OFFICER
from tests.parts import Follower, fold, guards, report, send

DESK = Call(OFFICER)


def test_a_unit_that_came_back_and_was_sent_again_by_hand_stays(city: Services) -> None:
    furnish(city)
    in_force(city)
    incident = report(city)
    ident = click(city, incident)["linkage"]
    [link] = [one for one in fold(city).links.values() if one.unit == "R1"]
    assignments.advance(city, DESK, link.id, "release")
    send(city, incident, "R1")
    linkage.end(city, Call(LEADER), ident, EndCommand(reason="险情解除"))
    assert [unit.id for unit in fold(city).units.values() if unit.assignment] == ["R1"]
    Follower(city).compare()


def test_what_was_reserved_by_hand_stays_also_where_the_responses_own_has_gone_out(city: Services) -> None:
    [lot] = furnish(city, (200.0,))
    in_force(city)
    incident = report(city)
    ident = click(city, incident)["linkage"]
    stock.issue(city, DESK, lot, MoveCommand(quantity=150, incident=incident))
    stock.consume(city, DESK, lot, MoveCommand(quantity=150, incident=incident))
    stock.reserve(city, DESK, lot, MoveCommand(quantity=20, incident=incident))
    linkage.end(city, Call(LEADER), ident, EndCommand(reason="险情解除"))
    held = guards(city)["lots"][lot]
    assert held.held_for(incident) == 20  # type: ignore[union-attr]


def test_warnings_follow_the_level_of_the_response(city: Services) -> None:
    furnish(city)
    [broadcast] = PARTS["broadcasts"]
    graver = {**broadcast, "code": "flee", "from_level": 2}
    in_force(city, broadcasts=[broadcast, graver])
    ident = click(city, report(city))["linkage"]

    def standing() -> dict[str, tuple[int, int]]:
        return {one.code: (one.bulletin.level, one.bulletin.number) for one in fold(city).alerts.values()}

    def to(level: int) -> None:
        linkage.change_level(city, Call(LEADER), ident, LevelCommand(level=level, reason="研判"))

    assert standing() == {"say": (2, 1), "flee": (2, 1)}
    to(4)
    assert standing() == {"say": (4, 2)}
    to(2)
    assert standing() == {"say": (2, 3), "flee": (2, 1)}
    Follower(city).compare()


def test_a_warning_whose_level_was_set_by_hand_keeps_it(city: Services) -> None:
    furnish(city)
    in_force(city)
    ident = click(city, report(city))["linkage"]
    [alert] = fold(city).alerts.values()
    warnings.update(city, Call(LEADER), alert.id, UpdateCommand(level=1))
    linkage.change_level(city, Call(LEADER), ident, LevelCommand(level=4, reason="研判"))
    assert [one.bulletin.level for one in fold(city).alerts.values()] == [1]
