"""One verb, one transaction: claim the key, lock, decide, append, project, answer, commit, announce."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from actions import timer_rows
from actions.services import Services
from core import workflow
from core.board import Board
from core.clock import RealmClock
from core.drill import check_act, is_drill
from core.envelope import Draft
from core.errors import Forbidden, KeyReused, NotFound, Refusal, StaleVersion, UnitUnknown
from core.features import feature
from core.flow import sees
from core.fold import apply
from core.hearing import Hearing
from core.model import Assignment, Entity, Incident, Unit
from core.permissions import Principal, Scope, may, may_enter, visible
from db import drills, log, projection
from db.batch import Batch
from db.projection import Needs
from db.tables import answer as answer_table
from db.tables import incident as incident_table

Answer = dict[str, Any]
NOTHING = Needs()


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
    """The rows a verb has locked, as a small board, and the facts it has decided."""

    def __init__(self, services: Services, conn: Connection, call: Call) -> None:
        self.services, self.conn, self.call = services, conn, call
        self.real = services.now()
        self.board = Board(call.realm, live=False)
        self.events: list[log.Wire] = []
        self._now: datetime | None = None
        self._counter: log.Counter | None = None
        self._writes = Batch(conn)

    def begin(self, needs: Needs = NOTHING) -> Answer | None:
        """Claim the key, read the clock, lock what is needed: one round trip. The stored answer, if any."""
        batch = Batch(self.conn)
        claimed = _add_claim(batch, self.call, self.real)
        clock = batch.add(log.CLOCK, {"realm": self.call.realm})
        projection.add_locks(batch, self.call.realm, needs)
        results = batch.run()
        self._now = log.clock_of(results[clock], self.call.realm).now(self.real)
        projection.take_locked(self.board, results)
        return None if claimed is None or results[claimed] else _stored(self.conn, self.call)

    @property
    def now(self) -> datetime:
        """The realm's time of this transaction."""
        assert self._now is not None, "begin first"  # noqa: S101
        return self._now

    def occurred_at(self) -> datetime:
        """When it happened, as stated by the call. Raises TimeInFuture, BackdatingNotAllowed."""
        return workflow.occurred_by(self.call.principal, self.call.occurred_at, self.now)

    def hearing(self) -> Hearing:
        """What a decision is taken by, as of when it happened. Raises TimeInFuture, BackdatingNotAllowed."""
        return Hearing(self.services.reference.rules(), self.call.principal, self.occurred_at())

    def hearing_now(self) -> Hearing:
        """The same for what happens by itself, now."""
        return Hearing(self.services.reference.rules(), self.call.principal, self.now)

    def incident(self, ident: str) -> Incident:
        """A locked incident in scope, as the call has seen it. Raises NotFound, StaleVersion."""
        incident = self.other_incident(ident)
        self.check_version(incident)
        return incident

    def other_incident(self, ident: str) -> Incident:
        """A further locked incident in scope; the version seen is not of it. Raises NotFound."""
        incident = self.board.incidents.get(ident)
        if incident is None or not sees(self.call.principal, incident):
            raise NotFound(kind="incident", id=ident)
        return incident

    def units(self, ids: Sequence[str]) -> list[Unit]:
        """Locked units in scope, in the order asked for. Raises UnitUnknown."""
        for ident in ids:
            unit = self.board.units.get(ident)
            if unit is None or not self._sees(unit.area):
                raise UnitUnknown(unit=ident)
        return [self.board.units[ident] for ident in ids]

    def own_unit(self, ident: str) -> Unit:
        """A locked unit in scope; a unit's own, wherever it is at home. Raises UnitUnknown."""
        own = self.call.principal.kind == "unit" and self.call.principal.id == ident
        if own and ident in self.board.units:
            return self.board.units[ident]
        return self.units([ident])[0]

    def number_of(self, incident: str) -> str:
        """What people call an incident that is not locked."""
        query = select(incident_table.c.number).where(
            incident_table.c.realm == self.call.realm, incident_table.c.id == incident
        )
        return self.conn.scalar(query) or incident

    def assignment(self, ident: str) -> tuple[Assignment, Incident]:
        """A locked assignment with its incident. Raises NotFound, StaleVersion."""
        assignment = self.board.links.get(ident)
        if assignment is None or not (
            self._is_own(assignment) or self._sees(assignment.area, assignment.offices)
        ):
            raise NotFound(kind="assignment", id=ident)
        self.check_version(assignment)
        return assignment, self.board.incidents[assignment.incident]

    def lock(self, needs: Needs) -> None:
        """Lock further rows: only of kinds that come after those already locked."""
        projection.lock(self.conn, self.board, needs)

    def _sees(self, area: str, offices: tuple[str, ...] | None = None) -> bool:
        return visible(Scope.of(self.call.principal), area, offices)

    def _is_own(self, assignment: Assignment) -> bool:
        """A unit is sent wherever it is needed, also out of its area."""
        return self.call.principal.kind == "unit" and self.call.principal.id == assignment.unit

    def check_version(self, entity: Entity) -> None:
        """Raises StaleVersion when the asker has seen an older one."""
        held = self.call.if_match
        if held is not None and held != entity.version:
            raise StaleVersion(held=held, current=entity.version, newer=feature(entity))

    @property
    def counter(self) -> log.Counter:
        """The realm's counter row, taken now if it was not: keep what follows short."""
        if self._counter is None:
            self._counter = log.take(self.conn, self.call.realm)
        return self._counter

    def turn_clock(self, clock: RealmClock) -> None:
        """Set the realm's clock: what is appended from here on is recorded by it."""
        self._counter = replace(self.counter, clock=clock)
        log.set_clock(self.conn, self.call.realm, clock)

    def append(self, drafts: Sequence[Draft]) -> int:
        """Decide facts: chained, folded, and gathered with their guard rows and timers until `finish`."""
        if not drafts:
            return self.board.seq
        self._check_drill(drafts)
        wires, self._counter = log.chain(self.counter, drafts, self.call.principal, self.real)
        changes = [apply(self.board, log.to_event(wire)) for wire in wires]
        self.events += wires
        log.add_writes(self._writes, wires, self._counter)
        projection.add_writes(self._writes, self.call.realm, changes)
        timer_rows.add_for(self._writes, self.call.realm, changes)
        return self.board.seq

    def _check_drill(self, drafts: Sequence[Draft]) -> None:
        """What is about the drill itself may always be told; all else in its realm while it goes on. Looked
        at under the counter row, which comes first for who turns a drill. Raises DrillOver, DrillStands."""
        realm = self.call.realm
        if not is_drill(realm) or all(draft.subject == realm for draft in drafts):
            return
        _ = self.counter
        if halted := drills.halted(self.conn, realm):
            check_act(halted, self.call.principal)

    def flush(self) -> None:
        """Write what has gathered, without committing: for transactions that read what they wrote."""
        self._writes.run()

    def finish(self, given: Answer | None = None) -> None:
        """Write everything, remember the answer, commit: one round trip. Raises UnitBusy."""
        if self.call.key is not None and given is not None:
            body = orjson.dumps(given, default=str).decode()
            params = {"of_principal": self.call.principal.id, "of_key": self.call.key, "body": body}
            self._writes.add(_REMEMBER, params)
        try:
            self._writes.run(commit=True)
        except IntegrityError as error:
            self.conn.rollback()
            if "uq_assignment_active" in str(error.orig):
                raise self._busy() or error from error
            raise

    def _busy(self) -> Refusal | None:
        return projection.busy_unit(self.conn, self.call.realm, self.board.units)

    def incident_answer(self, ident: str) -> Answer:
        incident = self.board.incidents[ident]
        return {"seq": incident.version, "status": incident.status}


