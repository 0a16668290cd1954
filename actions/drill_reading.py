"""Reading drills: everybody what they would see, who steers or evaluates also what is late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from actions.drills import faults, realm_of, shown
from actions.queries import check_read
from actions.services import Services
from core import drill as rules
from core.drill import PREFIX, Drill, is_drill
from core.drill_score import KINDS, Measured, score
from core.drill_script import Inject, dump
from core.errors import Forbidden, NotFound
from core.features import feature
from core.permissions import Principal, may, may_enter
from db import drills as rows
from db import log

Shown = dict[str, Any]
_STANDING = ("name", "name_en", "status", "why", "aborted", "by", "since", "speed", "asked", "recalled")


def list_drills(services: Services, principal: Principal) -> list[Shown]:
    """The drills that are open to the asker, the newest first. Raises Forbidden."""
    return [about(one, principal) for one in open_to(services, principal)]


def open_to(services: Services, principal: Principal) -> list[Drill]:
    """The same as they are. Raises Forbidden."""
    _check(principal)
    with services.engine.connect() as conn:
        return [one for one in rows.list_drills(conn) if may_enter(principal, one.id)]


def list_scripts(services: Services, principal: Principal) -> list[Shown]:
    """The scripts that ship, for who may run them; nothing for others. Raises Forbidden."""
    _check(principal)
    known = rows.shipped_scripts() if may(principal, "drill") else {}
    told = ("name", "name_en", "content", "form", "plan", "hazard", "minutes")
    return [
        {"code": code, **{name: getattr(one, name) for name in told}, "injects": len(one.injects)}
        for code, one in known.items()
    ]


def _check(principal: Principal) -> None:
    if not may(principal, "read") or principal.visitors:
        raise Forbidden(verb="read", role=principal.role)


def read_drill(services: Services, principal: Principal, ident: str) -> Shown:
    """A drill as everybody in it may know it, with the texts that have come to the asker's seats; for who may
    read the script besides `script`, `faults`, `injects` (each with what became of it), `next` (the number of
    the inject that is due next) and `indicators` (what is expected of players: met, late, open …).

    Raises NotFound, Forbidden.
    """
    realm = realm_of(ident)
    check_read(principal, realm)
    with services.engine.connect() as conn:
        drill = rows.read_drill(conn, realm)
        if drill is None:
            raise NotFound(kind="drill", id=ident)
        now = log.read_clock(conn, realm).now(services.now())
        told = {**about(drill, principal), "now": now, "messages": _messages(drill, principal)}
        if not rules.knows_script(drill, principal):
            return told
        events = (log.to_event(wire) for wire in log.read_kinds(conn, realm, KINDS, log.head(conn, realm)))
        measured = score(drill.script, events, now).indicators
        found = [shown(one) for one in faults(services, conn, drill.script)]
        crews = [dict(one) for one in rows.crews(conn, realm)]
    marks = rules.marks(drill)
    return told | {
        "crews": crews,
        "script": dump(drill.script),
        "script_code": drill.script_code,
        "source": drill.source,
        "source_seq": drill.source_seq,
        "faults": found,
        "injects": [_inject(drill, one) for one in drill.script.injects],
        "next": min(marks, key=lambda number: (marks[number], number)) if marks else None,
        "indicators": _indicators(measured),
    }


def standing(services: Services, principal: Principal, realm: str) -> Shown | None:
    """How the drill of a realm stands, as every screen of it says; None where there is none, and for who may
    not enter."""
    if not (is_drill(realm) and may_enter(principal, realm)):
        return None
    with services.engine.connect() as conn:
        drill = rows.read_drill(conn, realm)
    told = feature(drill)["properties"] if drill else {}
    return {name: told[name] for name in _STANDING} if drill else None


def name_of(services: Services, realm: str) -> str:
    """Of the drill whose realm it is; "" = none's."""
    if not is_drill(realm):
        return ""
    with services.engine.connect() as conn:
        drill = rows.read_drill(conn, realm)
    return drill.script.name if drill else ""


def may_read_script(conn: Connection, realm: str, principal: Principal) -> bool:
    """Whether somebody may read in a realm what its drill has still to bring; of others there is nothing."""
    drill = rows.read_drill(conn, realm) if is_drill(realm) else None
    return drill is None or rules.knows_script(drill, principal)


def about(drill: Drill, principal: Principal) -> Shown:
    """What everybody in it may know of a drill, and what is the asker's."""
    own = [taken.seat for taken in drill.seats if taken.person == principal.id]
    return {
        "id": drill.id.removeprefix(PREFIX),
        "realm": drill.id,
        **feature(drill)["properties"],
        "control": rules.controls(drill, principal),
        "own": own,
    }


def _messages(drill: Drill, principal: Principal) -> list[Shown]:
    return [
        {"number": inject.number, "at": came.at, "channel": inject.channel, "seat": inject.target,
         "text": getattr(inject.act, "text", ""), "incident": came.incident}
        for inject, came in rules.messages_to(drill, principal.id)
    ]  # fmt: skip


def _inject(drill: Drill, inject: Inject) -> Shown:
    """`due_at`: when it is looked at, None while that is not known."""
    came = drill.delivered.get(inject.number) or drill.failed.get(inject.number)
    if came is None:
        return {"number": inject.number, "state": "waiting", "due_at": rules.marks(drill).get(inject.number)}
    told = {"at": came.at, "by_hand": came.by_hand, "made": came.made, "incident": came.incident}
    state = "failed" if came.reason else "delivered"
    return {"number": inject.number, "state": state, **told, "reason": came.reason}


def _indicators(measured: Sequence[Measured]) -> list[Shown]:
    return [
        {"inject": one.inject.number, "seat": one.inject.target, "expected": one.inject.expected,
         "code": one.indicator.code, "name": one.indicator.name, "measure": one.indicator.measure,
         "limit_s": one.indicator.limit_s, "state": one.state, "since": one.since, "at": one.at,
         "seconds": one.seconds, "late_s": one.late_s}
        for one in measured
    ]  # fmt: skip
