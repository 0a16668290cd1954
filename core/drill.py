"""演练 on the board of its realm, and the decisions about it: what stands, who may turn it, what falls due.

Pure. A drill's realm is named `drill:ID`; the drill stands on no other board. Times are on the realm's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import core.events_drills as e
from core.drill_script import Fact, Inject, Message, Script
from core.envelope import Body, Draft
from core.errors import Forbidden
from core.errors_drills import (
    DrillMoveNotAllowed,
    DrillOver,
    DrillStands,
    InjectDone,
    InjectUnknown,
    SeatOccupied,
    SeatUnknown,
)
from core.permissions import Principal, may, prefixes

PREFIX = "drill:"
RATES = (1.0, 60.0)
LOOK = timedelta(seconds=10)
"""How often it is asked whether a fact that an inject waits for has come about."""
Status = Literal["prepared", "running", "paused", "stopped"]
_GOING: frozenset[Status] = frozenset({"running", "paused"})
_NOT_OVER: frozenset[Status] = _GOING | {"prepared"}
_OPEN = ("player", "observer")
"""Roles that anybody may take."""
MOVES: Mapping[str, frozenset[Status]] = {
    "start": frozenset({"prepared"}),
    "pause": frozenset({"running"}),
    "ask": frozenset({"running"}),
    "crews": _NOT_OVER,
    "resume": frozenset({"paused"}),
    "rate": _NOT_OVER,
    "jump": _GOING,
    "inject": _GOING,
    "stop": _NOT_OVER,
    "script": _NOT_OVER,
    "seat": _NOT_OVER,
    "mark": _GOING | {"stopped"},
}
"""What may be done to a drill, and while it is how."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A seat that a person sits on: the account's id and name."""

    seat: str
    person: str
    name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an inject; `reason` is the code of the refusal that met it, "" = it was delivered.
    `incident` is the one it is about, `made` what it made (core.events_drills.InjectDelivered)."""

    number: int
    at: datetime
    by_hand: bool
    made: str = ""
    incident: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Drill:
    """The drill of a realm; `id` is the realm's name. `since`, `by` and `why`: from when it has its status,
    by whom, and what for. `speed` is how fast the clock runs whenever it runs; `opener` the id of who opened
    it."""

    id: str
    version: int
    script: Script
    script_code: str
    source: str
    source_seq: int
    rehearsal: bool
    opened_at: datetime
    since: datetime
    by: str
    status: Status = "prepared"
    why: str = ""
    speed: float = 1.0
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    aborted: bool = False
    seats: tuple[Taken, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    marks: int = 0
    """How often evaluators have marked something."""
    recalled: tuple[str, ...] = ()
    """Names of the real crews that were called back to live."""
    asked: tuple[str, ...] = ()
    """Who asked last that it be paused, and for what; () = nobody since it last was."""

    @property
    def area(self) -> str:
        """The division that exercises. Everybody in the realm sees the drill all the same."""
        return self.script.division

    @property
    def offices(self) -> None:
        return None

    @property
    def rate(self) -> float:
        """Of the realm's clock; 0 while it stands."""
        return self.speed if self.status == "running" else 0.0

    @property
    def delivered(self) -> dict[int, Outcome]:
        return {one.number: one for one in self.outcomes if not one.reason}

    @property
    def failed(self) -> dict[int, Outcome]:
        return {one.number: one for one in self.outcomes if one.reason}

    def waiting(self) -> list[Inject]:
        """The injects that were not delivered and did not fail, in the script's order."""
        over = {one.number for one in self.outcomes}
        return [one for one in self.script.injects if one.number not in over]

    def sits(self, person: str) -> frozenset[str]:
        """The roles that a person has by the seats they took."""
        held = {taken.seat for taken in self.seats if taken.person == person}
        return frozenset(seat.role for seat in self.script.seats if seat.code in held)

    def about(self, inject: Inject) -> str:
        """The incident that an inject is about, "" = none, or not reported yet."""
        number = self.script.incident_of(inject.number)
        made = self.delivered.get(number) if number else None
        return made.incident if made else ""

    def fact(self, body: Body, at: datetime) -> Draft:
        return Draft(body, self.id, self.area, at)


def is_drill(realm: str) -> bool:
    return realm.startswith(PREFIX)


# --- who ------------------------------------------------------------------------------------------------


def controls(drill: Drill, by: Principal) -> bool:
    """导调: whoever sits on a controller's seat, and whoever may run drills where this one is and plays none
    of its other parts."""
    roles = drill.sits(by.id)
    leads = may(by, "drill") and by.area in prefixes(drill.area)
    return "controller" in roles or (not roles and leads)


def knows_script(drill: Drill, by: Principal) -> bool:
    """Whether somebody may read what is still to come: controllers and evaluators; when all is over, all."""
    return drill.status == "stopped" or controls(drill, by) or "evaluator" in drill.sits(by.id)


