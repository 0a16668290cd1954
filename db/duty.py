"""The roster and the phone book. Callers own the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from core.offices import parse
from core.roster import OnDuty, Shift
from core.roster import on_duty as who_is
from db.tables_duty import contact, roster


def shifts(
    conn: Connection, since: datetime, until: datetime, offices: Iterable[str] | None = None
) -> list[Shift]:
    """Those that run at any time between, by office and start."""
    query = select(roster).where(roster.c.starts_at < until, roster.c.ends_at > since)
    if offices is not None:
        query = query.where(roster.c.office.in_(list(offices)))
    order = (roster.c.office, roster.c.starts_at, roster.c.post, roster.c.person)
    return [Shift(**row) for row in conn.execute(query.order_by(*order)).mappings()]


def on_duty(conn: Connection, office: str, at: datetime) -> OnDuty:
    """Who answers for an office, or for the next level above it that has anybody."""
    running = select(roster).where(roster.c.starts_at <= at, roster.c.ends_at > at)
    query = running.where(roster.c.office.in_(line_of(office)))
    return who_is([Shift(**row) for row in conn.execute(query).mappings()], office, at)


def line_of(office: str) -> list[str]:
    """The office and every one above it, nearest first."""
    found, one = [], parse(office)
    while one is not None:
        found.append(str(one))
        one = one.above()  # type: ignore[assignment]
    return found


def phone_of(conn: Connection, office: str) -> str:
    """The telephone of an office, by the phone book; "" when it has none."""
    query = select(contact.c.phone).where(contact.c.office == office)
    return conn.scalar(query.order_by(contact.c.role, contact.c.phone).limit(1)) or ""


def contacts(conn: Connection, offices: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The phone book by office and role."""
    query = select(contact).order_by(contact.c.office, contact.c.role, contact.c.phone)
    if offices is not None:
        query = query.where(contact.c.office.in_(list(offices)))
    return [{str(name): row[name] for name in row} for row in conn.execute(query).mappings()]


def replace_shifts(conn: Connection, fresh: Sequence[Shift]) -> int:
    """Put these; what their offices have between the first start and the last end goes. How many went.

    Shifts that begin before and reach into that time stay: `core.roster.overlap` looks at them.
    """
    gone = 0
    for office in {shift.office for shift in fresh}:
        own = [shift for shift in fresh if shift.office == office]
        since, until = min(s.starts_at for s in own), max(s.ends_at for s in own)
        query = delete(roster).where(
            roster.c.office == office, roster.c.starts_at >= since, roster.c.starts_at < until
        )
        gone += conn.execute(query).rowcount
    names = ("office", "starts_at", "post", "person", "ends_at", "deputy", "away")
    conn.execute(insert(roster), [{name: getattr(shift, name) for name in names} for shift in fresh])
    return gone


def set_away(conn: Connection, key: dict[str, Any], *, away: bool) -> bool:
    """Whether there is such a shift. `key`: office, starts_at, post, person."""
    query = update(roster).where(*(roster.c[name] == value for name, value in key.items()))
    return conn.execute(query.values(away=away)).rowcount == 1
