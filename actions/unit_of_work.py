"""One verb, one transaction: claim the key, lock, decide, append, project, answer, commit, announce."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from actions import timer_rows
from actions.services import Services
from core import workflow
from core.board import Board
from core.envelope import Draft
from core.errors import Forbidden, KeyReused, NotFound, StaleVersion, UnitUnknown
from core.fold import apply
from core.model import Assignment, Incident, Unit
from core.permissions import Principal, Scope, may, may_enter, visible
from db import log, projection
from db.tables import answer as answer_table
from db.tables import assignment as assignment_table

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, in which realm, and the promises of the request.

    `key` with `request_hash` makes the verb idempotent; `if_match` is the version the asker has seen;
    `occurred_at` says when it happened, if not now.
    """

    principal: Principal
    realm: str = "live"
    key: str | None = None
    request_hash: str = ""
    if_match: int | None = None
    occurred_at: datetime | None = None


class Transaction:
    """The rows a verb has locked, as a small board, and the facts it has written."""

    def __init__(self, services: Services, conn: Connection, call: Call) -> None:
        self.services, self.conn, self.call = services, conn, call
        self.real = services.now()
        self.now = log.read_clock(conn, call.realm).now(self.real)
        self.board = Board(call.realm, counting=False)
        self.events: list[log.Wire] = []

    def occurred_at(self) -> datetime:
        """When it happened, as stated by the call. Raises TimeInFuture, BackdatingNotAllowed."""
        may_backdate = may(self.call.principal, "backdate")
        return workflow.occurred(self.call.occurred_at, self.now, may_backdate=may_backdate)

    def incident(self, ident: str, *, assignments: Iterable[str] = (), units: Iterable[str] = ()) -> Incident:
        """Lock an incident (with what else the verb needs). Raises NotFound, StaleVersion."""
        projection.lock(self.conn, self.board, incidents=[ident], assignments=assignments, units=units)
        incident = self.board.incidents.get(ident)
        if incident is None or not self._sees(incident.area):
            raise NotFound(kind="incident", id=ident)
        self._check_version(incident.version)
        return incident

    def units(self, ids: Sequence[str]) -> list[Unit]:
        """Units already locked, in the order asked for. Raises UnitUnknown."""
        for ident in ids:
            if ident not in self.board.units:
                raise UnitUnknown(unit=ident)
        return [self.board.units[ident] for ident in ids]

    def assignment(self, ident: str) -> tuple[Assignment, Incident]:
        """Lock an assignment with its incident and unit. Raises NotFound, StaleVersion."""
        query = select(assignment_table.c.incident, assignment_table.c.unit).where(
            assignment_table.c.realm == self.call.realm, assignment_table.c.id == ident
        )
        row = self.conn.execute(query).first()
        if row is None:
            raise NotFound(kind="assignment", id=ident)
        projection.lock(
            self.conn, self.board, incidents=[row.incident], assignments=[ident], units=[row.unit]
        )
        assignment = self.board.links[ident]
        if not self._sees(assignment.area):
            raise NotFound(kind="assignment", id=ident)
        self._check_version(assignment.version)
        return assignment, self.board.incidents[row.incident]

    def lock_links(self, ids: Iterable[str]) -> None:
        """Lock further assignments, after their incident."""
        projection.lock(self.conn, self.board, assignments=ids)

    def _sees(self, area: str) -> bool:
        return visible(Scope.of(self.call.principal), area)

    def _check_version(self, current: int) -> None:
        if self.call.if_match is not None and self.call.if_match != current:
            raise StaleVersion(held=self.call.if_match, current=current)

    def append(self, drafts: Sequence[Draft]) -> int:
        """Write facts, project them onto the guard tables, set their timers; the last position."""
        if not drafts:
            return self.board.seq
        wires = log.append(self.conn, self.call.realm, drafts, self.call.principal, self.real)
        changes = [apply(self.board, log.to_event(wire)) for wire in wires]
        self.events += wires
        projection.write(self.conn, self.call.realm, changes)
        timer_rows.set_for(self.conn, self.call.realm, changes)
        return self.board.seq

    def incident_answer(self, ident: str) -> Answer:
        incident = self.board.incidents[ident]
        return {"seq": incident.version, "status": incident.status}


def perform(services: Services, call: Call, verb: str, decide: Callable[[Transaction], Answer]) -> Answer:
    """Run one verb; its answer, the stored one when the same key comes again.

    Raises Forbidden when the principal may not do this verb or enter this realm, KeyReused when the key
    came with another body, and whatever `decide` refuses; then nothing is written.
    """
    if not (may(call.principal, verb) and may_enter(call.principal, call.realm)):
        raise Forbidden(verb=verb, role=call.principal.role)
    with services.engine.begin() as conn:
        stored = _claim(conn, services, call)
        if stored is not None:
            return stored
        tx = Transaction(services, conn, call)
        given = decide(tx)
        _remember(conn, call, given)
    services.announcer.events(call.realm, tx.events)
    return given


def _claim(conn: Connection, services: Services, call: Call) -> Answer | None:
    """Take the idempotency key; the stored answer if it was used. Waits for a twin still at work."""
    if call.key is None:
        return None
    values = {
        "principal": call.principal.id,
        "key": call.key,
        "request_hash": call.request_hash,
        "created_at": services.now(),
    }
    taken = pg_insert(answer_table).values(values).on_conflict_do_nothing().returning(answer_table.c.key)
    if conn.execute(taken).first():
        return None
    row = conn.execute(
        select(answer_table.c.request_hash, answer_table.c.body).where(
            answer_table.c.principal == call.principal.id, answer_table.c.key == call.key
        )
    ).one()
    if row.request_hash != call.request_hash:
        raise KeyReused(key=call.key)
    return dict(row.body)


def _remember(conn: Connection, call: Call, given: Answer) -> None:
    if call.key is None:
        return
    where = (answer_table.c.principal == call.principal.id) & (answer_table.c.key == call.key)
    conn.execute(update(answer_table).where(where).values(body=given))
