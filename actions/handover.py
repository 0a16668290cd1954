"""交接班: what is unresolved, handing a shift over, taking it over, and the shifts before."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select
from ulid import ULID

import core.events_duty as e
from actions import notices
from actions.access import Wanted, require_seen
from actions.duty_commands import HandOverCommand
from actions.queries import check_read
from actions.services import Services
from actions.system_log import ledger
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import handover as rules
from core.envelope import Body, Draft
from core.errors import Forbidden, InvalidInput, NotFound
from core.errors_duty import HandoverWaiting
from core.events_system import Exported
from core.handover import Handover
from core.model import Incident
from core.offices import parse
from core.permissions import Principal, Scope
from core.roster import Shift
from core.serial import incident_of
from db import duty, log
from db import handover as rows
from db.scoping import incident_seen
from db.tables import incident

LISTED = 2000
HISTORY = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """The handover page of an office. `since` is when the present shift took over, None = never told."""

    office: str
    counts: dict[str, int]
    waiting: Handover | None
    last: Handover | None
    on_duty: tuple[Shift, ...]


def sheet(services: Services, principal: Principal, realm: str) -> Sheet:
    """The present shift of the asker's office."""
    check_read(principal, realm)
    office, now = str(principal.office), services.now_in(realm)
    with services.engine.connect() as conn:
        counts = _counts(conn, realm, principal, now)
        past = [one for one in rows.history(conn, realm, office, HISTORY) if not one.withdrawn]
        running = duty.shifts(conn, now, now + timedelta(microseconds=1), [office])
    taken = [one for one in past if one.taken]
    return Sheet(
        office,
        counts,
        next((one for one in past if not one.taken), None),
        taken[0] if taken else None,
        tuple(running),
    )


def count(services: Services, principal: Principal, realm: str) -> dict[str, int]:
    """Unresolved incidents that the asker sees and alarms that wait, by core.handover.KINDS."""
    check_read(principal, realm)
    now = services.now_in(realm)
    with services.engine.connect() as conn:
        return _counts(conn, realm, principal, now)


def _counts(conn: Connection, realm: str, principal: Principal, now: datetime) -> dict[str, int]:
    found = rows.count_unresolved(conn, realm, Scope.of(principal))
    return {**found, "alarms": notices.count(conn, realm, str(principal.office), now)["alarms"]}


def unresolved(services: Services, principal: Principal, realm: str, kind: str = "open") -> list[Incident]:
    """The incidents behind a count, the gravest first; at most LISTED. Raises InvalidInput."""
    check_read(principal, realm)
    if kind not in rows.CONDITIONS:
        raise InvalidInput(pointer="kind", detail=", ".join(rows.CONDITIONS))
    with services.engine.connect() as conn:
        docs = rows.list_unresolved(conn, realm, Scope.of(principal), kind, LISTED)
    return [incident_of(doc) for doc in docs]


def history(services: Services, principal: Principal, realm: str) -> list[Handover]:
    """The shifts of the asker's office, newest first."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        return rows.history(conn, realm, str(principal.office), HISTORY)


def read(services: Services, principal: Principal, realm: str, ident: str) -> Handover:
    """One of the asker's office. Raises NotFound; another office's is logged."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        found = rows.find(conn, realm, ident)
    return require_seen(
        services,
        principal,
        Wanted("handover", ident, realm),
        found,
        lambda one: parse(one.office).area,
        lambda one: one.office == str(principal.office),
    )


def take_away(services: Services, principal: Principal, realm: str, ident: str) -> Handover:
    """One that is put on paper: the audit knows it first. Raises NotFound."""
    known = read(services, principal, realm, ident)
    with ledger(services, principal) as book:
        told = Exported(what=f"handover {ident}", format="pdf", rows=len(known.items), of_area=principal.area)
        book.record(told, f"export:handover:{ident}", principal.area)
    return known


def hand_over(services: Services, call: Call, command: HandOverCommand) -> Answer:
    """交班: {seq, id}. What is unresolved is counted now. Raises HandoverWaiting, NotFound, Forbidden."""
    _a_person(call)
    return perform(services, call, "duty", lambda tx: _hand_over(tx, command))


