"""Whatever falls due: claimed by one worker, decided by `core`, written as facts like everything else.

An incident says in its row when something of it falls due next (`incident.wakes_at`, from the fold, so that
it is always that of its newest clocks), a unit when its hold runs out (`unit.held_until`); all else that
falls due is a row of `timer`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, select, update

from actions import (
    briefing,
    closures,
    directing,
    drill_findings,
    drill_injects,
    drill_players,
    grid_owners,
    hazards,
    holds,
    linkage,
    notices,
    stock_opening,
    timer_rows,
    warnings,
)
from actions.realms import new_day
from actions.services import Services
from actions.unit_of_work import Call, Transaction
from core import crew_checks
from core.clock import midnight_after
from core.dispatching import end_holds
from core.envelope import Draft
from core.model import Unit
from core.permissions import SYSTEM
from core.serial import incident_of
from core.waking import fall_due, wakes_at
from db import log as log_of
from db import projection
from db.projection import Needs
from db.tables import incident, timer, unit
from db.tables_warnings import warning
from db.waking import FINDINGS, GRIDS, PLAYERS

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(minutes=1)
BATCH = 25
"""What one transaction takes on: verbs wait for the counter row while its facts are written."""

_WAKING = (
    select(incident.c.id, incident.c.doc)
    .where(incident.c.realm == bindparam("of_realm"), incident.c.wakes_at <= bindparam("now"))
    .order_by(incident.c.wakes_at, incident.c.id)
    .with_for_update(skip_locked=True)
)
_PUT_OFF = (
    update(incident)
    .where(incident.c.realm == bindparam("of_realm"), incident.c.id == bindparam("of_id"))
    .values(wakes_at=bindparam("at"))
)


def run_due(services: Services, realm: str) -> int:
    """Fire what is due in a realm by its own clock; how many incidents and rows were claimed, at least BATCH
    if there may be more.

    Any number of workers may call this at once: what one has locked the others pass over, and with its facts
    goes what made it due, so each falls due exactly once.
    """
    if told := drill_findings.run_due(services, realm):  # the drill is over: nothing else falls due
        return told
    others = timer.c.kind.not_in((GRIDS, PLAYERS, timer_rows.INJECT, FINDINGS))
    of_drill = drill_injects.run_due(services, realm) + drill_players.run_due(services, realm)
    return of_drill + _run(services, realm, others, waking=True)


def run_grids(services: Services, realm: str) -> int:
    """The same for new boundaries, which take a while to draw: no deadline and no midnight waits for them."""
    return _run(services, realm, timer.c.kind == GRIDS, waking=False)


@dataclass(slots=True)
class Claim:
    """What one transaction has taken on, at most `incidents`, `timers` and `holds` of each."""

    incidents: int = BATCH
    timers: int = BATCH
    holds: int = BATCH
    woken: tuple[str, ...] = ()
    rows: Sequence[Row[Any]] = ()
    held: Sequence[Unit] = ()

    def __len__(self) -> int:
        return len(self.woken) + len(self.rows) + len(self.held)


def _run(services: Services, realm: str, which: ColumnElement[bool], *, waking: bool) -> int:
    """One transaction for all that is due. Where that fails each is tried alone, so that one row nobody can
    decide does not stop the clocks of all others."""
    claim = Claim() if waking else Claim(incidents=0, holds=0)
    try:
        return _fire_claim(services, realm, which, claim)
    except Exception:
        if not len(claim):  # the database, not what is due
            raise
        log.exception("%s: %s due together failed; each is tried alone", realm, len(claim))
    kinds = [Claim(1, 0, 0), Claim(0, 1, 0), Claim(0, 0, 1)] if waking else [Claim(0, 1, 0)]
    return sum(_fire_alone(services, realm, which, kind) for kind in kinds)


def _fire_alone(services: Services, realm: str, which: ColumnElement[bool], size: Claim) -> int:
    """One after the other, at most BATCH; what fails is put off."""
    for done in range(BATCH):
        claim = replace(size)
        try:
            if not _fire_claim(services, realm, which, claim):
                return done
        except Exception:
            if not len(claim):
                raise
            log.exception("%s: put off by %s", realm, AGAIN_AFTER)
            _put_off(services, realm, claim)
    return BATCH


def _put_off(services: Services, realm: str, claim: Claim) -> None:
    """It is tried again later, by the realm's own clock."""
    with services.engine.begin() as conn:
        at = log_of.read_clock(conn, realm).now(services.now()) + AGAIN_AFTER
        for ident in claim.woken:
            conn.execute(_PUT_OFF, {"of_realm": realm, "of_id": ident, "at": at})
        if claim.rows:
            mine = timer.c.realm == realm, timer.c.id.in_([row.id for row in claim.rows])
            conn.execute(update(timer).where(*mine).values(due_at=at))
        if claim.held:
            those = unit.c.realm == realm, unit.c.id.in_([one.id for one in claim.held])
            conn.execute(update(unit).where(*those).values(held_until=at))


