"""What the page of a drill asks besides its verbs: jumps and rates where two turn it at once, whom a seat may
be given to, what evaluators marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from actions import drills
from actions.drill_commands import JumpCommand, RateCommand
from actions.drill_reports import facts
from actions.drills import realm_of
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call
from core import drill as rules
from core.drill import Drill
from core.drill_facts import Mark
from core.drill_report import Moment, report
from core.drill_score import score
from core.drill_script import Script
from core.errors import Forbidden, InvalidInput, NotFound
from core.errors_drills import InjectDone, JumpPassed, RateTurned
from core.permissions import ADMIN_ROLES, Principal
from db import accounts, log
from db import drills as rows


@dataclass(frozen=True, slots=True)
class Marked:
    """评估: `marks` of `script`'s injects and objectives, `course` that of the drill so far; `may`: whether
    the asker marks."""

    script: Script
    marks: tuple[Mark, ...]
    course: tuple[Moment, ...]
    began: datetime | None
    may: bool


def _read(services: Services, conn: Connection, principal: Principal, ident: str) -> tuple[Drill, datetime]:
    """The drill, and the time of its realm. Raises NotFound, Forbidden."""
    realm = realm_of(ident)
    check_read(principal, realm)
    drill = rows.read_drill(conn, realm)
    if drill is None:
        raise NotFound(kind="drill", id=ident)
    return drill, log.read_clock(conn, realm).now(services.now())


def read_marks(services: Services, principal: Principal, ident: str) -> Marked:
    """For controllers and evaluators; when all is over for everybody. Raises NotFound, Forbidden."""
    with services.engine.connect() as conn:
        drill, now = _read(services, conn, principal, ident)
        if not rules.knows_script(drill, principal):
            raise Forbidden(verb="drill", role=principal.role)
        events = facts(conn, drill.id)
    found = score(drill.script, events, now)
    course = report(drill.script, events, found, None).course
    marks = rules.controls(drill, principal) or "evaluator" in drill.sits(principal.id)
    return Marked(drill.script, found.marks, course, found.began, marks)


def persons(services: Services, principal: Principal, ident: str) -> list[str]:
    """Names of accounts whom a seat may be given to. Raises NotFound, Forbidden."""
    with services.engine.connect() as conn:
        drill, _ = _read(services, conn, principal, ident)
        rules.check_controls(drill, principal)
        found = accounts.list_accounts(conn)
    return [one["name"] for one in found if one["role"] not in ADMIN_ROLES and not one["disabled"]]


def jump_to(
    services: Services, call: Call, ident: str, *, minute: float | None = None, number: int | None = None
) -> Answer:
    """跳转 to a minute of the drill, or to when an inject is due. A place instead of a length: of two who do
    so at once the second is not carried on. Raises as `drills.jump`, JumpPassed, InjectDone, InvalidInput."""
    with services.engine.connect() as conn:
        drill, now = _read(services, conn, call.principal, ident)
    rules.check_controls(drill, call.principal)
    rules.check(drill, "jump")
    at = _due(drill, number) if number else _at(drill, minute)
    if at <= now:
        begun = drill.started_at or now
        raise JumpPassed(minute=round((at - begun).total_seconds() / 60, 1))
    seen = replace(call, if_match=drill.version)
    return drills.jump(services, seen, ident, JumpCommand(seconds=(at - now).total_seconds()))


def _due(drill: Drill, number: int) -> datetime:
    if number in drill.delivered:
        raise InjectDone(number=number)
    found = rules.marks(drill).get(number)
    if found is None:
        raise InvalidInput(pointer="/number", detail=str(number))
    return found


def _at(drill: Drill, minute: float | None) -> datetime:
    if minute is None or drill.started_at is None:
        raise InvalidInput(pointer="/minute", detail="> 0")
    return drill.started_at + timedelta(minutes=minute)


def set_rate(services: Services, call: Call, ident: str, rate: float, seen: float) -> Answer:
    """倍速, by somebody who saw it stand at `seen`. Raises as `drills.set_rate`, RateTurned."""
    with services.engine.connect() as conn:
        drill, _ = _read(services, conn, call.principal, ident)
    if drill.speed != seen:
        raise RateTurned(speed=f"{drill.speed:g}")
    held = replace(call, if_match=drill.version)
    return drills.set_rate(services, held, ident, RateCommand(rate=rate))
