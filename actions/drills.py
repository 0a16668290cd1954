"""演练: running its clock, seats, marks, and its end; what to do when the server was away.

A drill is guarded by its realm's counter row, which every verb here takes first: of two controllers who act
at once the second is told what the first has done. What turns the clock tells so in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

import core.events_drills as e
from actions import crews
from actions.drill_commands import (
    JumpCommand,
    MarkCommand,
    PauseCommand,
    RateCommand,
    RunCommand,
    ScriptCommand,
    SeatCommand,
    StopCommand,
)
from actions.plans import approved_plan
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import drill as rules
from core import drill_checks
from core.clock import RealmClock
from core.drill import PREFIX, Drill
from core.drill_checks import Fault
from core.drill_script import Script
from core.envelope import Body
from core.errors import InvalidInput, NotFound
from core.errors_drills import ScriptFaulty
from core.permissions import SYSTEM, Principal
from core.plans import Plan
from db import accounts, projection
from db import drills as rows
from db.plans import known_to


def realm_of(ident: str) -> str:
    """The realm of a drill by its id. Raises NotFound."""
    name = ident.removeprefix(PREFIX).lower()
    if not (name.isascii() and name.isalnum() and len(name) == 26):
        raise NotFound(kind="drill", id=ident[:64])
    return PREFIX + name


# --- what stands in its way ----------------------------------------------------------------------------


def faults(services: Services, conn: Connection, script: Script) -> list[Fault]:
    """What stands in the way of running a script in this city."""
    reference = services.reference
    offices = {*reference.areas().codes, *reference.departments()}
    return drill_checks.faults(
        script, reference.classes(), offices, known_to(conn).skills, _plan(conn, script.plan)
    )


def _plan(conn: Connection, code: str) -> Plan | None:
    """In force under a code."""
    try:
        return approved_plan(conn, code)[1] if code else None
    except NotFound:
        return None


def shown(fault: Fault) -> dict[str, object]:
    return {"pointer": fault.pointer, "code": fault.code, "params": fault.params}


# --- the controller's hand --------------------------------------------------------------------------------


def held(tx: Transaction) -> Drill:
    """The drill as it stands, and nobody changes it before this transaction ends. Raises NotFound."""
    _ = tx.counter
    projection.take_drill(tx.conn, tx.board)
    if tx.board.drill is None:
        raise NotFound(kind="drill", id=tx.call.realm)
    return tx.board.drill


def steered(tx: Transaction, verb: str, by: Principal) -> Drill:
    """The same for who controls it. Raises also Forbidden, StaleVersion, DrillMoveNotAllowed."""
    drill = held(tx)
    rules.check_controls(drill, by)
    tx.check_version(drill)
    rules.check(drill, verb)
    return drill


def moment(tx: Transaction) -> datetime:
    """The realm's time under its counter row, never before its last fact."""
    counter = tx.counter
    return max(counter.clock.now(tx.services.now()), counter.head_at)


def answer(tx: Transaction) -> Answer:
    drill = tx.board.drill
    assert drill is not None  # noqa: S101  narrows the type for the checker
    ident = drill.id.removeprefix(PREFIX)
    told = {"drill": ident, "realm": drill.id, "status": drill.status, "rate": drill.rate}
    return {"seq": drill.version, **told}


Turn = Callable[[Transaction, Drill, datetime], list[Body]]
"""What a verb tells of a drill at a moment, having turned its clock if it does."""


def _steer(services: Services, call: Call, ident: str, verb: str, turn: Turn) -> Answer:
    def decide(tx: Transaction) -> Answer:
        drill, at = steered(tx, verb, call.principal), moment(tx)
        tx.append([drill.fact(body, at) for body in turn(tx, drill, at)])
        return answer(tx)

    return perform(services, replace(call, realm=realm_of(ident)), "read", decide)


def _set(tx: Transaction, at: datetime, rate: float) -> None:
    tx.turn_clock(RealmClock(tx.services.now(), at, rate))


def start(services: Services, call: Call, ident: str, command: RunCommand) -> Answer:
    """开始: the clock runs. Raises NotFound, Forbidden, StaleVersion, DrillMoveNotAllowed, ScriptFaulty."""

    def turn(tx: Transaction, drill: Drill, at: datetime) -> list[Body]:
        if found := faults(services, tx.conn, drill.script):
            told = [shown(one) for one in found]
            raise ScriptFaulty(name=drill.script.name, count=len(found), first=found[0].code, faults=told)
        return [e.DrillStarted(rate=_run(tx, drill, at, command))]

    return _steer(services, call, ident, "start", turn)


def _run(tx: Transaction, drill: Drill, at: datetime, command: RunCommand) -> float:
    """The clock runs from here; how fast."""
    rate = command.rate or drill.speed
    _set(tx, at, rate)
    return rate


def pause(services: Services, call: Call, ident: str, command: PauseCommand) -> Answer:
    """暂停, by hand or for a grave live incident. Raises as `start`."""

    def turn(tx: Transaction, drill: Drill, at: datetime) -> list[Body]:
        _set(tx, at, 0.0)
        return [e.DrillPaused(why=command.why)]

    return _steer(services, call, ident, "pause", turn)


def resume(services: Services, call: Call, ident: str, command: RunCommand) -> Answer:
    """继续. Raises as `start`."""
    return _steer(
        services, call, ident, "resume",
        lambda tx, drill, at: [e.DrillResumed(rate=_run(tx, drill, at, command))],
    )  # fmt: skip


def set_rate(services: Services, call: Call, ident: str, command: RateCommand) -> Answer:
    """倍速; of a drill that is paused, for when it goes on. Raises as `start`."""

    def turn(tx: Transaction, drill: Drill, at: datetime) -> list[Body]:
        if drill.status == "running":
            _set(tx, at, command.rate)
        return [e.RateSet(rate=command.rate)]

    return _steer(services, call, ident, "rate", turn)


