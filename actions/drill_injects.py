"""情景注入: what a script brings into its drill, when it is due or by hand.

Each is delivered in one transaction: what it makes, by the rules that hold for everybody, and the fact that
it came. So it comes once, whoever delivers and whatever dies. Injects are the system's own acts; one by hand
bears the controller's name.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select, update

import core.events as e
import core.events_drills as d
import core.events_roads as r
from actions import timer_rows
from actions.closures import area_of
from actions.commands import ReportCommand
from actions.drill_commands import InjectCommand
from actions.drills import answer, held, realm_of
from actions.incidents import read_merged_into, report_within
from actions.proposals import propose
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import drill as rules
from core import workflow
from core.drill import Drill, is_drill
from core.drill_script import Breakdown, Closure, Inject, Message, Report, Supplement
from core.envelope import Body, Draft
from core.errors import NotFound, Refusal, StaleVersion
from core.errors_drills import InjectFutile, SeatUnknown
from core.features import feature
from core.permissions import SYSTEM
from db import drills as rows
from db.projection import Needs
from db.roads import standing_closures
from db.tables import timer

log = logging.getLogger(__name__)

BATCH = 25
TRIES = 3
AGAIN_AFTER = timedelta(minutes=1)
_REPORTED = "inject-{}"
"""What an incident's source calls it: the database has each once."""


class _Changed(Exception):
    """Somebody turned the drill while an inject was made ready."""


# --- falling due ------------------------------------------------------------------------------------------


def run_due(services: Services, realm: str) -> int:
    """Deliver what is due in a drill, in its order; how many timers were taken, BATCH if there may be more.

    Any number of workers may call this at once; one of them works. What cannot be delivered is told as
    failed, what cannot be decided is tried again a minute later.
    """
    taken = 0
    while is_drill(realm) and taken < BATCH and _fire_next(services, realm):
        taken += 1
    return taken


def _fire_next(services: Services, realm: str) -> bool:
    """Whether there was one."""
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, Call(SYSTEM, realm))
        tx.begin()
        row = _claim(tx)
        if row is None:
            return False
        try:
            _fire(tx, int(row.subject))
            tx.finish()
        except _Changed:
            return False
        except Exception:
            log.exception("%s: inject %s put off by %s", realm, row.subject, AGAIN_AFTER)
            conn.rollback()
            conn.execute(update(timer).where(*_same(row)).values(due_at=tx.now + AGAIN_AFTER))
            conn.commit()
            return True
    services.announcer.events(realm, tx.events)
    return True


def _claim(tx: Transaction) -> Row[Any] | None:
    """The next timer that is due, taken away; None also while another worker delivers."""
    if not tx.conn.scalar(select(func.pg_try_advisory_xact_lock(_turn(tx.call.realm)))):
        return None
    due = timer.c.realm == tx.call.realm, timer.c.kind == timer_rows.INJECT, timer.c.due_at <= tx.now
    row = tx.conn.execute(select(timer).where(*due).order_by(timer.c.due_at, timer.c.id).limit(1)).first()
    if row is not None:
        tx.conn.execute(delete(timer).where(*_same(row)))
    return row


def _turn(realm: str) -> Any:
    """What is locked by the one who delivers in a drill."""
    return func.hashtext(f"inject:{realm}")


def _same(row: Row[Any]) -> tuple[Any, Any]:
    return timer.c.realm == row.realm, timer.c.id == row.id


def _fire(tx: Transaction, number: int) -> None:
    """Deliver it, or look again later; nothing where the script has changed since the timer was set."""
    drill = rows.read_drill(tx.conn, tx.call.realm)
    if drill is None or number not in rules.marks(drill):
        return
    inject = next(one for one in drill.waiting() if one.number == number)
    awaited = rules.waits_for(drill, inject)
    due = rules.due_at(drill, inject, rows.happened(tx.conn, drill.id, *awaited) if awaited else None)
    if due is not None and due <= tx.now:
        _deliver(_Delivery(tx, drill, inject, by_hand=False))
    elif awaited:
        later = tx.now + rules.LOOK
        timer_rows.set_inject(tx.conn, drill.id, min(due, later) if due else later, number)


# --- by hand ----------------------------------------------------------------------------------------------


def inject(services: Services, call: Call, ident: str, command: InjectCommand) -> Answer:
    """手动注入, also of one that failed, or of one that the script has not had so far. Its refusals go to the
    controller: {…, made, incident}.

    Raises NotFound, Forbidden, StaleVersion, DrillMoveNotAllowed, InjectUnknown, InjectDone, SeatUnknown, and
    what stands in the way of the act itself.
    """
    realm, by = realm_of(ident), call.principal
    check_read(by, realm)
    deputy = replace(SYSTEM, name=by.name, seat=by.seat)
    key = call.key and f"{by.id}:{call.key}"
    acting = replace(call, principal=deputy, realm=realm, key=key)
    for _ in range(TRIES):
        try:
            return perform(services, acting, "drill", lambda tx: _by_hand(tx, call, command))
        except _Changed:
            continue
    raise _overtaken(services, realm, call.if_match)


def _by_hand(tx: Transaction, call: Call, command: InjectCommand) -> Answer:
    tx.conn.execute(select(func.pg_advisory_xact_lock(_turn(tx.call.realm))))
    drill = rows.read_drill(tx.conn, tx.call.realm)
    if drill is None:
        raise NotFound(kind="drill", id=tx.call.realm)
    rules.check_controls(drill, call.principal)
    tx.check_version(drill)
    rules.check(drill, "inject")
    drill, before = _with_new(drill, command)
    return _deliver(_Delivery(tx, drill, rules.pick(drill, command.number), by_hand=True, before=before))


