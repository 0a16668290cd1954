"""The bell of every office that has a seat: the drill was paused, is over, or live asks something of it."""

from __future__ import annotations

from actions import drill_asking, drills, notices
from actions.drill_commands import AskCommand, PauseCommand, RunCommand, StopCommand
from actions.services import Services
from actions.unit_of_work import Call
from core.permissions import Principal
from outbound.reader import Reader
from tests.drilling import CONTROL, PLAYER, of, started

BY = Call(CONTROL)


def told(city: Services, realm: str, who: Principal = PLAYER) -> list[tuple[str, str]]:
    reader = Reader(city.engine, city.zone, city.now)
    reader.read(realm)
    while reader.read(realm):
        pass
    found = notices.listed(city, who, realm)
    return [(one["fact"], one["said"]["text"]) for one in reversed(found)]


def test_every_seat_is_told_what_becomes_of_its_drill(city: Services) -> None:
    ident = started(city)
    realm = drills.realm_of(ident)
    assert told(city, realm) == []
    drill_asking.ask(city, Call(PLAYER), ident, AskCommand(about="实战 Ⅰ 级：化工厂爆炸"))
    assert of(city, ident).asked == (PLAYER.name, "实战 Ⅰ 级：化工厂爆炸")
    drills.pause(city, BY, ident, PauseCommand(why="live"))
    assert of(city, ident).asked == ()
    drills.resume(city, BY, ident, RunCommand())
    drills.stop(city, BY, ident, StopCommand(aborted=True, reason="转入实战"))
    assert told(city, realm) == [
        ("PauseAsked", "实战 Ⅰ 级：化工厂爆炸"), ("DrillPaused", ""), ("DrillStopped", "转入实战"),
    ]  # fmt: skip
    (last, *_) = notices.listed(city, PLAYER, realm)
    assert (last["alarm"], last["said"]["drill"]) == (False, ident)


def test_the_bell_of_a_drill_that_stands_or_is_over_can_be_acknowledged(city: Services) -> None:
    ident = started(city)
    realm = drills.realm_of(ident)
    drills.pause(city, BY, ident, PauseCommand())
    told(city, realm)
    heard = [acknowledged(city, realm)]
    drills.stop(city, BY, ident, StopCommand())
    told(city, realm)
    heard.append(acknowledged(city, realm))
    assert heard[0] != heard[1]


def acknowledged(city: Services, realm: str) -> int:
    """Of the last notice, once it is."""
    seq = int(notices.listed(city, PLAYER, realm)[0]["seq"])
    assert notices.acknowledge(city, Call(PLAYER, realm), [seq])["acknowledged"] == [seq]
    return seq
