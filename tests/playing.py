"""The shipped drills, played by machines alone on the ground of the demo city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from actions import drills
from actions.drill_commands import OpenCommand, RunCommand, StopCommand
from actions.drill_opening import open_drill
from actions.services import Services
from actions.timers import BATCH, run_due
from actions.unit_of_work import Call
from core.drill_score import Measured, Score, score
from core.drill_script import Script
from core.envelope import Event
from db import log
from db.drills import shipped_scripts
from tests.drilling import CONTROL, of
from tests.parts import Clock, facts

EVERY_S = 30.0
"""Of the realm: between two looks of who fires timers, as at 60×."""


@dataclass(frozen=True)
class Played:
    """A drill that is over, its facts and what they are worth."""

    ident: str
    events: list[Event]
    score: Score

    @property
    def measured(self) -> Mapping[str, Measured]:
        return {one.indicator.code: one for one in self.score.indicators}

    def states(self) -> dict[str, str]:
        return {code: one.state for code, one in self.measured.items()}


def slowed(code: str, **delays: float) -> Script:
    """A shipped script whose seats are so many seconds late."""
    shipped = shipped_scripts()[code]
    seats = tuple(one.model_copy(update={"delay_s": delays.get(one.code, 0.0)}) for one in shipped.seats)
    return shipped.model_copy(update={"seats": seats})


def begin(city: Services, script: Script, rate: float = 1.0) -> str:
    """A drill of a script, started; its id."""
    ident = str(open_drill(city, Call(CONTROL), OpenCommand(script=script))["drill"])
    drills.start(city, Call(CONTROL), ident, RunCommand(rate=rate))
    return ident


def pass_time(city: Services, clock: Clock, ident: str, minutes: float, every_s: float = EVERY_S) -> None:
    """Let the realm's time pass, at the pace of real time, and all fall due that does."""
    for _ in range(round(minutes * 60 / every_s)):
        clock.pass_(seconds=every_s)
        while run_due(city, drills.realm_of(ident)) >= BATCH:
            pass


def play(city: Services, clock: Clock, script: Script) -> Played:
    """From the start to the script's last minute."""
    ident = begin(city, script)
    pass_time(city, clock, ident, script.minutes)
    drills.stop(city, Call(CONTROL), ident, StopCommand())
    return scored(city, ident, script)


def scored(city: Services, ident: str, script: Script) -> Played:
    stopped: datetime = of(city, ident).since
    events = [log.to_event(wire) for wire in facts(city, drills.realm_of(ident))]
    return Played(ident, events, score(script, events, stopped))