def perform(
    services: Services, call: Call, verb: str, decide: Callable[[Transaction], Answer], needs: Needs = NOTHING
) -> Answer:
    """Run one verb; its answer, the stored one when the same key comes again.

    Raises Forbidden when the principal may not do this verb or enter this realm, KeyReused when the key
    came with another body, and whatever `decide` refuses; then nothing is written.
    """
    if not (may(call.principal, verb) and may_enter(call.principal, call.realm)):
        raise Forbidden(verb=verb, role=call.principal.role)
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, call)
        stored = tx.begin(needs)
        if stored is not None:
            return stored
        given = decide(tx)
        tx.finish(given)
    services.announcer.events(call.realm, tx.events)
    return given


_CLAIM = (
    insert(answer_table)
    .values({name: bindparam(name) for name in ("principal", "key", "request_hash", "created_at")})
    .on_conflict_do_nothing()
    .returning(answer_table.c.key)
)
_REMEMBER = (
    update(answer_table)
    .where(answer_table.c.principal == bindparam("of_principal"), answer_table.c.key == bindparam("of_key"))
    .values(body=bindparam("body"))
)


def _add_claim(batch: Batch, call: Call, real: datetime) -> int | None:
    """Take the idempotency key; waits for a twin still at work. No row comes back if it was used before."""
    if call.key is None:
        return None
    values = {"principal": call.principal.id, "key": call.key, "request_hash": call.request_hash}
    return batch.add(_CLAIM, {**values, "created_at": real})


def _stored(conn: Connection, call: Call) -> Answer:
    """The answer of a key used before. Raises KeyReused when it came with another request."""
    row = conn.execute(
        select(answer_table.c.request_hash, answer_table.c.body).where(
            answer_table.c.principal == call.principal.id, answer_table.c.key == call.key
        )
    ).one()
    if row.request_hash != call.request_hash:
        raise KeyReused(key=call.key)
    return dict(row.body)
