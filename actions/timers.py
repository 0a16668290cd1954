"""Whatever falls due: claimed by one worker, decided by `core`, written as facts like everything else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, select

from actions import closures, grid_owners, stock_opening, timer_rows
from actions.realms import new_day
from actions.services import Services
from actions.unit_of_work import Call, Transaction
from core import workflow
from core.clock import midnight_after
from core.envelope import Draft
from core.permissions import SYSTEM
from db.projection import Needs
from db.tables import timer

BATCH = 200
_OF_INCIDENTS = ("deadline", "shelve")


def run_due(services: Services, realm: str) -> int:
    """Fire what is due in a realm by its own clock; how many rows were claimed.

    Any number of workers may call this at once: a row is claimed by `FOR UPDATE SKIP LOCKED` and deleted in
    the transaction that writes its fact, so it fires exactly once.
    """
    return _run(services, realm, timer.c.kind != timer_rows.GRIDS)


def run_grids(services: Services, realm: str) -> int:
    """The same for new boundaries, which take a while to draw: no deadline and no midnight waits for them."""
    return _run(services, realm, timer.c.kind == timer_rows.GRIDS)


def _run(services: Services, realm: str, which: ColumnElement[bool]) -> int:
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, Call(SYSTEM, realm))
        tx.begin()
        query = select(timer).where(timer.c.realm == realm, timer.c.due_at <= tx.now, which)
        claimed = query.order_by(timer.c.due_at).limit(BATCH).with_for_update(skip_locked=True)
        rows = conn.execute(claimed).all()
        if not rows:
            return 0
        conn.execute(delete(timer).where(timer.c.realm == realm, timer.c.id.in_([r.id for r in rows])))
        grids = grid_owners.fall_due(tx, rows)
        subjects = tuple(r.subject for r in rows if r.kind in _OF_INCIDENTS)
        tx.lock(Needs(incidents=(*subjects, *grids.incidents), assignments=grids.assignments))
        drafts = dict.fromkeys(draft for row in rows for draft in _decide(tx, row))
        tx.append(list(drafts))  # two timers of one incident may ask for the same
        tx.append([*grids.facts, *grids.reassignments(tx)])
        if any(row.kind == "midnight" for row in rows):
            tx.append([new_day(services, realm, tx.now)])
            timer_rows.set_midnight(conn, realm, midnight_after(tx.now, services.zone))
        tx.finish()
    services.announcer.events(realm, tx.events)
    return len(rows)


def _decide(tx: Transaction, row: Row[Any]) -> Sequence[Draft]:
    if row.kind == "midnight":
        return stock_opening.new_day(tx)
    if row.kind == "reopen":
        return closures.fall_due(tx, row.subject, datetime.fromisoformat(row.body["until"]))
    incident = tx.board.incidents.get(row.subject)
    if incident is None:
        return []
    if row.kind == "shelve":
        return workflow.shelve(incident, tx.now)
    if row.kind == "deadline":
        due_at = datetime.fromisoformat(row.body["due_at"])
        return workflow.cross(incident, row.body["step"], due_at, near=row.body["near"], at=tx.now)
    return []
