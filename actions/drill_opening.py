"""设立 a drill: a realm of its own whose clock stands at the script's hour, begun from a copy of the city."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlalchemy import Connection
from ulid import ULID

import core.events_drills as e
from actions import timer_rows
from actions.drill_commands import OpenCommand
from actions.drill_copy import copied
from actions.drills import answer, faults, shown
from actions.realms import new_day
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction
from core import drill as rules
from core.clock import RealmClock, day_of, midnight_after
from core.drill import PREFIX, is_drill
from core.drill_script import Script
from core.envelope import Draft
from core.errors import Forbidden, InvalidInput
from core.errors_drills import ScriptUnknown
from core.permissions import Principal, may, may_enter, prefixes
from db import drills as rows
from db import log
from feed.history import position_at


def open_drill(services: Services, call: Call, command: OpenCommand) -> Answer:
    """A realm with a clock that stands, the copy of the city in it, and its opener on the controller's seat:
    all in one transaction. {drill, realm, seq, status, faults}: what stands in the way of starting it.

    Raises Forbidden, ScriptUnknown, InvalidInput (a division or a moment outside the asker's), RealmUnknown.
    """
    _check_opener(call.principal, command.source)
    with services.engine.connect() as conn:
        code, script = _script(conn, call.principal, command)
        if call.principal.area not in prefixes(script.division):
            raise InvalidInput(pointer="/script/division", detail=call.principal.area)
        began = _begin(services, conn, command, script)
        tx = Transaction(services, conn, replace(call, realm=began.realm))
        stored = tx.begin()
        if stored is not None:  # and the realm goes with the connection
            return stored
        _tell(tx, began, e.DrillOpened(
            name=script.name, script=script, script_code=code, source=command.source, source_seq=began.seq,
            rehearsal=command.rehearsal,
        ))  # fmt: skip
        given = answer(tx) | {"faults": [shown(one) for one in faults(services, conn, script)]}
        tx.finish(given)
    services.announcer.events(began.realm, tx.events)
    return given


def _check_opener(by: Principal, source: str) -> None:
    if not (may(by, "drill") and may_enter(by, source) and by.realm is None):
        raise Forbidden(verb="drill", role=by.role)
    if source != "live" and not is_drill(source):
        raise InvalidInput(pointer="/source", detail="live, drill:ID")


def _script(conn: Connection, by: Principal, command: OpenCommand) -> tuple[str, Script]:
    """With where it came from. Raises ScriptUnknown."""
    if command.script is not None:
        return "", command.script
    code, shipped = command.script_code or "", rows.shipped_scripts()
    if code in shipped:
        return code, shipped[code]
    earlier = rows.read_drill(conn, code) if is_drill(code) else None
    if earlier is None or not rules.knows_script(earlier, by):
        raise ScriptUnknown(script=code, known=list(shipped))
    return code, earlier.script


@dataclass(frozen=True, slots=True)
class _Begun:
    realm: str
    source: str
    seq: int


def _begin(services: Services, conn: Connection, command: OpenCommand, script: Script) -> _Begun:
    """The realm, its clock standing at the script's time of the day that is copied."""
    source, real = command.source, services.now()
    now, head = log.read_clock(conn, source).now(real), log.head(conn, source)
    at = command.at or now
    if at > now:
        raise InvalidInput(pointer="/at", detail=f"<= {now.isoformat(timespec='seconds')}")
    seq = head if command.at is None else position_at(conn, source, at)
    scene = time.fromisoformat(script.scenario_at)
    begins = datetime.combine(day_of(at, services.zone), scene, services.zone)
    realm = PREFIX + str(ULID()).lower()
    log.create_realm(conn, realm, RealmClock(real, begins, 0.0))
    return _Begun(realm, source, seq)


def _tell(tx: Transaction, began: _Begun, opened: e.DrillOpened) -> None:
    realm, services, now = began.realm, tx.services, tx.now
    tx.append([new_day(services, realm, now)])
    timer_rows.set_midnight(tx.conn, realm, midnight_after(now, services.zone))
    script, by = opened.script, tx.call.principal
    own = next((seat.code for seat in script.seats if seat.role == "controller"), "")
    sits = [e.SeatTaken(seat=own, person=by.id, name=by.name)] if own and by.kind == "user" else []
    tx.append([Draft(body, realm, script.division, now) for body in (opened, *sits)])
    tx.append(copied(tx, began.source, began.seq))
