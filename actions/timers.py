"""Whatever falls due: claimed by one worker, decided by `core`, written as facts like everything else.

An incident says in its row when something of it falls due next (`incident.wakes_at`, from the fold, so that
it is always that of its newest clocks), a unit when its hold runs out (`unit.held_until`); all else that
falls due is a row of `timer`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, select, update

from actions import (
    briefing,
    closures,
    directing,
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
from core.permissions import SYSTEM
from core.serial import incident_of
from core.waking import fall_due, wakes_at
from db import projection
from db.projection import Needs
from db.tables import incident, timer
from db.tables_warnings import warning
from db.waking import GRIDS

log = logging.getLogger(__name__)

BATCH = 25
"""What one transaction takes on: verbs wait for the counter row while its facts are written."""

_WAKING = (
    select(incident.c.id, incident.c.doc)
    .where(incident.c.realm == bindparam("of_realm"), incident.c.wakes_at <= bindparam("now"))
    .order_by(incident.c.wakes_at, incident.c.id)
    .limit(BATCH)
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
    return _run(services, realm, timer.c.kind != GRIDS, waking=True)


def run_grids(services: Services, realm: str) -> int:
    """The same for new boundaries, which take a while to draw: no deadline and no midnight waits for them."""
    return _run(services, realm, timer.c.kind == GRIDS, waking=False)


def _run(services: Services, realm: str, which: ColumnElement[bool], *, waking: bool) -> int:
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, Call(SYSTEM, realm))
        tx.begin()
        woken = _claim_incidents(tx) if waking else ()
        rows = _claim_timers(tx, which)
        crews = tuple(row.subject for row in rows if row.kind == timer_rows.CREW)
        if crews:  # before anything is decided: what is locked later is read as it was before
            tx.lock(Needs(assignments=crews))
        _lock_responses(tx, rows)
        held = holds.claim(tx, BATCH) if waking else ()
        if not (woken or rows or held):
            return 0
        _fire(tx, rows)  # first: it locks what else it needs, and the counter comes last
        _wake(tx, woken)
        tx.append(end_holds(held, "expired"))
        tx.finish()
    services.announcer.events(realm, tx.events)
    return len(woken) + len(rows) + len(held)


def _claim_incidents(tx: Transaction) -> tuple[str, ...]:
    """Lock the incidents that wake now, with their assignments, and put them on the board."""
    rows = tx.conn.execute(_WAKING, {"of_realm": tx.call.realm, "now": tx.now}).all()
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


def _claim_timers(tx: Transaction, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """Lock what is due, and take it away."""
    query = select(timer).where(timer.c.realm == tx.call.realm, timer.c.due_at <= tx.now, which)
    rows = tx.conn.execute(
        query.order_by(timer.c.due_at).limit(BATCH).with_for_update(skip_locked=True)
    ).all()
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
    tx.append([draft for row in in_turn for draft in _decide(tx, row)])
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