def check_controls(drill: Drill, by: Principal) -> None:
    """Raises Forbidden."""
    if not controls(drill, by):
        raise Forbidden(verb="drill", role=by.role)


def check(drill: Drill, verb: str) -> None:
    """Raises DrillMoveNotAllowed, saying who brought it into the state it is in."""
    if drill.status not in MOVES[verb]:
        moves = [one for one, states in MOVES.items() if drill.status in states]
        raise DrillMoveNotAllowed(drill_status=drill.status, by=drill.by, moves=moves)


def check_act(drill: Drill, by: Principal) -> None:
    """Whether anything may be done in its realm besides its own verbs: nothing when it is over. While it is
    paused its clock stands, and whoever acted would gain time: players wait for the controllers.

    Raises DrillOver, DrillStands.
    """
    if drill.status == "stopped":
        raise DrillOver(name=drill.script.name, by=drill.by)
    if drill.status == "paused" and by.kind != "system" and not controls(drill, by):
        raise DrillStands(name=drill.script.name, by=drill.by)


# --- what is done ---------------------------------------------------------------------------------------


def take_seat(drill: Drill, by: Principal, seat: str, person: str, name: str) -> list[Body]:
    """入席 of a person, or with `person` "" 离席. Seats of controllers and evaluators are given by who
    controls; whoever plays or looks on sits down, and everybody gets up, alone. Walls and other systems,
    which may only read, do not.

    Raises SeatUnknown, SeatOccupied, Forbidden.
    """
    known = drill.script.seat(seat)
    if known is None:
        raise SeatUnknown(seat=seat)
    held = next((one for one in drill.seats if one.seat == seat), None)
    now = held.person if held else ""
    if not controls(drill, by):
        own = by.kind == "user" and by.id == (person or now)
        if not own or (person and known.role not in _OPEN):
            raise Forbidden(verb="drill", role=by.role)
        if held and now != by.id:
            raise SeatOccupied(seat=known.name, name=held.name)
    return [] if now == person else [e.SeatTaken(seat=seat, person=person, name=name if person else "")]


def change_script(drill: Drill, script: Script) -> list[Body]:
    """Another script. After the start what came of an inject stays in it as it was. Raises InjectDone naming
    one that was delivered and differs."""
    for number in drill.delivered:
        if script.inject(number) != drill.script.inject(number):
            raise InjectDone(number=number)
    return [] if script == drill.script else [e.ScriptChanged(script=script)]


def pick(drill: Drill, number: int) -> Inject:
    """An inject to be delivered now; one that failed may be tried again. Raises InjectUnknown, InjectDone."""
    found = drill.script.inject(number)
    if found is None:
        raise InjectUnknown(number=number)
    if number in drill.delivered:
        raise InjectDone(number=number)
    return found


# --- what falls due -------------------------------------------------------------------------------------


def marks(drill: Drill) -> dict[int, datetime]:
    """Number → when an inject that waits is looked at: when it is due, or from when on its fact may come
    about. Those that wait for another inject, or for the start, have none."""
    if drill.started_at is None or drill.status == "stopped":
        return {}
    found = {one.number: _mark(drill, one) for one in drill.waiting()}
    return {number: at for number, at in found.items() if at}


def _mark(drill: Drill, inject: Inject) -> datetime | None:
    if inject.when is None:
        return _minute(drill, inject.at_min)
    came = drill.delivered.get(inject.when.inject)
    if came is None:
        return _minute(drill, inject.when.latest_min)
    return came.at if inject.when.fact else came.at + timedelta(minutes=inject.when.after_min)


def _minute(drill: Drill, minute: float | None) -> datetime | None:
    if minute is None or drill.started_at is None:
        return None
    return drill.started_at + timedelta(minutes=minute)


def waits_for(drill: Drill, inject: Inject) -> tuple[str, Fact] | None:
    """(incident, fact) that it waits for; None where it waits for no fact, or not yet."""
    when = inject.when
    came = drill.delivered.get(when.inject) if when else None
    return (came.incident, when.fact) if when and when.fact and came and came.incident else None


def due_at(drill: Drill, inject: Inject, happened: datetime | None) -> datetime | None:
    """When an inject is due, its fact having `happened` then; None while nobody can say."""
    when = inject.when
    if when is None or when.fact is None or when.inject not in drill.delivered:
        return _mark(drill, inject)
    after = timedelta(minutes=when.after_min)
    latest = _minute(drill, when.latest_min)
    found = [at for at in (happened and happened + after, latest) if at]
    return min(found) if found else None


def messages_to(drill: Drill, person: str) -> list[tuple[Inject, Outcome]]:
    """The texts that have come to a person's seats, in the order they came."""
    held = {taken.seat for taken in drill.seats if taken.person == person}
    came = [(drill.script.inject(one.number), one) for one in drill.delivered.values()]
    return [
        (inject, one) for inject, one in came
        if inject and isinstance(inject.act, Message) and inject.target in held
    ]  # fmt: skip
