"""Guard tables equal the fold at every position, along walks through the verbs by chance."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from actions import assignments, incidents, stock, timers, units
from actions.commands import AmendCommand
from actions.rebuild import rebuild, rebuild_outdated
from actions.services import Services
from actions.stock import CountCommand, MoveCommand, ReceiveCommand, TransferCommand
from actions.unit_of_work import Call
from core.errors import Refusal
from core.permissions import SYSTEM
from db import log
from tests.cast import AREA_A, AREA_B, IN_A, IN_B, LEADER, OFFICER, UNITS, unit_body
from tests.parts import Clock, Follower, elsewhere, fold, guards, head, report, send, stores_with

STEPS = 110


class Wanderer:
    """Does something by chance, allowed or not."""

    def __init__(self, city: Services, clock: Clock, seed: int) -> None:
        self.city, self.clock = city, clock
        self.chance = random.Random(seed)
        self.incidents: list[str] = []
        self.assignments: list[str] = []
        self.done = 0

    def step(self) -> None:
        self.clock.pass_(seconds=self.chance.choice([1, 30, 90, 4000, 50_000]))
        acts = [self.report, self.dispatch, self.dispatch, *[self.advance] * 3, *[self.act] * 5, self.unit]
        with suppress(Refusal):
            self.chance.choice([*acts, *[self.stock] * 3, self.time])()
            self.done += 1

    def report(self) -> None:
        self.incidents.append(report(self.city, self.chance.choice([IN_A, IN_B]), by=LEADER))

    def dispatch(self) -> None:
        codes = self.chance.sample(sorted(UNITS), self.chance.choice([1, 1, 2, 3]))
        self.assignments += send(self.city, self.chance.choice(self.incidents), *codes, by=LEADER)

    def advance(self) -> None:
        verb: Any = self.chance.choice(["ack", "enroute", "arrive", "release", "decline"])
        if self.assignments:
            ident = self.chance.choice(self.assignments[-4:])
            assignments.advance(self.city, Call(LEADER), ident, verb, "原因")

    def act(self) -> None:
        city, call, ident = self.city, Call(LEADER), self.chance.choice(self.incidents[-3:])
        where = elsewhere(self.chance.choice([IN_A, IN_B]))
        acts = [
            lambda: incidents.accept(city, call, ident),
            lambda: incidents.reject(city, call, ident, "重复"),
            lambda: incidents.amend(city, call, ident, AmendCommand(severity=self.chance.randint(1, 4))),
            lambda: incidents.relocate(city, call, ident, where, None),
            lambda: incidents.note(city, call, ident, "备注"),
            lambda: incidents.handle(city, call, ident, None),
            lambda: incidents.reply(city, call, ident, "已处理"),
            lambda: incidents.verify(city, call, ident, None),
            lambda: incidents.close(city, call, ident),
            lambda: incidents.reopen(city, call, ident, "复燃"),
        ]
        self.chance.choice(acts)()

    def unit(self) -> None:
        code = self.chance.choice(sorted(UNITS))
        body = unit_body(code, area=self.chance.choice([AREA_A, AREA_B]), on_duty=self.chance.random() < 0.8)
        units.register(self.city, Call(SYSTEM), [(code, body.area, body)])

    def stock(self) -> None:
        lots = sorted(guards(self.city)["lots"])
        call, lot = Call(LEADER), self.chance.choice([*lots, "none"])
        much, who = self.chance.choice([0.1, 5, 30, 90]), self.chance.choice([None, *self.incidents[-2:]])
        move, days = MoveCommand(quantity=much, incident=who), self.chance.choice([None, 3, 120])
        expiry = days and self.clock().date() + timedelta(days=days)
        acts: list[Any] = [
            lambda: stock.receive(
                self.city,
                call,
                "S1",
                ReceiveCommand(item="1010101", quantity=much, expiry=expiry, minimum=20),
            ),
            lambda: stock.reserve(self.city, call, lot, move),
            lambda: stock.release(self.city, call, lot, move),
            lambda: stock.issue(self.city, call, lot, move),
            lambda: stock.take_back(self.city, call, lot, move),
            lambda: stock.count(self.city, call, lot, CountCommand(quantity=much, reason="盘点")),
            lambda: stock.transfer(self.city, call, "S1", TransferCommand(lot=lot, to="S2", quantity=much)),
        ]
        self.chance.choice(acts)()

    def time(self) -> None:
        self.clock.pass_(hours=self.chance.choice([1, 30]))
        timers.run_due(self.city, "live")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_every_verb_each_guard_row_is_the_fold(city: Services, clock: Clock, seed: int) -> None:
    wanderer, follower = Wanderer(city, clock, seed), Follower(city)
    stores_with(city, 50, 50)
    wanderer.report()
    for _ in range(STEPS):
        wanderer.step()
        follower.compare()
    assert wanderer.done > STEPS / 3
    assert {i.id for i in fold(city).incidents.values()} <= set(wanderer.incidents)
    with city.engine.connect() as conn:
        assert log.verify(conn, "live").ok
    before = guards(city)
    rebuild(city, "live")
    assert guards(city) == before
    assert head(city) == follower.board.seq


def test_rows_of_an_older_fold_are_written_again_once(city: Services) -> None:
    """As `up` does over the data of an older version."""
    incidents.accept(city, Call(OFFICER), report(city))
    before = guards(city)
    assert rebuild_outdated(city)["live"] > 0
    with city.engine.begin() as conn:
        conn.execute(text("UPDATE incident SET doc = doc - 'hands'"))
    assert rebuild_outdated(city) == {}
    assert guards(city) != before
    with city.engine.begin() as conn:
        conn.execute(text("UPDATE setting SET value = '2' WHERE key = 'guard rows'"))
    assert rebuild_outdated(city)["live"] > 0
    assert guards(city) == before
