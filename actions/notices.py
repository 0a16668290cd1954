"""What the asker's office is told: the bell, acknowledging (确认), shelving (搁置), and the alarm load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

import core.events_duty as e
from actions import timer_rows
from actions.duty_commands import ShelveCommand
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import alarms
from core.drill import is_drill
from core.envelope import Body, Draft
from core.errors import InvalidInput, NotFound
from core.errors_duty import NotAnAlarm, ShelfTooLong
from core.permissions import Principal
from db import handover as shifts
from db import notices as rows
from db.tables_duty import notice

LISTED = 200
SHELF_MOST = 24 * 60
"""Minutes. What nobody wants to hear of for longer is no alarm."""
HOURS_MOST = 7 * 24
_SHOWN = (
    "seq", "fact", "incident", "severity", "alarm", "at", "said", "settled_at", "acked_at", "acked_by",
    "acked_seat", "shelved_until", "shelved_by", "shelved_seat", "shelved_reason",
)  # fmt: skip


def waiting(services: Services, principal: Principal, realm: str) -> dict[str, int]:
    """How many notices of the asker's office wait for somebody, and how many of them are alarms."""
    check_read(principal, realm)
    now = services.now_in(realm)
    with services.engine.connect() as conn:
        return count(conn, realm, str(principal.office), now)


def count(conn: Connection, realm: str, office: str, now: datetime) -> dict[str, int]:
    """Notices of an office that wait, and the alarms among them."""
    query = select(func.count(), func.count().filter(notice.c.alarm)).where(
        notice.c.realm == realm, notice.c.office == office, rows.waiting(now)
    )
    told, loud = conn.execute(query).one()
    return {"waiting": told, "alarms": loud}


def listed(
    services: Services, principal: Principal, realm: str, state: str = "waiting"
) -> list[dict[str, Any]]:
    """Notices of the asker's office, newest first: "waiting", "shelved" or "all". Raises InvalidInput."""
    check_read(principal, realm)
    now = services.now_in(realm)
    conditions = {"waiting": rows.waiting(now), "shelved": notice.c.shelved_until > now, "all": None}
    if state not in conditions:
        raise InvalidInput(pointer="state", detail=", ".join(conditions))
    query = rows.of_office(realm, str(principal.office)).limit(LISTED)
    condition = conditions[state]
    with services.engine.connect() as conn:
        found = conn.execute(query if condition is None else query.where(condition)).mappings()
        return [{name: row[name] for name in _SHOWN} for row in found]


def acknowledge(services: Services, call: Call, seqs: Sequence[int]) -> Answer:
    """确认: {seq, acknowledged}. What somebody acknowledged before stays theirs. Raises NotFound."""
    return perform(services, call, "duty", lambda tx: _acknowledge(tx, seqs))


def _acknowledge(tx: Transaction, seqs: Sequence[int]) -> Answer:
    office = str(tx.call.principal.office)
    found = _locked(tx, office, seqs)
    fresh = tuple(row["seq"] for row in found if row["acked_at"] is None)
    if fresh:
        # The bell of a drill that stands, or is over, says so: to have heard it is told about the drill.
        about = tx.call.realm if is_drill(tx.call.realm) else f"notice:{fresh[0]}"
        body = e.NoticesAcknowledged(office=office, notices=fresh)
        tx.append([Draft(body, about, office.partition("@")[2], tx.now)])
        who = {"acked_by": tx.call.principal.name, "acked_seat": tx.call.principal.seat}
        rows.change(tx.conn, tx.call.realm, office, fresh, acked_at=tx.now, **who)
    return {"seq": tx.board.seq, "acknowledged": list(fresh)}


def shelve(services: Services, call: Call, seq: int, command: ShelveCommand) -> Answer:
    """搁置 until a time, after which it is heard again: {seq, until}.

    Raises NotFound, NotAnAlarm, ShelfTooLong.
    """
    return perform(services, call, "duty", lambda tx: _shelve(tx, seq, command))