def _with_new(drill: Drill, command: InjectCommand) -> tuple[Drill, list[Body]]:
    """The drill with an inject that is written now, and the fact that tells so."""
    if command.inject is None or drill.script.inject(command.number):
        return drill, []
    new = command.inject.model_copy(update={"number": command.number})
    if drill.script.seat(new.target) is None:
        raise SeatUnknown(seat=new.target)
    script = drill.script.model_copy(update={"injects": (*drill.script.injects, new)})
    return replace(drill, script=script), rules.change_script(drill, script)


def _overtaken(services: Services, realm: str, seen: int | None) -> Refusal:
    with services.engine.connect() as conn:
        drill = rows.read_drill(conn, realm)
    if drill is None:
        return NotFound(kind="drill", id=realm)
    return StaleVersion(held=seen, current=drill.version, newer=feature(drill))


# --- what each does ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Delivery:
    """`before`: what is told of the drill before the inject comes."""

    tx: Transaction
    drill: Drill
    inject: Inject
    by_hand: bool
    before: Sequence[Body] = ()

    def go(self) -> None:
        """Take the counter: everything else is locked by now. Raises _Changed."""
        if held(self.tx).version != self.drill.version:
            raise _Changed
        self.tell(*self.before)

    def tell(self, *bodies: Body) -> None:
        self.tx.append([self.drill.fact(body, self.tx.now) for body in bodies])

    def futile(self, what: str) -> InjectFutile:
        return InjectFutile(number=self.inject.number, what=what)


def _deliver(one: _Delivery) -> Answer:
    """Do it and tell so; what refuses one that fell due is told in its place."""
    number, act = one.inject.number, one.inject.act
    try:
        made, incident = _ACTS[type(act)](one, act)
    except Refusal as refusal:
        if one.by_hand:
            raise
        one.go()
        one.tell(d.InjectFailed(number=number, by_hand=False, reason=refusal.code))
        return answer(one.tx)
    one.tell(d.InjectDelivered(number=number, by_hand=one.by_hand, made=made, incident=incident))
    return answer(one.tx) | {"made": made, "incident": incident}


Made = tuple[str, str]
"""What was made, and the incident that the inject is about; "" = none."""


def _report(one: _Delivery, act: Report) -> Made:
    """Raises UnknownClass, OutsideCity."""
    command = ReportCommand.model_validate(
        {
            "class": act.class_code,
            "severity": act.severity,
            "text": act.text,
            "location": {"lon": act.lon, "lat": act.lat},
            "address": act.address,
            "channel": one.inject.channel[:64],
            "source_id": _REPORTED.format(one.inject.number),
        }
    )
    one.go()
    ident = str(report_within(one.tx, command, one.tx.now)["id"])
    return ident, ident


def _supplement(one: _Delivery, act: Supplement) -> Made:
    """Onto the incident, or the one that it was merged into. Raises InjectFutile, MoveNotAllowed."""
    tx, about = one.tx, one.drill.about(one.inject)
    if not about:
        raise one.futile(str(act.inject))
    ident = about
    while (into := read_merged_into(tx.services, tx.call.realm, ident)) != ident:
        ident = into
    tx.lock(Needs(incidents=(ident,)))
    h, incident = tx.hearing_now(), tx.other_incident(ident)
    drafts = workflow.note(h, incident, act.text)
    if act.severity not in (None, incident.severity):
        drafts += workflow.amend(h, incident, e.IncidentAmended(severity=act.severity))
    one.go()
    tx.append(drafts)
    tx.append(propose(tx, tx.board.incidents[ident]))
    return "", about


def _closure(one: _Delivery, act: Closure) -> Made:
    """Raises InjectFutile."""
    tx = one.tx
    near = rows.roads_near(tx.conn, act.lon, act.lat, act.radius_m)
    closed = {held.id for held in standing_closures(tx.conn, tx.call.realm)}
    drafts = [
        Draft(
            r.RoadClosed(
                name=road.name, road_class=road.road_class, reason=act.reason, until=None, line=road.line
            ),
            road.id, area_of(tx.conn, road.line), tx.now,
        )
        for road in near if road.id not in closed
    ]  # fmt: skip
    if not drafts:
        raise one.futile(f"{act.radius_m:g} m")
    one.go()
    tx.append(drafts)
    return ",".join(draft.subject for draft in drafts), one.drill.about(one.inject)


def _breakdown(one: _Delivery, act: Breakdown) -> Made:
    """Raises InjectFutile."""
    tx = one.tx
    ident = rows.nearest_free(tx.conn, tx.call.realm, act.skill, act.lon, act.lat)
    if ident is None:
        raise one.futile(act.skill)
    tx.lock(Needs(units=(ident,)))
    unit = tx.board.units[ident]
    if unit.assignment or not unit.on_duty:  # it went while it was locked: another is the nearest
        raise _Changed
    one.go()
    tx.append([Draft(e.UnitDutyChanged(on_duty=False), ident, unit.area, tx.now)])
    return ident, one.drill.about(one.inject)


def _message(one: _Delivery, act: Message) -> Made:
    one.go()
    return "", one.drill.about(one.inject)


_ACTS: Mapping[type, Callable[[_Delivery, Any], Made]] = {
    Report: _report,
    Supplement: _supplement,
    Closure: _closure,
    Breakdown: _breakdown,
    Message: _message,
}
