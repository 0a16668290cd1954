"""Making the guard tables again from the log."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from actions.drill_findings import FindingsLedger
from actions.hazards import Ledger
from actions.rebuild_duty import DutyLedger
from actions.services import Services
from core.board import FOLD_VERSION, Board, Change
from core.fold import apply
from db import kpi_days, log, projection
from db.batch import Batch
from db.tables import assignment, incident, setting, unit
from db.tables_drills import drill
from db.tables_linkage import linkage, task
from db.tables_roads import closure
from db.tables_stock import lot
from db.tables_walls import wall_scene
from db.tables_warnings import warning

_SETTING = "guard rows"


def rebuild(services: Services, realm: str) -> int:
    """Fold the realm's whole log into fresh guard rows, while its writers wait; how many rows.

    Timers, reporters and stored answers are not derived from the log and stay; so does what offices were told
    (`actions.rebuild_duty`). Raises RealmUnknown.
    """
    with services.engine.begin() as conn:
        counter = log.take(conn, realm)
        latest = Change(seq=counter.head, at=counter.head_at)
        board, ledger, duty = Board(realm, live=False), Ledger(), DutyLedger(conn, realm)
        found = FindingsLedger()
        for wire in log.read_all(conn, realm):
            event = log.to_event(wire)
            ledger.take(event)
            found.take(event)
            change = apply(board, event)
            duty.take(event, board)
            latest.touched.update((key, (None, new)) for key, (_, new) in change.touched.items())
            latest.lots.update(change.lots)
        for table in (assignment, incident, unit, closure, linkage, task, warning, wall_scene, drill, lot):
            conn.execute(delete(table).where(table.c.realm == realm))
        kpi_days.forget(conn, realm)
        batch = Batch(conn)
        projection.add_writes(batch, realm, [latest])
        batch.run()
        sites = ledger.write(conn, realm) + found.write(conn, realm)
        return len(latest.touched) + sites + len(latest.lots) + duty.write()


def rebuild_outdated(services: Services) -> dict[str, int]:
    """As `rebuild_all`, if the rows were written by another version of the fold; otherwise nothing."""
    with services.engine.connect() as conn:
        written_by = conn.scalar(select(setting.c.value).where(setting.c.key == _SETTING))
    if written_by == FOLD_VERSION:
        return {}
    rows = rebuild_all(services)
    now = insert(setting).values(key=_SETTING, value=FOLD_VERSION)
    with services.engine.begin() as conn:
        conn.execute(now.on_conflict_do_update(index_elements=["key"], set_={"value": FOLD_VERSION}))
    return rows


def rebuild_all(services: Services) -> dict[str, int]:
    """Rows written by realm."""
    with services.engine.connect() as conn:
        realms = log.list_realms(conn)
    return {realm: rebuild(services, realm) for realm in realms}
