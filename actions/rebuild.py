"""Making the guard tables again from the log."""

from __future__ import annotations

from sqlalchemy import delete

from actions.services import Services
from core.board import Board, Change
from core.fold import apply
from db import log, projection
from db.batch import Batch
from db.tables import assignment, incident, unit


def rebuild(services: Services, realm: str) -> int:
    """Fold the realm's whole log into fresh guard rows, while its writers wait; how many rows.

    Timers, reporters and stored answers are not derived from the log and stay. Raises RealmUnknown.
    """
    with services.engine.begin() as conn:
        counter = log.take(conn, realm)
        latest = Change(seq=counter.head, at=counter.head_at)
        board = Board(realm, live=False)
        for wire in log.read_all(conn, realm):
            for key, (_, new) in apply(board, log.to_event(wire)).touched.items():
                latest.touched[key] = (None, new)
        for table in (assignment, incident, unit):
            conn.execute(delete(table).where(table.c.realm == realm))
        batch = Batch(conn)
        projection.add_writes(batch, realm, [latest])
        batch.run()
    return len(latest.touched)


def rebuild_all(services: Services) -> dict[str, int]:
    """Rows written by realm."""
    with services.engine.connect() as conn:
        realms = log.list_realms(conn)
    return {realm: rebuild(services, realm) for realm in realms}