def _fire_claim(services: Services, realm: str, which: ColumnElement[bool], claim: Claim) -> int:
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, Call(SYSTEM, realm))
        tx.begin()
        claim.woken = _claim_incidents(tx, claim.incidents)
        claim.rows = rows = _claim_timers(tx, which, claim.timers)
        crews = tuple(row.subject for row in rows if row.kind == timer_rows.CREW)
        if crews:  # before anything is decided: what is locked later is read as it was before
            tx.lock(Needs(assignments=crews))
        _lock_responses(tx, rows)
        claim.held = holds.claim(tx, claim.holds) if claim.holds else ()
        if not len(claim):
            return 0
        _fire(tx, rows)  # first: it locks what else it needs, and the counter comes last
        _wake(tx, claim.woken)
        tx.append(end_holds(claim.held, "expired"))
        tx.finish()
    services.announcer.events(realm, tx.events)
    return len(claim)


def _claim_incidents(tx: Transaction, most: int) -> tuple[str, ...]:
    """Lock the incidents that wake now, with their assignments, and put them on the board."""
    if not most:
        return ()
    rows = tx.conn.execute(_WAKING.limit(most), {"of_realm": tx.call.realm, "now": tx.now}).all()
    found = {row.id: incident_of(row.doc) for row in rows}
    tx.board.incidents.update(found)
    if links := tuple(link for one in found.values() for link in one.assignments):
        tx.lock(Needs(assignments=links))
    return tuple(found)


def _wake(tx: Transaction, woken: Sequence[str]) -> None:
    """The facts of what has fallen due. One that has nothing to say is put off, if need be until a fact
    touches it: it would be claimed for ever, before all others."""
    if not woken:
        return
    hearing = tx.hearing_now()
    said = {ident: fall_due(hearing, tx.board.incidents[ident]) for ident in woken}
    tx.append([draft for drafts in said.values() for draft in drafts])
    later = {ident: wakes_at(tx.board.incidents[ident]) for ident in woken}
    stuck = {ident for ident, at in later.items() if at and at <= tx.now}
    if silent := {ident for ident in woken if ident in stuck or not said[ident]}:
        log.warning("due, with nothing to say: %s", ", ".join(sorted(silent)))
        tx.flush()
        for ident in silent:
            at = None if ident in stuck else later[ident]
            tx.conn.execute(_PUT_OFF, {"of_realm": tx.call.realm, "of_id": ident, "at": at})


def _claim_timers(tx: Transaction, which: ColumnElement[bool], most: int) -> Sequence[Row[Any]]:
    """Lock what is due, and take it away."""
    if not most:
        return ()
    query = select(timer).where(timer.c.realm == tx.call.realm, timer.c.due_at <= tx.now, which)
    rows = tx.conn.execute(query.order_by(timer.c.due_at).limit(most).with_for_update(skip_locked=True)).all()
    if rows:
        ids = [row.id for row in rows]
        tx.conn.execute(delete(timer).where(timer.c.realm == tx.call.realm, timer.c.id.in_(ids)))
    return rows


def _lock_responses(tx: Transaction, rows: Sequence[Row[Any]]) -> None:
    """And closed roads and warnings, before anything is decided and in the order of who ends a response: that
    one holds their rows and waits for the counter, which comes last."""
    tasks = {row.body["linkage"] for row in rows if row.kind == timer_rows.TASK}
    reports = {row.subject for row in rows if row.kind == timer_rows.REPORT}
    for ident in sorted(tasks | reports):
        briefing.lock(tx, ident)
    for road in sorted({row.subject for row in rows if row.kind == "reopen"}):
        projection.lock_closure(tx.conn, tx.board, road)
    if alerts := [row.subject for row in rows if row.kind == timer_rows.WARNING]:
        projection.lock_alerts(tx.conn, tx.board, warning.c.id.in_(alerts))


def _fire(tx: Transaction, rows: Sequence[Row[Any]]) -> None:
    if not rows:
        return
    services, realm = tx.services, tx.call.realm
    grids = grid_owners.fall_due(tx, rows)
    tx.lock(Needs(incidents=grids.incidents, assignments=grids.assignments))
    in_turn = sorted(rows, key=lambda row: row.kind == timer_rows.WARNING)  # locked after responses
    decided = [draft for row in in_turn for draft in _decide(tx, row)]
    tx.append([*decided, *drill_findings.fall_due(tx, rows)])
    drill_findings.keep(tx)
    # Two rounds of one crew may fall due together: each crew is asked once.
    for crew in dict.fromkeys(row.subject for row in rows if row.kind == timer_rows.CREW):
        if link := tx.board.links.get(crew):
            tx.append(crew_checks.fall_due(link, tx.now))
    tx.append([*grids.facts, *grids.reassignments(tx)])
    if any(row.kind == "midnight" for row in rows):
        tx.append([new_day(services, realm, tx.now)])
        timer_rows.set_midnight(tx.conn, realm, midnight_after(tx.now, services.zone))
    directing.fall_due(tx, rows)


def _decide(tx: Transaction, row: Row[Any]) -> Sequence[Draft]:
    if row.kind == "midnight":
        return stock_opening.new_day(tx)
    if row.kind == "reopen":
        return closures.fall_due(tx, row.subject, datetime.fromisoformat(row.body["until"]))
    if row.kind == timer_rows.TASK:
        return linkage.fall_due(tx, row.body["linkage"], row.subject)
    if row.kind == timer_rows.REPORT:
        return briefing.fall_due(tx, row.subject)
    if row.kind == timer_rows.WARNING:
        return warnings.fall_due(tx, row.subject)
    if row.kind == timer_rows.HAZARD:
        return hazards.fall_due(tx, row.subject, datetime.fromisoformat(row.body["due_at"]))
    if row.kind == timer_rows.SHELF:
        return notices.fall_due(tx, row.body)
    return []