def _a_person(call: Call) -> None:
    """A signature is a person's: no other system signs."""
    if call.principal.kind != "user":
        raise Forbidden(verb="duty", role=call.principal.role)


def _hand_over(tx: Transaction, command: HandOverCommand) -> Answer:
    principal, realm = tx.call.principal, tx.call.realm
    office = str(principal.office)
    if before := rows.waiting(tx.conn, realm, office):
        raise HandoverWaiting(by=before.handed.name, at=before.handed.at)
    past = [one for one in rows.history(tx.conn, realm, office, HISTORY) if one.taken and not one.withdrawn]
    running = duty.shifts(tx.conn, tx.now, tx.now + timedelta(microseconds=1), [office])
    body = e.ShiftHandedOver(
        office=office,
        since=past[0].taken.at if past and past[0].taken else None,
        counts=_counts(tx.conn, realm, principal, tx.now),
        notes=command.notes,
        items=_items(tx, command),
        roster=tuple(dict.fromkeys(shift.held_by for shift in running if shift.held_by)),
    )
    return _write(tx, body, str(ULID()), None)


def _items(tx: Transaction, command: HandOverCommand) -> tuple[tuple[str, str, str], ...]:
    """Incident, number, word on it. Raises NotFound for one that the asker does not see."""
    wanted = [item.incident for item in command.items]
    query = select(incident.c.id, incident.c.number).where(
        incident.c.realm == tx.call.realm, incident.c.id.in_(wanted)
    )
    seen = query.where(incident_seen(Scope.of(tx.call.principal)))
    numbers = {row.id: row.number for row in tx.conn.execute(seen)}
    for ident in wanted:
        if ident not in numbers:
            raise NotFound(kind="incident", id=ident)
    return tuple((item.incident, numbers[item.incident], item.note) for item in command.items)


def take_over(services: Services, call: Call, ident: str, remark: str | None) -> Answer:
    """接班: {seq, id}. Raises NotFound, HandoverTaken, SamePerson, Forbidden."""
    _a_person(call)
    return perform(services, call, "duty", lambda tx: _take_over(tx, ident, remark))


def _take_over(tx: Transaction, ident: str, remark: str | None) -> Answer:
    known = _own(tx.call.principal, ident, rows.find(tx.conn, tx.call.realm, ident, lock=True))
    return _write(tx, rules.take_over(known, tx.call.principal.name, remark), ident, known)


def withdraw(services: Services, call: Call, ident: str) -> Answer:
    """撤回交班: {seq, id}. Raises NotFound, HandoverTaken, NotYours, Forbidden."""
    _a_person(call)
    return perform(services, call, "duty", lambda tx: _withdraw(tx, ident))


def _withdraw(tx: Transaction, ident: str) -> Answer:
    known = _own(tx.call.principal, ident, rows.find(tx.conn, tx.call.realm, ident, lock=True))
    return _write(tx, rules.withdraw(known, tx.call.principal.name), ident, known)


def _own(principal: Principal, ident: str, found: Handover | None) -> Handover:
    """Raises NotFound, also for another office's."""
    if found is None or found.office != str(principal.office):
        raise NotFound(kind="handover", id=ident)
    return found


def _write(tx: Transaction, body: Body, ident: str, known: Handover | None) -> Answer:
    """The fact and the row. Raises HandoverWaiting when somebody was faster."""
    area = tx.call.principal.area
    tx.append([Draft(body, f"{rules.SUBJECT}{ident}", area, tx.now)])
    after = rules.apply(known, log.to_event(tx.events[-1]))
    assert after is not None  # noqa: S101  a fact of a handover that is there
    if not rows.put(tx.conn, tx.call.realm, after):
        first = rows.waiting(tx.conn, tx.call.realm, after.office)
        raise HandoverWaiting(by=first.handed.name if first else "", at=first.handed.at if first else tx.now)
    return {"seq": tx.board.seq, "id": ident}


def as_json(known: Handover) -> dict[str, Any]:
    """As other systems get it."""
    items = [{"incident": i, "number": number, "note": note} for i, number, note in known.items]
    return {**asdict(known), "items": items}
