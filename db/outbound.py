"""Messages that leave the building: the cursor over the log, the channels, the queue. Callers own the
transaction. `now` is real time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from core.offices import Office
from core.outbound import Message
from db.places import lies_in
from db.shipped import put_shipped, truth
from db.tables import realm as realm_table
from db.tables_outbound import outbound_channel, outbound_cursor, outbound_message

Row = dict[str, Any]


def load_channels(conn: Connection) -> None:
    """Put the shipped channels into the table; those a city set up stay."""
    put_shipped(conn, outbound_channel, "outbound_channels.csv", {"enabled": truth})


def take_cursor(conn: Connection, realm: str) -> int | None:
    """The position up to which a realm was read, locked; None while another process reads it."""
    query = select(outbound_cursor.c.seq).where(outbound_cursor.c.realm == realm)
    found = conn.scalar(query.with_for_update(skip_locked=True))
    if found is None and conn.scalar(query) is None:
        conn.execute(insert(outbound_cursor).values(realm=realm, seq=0).on_conflict_do_nothing())
    return found


def cursor(conn: Connection, realm: str) -> int:
    """The position up to which a realm was read; 0 before the first time."""
    return conn.scalar(select(outbound_cursor.c.seq).where(outbound_cursor.c.realm == realm)) or 0


def behind(conn: Connection) -> list[str]:
    """The worlds of operations that have facts nobody has been told of yet."""
    read = func.coalesce(outbound_cursor.c.seq, -1)
    query = select(realm_table.c.id).outerjoin(outbound_cursor, outbound_cursor.c.realm == realm_table.c.id)
    return list(conn.scalars(query.where(realm_table.c.id != "system", realm_table.c.head > read)))


def move_cursor(conn: Connection, realm: str, seq: int) -> None:
    conn.execute(update(outbound_cursor).where(outbound_cursor.c.realm == realm).values(seq=seq))


def channels(conn: Connection) -> dict[str, RowMapping]:
    rows = conn.execute(select(outbound_channel).order_by(outbound_channel.c.code)).mappings()
    return {row["code"]: row for row in rows}


def set_channel(conn: Connection, code: str, values: Row) -> bool:
    """Whether there is such a channel."""
    query = update(outbound_channel).where(outbound_channel.c.code == code).values(**values)
    return conn.execute(query).rowcount == 1


def put(conn: Connection, rows: Sequence[Row]) -> None:
    """Queue messages; one that is there already stays as it is."""
    if rows:
        conn.execute(insert(outbound_message).on_conflict_do_nothing(), rows)


def claim(conn: Connection, now: datetime, besides: Collection[str]) -> RowMapping | None:
    """The next message that is due, locked for this transaction; none of the channels `besides`."""
    query = select(outbound_message).where(
        outbound_message.c.state == "queued", outbound_message.c.next_at <= now
    )
    if besides:
        query = query.where(outbound_message.c.channel.not_in(list(besides)))
    query = query.order_by(outbound_message.c.next_at, outbound_message.c.id).limit(1)
    return conn.execute(query.with_for_update(skip_locked=True)).mappings().one_or_none()


def message_of(row: RowMapping) -> Message:
    named = {name: row[name] for name in ("id", "realm", "channel", "addressee", "body", "created_at")}
    return Message(**named)


def change(conn: Connection, ident: str, **values: Any) -> None:
    conn.execute(update(outbound_message).where(outbound_message.c.id == ident).values(**values))


def revive(conn: Connection, realm: str, ident: str, now: datetime) -> bool:
    """A dead letter is tried again from the beginning; whether there was one."""
    table = outbound_message.c
    query = update(outbound_message).where(table.realm == realm, table.id == ident, table.state == "dead")
    again = query.values(state="queued", attempts=0, next_at=now, error=None)
    return conn.execute(again).rowcount == 1


def give_up(conn: Connection, realm: str, ident: str, reason: str) -> bool:
    """A dead letter is tried no more; whether there was one."""
    table = outbound_message.c
    query = update(outbound_message).where(table.realm == realm, table.id == ident, table.state == "dead")
    return conn.execute(query.values(state="given_up", reason=reason)).rowcount == 1


def listed(
    conn: Connection,
    realm: str,
    asker: Office,
    state: str | None,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[RowMapping]:
    """Those to the offices that `asker` acts for (core.permissions.covers), newest first, after a place."""
    table = outbound_message.c
    query = select(outbound_message).where(table.realm == realm, _covered(asker))
    if state:
        query = query.where(table.state == state)
    if after:
        query = query.where(tuple_(table.created_at, table.id) < tuple_(*after))
    order = (table.created_at.desc(), table.id.desc())
    return list(conn.execute(query.order_by(*order).limit(limit)).mappings())


def _covered(asker: Office) -> ColumnElement[bool]:
    office = outbound_message.c.office
    within = lies_in(func.split_part(office, "@", 2), asker.area)
    return and_(within, func.split_part(office, "@", 1) == asker.dept) if asker.dept else within


def fares(conn: Connection) -> dict[str, Row]:
    """Channel → how many messages wait and how many are dead letters, and why the last try failed."""
    table = outbound_message.c
    failed = func.array_agg(aggregate_order_by(table.error, table.next_at.desc()))
    query = select(
        table.channel,
        func.count().filter(table.state == "queued").label("queued"),
        func.count().filter(table.state == "dead").label("dead"),
        failed.filter(table.error.is_not(None))[1].label("last_error"),
    ).where(table.state.in_(("queued", "dead")))
    found = conn.execute(query.group_by(table.channel)).mappings()
    return {row["channel"]: {**row, "last_error": row["last_error"] or ""} for row in found}


def find(conn: Connection, realm: str, ident: str) -> RowMapping | None:
    query = select(outbound_message).where(outbound_message.c.realm == realm, outbound_message.c.id == ident)
    return conn.execute(query).mappings().one_or_none()
