"""问题与整改: what drills showed to be amiss, from its proposal to its end; facts of live.

A drill that ends, and every mark after it, leaves a timer in its own realm; upon that the findings of its
score which live does not know yet are told there. So nothing that is done in a drill touches a row of live.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from ulid import ULID

from actions import drill_reports, plans, timer_rows
from actions.cases import check_offices
from actions.drill_findings_commands import ProposeCommand
from actions.drills import realm_of
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import drill_findings as rules
from core import notices
from core.clock import day_of
from core.drill import Drill, is_drill
from core.drill_findings import SUBJECT, Finding, Step
from core.envelope import Body, Draft, Event
from core.errors import Forbidden, InvalidInput, NotFound, StaleVersion
from core.errors_findings import RevisionNotApproved
from core.events_findings import (
    FindingAssigned,
    FindingOverdue,
    FindingProposed,
    FindingRevised,
    FindingTakenUp,
)
from core.notices import Notice
from core.offices import Office
from core.periods import midnight
from core.permissions import SYSTEM
from db import findings, log
from db import notices as notice_rows
from db.tables import timer
from db.waking import FINDINGS

_log = logging.getLogger(__name__)


# --- verbs ----------------------------------------------------------------------------------------------


def propose(services: Services, call: Call, ident: str, command: ProposeCommand) -> Answer:
    """提出, by who controls or evaluates the drill: {seq, id, state}. Raises NotFound, Forbidden,
    UnknownOffice, FindingDuePassed."""
    check_offices(services, [command.office])
    realm = realm_of(ident)

    def decide(tx: Transaction) -> Answer:
        drill, days = drill_reports.mending(services, tx.conn, realm)
        if not rules.proposes(drill, call.principal):
            raise Forbidden(verb="drill", role=call.principal.role)
        today = day_of(tx.now, services.zone)
        found = Finding(
            command.about, "own", command.inject, command.office,
            command.due_on or today + timedelta(days=days), drill.script.plan, None, title=command.title,
            key=f"own/{ULID()}",
        )  # fmt: skip
        rules.check_due(found.due_on, today)
        return _told(tx, [_draft(found, drill, tx.occurred_at())])

    return perform(services, _live(call), "read", decide)


def act(services: Services, call: Call, ident: str, verb: str, command: Any) -> Answer:
    """One verb of `core.drill_findings.MOVES`: {seq, id, state, …}.

    Raises NotFound, Forbidden, StaleVersion, FindingMoveNotAllowed, FindingDuePassed, FindingWithoutPlan,
    RevisionNotApproved, UnknownOffice; to write a draft also as `plans.draft`.
    """
    if verb not in rules.MOVES:
        raise NotFound(kind="verb", id=verb)
    check_offices(services, filter(None, [getattr(command, "office", None)]))
    return perform(services, _live(call), "read", lambda tx: _act(tx, ident, verb, command))


def _live(call: Call) -> Call:
    """Raises InvalidInput: a finding outlives its drill."""
    if call.realm != findings.REALM:
        raise InvalidInput(pointer="realm", detail=findings.REALM)
    return call


def _act(tx: Transaction, ident: str, verb: str, command: Any) -> Answer:
    known = findings.lock(tx.conn, ident)
    if known is None:
        raise NotFound(kind="finding", id=ident[:64])
    held = tx.call.if_match
    if held is not None and held != known.version:
        raise StaleVersion(held=held, current=known.version, newer=shown(known))
    rules.check(known, verb, tx.call.principal)
    body = _revision(tx, known, command.version) if verb == "revise" else _said(tx, known, verb, command)
    return _told(tx, [Draft(body, SUBJECT + ident, known.area, tx.occurred_at())])


def _said(tx: Transaction, known: Finding, verb: str, command: Any) -> Body:
    if verb == "close" and known.revision and not findings.is_in_force(tx.conn, known.plan, known.revision):
        raise RevisionNotApproved(plan=known.plan, version=known.revision)
    step = Step(**command.model_dump(exclude={"occurred_at"}))
    return rules.decide(known, verb, step, day_of(tx.now, tx.services.zone))


def _revision(tx: Transaction, known: Finding, version: int | None) -> Body:
    if version is None:
        version = plans.draft_again(tx, known.plan)
    else:
        plans.plan_at(tx.conn, known.plan, version)
    return FindingRevised(plan=known.plan, version=version)


def _told(tx: Transaction, drafts: Sequence[Draft]) -> Answer:
    tx.append(drafts)
    (after,) = keep(tx)
    return {"seq": after.version, **shown(after)}


def shown(of: Finding) -> dict[str, Any]:
    told = ("id", "state", "office", "plan", "revision", "version")
    return {**{name: getattr(of, name) for name in told}, "due_on": of.due_on.isoformat()}


# --- what falls due -------------------------------------------------------------------------------------


def run_due(services: Services, realm: str) -> int:
    """Tell live what a drill that is over showed to be amiss; how many timers of it were taken. Any number of
    workers may call this at once."""
    if not is_drill(realm):
        return 0
    mine = timer.c.realm == realm, timer.c.kind == FINDINGS
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, Call(SYSTEM))
        tx.begin()
        query = select(timer.c.id).where(*mine).with_for_update(skip_locked=True)
        taken = list(conn.scalars(query))
        if not taken:
            return 0
        over = delete(timer).where(*mine, timer.c.id.in_(taken))
        try:
            tx.append(_proposed(tx, realm))
            keep(tx)
            conn.execute(over)
            tx.finish()
        except Exception:  # the report goes on proposing them
            _log.exception("%s: its findings are not told", realm)
            conn.rollback()
            conn.execute(over)
            conn.commit()
            return len(taken)
    services.announcer.events(findings.REALM, tx.events)
    return len(taken)


def _proposed(tx: Transaction, realm: str) -> list[Draft]:
    """Those of a drill's score that are not known. A rehearsal shows nobody's faults."""
    findings.wait_turn(tx.conn, realm)
    drill, of_score = drill_reports.proposals(tx.services, tx.conn, realm)
    known = findings.keys_of(tx.conn, realm)
    return [] if drill.rehearsal else [_draft(one, drill, tx.now) for one in of_score if one.key not in known]


def fall_due(tx: Transaction, rows: Sequence[Row[Any]]) -> list[Draft]:
    """Findings whose days are over. Locks them; `keep` writes their rows."""
    late = sorted({row.subject for row in rows if row.kind == timer_rows.FINDING})
    return [draft for ident in late for draft in _overdue(tx, ident)]


def _draft(of: Finding, drill: Drill, at: datetime) -> Draft:
    fact = rules.as_fact(of, drill.id, drill.script.name)
    return Draft(fact, f"{SUBJECT}{str(ULID()).lower()}", drill.area, at)


def _overdue(tx: Transaction, ident: str) -> list[Draft]:
    known, today = findings.lock(tx.conn, ident), day_of(tx.now, tx.services.zone)
    bodies = rules.went_overdue(known, today) if known else []
    return [Draft(body, SUBJECT + ident, known.area, tx.now) for body in bodies if known]


# --- rows and notices -----------------------------------------------------------------------------------


def keep(tx: Transaction) -> list[Finding]:
    """The rows of what this transaction told of findings, which it holds locked, the timers of their days,
    and who is told; the findings after it."""
    events = [log.to_event(wire) for wire in tx.events if wire["subject"].startswith(SUBJECT)]
    after: dict[str, Finding] = {}
    before: dict[str, Finding | None] = {}
    for event in events:
        ident = event.subject.removeprefix(SUBJECT)
        if ident not in before:
            before[ident] = findings.read(tx.conn, ident)
        if found := rules.apply(after.get(ident, before[ident]), event):
            after[ident] = found
    findings.put(tx.conn, after.values())
    moved = [one for one in after.values() if _day(one) and _day(one) != _day(before[one.id])]
    due = [(midnight(one.due_on + timedelta(days=1), tx.services.zone), one.id) for one in moved]
    timer_rows.set_findings(tx.conn, due)
    if events:
        _tell(tx, events, after)
    return list(after.values())


def _day(of: Finding | None) -> date | None:
    return of.due_on if of and of.state in rules.RUNNING else None


def _tell(tx: Transaction, events: Iterable[Event], after: dict[str, Finding]) -> None:
    """Notices in the bell: of what a drill proposes one to the desk where it was, of what is to be mended
    and of what is late to the office that owns it. What has ended wants nobody any more."""
    desks = notice_rows.desks(tx.conn)
    told: dict[tuple[str, str], Notice] = {}
    for event in events:
        one = after[event.subject.removeprefix(SUBJECT)]
        if office := _addressee(event, one):
            desk = notices.staffed(office, desks)
            about = one.drill if isinstance(event.body, FindingProposed) else one.id
            told.setdefault((about, desk), _notice(event, one, about, desk))
    notice_rows.put(tx.conn, tx.call.realm, list(told.values()))
    ended = [one.id for one in after.values() if one.state in ("closed", "dropped")]
    decided = [one for one in {one.drill for one in after.values()} if findings.is_decided(tx.conn, one)]
    at = tx.board.seq, tx.now
    notice_rows.settle(tx.conn, tx.call.realm, [notice_rows.Ending(one, *at) for one in (*ended, *decided)])


def _addressee(event: Event, of: Finding) -> str:
    if isinstance(event.body, FindingProposed):
        return str(Office("", of.area)) if of.code != "own" else ""
    given = FindingTakenUp | FindingAssigned | FindingOverdue
    return of.office if isinstance(event.body, given) else ""


def _notice(event: Event, of: Finding, about: str, desk: str) -> Notice:
    name = of.drill_name if about == of.drill else of.name
    said = {
        "title": name, "number": "" if about == of.drill else of.drill_name, "place": "", "by": event.actor,
        "text": "" if about == of.drill else of.due_on.isoformat(), "drill": of.drill.partition(":")[2],
    }  # fmt: skip
    return Notice(event.seq, desk, event.kind, about, 4, False, event.recorded_at, said)


class FindingsLedger:
    """Findings folded from a realm's log, to be written anew."""

    def __init__(self) -> None:
        self._found: dict[str, Finding] = {}

    def take(self, event: Event) -> None:
        """One fact, in the order of the log; facts about other things are passed over."""
        if event.subject.startswith(SUBJECT):
            ident = event.subject.removeprefix(SUBJECT)
            if after := rules.apply(self._found.get(ident), event):
                self._found[ident] = after

    def write(self, conn: Connection, realm: str) -> int:
        """Replace the realm's rows; how many there are."""
        findings.forget(conn, realm)
        findings.put(conn, self._found.values())
        return len(self._found)