def _shelve(tx: Transaction, seq: int, command: ShelveCommand) -> Answer:
    if command.minutes > SHELF_MOST:
        raise ShelfTooLong(most=SHELF_MOST)
    office = str(tx.call.principal.office)
    (row,) = _locked(tx, office, [seq])
    if not row["alarm"] or row["settled_at"]:
        raise NotAnAlarm(state="settled" if row["settled_at"] else "note")
    until = tx.now + timedelta(minutes=command.minutes)
    _append(tx, e.AlarmShelved(office=office, notice=seq, until=until, reason=command.reason), seq)
    by = tx.call.principal
    values = {"shelved_by": by.name, "shelved_seat": by.seat, "shelved_reason": command.reason}
    rows.change(
        tx.conn, tx.call.realm, office, [seq], shelved_at=tx.now, shelved_until=until, acked_at=None,
        acked_by=None, acked_seat=None, **values,
    )  # fmt: skip
    timer_rows.set_shelf(tx.conn, tx.call.realm, until, office, seq)
    return {"seq": tx.board.seq, "until": until}


def unshelve(services: Services, call: Call, seq: int) -> Answer:
    """取消搁置. Raises NotFound, NotAnAlarm when it is on no shelf."""
    return perform(services, call, "duty", lambda tx: _unshelve(tx, seq))


def _unshelve(tx: Transaction, seq: int) -> Answer:
    office = str(tx.call.principal.office)
    (row,) = _locked(tx, office, [seq])
    if row["shelved_until"] is None:
        raise NotAnAlarm(state="heard")
    _append(tx, e.AlarmUnshelved(office=office, notice=seq, by_itself=False), seq)
    rows.change(tx.conn, tx.call.realm, office, [seq], shelved_until=None)
    return {"seq": tx.board.seq}


def fall_due(tx: Transaction, shelf: Mapping[str, Any]) -> list[Draft]:
    """The time of a shelf is over; nothing when it was taken off, or put back for longer, before."""
    office, seq = shelf["office"], int(shelf["notice"])
    found = rows.lock(tx.conn, tx.call.realm, office, [seq])
    until = datetime.fromisoformat(shelf["until"])
    if not found or found[0]["shelved_until"] != until or found[0]["settled_at"]:
        return []
    rows.change(tx.conn, tx.call.realm, office, [seq], shelved_until=None)
    return [_draft(tx, e.AlarmUnshelved(office=office, notice=seq, by_itself=True), seq, office)]


def _locked(tx: Transaction, office: str, seqs: Sequence[int]) -> list[RowMapping]:
    found = rows.lock(tx.conn, tx.call.realm, office, seqs)
    missing = set(seqs) - {row["seq"] for row in found}
    if missing:
        raise NotFound(kind="notice", id=min(missing))
    return found


def _append(tx: Transaction, body: Body, seq: int) -> None:
    tx.append([_draft(tx, body, seq, str(tx.call.principal.office))])


def _draft(tx: Transaction, body: Body, seq: int, office: str) -> Draft:
    return Draft(body, f"notice:{seq}", office.partition("@")[2], tx.now)


def alarm_load(services: Services, principal: Principal, realm: str, hours: int = 24) -> list[alarms.Hour]:
    """The asker's office hour by hour, this one last. Raises InvalidInput."""
    check_read(principal, realm)
    if not 1 <= hours <= HOURS_MOST:
        raise InvalidInput(pointer="hours", detail=f"1-{HOURS_MOST}")
    office, now = str(principal.office), services.now_in(realm)
    until = now.replace(minute=0, second=0, microsecond=0) + alarms.HOUR
    since = until - hours * alarms.HOUR
    with services.engine.connect() as conn:
        times = rows.alarm_times(conn, realm, office, since, until)
        seats = [
            (row["seat"], (row["begun"], row["ended"])) for row in shifts.manned(conn, office, since, until)
        ]
    return alarms.load(times, seats, since, until)