def jump(services: Services, call: Call, ident: str, command: JumpCommand) -> Answer:
    """跳转: what falls due between comes at once. The jump is told of before it is made, so that it is
    recorded where it begins. Raises as `start`, and InvalidInput when no next inject is known."""

    def decide(tx: Transaction) -> Answer:
        drill, at = steered(tx, "jump", call.principal), moment(tx)
        seconds = command.seconds or _to_next(drill, at)
        tx.append([drill.fact(e.DrillJumped(seconds=seconds), at)])
        _set(tx, at + timedelta(seconds=seconds), drill.rate)
        return answer(tx)

    return perform(services, replace(call, realm=realm_of(ident)), "read", decide)


def _to_next(drill: Drill, at: datetime) -> float:
    ahead = [due for due in rules.marks(drill).values() if due > at]
    if not ahead:
        raise InvalidInput(pointer="/seconds", detail="> 0")
    return (min(ahead) - at).total_seconds()


def stop(services: Services, call: Call, ident: str, command: StopCommand) -> Answer:
    """结束 or 中止: the clock stands for good, and real crews are free again. Raises as `start`."""

    def turn(tx: Transaction, drill: Drill, at: datetime) -> list[Body]:
        _set(tx, at, 0.0)
        return [e.DrillStopped(aborted=command.aborted, reason=command.reason)]

    given = _steer(services, call, ident, "stop", turn)
    crews.release(services, realm_of(ident))
    return given


def change_script(services: Services, call: Call, ident: str, command: ScriptCommand) -> Answer:
    """改脚本. Raises as `start`, InjectDone, InvalidInput (the division is another)."""

    def decide(tx: Transaction) -> Answer:
        drill, script = steered(tx, "script", call.principal), command.script
        if script.division != drill.script.division:
            raise InvalidInput(pointer="/script/division", detail=drill.script.division)
        at = moment(tx)
        tx.append([drill.fact(body, at) for body in rules.change_script(drill, script)])
        return answer(tx) | {"faults": [shown(one) for one in faults(services, tx.conn, script)]}

    return perform(services, replace(call, realm=realm_of(ident)), "read", decide)


def take_seat(services: Services, call: Call, ident: str, command: SeatCommand) -> Answer:
    """入席, 离席. Raises NotFound (drill, account), SeatUnknown, SeatOccupied, Forbidden,
    DrillMoveNotAllowed."""

    def decide(tx: Transaction) -> Answer:
        drill = held(tx)
        rules.check(drill, "seat")
        person, name = ("", "") if command.leave else _sitter(tx, command.person)
        bodies = rules.take_seat(drill, tx.call.principal, command.seat, person, name)
        at = moment(tx)
        tx.append([drill.fact(body, at) for body in bodies])
        return answer(tx)

    return perform(services, replace(call, realm=realm_of(ident)), "read", decide)


def _sitter(tx: Transaction, person: str | None) -> tuple[str, str]:
    """Id and name of who sits down. Raises NotFound."""
    if person is None:
        return tx.call.principal.id, tx.call.principal.name
    row = accounts.account_by_name(tx.conn, person)
    if row is None:
        raise NotFound(kind="account", id=person)
    return row["id"], row["name"]


def mark(services: Services, call: Call, ident: str, command: MarkCommand) -> Answer:
    """评分, by an evaluator or who controls. Raises NotFound, Forbidden, DrillMoveNotAllowed, InvalidInput
    (about nothing in the script, or a position that is not yet)."""

    def decide(tx: Transaction) -> Answer:
        drill, by = held(tx), tx.call.principal
        if "evaluator" not in drill.sits(by.id):
            rules.check_controls(drill, by)
        rules.check(drill, "mark")
        known = {str(one.number) for one in drill.script.injects} | {o.code for o in drill.script.objectives}
        if command.about not in known:
            raise InvalidInput(pointer="/about", detail=command.about)
        seq = command.at_seq or tx.counter.head
        if seq > tx.counter.head:
            raise InvalidInput(pointer="/at_seq", detail=f"<= {tx.counter.head}")
        body = e.DrillRated(
            about=command.about, mark=command.mark, text=command.text, at_seq=seq, evaluator=by.name
        )
        tx.append([drill.fact(body, moment(tx))])
        return answer(tx)

    return perform(services, replace(call, realm=realm_of(ident)), "read", decide)


# --- when the server was away -------------------------------------------------------------------------------


def beat(services: Services) -> None:
    """Somebody sees to every drill that runs."""
    with services.engine.begin() as conn:
        rows.beat(conn, services.now())


def pause_interrupted(services: Services, since: datetime) -> list[str]:
    """暂停 every drill that ran when its server died; their realms. Its clock goes back to where somebody
    last saw to it: what would have fallen due since has not, and nothing that was delivered comes again.

    `since`, real time: when this server came; drills that were turned later than that are its own.
    """
    with services.engine.connect() as conn:
        realms = rows.running(conn)
    return [realm for realm in realms if _interrupt(services, realm, since)]


def _interrupt(services: Services, realm: str, since: datetime) -> bool:
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, Call(SYSTEM, realm))
        tx.begin()
        drill, counter = held(tx), tx.counter
        if drill.status != "running" or counter.clock.real >= since:
            return False
        seen = rows.last_beat(conn, realm)
        stood = max(counter.head_at, counter.clock.now(seen)) if seen else counter.head_at
        _set(tx, stood, 0.0)
        tx.append([drill.fact(e.DrillPaused(why="restart"), stood)])
        tx.finish()
    services.announcer.events(realm, tx.events)
    return True
