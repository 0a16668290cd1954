"""One transaction on accounts: its rows and its facts in the realm `system`, announced after the commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from actions.services import Services
from core.clock import RealmClock
from core.envelope import Body, Draft
from core.errors import Forbidden, RealmUnknown
from core.permissions import Principal, may
from db import log

REALM = "system"


@dataclass
class Ledger:
    """An open transaction, who acts in it (a login finds out on the way), and the facts it will leave."""

    conn: Connection
    by: Principal
    now: datetime
    drafts: list[Draft] = field(default_factory=list)

    def record(self, body: Body, subject: str, area: str = "") -> None:
        self.drafts.append(Draft(body, subject, area, self.now))


@contextmanager
def ledger(services: Services, by: Principal) -> Iterator[Ledger]:
    """Commit rows and facts together. The counter row is taken last, so that logins hardly wait."""
    with services.engine.begin() as conn:
        book = Ledger(conn, by, services.now())
        yield book
        wires = _append(book) if book.drafts else []
    services.announcer.events(REALM, wires)


def _append(book: Ledger) -> list[log.Wire]:
    try:
        return log.append(book.conn, REALM, book.drafts, book.by, book.now)
    except RealmUnknown:
        log.create_realm(book.conn, REALM, RealmClock(book.now, book.now))
        return log.append(book.conn, REALM, book.drafts, book.by, book.now)


def require(by: Principal, verb: str) -> None:
    """Raises Forbidden unless the principal may do this verb."""
    if not may(by, verb):
        raise Forbidden(verb=verb, role=by.role)
