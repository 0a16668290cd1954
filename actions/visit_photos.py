"""Photos of patrol visits (巡查), whether or not the visit led to an incident."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from ulid import ULID

import core.events_sites as e
from actions.access import deny_read
from actions.pictures import cleaned
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.envelope import Draft, Event
from core.errors import NotFound
from core.errors_cases import TooOften
from core.permissions import Principal, Scope, may, may_enter, visible
from db import attachments as rows
from db import log
from db.attachments import File

SUBJECT = "visit:"
MOST = 20
"""Of one visit."""


def attach(services: Services, call: Call, seq: int, name: str, given: bytes) -> Answer:
    """{seq, attachment, media_type, size}. `seq`: the visit's position, as its answer told it.

    Raises Forbidden, NotFound, AttachmentUnfit, AttachmentTooLarge, TooOften.
    """
    file = cleaned(name, given)
    return perform(services, call, "patrol", lambda tx: _attach(tx, seq, name, file))


def _attach(tx: Transaction, seq: int, name: str, file: File) -> Answer:
    visit, subject, key = _visit(tx.conn, tx.call.realm, seq), f"{SUBJECT}{seq}", str(ULID())
    if visit is None or not _concerns(tx.call.principal, visit):
        raise NotFound(kind="visit", id=str(seq))
    if rows.count(tx.conn, tx.call.realm, subject) >= MOST:
        raise TooOften(verb="attach", most=MOST)
    told: dict[str, Any] = {"attachment": key, "media_type": file.media_type, "size": len(file.body)}
    rows.put_file(tx.conn, file)
    rows.put_attachment(
        tx.conn, tx.call.realm, key, subject, name, file.sha256, tx.call.principal.name, tx.now
    )
    body = e.VisitPhotoAdded(visit=seq, name=name, sha256=file.sha256, **told)
    tx.append([Draft(body, visit.subject, visit.area, tx.occurred_at())])
    return {"seq": tx.board.seq, **told}


def _visit(conn: Connection, realm: str, seq: int) -> Event | None:
    wires = log.read(conn, realm, seq - 1, 1, seq) if seq > 0 else []
    event = log.to_event(wires[0]) if wires else None
    return event if event and isinstance(event.body, e.PatrolVisited) else None


def _concerns(principal: Principal, visit: Event) -> bool:
    """Whoever was there, and every desk in whose area it was."""
    if visit.actor == principal.name and may(principal, "patrol"):
        return True
    return principal.kind != "unit" and visible(Scope.of(principal), visit.area)


def read_visit(services: Services, principal: Principal, realm: str, seq: int) -> dict[str, Any]:
    """A visit and its photos. Raises Forbidden, NotFound (also outside the scope: that is logged)."""
    check_seen(services, principal, realm, seq)
    with services.engine.connect() as conn:
        visit = _visit(conn, realm, seq)
        assert visit is not None  # noqa: S101  seen just now
        photos = rows.listed(conn, realm, f"{SUBJECT}{seq}")
    return {"seq": seq, "at": visit.occurred_at, **visit.body.model_dump(mode="json"), "photos": photos}


def check_seen(services: Services, principal: Principal, realm: str, seq: int) -> None:
    """Raises Forbidden, NotFound unless the visit of this position is the asker's to see."""
    if not (may(principal, "patrol") and may_enter(principal, realm)):
        check_read(principal, realm)
    with services.engine.connect() as conn:
        visit = _visit(conn, realm, seq)
    if visit is None:
        raise NotFound(kind="visit", id=str(seq))
    if not _concerns(principal, visit):
        deny_read(services, principal, f"visit {seq}", area=visit.area, realm=realm)
        raise NotFound(kind="visit", id=str(seq))
