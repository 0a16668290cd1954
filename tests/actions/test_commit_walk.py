"""A walk by chance over the real database: nothing promised twice, nothing left bound to what has ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

from actions import assignments, dispatch, holds, incidents, stock, timers, units
from actions.commands import CancelCommand, DispatchCommand, ReplaceCommand
from actions.holds import HoldCommand
from actions.letting_go import Ending
from actions.services import Services
from actions.stock import MoveCommand
from actions.unit_of_work import Call
from core.errors import Refusal
from core.errors_commit import UnitHeld
from core.model import ENDED
from core.permissions import SYSTEM
from tests.cast import IN_A, IN_B, LEADER, OFFICER, SECOND_OFFICER, UNITS, unit_body
from tests.parts import Clock, Follower, guards, report, stores_with, through

WATER = "1010101"
STEPS = 150


class Walker:
    """Draws one act after the other; refusals are part of it."""

    def __init__(self, city: Services, clock: Clock, seed: int) -> None:
        self.city, self.clock, self.random = city, clock, Random(seed)
        self.lots = stores_with(city, 400, 250, 60)
        self.fleet = [f"T{n}" for n in range(12)]
        units.register(city, Call(SYSTEM), [(c, UNITS["P1"][2], unit_body(c)) for c in self.fleet])
        self.incidents: list[str] = []
        self.ended: list[str] = []
        self.links: list[str] = []
        self.holds: list[str] = []
        self.done: Counter[str] = Counter()

    @property
    def call(self) -> Call:
        return Call(self.random.choice([OFFICER, SECOND_OFFICER, LEADER]))

    def one(self, known: list[str]) -> str:
        """Mostly one of the latest."""
        return self.random.choice(known[-4:]) if known else "none"

    def case(self) -> str:
        """Mostly one that goes on."""
        return self.one(self.incidents if self.random.random() < 0.85 else self.ended)

    def codes(self) -> tuple[str, ...]:
        return tuple(self.random.sample(self.fleet, self.random.randint(1, 2)))

    def step(self) -> None:
        name = self.random.choice(sorted(ACTS))
        with suppress(Refusal):
            ACTS[name](self)
            self.done[name] += 1

    def report(self) -> None:
        self.incidents.append(report(self.city, self.random.choice([IN_A, IN_B])))

    def hold(self) -> None:
        command = HoldCommand(incident=self.case(), units=self.codes())
        self.holds.append(holds.hold(self.city, self.call, command)["id"])

    def give_up(self) -> None:
        """Only its holder may, whoever that is."""
        for by in (OFFICER, SECOND_OFFICER, LEADER):
            with suppress(UnitHeld):
                holds.give_up(self.city, Call(by), self.one(self.holds[-1:]))

    def send(self) -> None:
        water = [{"item": WATER, "quantity": self.random.randint(1, 30)}] * self.random.randint(0, 1)
        command = DispatchCommand.model_validate({"units": self.codes(), "supplies": water})
        given = dispatch.dispatch(self.city, self.call, self.case(), command)
        self.links += [one["id"] for one in given["assignments"]]

    def advance(self) -> None:
        verb = self.random.choice(["ack", "arrive", "arrive", "release", "decline"])
        assignments.advance(self.city, self.call, self.one(self.links), verb, "原因")  # type: ignore[arg-type]

    def replace(self) -> None:
        command = ReplaceCommand(unit=self.codes()[0], reason="爆胎")
        given = dispatch.replace(self.city, self.call, self.one(self.links), command)
        self.links.append(given["assignment"]["id"])

    def cancel(self) -> None:
        dispatch.cancel(self.city, self.call, self.case(), CancelCommand(reason="误报"))

    def goods(self) -> None:
        act = self.random.choice([stock.reserve, stock.release, stock.issue, stock.take_back, stock.consume])
        command = MoveCommand(quantity=self.random.randint(1, 20), incident=self.case())
        act(self.city, self.call, self.random.choice(self.lots), command)

    def go_on(self) -> None:
        verb = self.random.choice(["accept", "handle", "reply", "verify"])
        through(self.city, self.case(), verb)

    def end(self) -> None:
        settle = self.random.choice(["returned", "consumed", None])
        ending = Ending(self.random.random() < 0.7, settle)  # type: ignore[arg-type]
        ident = self.case()
        ends: list[Callable[[], Any]] = [
            lambda: incidents.close(self.city, self.call, ident, ending),
            lambda: incidents.reject(self.city, self.call, ident, "重复", ending),
            lambda: incidents.merge(self.city, self.call, ident, self.case(), ending),
        ]
        self.random.choice(ends)()
        self.over(ident)

    def over(self, ident: str) -> None:
        if ident in self.incidents:
            self.incidents.remove(ident)
            self.ended.append(ident)

    def whole_way(self) -> None:
        """An incident to its end, so that walks get somewhere."""
        ident = self.case()
        for verb in ("accept", "handle", "reply", "verify"):
            with suppress(Refusal):
                through(self.city, ident, verb)
        incidents.close(self.city, self.call, ident, Ending(True, "returned"))
        self.over(ident)

    def wait(self) -> None:
        self.clock.pass_(seconds=self.random.choice([5, 30, 70]))
        timers.run_due(self.city, "live")


ACTS: dict[str, Callable[[Walker], None]] = {
    "report": Walker.report, "hold": Walker.hold, "give_up": Walker.give_up, "send": Walker.send,
    "send more": Walker.send, "advance": Walker.advance, "replace": Walker.replace, "cancel": Walker.cancel,
    "goods": Walker.goods, "go_on": Walker.go_on, "end": Walker.end, "whole_way": Walker.whole_way,
    "wait": Walker.wait,
}  # fmt: skip


def test_nothing_is_promised_twice_and_nothing_stays_bound_to_what_has_ended(
    city: Services, clock: Clock
) -> None:
    walker = Walker(city, clock, seed=7)
    walker.report()
    follower = Follower(city)
    for n in range(STEPS):
        walker.step()
        if n % 10 == 0:
            check(city)
    check(city)
    follower.compare()
    assert len(walker.done) >= len(ACTS) - 1, walker.done


def check(city: Services) -> None:
    rows: Any = guards(city)
    ended = {ident for ident, one in rows["incidents"].items() if one.status in ENDED}
    active = [link for link in rows["assignments"].values() if link.ended_at is None]
    assert len({link.unit for link in active}) == len(active)
    for unit in rows["units"].values():
        assert not (unit.hold and unit.assignment)
        assert unit.incident not in ended
        assert unit.hold is None or unit.hold.incident not in ended
    for lot in rows["lots"].values():
        assert lot.free >= 0
        assert not ended & set(lot.bound)
        assert sum(part.quantity for part in lot.out) <= lot.issued + 1e-9
